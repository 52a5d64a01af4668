"""The folder of a job: its lock, its recipe, what it began with, and whether it is finished."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gxview.durable import write_durably
from gxview.errors import GxviewError, UsageError
from gxview.export.batch.places import Failure, FoundPlaces, Place
from gxview.export.batch.settle import SettledJob
from gxview.file_lock import FileLock
from gxview.genome import Region
from gxview.genome.cache import is_writable
from gxview.job_file import MANIFEST, NAME, JobFile, differences, job_bytes, read_job

WORK, START, LOCK = ".gxview", "start.json", "lock"
_STARTED = {"recipe", "machine", "places", "failures", "notes"}


@dataclass(frozen=True, slots=True)
class JobFolder:
    """Where a job puts its results.

    Attributes
    ----------
    path : Path
        The folder.
    """

    path: Path

    @property
    def work(self) -> Path:
        """Folder of what is needed to go on."""
        return self.path / WORK

    @property
    def job_file(self) -> Path:
        """The settled recipe."""
        return self.path / NAME

    @property
    def manifest(self) -> dict[str, Any]:
        """What `manifest.json` says; empty where there is none."""
        try:
            content = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder and hold its lock, which ends with this process however it ends.

        Raises
        ------
        GxviewError
            If another process works on the folder, or nothing can be written there.
        """
        made = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            if not is_writable(self.path):
                raise PermissionError(13, "the folder is read-only")
            lock = FileLock(self.work / LOCK)
            free = lock.acquire()
        except OSError as error:
            raise GxviewError(
                f"Nothing can be written to {self.path}: {error.strerror or error}; choose another folder."
            ) from None
        if not free:
            raise GxviewError(f"Another process is working on {self.path}; wait for it, or choose another folder.")
        try:
            yield
        finally:
            begun = self.job_file.exists()
            if not begun:
                (self.work / START).unlink(missing_ok=True)
            lock.release(remove=not begun)
            if not begun:
                self._remove(made)

    def _remove(self, made: Sequence[Path]) -> None:
        """Remove the folders that were made for a job that did not begin."""
        for folder in (self.work, *made):
            with suppress(OSError):
                folder.rmdir()

    def stored_job(self) -> JobFile | None:
        """Return the job of the folder, None where none was begun."""
        return read_job(self.job_file) if self.job_file.exists() else None

    def begin(self, settled: SettledJob, found: FoundPlaces) -> None:
        """Write down what a new job begins with; the recipe comes last and means that the job has begun."""
        recipe = job_bytes(settled.job)
        content = {
            "recipe": hashlib.sha256(recipe).hexdigest(),
            "machine": settled.machine,
            "places": [[p.region.chrom, p.region.start, p.region.end, p.name, p.whole] for p in found.places],
            "failures": [[failure.region, failure.reason] for failure in found.failures],
            "notes": found.notes,
        }
        write_durably(self.work / START, json.dumps(content, ensure_ascii=False).encode())
        write_durably(self.job_file, recipe)

    def check_recipe(self) -> None:
        """Raise GxviewError if `job.json` is not what was written there: what is finished belongs to that recipe."""
        if hashlib.sha256(self.job_file.read_bytes()).hexdigest() != self._start()["recipe"]:
            raise GxviewError(
                f"{self.job_file} was changed after the job began, so the job cannot go on; put it back as it was, or "
                "begin anew in another folder."
            )

    def started_with(self) -> tuple[FoundPlaces, Mapping[str, Any]]:
        """Return the places of the job and the machine on which it began.

        Raises
        ------
        GxviewError
            If the file is damaged.
        """
        content = self._start()
        places = [Place(Region(chrom, start, end), name, whole) for chrom, start, end, name, whole in content["places"]]
        failures = [Failure(region, reason) for region, reason in content["failures"]]
        return FoundPlaces(places, failures, list(content["notes"])), content["machine"]

    def _start(self) -> dict[str, Any]:
        path = self.work / START
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            content = None
        if not isinstance(content, dict) or not content.keys() >= _STARTED:
            raise GxviewError(f"{path} is damaged, so the job cannot go on; begin it anew in another folder.")
        return content

    def is_finished(self) -> bool:
        """Whether the manifest says that everything is there, and its files are."""
        manifest = self.manifest
        if manifest.get("status") != "complete":
            return False
        return all(_has_size(self.path / one["name"], one["bytes"]) for one in manifest["files"])


def check_machine(began: Mapping[str, Any], settled: SettledJob) -> None:
    """Raise GxviewError if a job would go on where its numbers would differ in their last bits."""
    now = settled.machine
    if began == now:
        return
    versions = now["versions"]
    changed = [
        f"{name} {old} is now {versions.get(name)}"
        for name, old in began["versions"].items()
        if versions.get(name) != old
    ]
    if began["device"] != now["device"]:
        changed.insert(0, f"it ran on {began['device']}, this is {now['device']}")
    raise GxviewError(
        f"The job cannot go on here with the same numbers: {'; '.join(changed)}. Go on where it began, or begin anew."
    )


def check_same(wanted: JobFile, stored: JobFile, folder: Path) -> None:
    """Raise UsageError if what is asked for is not the job of the folder; what is left open (None) agrees with all."""
    if differing := differences(wanted, stored):
        raise UsageError(
            f"{folder} holds another job ({', '.join(differing)} differ); choose another folder, or give --job "
            f"{folder / NAME} --resume."
        )


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
