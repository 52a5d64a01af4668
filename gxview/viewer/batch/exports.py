"""Starts, resumes and estimates batch exports, and says how they ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from psygnal import Signal

from gxview.errors import GxviewError
from gxview.job_file import FAILURES, MANIFEST, NAME, JobFile, read_job, write_job
from gxview.viewer.batch.events import Estimate, read_estimate
from gxview.viewer.batch.run import BatchRun
from gxview.viewer.batch.words import KEPT, death_words, short_names
from gxview.viewer.opening import Opener
from gxview.viewer.tracks.kinds import FileTrack
from gxview.viewer.tracks.tracklist import TrackList
from gxview.viewer.work.child import PROGRAM, Child
from gxview.viewer.work.jobs import JobAction, JobList, JobState
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.notices import Notices, Offer
from gxview.viewer.work.workers import AskCancelled, Outcome, Progress, Task, Workers
from gxview.words import counted

MOST = 4
"""Exports that may run at once."""
GRACE = 0.3
"""Seconds that a killed program is waited for."""
NOTES = 3
"""Notes that are told one by one."""
TRACKS = 12
"""Tracks that are opened at once."""


class BatchExports:
    """The exports of a window.

    `ended` tells that one is over; `show_path` opens a file or folder outside of the program and says whether it could.

    Parameters
    ----------
    opener
        Opens what was written.
    tracks
        Where it is shown.
    jobs, notices
        Where progress and results are shown.
    loop
        The main thread.
    """

    ended = Signal(BatchRun)

    def __init__(self, opener: Opener, tracks: TrackList, jobs: JobList, notices: Notices, loop: Loop) -> None:
        self.program: Sequence[str] = PROGRAM
        self.show_path: Callable[[Path], bool] = lambda _path: False
        self.runs: list[BatchRun] = []
        self._estimates: set[Child] = set()
        self._opener = opener
        self._tracks = tracks
        self._jobs = jobs
        self._notices = notices
        self._loop = loop
        # each is listened to all the time that it runs
        self._workers = Workers("gxview-batch", 2 * MOST, loop)

    @property
    def active(self) -> list[BatchRun]:
        """Those that are not over."""
        return [run for run in self.runs if not run.has_ended]

    def start(self, job: JobFile, folder: Path) -> BatchRun:
        """Start an export, or go on with the same one in its folder.

        Raises
        ------
        GxviewError
            It runs already, too many do, or the system starts no program.
        """
        if any(run.folder.resolve() == folder.resolve() for run in self.active):
            raise GxviewError(f"An export into {folder} is running already; see the Jobs panel.")
        if len(self.active) >= MOST:
            raise GxviewError(f"{MOST} exports are running; wait until one is done.")
        child = self._child(export_arguments, job, folder)
        for before in self.runs:
            if before.folder.resolve() == folder.resolve():
                self._jobs.remove(before.job)
        shown = self._jobs.start(f"Batch export to {folder.name}", unit="windows", apart=True)
        run = BatchRun(child, folder, shown, self._jobs, self._loop)
        run.ended.connect(lambda: self._finish(run))
        self.runs.append(run)
        self._workers.submit(run.task())
        return run

    def resume(self, folder: Path) -> BatchRun:
        """Go on with the export in a folder.

        Raises
        ------
        GxviewError
            The folder holds none, or see `start`.
        """
        path = folder / NAME
        if not path.is_file():
            raise GxviewError(f"{folder} holds no batch export: it has no {NAME}.")
        return self.start(read_job(path), folder)

    def estimate(self, job: JobFile, folder: Path, done: Callable[[Outcome], None]) -> Callable[[], None]:
        """Measure what an export will take; `done` gets an `Estimate`. Return what ends this, and nothing is told.

        Raises
        ------
        GxviewError
            The system starts no program.
        """
        child = self._child(estimate_arguments, job, folder)
        self._estimates.add(child)

        def work(_tell: Progress, _cancelled: AskCancelled) -> Estimate:
            try:
                return _estimated(child)
            finally:
                self._estimates.discard(child)
                child.close()

        task = self._workers.submit(Task(work, done))

        def end() -> None:
            task.drop()
            child.kill()

        return end

    def open_tracks(self, run: BatchRun) -> None:
        """Show the written bigWig files as tracks."""
        tracks = _tracks(run)
        if len(tracks) > TRACKS:
            self._notices.warning(f"{len(tracks)} tracks were written; the first {TRACKS} are opened.")
        shown = tracks[:TRACKS]
        names = dict(zip(map(str, shown), short_names([path.name for path in shown]), strict=True))

        def rename() -> None:
            for track in self._tracks:
                if isinstance(track, FileTrack) and track.name == Path(track.path).name:
                    track.name = names.get(track.path, track.name)

        self._opener.open(shown, rename)

    def stop(self) -> None:
        """Ask everything to stop, since the program ends."""
        for child in (*self._estimates, *(run.child for run in self.active)):
            child.say("stop")
            child.say_no_more()
        self._workers.stop()

    def join(self, timeout: float) -> bool:
        """Wait for all programs after `stop`, and end those that do not stop in time; False when one stays."""
        limit = time.monotonic() + timeout
        children = (*self._estimates, *(run.child for run in self.active))
        for child in children:
            if child.wait(max(0.0, limit - time.monotonic())) is None:
                # what is finished is on disk, whenever it ends
                child.kill()
        ended = self._workers.join(max(GRACE, limit - time.monotonic()))
        for child in children if ended else ():
            # one that nobody listened to yet
            child.close()
        return ended

    def _child(self, arguments: Callable[[Path, Path], list[str]], job: JobFile, folder: Path) -> Child:
        """Start the program on a job file in a folder of its own."""
        place = TemporaryDirectory(prefix="gxview-batch-")
        path = Path(place.name) / NAME
        write_job(path, job)
        return Child(arguments(path, folder), self.program, place)

    # -- how it ended

    def _finish(self, run: BatchRun) -> None:
        offers = self._offers(run)
        run.job.actions = tuple(offers.values())
        self._jobs.changed.emit(run.job)
        self._say(run, {key: Offer(one.title, one.call) for key, one in offers.items()})
        notes = list(dict.fromkeys(run.notes))
        for note in notes[:NOTES]:
            self._notices.warning(note)
        if len(notes) > NOTES:
            self._notices.warning(f"{len(notes) - NOTES:,} more notes stand in {run.folder / MANIFEST}.")
        self.ended.emit(run)

    def _say(self, run: BatchRun, offers: dict[str, Offer]) -> None:
        text = f"Batch export to {run.folder.name}: {run.job.message}"
        if run.job.state is JobState.DONE:
            count = len(_tracks(run))
            tracks = f": {counted(count, 'bigWig file')} of {len(run.files):,} files" if count else ""
            self._notices.info(f"Batch export to {run.folder} is done{tracks}.", offers.get("open"))
        elif run.job.state is JobState.FAILED:
            self._notices.error(text, offers.get("failures") or offers.get("resume"))

    def _offers(self, run: BatchRun) -> dict[str, JobAction]:
        found: dict[str, JobAction] = {}
        if run.failure_list is not None and run.job.state is JobState.FAILED:
            tip = "Open the list of what is missing and why"
            found["failures"] = JobAction("Show failures", tip, lambda: self._show(run.folder / FAILURES))
        if run.job.state is not JobState.DONE and (run.folder / NAME).is_file():
            found["resume"] = JobAction("Resume", KEPT, lambda: self._resume(run))
        if tracks := _tracks(run):
            title = f"Open {counted(len(tracks), 'track')}"
            found["open"] = JobAction(title, "Show the written bigWig files", lambda: self.open_tracks(run))
        if run.files:
            found["folder"] = JobAction("Show folder", str(run.folder), lambda: self._show(run.folder))
        return found

    def _resume(self, run: BatchRun) -> None:
        try:
            self.resume(run.folder)
        except GxviewError as error:
            self._notices.error(str(error))

    def _show(self, path: Path) -> None:
        if not self.show_path(path):
            self._notices.info(f"Nothing on this computer opens it; look at {path}.")


def export_arguments(job_file: Path, folder: Path) -> list[str]:
    """Return the arguments that run or resume an export that listens and reports."""
    parts = ["export", "--job", str(job_file), "--output", str(folder)]
    return [*parts, "--resume", "--progress", "json", "--control"]


def estimate_arguments(job_file: Path, folder: Path) -> list[str]:
    """Return the arguments of a dry run."""
    return ["export", "--job", str(job_file), "--output", str(folder), "--dry-run", "--json"]


def _estimated(child: Child) -> Estimate:
    text = "\n".join(child.lines())
    code = child.wait() or 0
    if (estimate := read_estimate(text)) is None:
        raise GxviewError(death_words(code, child.complaint()).removesuffix(f" {KEPT}"))
    return estimate


def _tracks(run: BatchRun) -> list[Path]:
    return [path for path in run.files if path.suffix == ".bw" and path.is_file()]
