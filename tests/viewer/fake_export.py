"""Speaks the protocol of ``gxview export --progress json --control`` and computes nothing; further words steer it.

``finish``, ``miss`` (tells a failure), ``give up`` (incomplete), ``fail``, ``refuse`` (a sentence on stderr) and
``deaf`` (hears no stop any more).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path


def say(event: str, **more: object) -> None:
    sys.stdout.write(json.dumps({"event": event, **more}) + "\n")
    sys.stdout.flush()


def progress(state: str, windows: int) -> None:
    say(
        "progress", state=state, windows=windows, windows_total=4000, bases=windows * 1000, bases_total=4_000_000,
        windows_per_second=352.4, seconds_left=182.0, seconds_left_low=150.0, seconds_left_high=240.0,
        region="chr1:1,200,001-1,300,000", device="cpu", memory=1_300_000_000, device_memory=None, later="unknown",
    )  # fmt: skip


def end(
    folder: Path, status: str, code: int, failures: int = 0, message: str = "", files: tuple[str, ...] = ()
) -> None:
    for name in files:
        (folder / name).write_text("x")
    say("end", status=status, exit_code=code, files=files, failures=failures, message=message)
    sys.exit(code)


def main() -> None:
    folder = Path(sys.argv[sys.argv.index("--output") + 1])
    job = Path(sys.argv[sys.argv.index("--job") + 1])
    if "--dry-run" in sys.argv:
        if folder.name == "slow":
            sys.stdin.read()
        estimate = {
            "windows": 92_832, "bases": 4_641_652, "regions": 1, "seconds": 182.0, "seconds_low": 150.0,
            "seconds_high": 240.0, "bytes": 61_000_000, "free_bytes": 2_000_000_000, "tracks": ["a", "b"],
            "failures": [{"region": "peaks.bed, line 7", "reason": "the end lies before the start"}], "notes": [],
        }  # fmt: skip
        sys.stdout.write(json.dumps(estimate, indent=1))
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.json").write_bytes(job.read_bytes())
    (folder / "asked.json").write_text(json.dumps([sys.argv[1:], os.getpid(), os.nice(0)]))
    sys.stdout.write("a line that is no event\n")
    say("start", folder=str(folder), windows=4000, bases=4_000_000, device="cpu", resumed_windows=0)
    progress("running", 1000)
    deaf = False
    for line in sys.stdin:
        word = line.strip()
        if word == "pause":
            progress("paused", 1500)
        elif word == "continue":
            progress("running", 1600)
        elif word == "deaf":
            deaf = True
            say("note", text="The model has no positive target.")
        elif word == "finish":
            progress("writing", 4000)
            end(
                folder, "complete", 0, files=("cnn.lrp.promoter.plus.bw", "cnn.score.promoter.plus.bw", "manifest.json")
            )
        elif word == "miss":
            say("failure", region="chr1:1-128", track="cnn.lrp.promoter.plus", reason="NaN")
            progress("running", 2000)
        elif word == "give up":
            (folder / "failures.tsv").write_text("region\treason\nchr1:1-128\tNaN\n")
            end(folder, "incomplete", 1, failures=1, files=("cnn.lrp.promoter.plus.bw",))
        elif word == "fail":
            end(folder, "failed", 1, message="The disk is full")
        elif word == "refuse":
            sys.stderr.write("gxview: Another process works in this folder.\n")
            sys.exit(1)
        elif word == "stop" and not deaf:
            end(folder, "stopped", 130)
    if not deaf:
        end(folder, "stopped", 130)
    signal.pause()


main()
