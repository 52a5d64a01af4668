"""What a job costs against the number of windows, their length and the size of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.engine.names import BASE, BASE_WINDOW, SAMPLE_WINDOW
from benchmarks.engine.run import Run, in_turns
from benchmarks.fit import growth
from benchmarks.table import Goal, Row, number

LINEAR = Goal("at most", 1.05)


@dataclass(frozen=True)
class Sweep:
    """One model with growing jobs.

    Parameters
    ----------
    what
        What grows, in words.
    model
        A name that can be loaded.
    jobs
        Windows, bases of a window and windows computed together.
    sizes
        What is fitted against.
    goal
        For the exponent.
    """

    what: str
    model: str
    jobs: Sequence[tuple[int, int, int]]
    sizes: Sequence[int]
    goal: Goal | None = None


def sweeps(base: str, quick: bool) -> list[Sweep]:
    """Return what is measured; `base` is the folder of the model of the published size."""
    numbers = (256, 512, 1024) if quick else (256, 512, 1024, 2048, 4096)
    few = (8, 16) if quick else (8, 16, 32, 64)
    lengths = (120, 240, 480) if quick else (120, 240, 480, 960, 1920)
    long = (300, 600) if quick else (300, 600, 1200, 2400)
    together = (1, 4, 16) if quick else (1, 2, 4, 8, 16, 32, 64)
    batches = (1, 4) if quick else (1, 2, 4, 8, 16)
    found = []
    for model in ("sample-cnn", "sample-dnabert2"):
        found += [
            Sweep("number of windows", model, [(n, SAMPLE_WINDOW, 16) for n in numbers], numbers, LINEAR),
            Sweep("bases of a window", model, [(256, length, 16) for length in lengths], lengths),
            Sweep("windows of a batch", model, [(size * 4, SAMPLE_WINDOW, size) for size in together], together),
        ]
    return [
        *found,
        Sweep("number of windows", base, [(n, BASE_WINDOW, 8) for n in few], few, LINEAR),
        Sweep("bases of a window", base, [(8, length, 8) for length in long], long),
        Sweep("windows of a batch", base, [(size, BASE_WINDOW, size) for size in batches], batches),
    ]


def measure(run: Run) -> None:
    """Measure every sweep; the fastest of the turns counts, since others can only slow it down."""
    for sweep in sweeps(str(run.work / BASE), run.quick):
        ways = {str(job): partial(_seconds, run, sweep.model, job) for job in sweep.jobs}
        found = in_turns(1 if run.quick else 3, ways)
        run.add(line(sweep, [min(found[str(job)]) for job in sweep.jobs]))


def _seconds(run: Run, model: str, job: tuple[int, int, int]) -> float:
    windows, length, size = job
    result: dict[str, Any] = run.ours.ask("on_random", model=model, windows=windows, length=length, size=size)
    return float(result["seconds"])


def line(sweep: Sweep, seconds: Sequence[float]) -> Row:
    """Return the row of a sweep: the cost of a job for batches, else of all windows."""
    batches = [max(1, windows // size) for windows, _, size in sweep.jobs]
    costs = [took / n for took, n in zip(seconds, batches, strict=True)] if "batch" in sweep.what else list(seconds)
    fitted = growth(sweep.sizes, costs)
    rates = [windows / took for (windows, _, _), took in zip(sweep.jobs, seconds, strict=True)]
    name = sweep.model.rsplit("/", 1)[-1]
    details = {"model": name, "windows_length_batch": list(sweep.jobs), "seconds": list(seconds), **fitted.to_dict()}
    return Row(
        f"cost against {sweep.what}, {name}, {sweep.sizes[0]:,} to {sweep.sizes[-1]:,}",
        f"{number(rates[0])} to {number(rates[-1])} windows/s",
        "a straight line",
        f"off by up to {fitted.residual:.0%}",
        fitted.exponent,
        goal=sweep.goal,
        details=details,
    )
