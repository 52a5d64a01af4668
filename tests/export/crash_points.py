"""Kills a batch export at chosen steps on its way to the disk. A program of its own, since it forks.

Usage: ``python crash_points.py GENOME MODEL FOLDER EVERY``; writes what `test_batch_crash` looks at as JSON. A step is
a call that changes what a kill leaves on the disk; a write that is killed has written half of its bytes. Every so many
steps an export is killed there and goes on.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import threading
from pathlib import Path

import gxview.export.batch.run as batch
from gxview.genome import Reference
from gxview.job_file import Genome, JobFile, ModelChoice, Places

LEFT = 4  # a run may have some steps fewer than the first one
STEPS = ("write", "fsync", "replace", "unlink", "rmdir", "mkdir")


class Steps:
    """Counts the steps on a folder, dies before one of them, and watches that files are flushed before they count.

    Attributes
    ----------
    seen
        Names of the steps, and what they were done to.
    unflushed
        Files that got their name before their content was flushed to the disk.
    """

    def __init__(self, last: int | None, folder: Path) -> None:
        self.last, self.folder, self.seen, self.unflushed = last, str(folder), [], []
        self._flushed: set[tuple[int, int]] = set()
        self._lock = threading.Lock()  # threads take steps at the same time
        for name in STEPS:
            setattr(os, name, self._counted(name, getattr(os, name)))

    def _counted(self, name, real):
        def call(first, *rest, **options):
            if not isinstance(first, int) and not str(first).startswith(self.folder):
                return real(first, *rest, **options)  # some cache elsewhere
            with self._lock:
                if len(self.seen) == self.last:
                    if name == "write":
                        real(first, rest[0][: len(rest[0]) // 2])
                    os.kill(os.getpid(), signal.SIGKILL)
                self.seen.append(f"{name} {os.path.basename(str(rest[0] if name == 'replace' else first))}")
            if name == "fsync":
                self._flushed.add(_identity(os.fstat(first)))
            elif name == "replace" and _identity(os.stat(first)) not in self._flushed:
                self.unflushed.append(os.path.basename(rest[0]))
            return real(first, *rest, **options)

        return call


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def attempt(job: JobFile, folder: Path, last: int | None, notes: Path | None = None) -> int:
    """Do a job, or what is left of it, in a process of its own that dies before a step; return how it ended."""
    child = os.fork()
    if child == 0:
        steps = Steps(last, folder)
        outcome = batch.run_job(job, folder, resume=True)
        if notes is not None:
            told = {"seen": steps.seen, "unflushed": steps.unflushed, "modules": sorted(sys.modules)}
            notes.write_text(json.dumps(told))
        os._exit(0 if outcome.status == "complete" else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} if folder.exists() else {}


def unannounced(folder: Path) -> list[str]:
    """Return tracks under their final names of which no manifest speaks."""
    files = files_of(folder)
    manifest = files.get("manifest.json", b"").decode()
    return [name for name in files if name.endswith(".bw") and name not in manifest]


def main() -> None:
    genome, model, home, every = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    choice = ModelChoice(model=model, strands=("+", "mean"))
    places = Places(whole_genome=True)
    job = JobFile(genome=Genome(path=genome), places=places, models=(choice,), shard_bases=512, device="cpu", threads=1)
    _ = Reference(genome).checksum  # makes index and checksum, which are no steps of a job
    attempt(job, home / "whole", None, home / "steps.json")
    whole, steps = files_of(home / "whole"), json.loads((home / "steps.json").read_text())
    result = {"files": sorted(whole), "steps": steps["seen"], "unflushed": steps["unflushed"], "alive": [], "wrong": []}
    for module in steps["modules"]:  # once for all processes to come
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    for last in range(0, len(steps["seen"]) - LEFT, every):
        folder, name = home / f"at-{last}", steps["seen"][last]
        if attempt(job, folder, last) != -signal.SIGKILL:
            result["alive"].append(name)
        hidden, rest = unannounced(folder), attempt(job, folder, None)
        if hidden or rest or files_of(folder) != whole:
            result["wrong"].append([last, name, hidden, rest, sorted(files_of(folder))])
    folder, kills = home / "again", 0
    while attempt(job, folder, 8 * kills):
        kills += 1
    result["again"] = [kills, files_of(folder) == whole]
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
