"""The whole job: from a job file to a folder with its results, whatever happens on the way."""

from __future__ import annotations

import errno
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.export.batch.arrays import check_arrays
from gxview.export.batch.control import Control, Pace
from gxview.export.batch.device import Work, WorkList
from gxview.export.batch.memory import device_memory, process_memory
from gxview.export.batch.places import checksum, find_places
from gxview.export.batch.plan import Plan
from gxview.export.batch.publish import Publisher, check_free
from gxview.export.batch.settle import SettledJob
from gxview.export.batch.shards import ShardRecord, ShardStore
from gxview.export.batch.site import Errand, Here, Site, start
from gxview.export.batch.state import JobFolder, check_machine, check_same
from gxview.export.batch.units import Finished, Unit
from gxview.genome import Reference
from gxview.job_file import FAILURES, JobFile

Tell = Callable[[Mapping[str, Any]], None]
_BEAT = 0.1
_TOLD = 1.0
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended.

    Attributes
    ----------
    status : str
        ``complete``; ``incomplete``: there are files, with holes that the manifest names.
    files : tuple of Path
        What was written.
    failures : int
        Regions (or lines of region files) that are missing somewhere.
    message : str
        One sentence.
    """

    status: str
    files: tuple[Path, ...]
    failures: int
    message: str


def run_job(
    job: JobFile,
    folder: Path,
    *,
    resume: bool = False,
    tell: Tell = lambda _event: None,
    control: Control | None = None,
    site: Site | None = None,
) -> Outcome:
    """Do a batch export, or the rest of it.

    Parameters
    ----------
    job : JobFile
        What is wanted; with `resume`, what it leaves open is as in the job of the folder.
    folder : Path
        Where the results go; it is made.
    resume : bool
        Whether to go on with the job of the folder; an empty folder simply starts.
    tell : callable
        Gets the events of ``docs/batch-export.md``, in the calling thread.
    control : Control, optional
        Pauses and stops the job.
    site : Site, optional
        Where the work is done; by default on the devices of this machine.

    Returns
    -------
    Outcome
        Where nothing more can be done.

    Raises
    ------
    UsageError
        If the request makes no sense, or the folder holds another job.
    GxviewError
        If the work cannot go on; what is finished is kept.
    Cancelled
        If `control` stopped it; what is finished is kept.
    """
    place = JobFolder(folder)
    with place.locked():
        stored = place.stored_job()
        if stored is not None:
            if not resume:
                raise UsageError(f"{folder} holds a job already; go on with --resume, or choose another folder.")
            check_same(job, stored, folder)
            if place.is_finished():
                return _nothing_to_do(place, tell)
            place.check_recipe()
        with _file_errors(folder):
            return _Run(place, stored or job, stored is not None, tell, control or Control(), site or Here()).run()


def _nothing_to_do(place: JobFolder, tell: Tell) -> Outcome:
    ShardStore.open(place.work).clear()
    files = tuple(place.path / one["name"] for one in place.manifest["files"])
    outcome = Outcome("complete", files, 0, f"{place.path} is complete; there was nothing to do.")
    tell(end_event(outcome, 0))
    return outcome


@contextmanager
def _file_errors(folder: Path) -> Iterator[None]:
    """Turn what the system says about files into a sentence."""
    try:
        yield
    except OSError as error:
        full = error.errno in _FULL
        reason = "there is no room left on its disk" if full else error.strerror or str(error)
        raise GxviewError(
            f"The job in {folder} cannot go on: {reason}. What is finished is kept; "
            f"{'make room' if full else 'mend that'} and go on with --resume."
        ) from error


class _Run:
    """One attempt at a job."""

    def __init__(self, place: JobFolder, job: JobFile, begun: bool, tell: Tell, control: Control, site: Site) -> None:
        self._place, self._job, self._begun, self._tell, self._control = place, job, begun, tell, control
        self._site = site
        self._pace = Pace()
        self._lock = threading.Lock()
        self._region = ""
        self._news: list[Mapping[str, Any]] = []
        self._told = -math.inf
        self._bases = 0

    def run(self) -> Outcome:
        reference = Reference(self._job.genome.path, aliases=self._job.genome.aliases)
        settled = self._site.settle(self._job, reference)
        self._plan = self._planned(settled)
        self._store = ShardStore.open(self._place.work)
        if self._begun:
            self._recover()
        return self._work(settled)

    def _planned(self, settled: SettledJob) -> Plan:
        if self._begun:
            found, machine = self._place.started_with()
            check_machine(machine, settled)
            self._check_region_files(settled)
            return Plan.make(settled, found)
        plan = Plan.make(settled, find_places(settled.job.places, settled.reference))
        check_arrays(plan)
        check_free(self._place.path, settled.tracks)
        self._place.begin(settled, plan.found)
        return plan

    def _check_region_files(self, settled: SettledJob) -> None:
        """Tell when a region file changed since the job began, which keeps its regions."""
        for file in settled.job.places.files:
            try:
                now = checksum(file.path)
            except GxviewError:
                now = ""
            if now != file.sha256:
                self._note(
                    f"The region file {file.path} was changed or removed since the job began; the job keeps the "
                    "regions that it began with."
                )

    def _recover(self) -> None:
        """Keep what is whole of an earlier attempt; what failed is tried again."""
        damaged = self._store.drop_damaged()
        failed = [key for key, record in self._store.records.items() if record.failures]
        for key in failed:
            del self._store.records[key]
        self._store.rewrite()
        if damaged:
            self._note(f"{damaged:,} finished parts were damaged or gone; they are computed again.")

    def _work(self, settled: SettledJob) -> Outcome:
        todo = [
            (track, shard)
            for shard in self._plan.shards
            for track in settled.tracks
            if (track.index, shard.index) not in self._store.records
        ]
        self._start(todo)
        publisher = Publisher(self._plan, self._store, self._place)
        self._publisher = publisher
        publishing = threading.Thread(target=publisher.run, name="gxview-publish")
        publishing.start()
        try:
            self._compute(todo)
            if self._control.is_stopped:
                publisher.stop()
            self._wait(publishing, "writing")
            if publisher.error is not None:
                raise publisher.error
            if self._control.is_stopped:
                raise Cancelled("stopped; what is finished is kept, --resume goes on from there.")
            self._check_models(settled)
            manifest = publisher.finish()
            for note in manifest["notes"][len(self._plan.found.notes) :]:
                self._note(note)
        finally:
            publisher.stop()
            publishing.join()
            publisher.close()
        self._drain()
        return self._end(manifest)

    def _start(self, todo: Sequence[Work]) -> None:
        self._left = sum(self._plan.windows(track, shard.parts) for track, shard in todo)
        self._total = self._plan.total_windows
        per_track = len(self._plan.settled.tracks)
        self._bases_total = self._plan.bases * per_track
        self._bases = self._bases_total - sum(shard.bases for _, shard in todo)
        self._tell(
            {
                "event": "start",
                "folder": str(self._place.path),
                "windows": self._total,
                "bases": self._bases_total,
                "device": self._site.describe(),
                "resumed_windows": self._total - self._left,
            }
        )
        for note in self._plan.found.notes:
            self._tell({"event": "note", "text": note})
        for failure in self._plan.found.failures:
            self._tell({"event": "failure", "region": failure.region, "track": "", "reason": failure.reason})

    def _compute(self, todo: list[Work]) -> None:
        errors = list[BaseException]()
        errand = Errand(
            self._plan, WorkList(todo), self._sizes(), self._control, self._keep, self._advance, self._remark
        )
        self._pace.start()
        threads = start(self._site.crew(errand), errors, self._control)
        try:
            for thread in threads:
                self._wait(thread, "running")
        except BaseException:
            self._control.stop()
            raise
        finally:
            for thread in threads:
                thread.join()
        if errors:
            raise errors[0]

    def _sizes(self) -> dict[int, int]:
        """Return the batch sizes that an earlier attempt came down to, by model."""
        sizes: dict[int, int] = {}
        tracks = self._plan.settled.tracks
        for (index, _), record in self._store.records.items():
            model = tracks[index].model
            sizes[model] = min(record.batch_size, sizes.get(model, record.batch_size))
        return sizes

    def _wait(self, thread: threading.Thread, state: str) -> None:
        while thread.is_alive():
            thread.join(_BEAT)
            if self._publisher.error is not None:
                self._control.stop()
            self._pace.hold(self._control.is_paused)
            self._drain()
            if time.monotonic() - self._told >= _TOLD or not thread.is_alive():
                self._told = time.monotonic()
                self._tell(self._progress("paused" if self._control.is_paused else state))

    def _drain(self) -> None:
        with self._lock:
            news, self._news = self._news, []
        for event in news:
            self._tell(event)

    def _note(self, text: str) -> None:
        self._tell({"event": "note", "text": text})

    def _progress(self, state: str) -> dict[str, Any]:
        done = self._total - self._left + min(self._pace.done, self._left)
        left = self._pace.left(self._total - done)
        return {
            "event": "progress",
            "state": state,
            "windows": done,
            "windows_total": self._total,
            "bases": self._bases,
            "bases_total": self._bases_total,
            "windows_per_second": self._pace.rate,
            "seconds_left": left and left.seconds,
            "seconds_left_low": left and left.low,
            "seconds_left_high": left and left.high,
            "region": self._region,
            "device": self._site.describe(),
            "workers": self._site.workers,
            "memory": process_memory(),
            "device_memory": device_memory(self._plan.settled.devices),
        }

    def _advance(self, unit: Unit, windows: int) -> None:
        """Note computed windows; called by the threads of the site."""
        self._pace.note(windows)
        self._region = str(unit.parts[0])

    def _remark(self, text: str) -> None:
        """Tell a sentence; called by the threads of the site."""
        with self._lock:
            self._news.append({"event": "note", "text": text})

    def _keep(self, unit: Unit, finished: Finished) -> None:
        """Put a unit on disk; called by the threads of the site."""
        record = ShardRecord(
            unit.track.index,
            unit.shard.index,
            "",
            finished.rows,
            unit.windows,
            unit.size,
            int(np.isnan(finished.array[0]).sum()),
            finished.failures,
        )
        with self._lock:
            self._store.put(record, finished.array)
            self._bases += unit.shard.bases
            self._news += [
                {"event": "failure", "region": region, "track": unit.track.name, "reason": reason}
                for region, reason in finished.failures
            ]
        self._publisher.arrived()

    def _check_models(self, settled: SettledJob) -> None:
        """Tell when a model's folder changed meanwhile; the values are those of the model that was loaded."""
        from gxview.models.loading import content_hash_of

        for choice, model in zip(settled.job.models, settled.models, strict=True):
            try:
                now = content_hash_of(choice.model)
            except GxviewError:
                now = ""
            if now != model.content_hash:
                self._note(
                    f"The model {choice.model} was replaced or removed during the job; all values are those of the "
                    f"model that was there at the start, content hash {model.content_hash[:12]}."
                )

    def _end(self, manifest: dict[str, Any]) -> Outcome:
        files = tuple(self._place.path / one["name"] for one in manifest["files"])
        if manifest["status"] == "complete":
            self._store.clear()
            outcome = Outcome(
                "complete",
                files,
                0,
                f"Complete: {len(files)} {'file' if len(files) == 1 else 'files'} in {self._place.path}.",
            )
        else:
            count = manifest["failures"]
            missing = "1 region is" if count == 1 else f"{count:,} regions are"
            told = f"INCOMPLETE: {missing} missing somewhere; {self._place.path / FAILURES} says which and why."
            outcome = Outcome("incomplete", files, count, told)
        self._tell(end_event(outcome, 0 if outcome.status == "complete" else 1))
        return outcome


def end_event(outcome: Outcome, exit_code: int) -> dict[str, Any]:
    """Return the last event of a job."""
    return {
        "event": "end",
        "status": outcome.status,
        "exit_code": exit_code,
        "files": [str(path) for path in outcome.files],
        "failures": outcome.failures,
        "message": outcome.message,
    }
