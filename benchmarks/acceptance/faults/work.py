"""Faults of the work itself: models, memory, processes."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import psutil  # type: ignore[import-untyped]

from benchmarks.acceptance.exports import Export, is_start
from benchmarks.acceptance.faults import models
from benchmarks.acceptance.faults.scene import Row, Scene, tracks
from gxview.job_file import FAILURES


def nan_everywhere(scene: Scene) -> Row:
    """Explain with a model whose weights are NaN."""
    row = Row("model that gives NaN everywhere")
    job = scene.job("nan", model=models.all_nan(scene.work / "all-nan"))
    row.met(job.run(), job)
    row.expect(not list(job.folder.glob("*.bw")), "an empty track was written")
    return row


def nan_in_places(scene: Scene) -> Row:
    """Explain with a model that gives infinity in some windows."""
    row = Row("model that gives NaN in some windows")
    job = scene.job("some-nan", model=models.sometimes_nan(scene.work / "some-nan-model"))
    ended = job.run()
    row.met(ended, job, (0, 1))
    told = (job.folder / FAILURES).read_text().splitlines() if (job.folder / FAILURES).exists() else []
    notes = [event["text"] for event in ended.events if event["event"] == "note"]
    row.happened = f"{FAILURES} has {len(told)} lines; notes: {' '.join(notes) or 'none'}"
    row.expect(bool(told or notes), "bases without a value are not told")
    return row


def little_memory(scene: Scene) -> Row:
    """Leave memory for four windows at once instead of 16."""
    row = Row("out of memory for more than 4 windows at once (simulated)")
    job, right = scene.job("memory"), scene.job("memory-right", batch_size=4)
    right.run()
    ended = job.run(prelude=models.LITTLE_MEMORY.format(most=4))
    row.met(ended, job, (0,))
    sizes = sorted({line["batch_size"] for line in map(json.loads, job.journal.read_text().splitlines())})
    row.happened = f"went on with batches of {', '.join(map(str, sizes))}"
    same = tracks(job) == tracks(right)
    row.after = f"{'same' if same else 'other'} bytes as with batches of 4 from the start"
    row.expect(same, "the tracks differ from those with batches of 4")
    row.expect(sizes == [4], "the batches were not made smaller")
    return row


def no_memory(scene: Scene) -> Row:
    """Leave no memory for even one window."""
    row = Row("out of memory for a single window (simulated)")
    job = scene.job("no-memory")
    row.met(job.run(prelude=models.LITTLE_MEMORY.format(most=0)), job)
    scene.resumed(row, job)
    return row


def device_taken(scene: Scene) -> Row:
    """Let another program hold the memory of the device, so that the weights do not fit."""
    row = Row("GPU memory taken by another program (simulated: no room for the weights)")
    job = scene.job("taken")
    row.met(job.run(prelude=models.NO_ROOM_TO_LOAD), job)
    scene.resumed(row, job)
    return row


def two_processes(scene: Scene) -> Row:
    """Start a second export in the folder of a running one."""
    row = Row("two processes on one folder", "the second is refused, the first goes on")
    job = scene.job("two")
    first = job.start()
    first.wait_for(is_start)
    first.signal(signal.SIGSTOP)  # so that it is not done before the second one begins
    row.met(job.run(), job, (1, 2))
    first.signal(signal.SIGCONT)
    ended = first.finish()
    row.after = f"the first: exit code {ended.exit_code}, {scene.compared(row, job)}"
    row.expect(ended.exit_code == 0, "the first was disturbed")
    return row


def finished_again(scene: Scene) -> Row:
    """Run a finished folder again."""
    row = Row("finished folder run again with --resume", "nothing: times and bytes of all files are the same")
    job = scene.job("finished")
    job.run()
    before = job.states()
    row.met(job.run(), job, (0,))
    after = job.states()
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    row.expect(not changed, f"changed: {', '.join(changed)}")
    return row


def _ended_by(scene: Scene, name: str, how: str, code: int, action: str) -> Row:
    row = Row(how, "stopped cleanly, finished shards stay")
    job = scene.job(name)
    export = job.start("--control")
    job.wait_recorded(export, 2)
    recorded = job.recorded()
    _ACTIONS[action](export)
    row.met(export.finish(), job, (code,))
    row.expect(job.recorded() >= recorded, "recorded shards were lost")
    row.expect(row.left == [] or not any(one.endswith(".bw") for one in row.left), "a track lies under its final name")
    scene.resumed(row, job)
    return row


_ACTIONS: dict[str, Callable[[Export], None]] = {
    "stop": lambda export: export.say("stop"),
    "hang-up": Export.hang_up,
    "interrupt": lambda export: export.signal(signal.SIGINT),
    "terminate": lambda export: export.signal(signal.SIGTERM),
}


def told_to_stop(scene: Scene) -> Row:
    """Write ``stop`` to standard input."""
    return _ended_by(scene, "stop", "'stop' on standard input", 130, "stop")


def window_died(scene: Scene) -> Row:
    """Close standard input, as when the window that started it is gone."""
    return _ended_by(scene, "hang-up", "standard input closed (the window is gone)", 130, "hang-up")


def interrupted(scene: Scene) -> Row:
    """Press Ctrl+C."""
    return _ended_by(scene, "interrupt", "Ctrl+C (SIGINT)", 130, "interrupt")


def terminated(scene: Scene) -> Row:
    """Send SIGTERM, as a scheduler does before SIGKILL."""
    return _ended_by(scene, "terminate", "SIGTERM (as a scheduler sends it)", 130, "terminate")


def killed_worker(scene: Scene) -> Row:
    """Kill one of two workers of a cluster on this machine."""
    row = Row("a worker of a cluster killed (--dask local:2)")
    job = scene.job("worker")
    export = job.start("--dask", "local:2")
    job.wait_recorded(export, 2)
    workers = [one for one in psutil.Process(export.pid).children(recursive=True) if "spawn_main" in str(one.cmdline())]
    workers[-1].kill()
    ended = export.finish()
    row.met(ended, job, (0,))
    row.happened = " ".join(event["text"] for event in ended.events if event["event"] == "note")
    row.after = scene.compared(row, job)
    row.expect("lost" in row.happened, "the loss was not told")
    return row


FAULTS = (
    killed_worker,
    nan_everywhere,
    nan_in_places,
    little_memory,
    no_memory,
    device_taken,
    two_processes,
    finished_again,
    told_to_stop,
    window_died,
    interrupted,
    terminated,
)
