"""Kills a batch export at chosen steps on its way to the disk. A program of its own, since it forks.

Usage: ``python crash_points.py GENOME MODEL FOLDER``; prints what `test_batch_crash` looks at as JSON. A step is a call that
changes what a power cut or a kill leaves on the disk; a write that is killed has written half of its bytes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import gxview.explain.cnn
import gxview.export.batch.run as batch
from gxview.job_file import Genome, JobFile, ModelChoice, Places

STEPS = ("write", "fsync", "replace", "unlink", "rmdir", "mkdir")


class Steps:
    """Counts the steps of this process and dies at one of them."""

    def __init__(self, last: int | None) -> None:
        self.last, self.seen = last, []
        for name in STEPS:
            setattr(os, name, self._counted(name, getattr(os, name)))

    def _counted(self, name, real):
        def call(*arguments, **rest):
            if len(self.seen) == self.last:
                if name == "write":
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            place = os.readlink(f"/proc/self/fd/{arguments[0]}") if name in ("write", "fsync") else str(arguments[0])
            self.seen.append((name, place, str(arguments[1]) if name == "replace" else ""))
            return real(*arguments, **rest)

        return call


def attempt(job: JobFile, folder: Path, last: int | None, notes: Path | None = None) -> int:
    """Do the job, or what is left of it, in a process of its own that dies before a step; return how it ended."""
    child = os.fork()
    if child == 0:
        steps = Steps(last)
        outcome = batch.run_job(job, folder, resume=True)
        if notes is not None:
            notes.write_text(json.dumps(steps.seen))
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
    genome, model, home = map(Path, sys.argv[1:])
    choice = ModelChoice(model=str(model), strands=("+", "mean"))
    places = Places(whole_genome=True)
    job = JobFile(genome=Genome(path=genome), places=places, models=(choice,), shard_bases=512, device="cpu")
    attempt(job, home / "whole", None, home / "steps.json")
    whole, steps = files_of(home / "whole"), json.loads((home / "steps.json").read_text())
    result = {"files": sorted(whole), "steps": steps, "killed": [], "wrong": []}
    chosen = range(int(os.environ.get("FIRST", "1")), len(steps), int(os.environ.get("EVERY", "4")))
    for last in chosen:
        folder = home / f"at-{last}"
        ended = attempt(job, folder, last)
        result["killed"].append(ended == -signal.SIGKILL)
        hidden, rest = unannounced(folder), attempt(job, folder, None)
        if hidden or rest or files_of(folder) != whole:
            result["wrong"].append([last, steps[last], hidden, rest])
    folder, last = home / "again", 0
    while attempt(job, folder, last):
        last += 5
    result["again"] = [last, files_of(folder) == whole]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
