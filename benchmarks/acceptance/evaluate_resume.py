"""Kill an evaluation with ``kill -9`` at random moments, go on, and compare every byte; then one of 1,000 windows.

Run with ``python -m benchmarks.acceptance.evaluate_resume``; it needs nothing but the embedded sample and writes
``benchmarks/results/evaluate_resume.json``. Both models of the sample with twelve methods between them, on windows of
the sequence that no model saw. A few windows are evaluated once undisturbed and once with kills, and all files must
be the same bytes; many windows are evaluated with kills alone, under a limit on memory that is the same for both.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.acceptance.exports import Ended, Event, Export
from benchmarks.record import RESULTS, save
from gxview.cli.sample import windows_table

WINDOW = 120
LIMIT = 6 * 3600.0
METHODS = {
    "sample-cnn": (
        "lrp",
        "gradient_x_input",
        "integrated_gradients",
        "smoothgrad",
        "occlusion",
        "deeplift",
        "deeplift_shap",
        "random",
    ),
    "sample-dnabert2": (
        "attnlrp",
        "cplrp",
        "gradient_x_input",
        "integrated_gradients",
        "smoothgrad",
        "rollout",
        "occlusion",
        "ism",
        "random",
    ),
}


Step = Callable[[Path, int, int, Sequence[float], int], dict[str, Any]]


@dataclass(frozen=True)
class Life:
    """One run of the command until it ended or was killed.

    Attributes
    ----------
    tasks, found, done
        All tasks; those that were finished before it began, and when it ended.
    killed
        Whether it was killed.
    seconds
        From its start.
    peak_mb
        Largest resident memory.
    """

    tasks: int
    found: int
    done: int
    killed: bool
    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Series:
    """Lives of one evaluation, the last of which got through.

    Attributes
    ----------
    windows
        Sequences of the evaluation.
    lives
        In their order.
    processor_seconds
        Of all lives together.
    digests
        sha256 of every final file.
    """

    windows: int
    lives: tuple[Life, ...]
    processor_seconds: float
    digests: dict[str, str]


def configuration(work: Path, windows: int) -> Path:
    """Write the sequences and the TOML file."""
    (work / "windows.csv").write_text(windows_table(WINDOW), encoding="utf-8")
    path = work / f"{windows}.toml"
    lines = [
        'device = "cpu"',
        'families = ["similarity", "concentration", "faithfulness", "localisation"]',
        "[data]",
        'sequences = "windows.csv"',
        f"limit = {windows}",
        "[controls]",
        "sets = []",
        "randomised = 0",
        "[faithfulness]",
        'replacements = ["random"]',
        "draws = 1",
        "orders = 3",
    ]
    for model, methods in METHODS.items():
        lines += ["[[models]]", f'model = "{model}"', f"methods = [{', '.join(repr(one) for one in methods)}]"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def evaluated(config: Path, folder: Path, windows: int, megabytes: int, kills: Sequence[float], seed: int) -> Series:
    """Evaluate with a kill after each of the given shares of the tasks, a random moment later."""
    rng, lives = np.random.default_rng(seed), list[Life]()
    before = _processor_seconds()
    for share in [*sorted(kills), None]:
        life, ended = _life(config, folder, megabytes, share, float(rng.uniform(0, 3)))
        lives.append(life)
        print(f"{windows} windows: {life}", flush=True)
        if not life.killed:
            break
    if ended.exit_code:
        raise SystemExit(f"The evaluation failed with exit code {ended.exit_code}: {ended.message}\n{ended.stderr}")
    digests = {path.name: _sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
    return Series(windows, tuple(lives), round(_processor_seconds() - before, 1), digests)


def _life(config: Path, folder: Path, megabytes: int, share: float | None, delay: float) -> tuple[Life, Ended]:
    limit = megabytes * 2**20
    run = Export(
        "--config",
        config,
        "--output",
        folder,
        command="evaluate",
        prelude=f"import resource\nresource.setrlimit(resource.RLIMIT_DATA, ({limit}, {limit}))",
    )
    tasks = found = done = 0
    peak = 0.0

    def reached(event: Event) -> bool:
        nonlocal tasks, found, done, peak
        peak = max(peak, _peak_mb(run.pid))
        if event["event"] == "start":
            tasks, found = event["tasks"], event["finished"]
        done = max(done, found, event.get("done", 0))
        return share is not None and tasks > 0 and done >= share * tasks

    if run.wait_for(reached, LIMIT) is not None and not run.ends_within(delay):
        ended, killed = run.kill(), True
    else:
        ended, killed = run.finish(LIMIT), False
    done = max([done, *(event.get("done", 0) for event in ended.events)])
    return Life(tasks, found, done, killed, round(time.monotonic() - run.started, 1), round(peak)), ended


def _peak_mb(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return max([0.0, *(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))])


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compared(work: Path, windows: int, megabytes: int, moments: Sequence[float], seed: int) -> dict[str, Any]:
    """Evaluate a few windows undisturbed and with kills."""
    config = configuration(work, windows)
    whole = evaluated(config, work / "whole", windows, megabytes, (), seed)
    killed = evaluated(config, work / "killed", windows, megabytes, moments, seed)
    names = sorted({*whole.digests, *killed.digests})
    different = [name for name in names if whole.digests.get(name) != killed.digests.get(name)]
    print(f"{len(names)} files, different after kills: {', '.join(different) or 'none'}")
    return {"whole": asdict(whole), "killed": asdict(killed), "different": different}


def large(work: Path, windows: int, megabytes: int, moments: Sequence[float], seed: int) -> dict[str, Any]:
    """Evaluate many windows with kills."""
    return asdict(evaluated(configuration(work, windows), work / "many", windows, megabytes, moments, seed))


def main() -> int:
    """Evaluate, kill, go on, compare, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.acceptance.evaluate_resume", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="few, many; both by default")
    parser.add_argument("--few", type=int, default=200, help="windows of the runs that are compared (default 200)")
    parser.add_argument("--many", type=int, default=1000, help="windows of the large run (default 1,000)")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=3072, help="limit on the memory that a run may ask for")
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    steps: dict[str, tuple[Step, int]] = {"few": (compared, given.few), "many": (large, given.many)}
    moments = np.random.default_rng(given.seed).uniform(0.02, 0.98, (2, given.kills)).tolist()
    result: dict[str, Any] = {
        "megabytes": given.megabytes,
        "methods": sorted({one for each in METHODS.values() for one in each}),
    }
    for (name, (step, windows)), drawn in zip(steps.items(), moments, strict=True):
        if name in (given.parts or steps):
            with tempfile.TemporaryDirectory(prefix="gxview-evaluate-") as folder:
                result[name] = step(Path(folder), windows, given.megabytes, drawn, given.seed)
            path = RESULTS / "evaluate_resume.json"
            kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            save("evaluate_resume", {**kept, **result})
    return int(bool(result.get("few", {}).get("different")))


if __name__ == "__main__":
    sys.exit(main())
