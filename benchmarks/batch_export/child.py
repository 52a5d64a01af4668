"""``gxview export`` as a person runs it: a process of its own, watched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.workers import ENVIRONMENT, ROOT, megabytes

LOOK_EVERY = 0.25


@dataclass(frozen=True)
class Exported:
    """What was seen of an export.

    Attributes
    ----------
    windows, bases
        Computed.
    seconds
        From its first event, when models are loaded and the plan is made, to its last, when all files are there.
    whole_seconds
        From making the process to its end.
    peak_rss, peak_pss
        Largest memory in MB: resident, which the system counts itself; and proportional, as looked at four times a
        second. 0 where the system does not tell.
    """

    windows: int
    bases: int
    seconds: float
    whole_seconds: float
    peak_rss: float
    peak_pss: float


class _Memory(threading.Thread):
    """Looks at the memory of a process until told to stop."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{process}/status")
        self._rollup = Path(f"/proc/{process}/smaps_rollup")
        self._ended = threading.Event()
        self.rss = self.pss = 0.0

    def run(self) -> None:
        """Look again and again."""
        while not self._ended.wait(LOOK_EVERY):
            with suppress(OSError):  # the process is ending, or this system has no such file
                self.rss = max(self.rss, megabytes(self._status, "VmHWM"))
                self.pss = max(self.pss, megabytes(self._rollup, "Pss"))

    def stop(self) -> None:
        """Stop looking."""
        self._ended.set()
        self.join()


def export(folder: Path, genome: Path, region: str, model: str, *options: str) -> Exported:
    """Export a region into a folder, which is removed afterwards.

    Raises
    ------
    SystemExit
        If the export fails.
    """
    shutil.rmtree(folder, ignore_errors=True)
    asked = ["-g", str(genome), "-r", region, "-m", model, "-o", str(folder), "--progress", "json", *options]
    command = [sys.executable, "-m", "gxview", "export", *asked]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **ENVIRONMENT}, stdout=subprocess.PIPE, text=True)
    memory = _Memory(process.pid)
    memory.start()
    assert process.stdout is not None
    events = [(time.perf_counter(), json.loads(line)) for line in process.stdout]
    code = process.wait()
    ended = time.perf_counter()
    memory.stop()
    shutil.rmtree(folder, ignore_errors=True)
    if code:
        raise SystemExit(f"{' '.join(command)} ended with {code}: {events[-1:]}")
    return summary(events, ended - began, memory.rss, memory.pss)


def summary(events: list[tuple[float, dict[str, Any]]], whole: float, rss: float, pss: float) -> Exported:
    """Return what the events, each with the time it came, say of an export."""
    start = next(at for at, event in events if event["event"] == "start")
    end = next(at for at, event in events if event["event"] == "end")
    plan = next(event for _, event in events if event["event"] == "start")
    return Exported(plan["windows"], plan["bases"], end - start, whole, rss, pss)
