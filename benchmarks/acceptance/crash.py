"""Kill an export of E. coli at random moments, go on, and compare every byte with an uninterrupted run.

Run with ``python -m benchmarks.acceptance.crash``; it needs ``../shared/data`` (or ``--data``) and writes
``benchmarks/results/crash.json`` and ``crash.md``. The moments are drawn uniformly over the measured working time,
which runs from the event ``start`` (the model is loaded) to the end of the uninterrupted run; a kill is ``kill -9`` of
the whole process group. A last round kills again and again until an export gets through.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.acceptance.exports import Ended, Event, Export, Job, Recipe, is_start
from benchmarks.record import RESULTS, ROOT, save

GENOME = Path("genomes") / "ecoli" / "NC_000913.3.fa.gz"
LEAST_INSIDE = 25 / 30
"""Share of the kills that has to come after the first recorded shard and before the end."""


@dataclass(frozen=True)
class Whole:
    """The uninterrupted run.

    Attributes
    ----------
    seconds
        Working time: from the event ``start`` to the end of the process.
    shards
        Number of shards that it recorded.
    digests
        sha256 of every final file.
    """

    seconds: float
    shards: int
    digests: dict[str, str]


@dataclass(frozen=True)
class Kill:
    """One kill and what became of it.

    Attributes
    ----------
    drawn
        The moment in seconds after ``start``.
    shards, bases, windows, state
        Recorded shards, and the last progress told, at the kill.
    ended, complete
        Whether the export had ended before; whether all files were in place already.
    exit_code
        Of the run that went on.
    resumed_windows
        Windows that it did not compute again.
    seconds
        That it took, with start and loading.
    different
        Final files that are not those of the uninterrupted run.
    """

    drawn: float
    shards: int
    bases: int
    windows: int
    state: str
    ended: bool
    complete: bool
    exit_code: int
    resumed_windows: int
    seconds: float
    different: tuple[str, ...]

    @property
    def is_inside(self) -> bool:
        """Whether the kill came after the first recorded shard and before the end."""
        return self.shards > 0 and not self.ended and not self.complete

    @property
    def is_good(self) -> bool:
        """Whether the files are those of the uninterrupted run."""
        return self.exit_code == 0 and not self.different


def uninterrupted(job: Job) -> Whole:
    """Run without a kill and measure."""
    export = job.start()
    if export.wait_for(is_start) is None:
        raise SystemExit(f"The export did not begin: {export.finish().message}")
    begun = time.monotonic()
    shards = 0
    while export.wait_for(lambda _: True) is not None:
        shards = max(shards, job.recorded())
    seconds, ended = time.monotonic() - begun, export.finish()
    if ended.exit_code:
        raise SystemExit(f"The uninterrupted run failed with exit code {ended.exit_code}: {ended.message}")
    return Whole(seconds, max(shards, job.recorded()), job.digests())


def killed(export: Export, drawn: float) -> tuple[Ended, bool]:
    """Kill an export some seconds after it began to work; whether it had ended by itself."""
    if export.wait_for(is_start) is None:
        return export.finish(), True
    over = export.ends_within(export.times[-1] + drawn - time.monotonic())
    return export.kill(), over


def one_kill(job: Job, drawn: float, whole: Whole) -> Kill:
    """Start, kill, go on, compare."""
    ended, over = killed(job.start(), drawn)
    shards, complete = job.recorded(), job.manifest().get("status") == "complete"
    progress = [event for event in ended.events if event["event"] == "progress"]
    last: Event = progress[-1] if progress else {"bases": 0, "windows": 0, "state": "-"}
    begun = time.monotonic()
    rest = job.run()
    starts = [event for event in rest.events if event["event"] == "start"]
    return Kill(
        round(drawn, 2),
        shards,
        last["bases"],
        last["windows"],
        last["state"],
        over,
        complete,
        rest.exit_code,
        starts[0]["resumed_windows"] if starts else 0,
        round(time.monotonic() - begun, 1),
        job.different(whole.digests),
    )


def again_and_again(job: Job, whole: Whole, rng: np.random.Generator, most: int = 40) -> dict[str, object]:
    """Kill every run after a random part of the working time until one gets through."""
    recorded = []
    for _ in range(most):
        ended, over = killed(job.start(), float(rng.uniform(0, whole.seconds / 3)))
        recorded.append(job.recorded())
        if over:
            break
    wrong = job.different(whole.digests)
    return {"kills": len(recorded) - 1, "shards_recorded": recorded, "exit_code": ended.exit_code, "different": wrong}


def table(whole: Whole, kills: list[Kill], repeated: dict[str, object]) -> str:
    """Return the result as Markdown."""
    done = [kill for kill in kills if not kill.ended]
    good, inside = sum(kill.is_good for kill in done), sum(kill.is_inside for kill in done)
    late = len(kills) - len(done)
    lines = [
        f"Working time of the uninterrupted run {whole.seconds:.1f} s, {len(whole.digests)} final files.",
        f"{len(done)} kills, {inside} after the first recorded shard and before the end; "
        f"**{good} of {len(done)} byte-identical** after going on. {late} runs had ended before their moment came and "
        "do not count.",
        f"Killed again and again: {repeated['kills']} kills until an export got through, exit code "
        f"{repeated['exit_code']}, files that differ: {len(repeated['different'])}.",  # type: ignore[arg-type]
        "",
        "| killed after s | shards recorded | bases done | windows done | state | windows not repeated | s to go on "
        "| exit code | files that differ |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for kill in kills:
        state = "ended before" if kill.ended else "all files in place" if kill.complete else kill.state
        differ = ", ".join(kill.different) or "none"
        lines.append(
            f"| {kill.drawn:.2f} | {kill.shards} | {kill.bases:,} | {kill.windows:,} | {state} "
            f"| {kill.resumed_windows:,} | {kill.seconds:.1f} | {kill.exit_code} | {differ} |"
        )
    return "\n".join(lines) + "\n"


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.acceptance.crash", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--genome", type=Path, help="instead of E. coli")
    parser.add_argument("--model", default="sample-cnn")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--stride", type=int)
    parser.add_argument("--shard-bases", type=int)
    parser.add_argument("--work", type=Path, help="folder for the exports; by default a temporary one")
    parser.add_argument("--name", default="crash", help="of the results")
    return parser.parse_args()


def main() -> int:
    """Kill, go on, compare, write."""
    given = parse()
    genome = given.genome or given.data / GENOME
    if not genome.exists():
        raise SystemExit(f"{genome} does not exist; give the folder with real data by --data.")
    work = Path(tempfile.mkdtemp(prefix="gxview-crash-", dir=given.work))
    recipe = Recipe(genome, [given.model], settings={"stride": given.stride, "shard_bases": given.shard_bases})
    whole = uninterrupted(recipe.job(work / "whole"))
    print(f"working time {whole.seconds:.1f} s, {len(whole.digests)} files", flush=True)
    rng, kills = np.random.default_rng(given.seed), list[Kill]()
    while sum(not kill.ended for kill in kills) < given.kills and len(kills) < 2 * given.kills:
        job = recipe.job(work / f"kill-{len(kills) + 1}")
        kills.append(one_kill(job, float(rng.uniform(0, whole.seconds)), whole))
        print(len(kills), kills[-1], flush=True)
        if kills[-1].is_good:
            shutil.rmtree(job.folder)
    repeated = again_and_again(recipe.job(work / "again"), whole, rng)
    text = table(whole, kills, repeated)
    result = {"what": f"{genome.name}, {given.model}", "whole": asdict(whole), "again_and_again": repeated}
    save(given.name, result | {"kills": [asdict(kill) for kill in kills]})
    (RESULTS / f"{given.name}.md").write_text(f"# kill -9 and --resume\n\n{genome.name}, {given.model}.\n\n{text}")
    print(text)
    enough = sum(kill.is_inside for kill in kills) >= LEAST_INSIDE * given.kills
    good = all(kill.is_good for kill in kills) and not repeated["different"] and repeated["exit_code"] == 0
    if good:
        shutil.rmtree(work)
    return int(not (good and enough))


if __name__ == "__main__":
    sys.exit(main())
