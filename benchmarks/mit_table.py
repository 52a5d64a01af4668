"""The biophysical table of the Mechanistic Invariance Test beside the published one, and how fast it is made.

Run with ``python -m benchmarks.mit_table [--data DIR]``; it prints the table and writes
``benchmarks/results/mit_table.json``: every scorer without a network on the sequences of seed 42 and over 20 seeds,
both variants of class H, with the natural classes where the folder with real data is there (``../shared/data``) and
without; and the time of all biophysical scorers on these sequences. One thread, processor time, which is what other
programs disturb least; beside it the same models written base by base, as the tests have them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.record import ROOT, save
from gxview.assess.mit import SCORERS, MitSettings, build_sets, make_scorer, run_mit
from gxview.assess.mit.natural import natural_sets
from gxview.assess.mit.published import LATER_RUN, SOURCE, published_of
from gxview.assess.mit.sets import SCRAMBLES, Sets
from tests.assess.mit.scalar_models import MODELS

SEED, SEEDS, TURNS = 42, 20, 9
MANY, FIRST = 300, 1000
"""Draws, and the seed of the first, of the distribution that a published number is held against."""
TABLE = "promoters/regulondb/PromoterSet_10.9.txt.gz"
GENOME = "genomes/ecoli/NC_000913.3.fa.gz"
NAMES = (*[name for name, kind in SCORERS.items() if kind.biophysical], "kmer", "random")


def results(natural: bool, data: Path, names: Sequence[str], scramble: str) -> list[dict[str, Any]]:
    """Return the rows of one run."""
    files = {"promoters": data / TABLE, "genome": data / GENOME} if natural else {}
    word = next(one for one in SCRAMBLES if one == scramble)
    return run_mit(MitSettings(names, **files, scramble=word, seed=SEED, seeds=SEEDS)).rows()


def line(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the table shows of a scorer, with the published numbers beside them."""
    seeds, published, later = row["seeds"], published_of(row["scorer"]), LATER_RUN.get(row["scorer"])
    found: dict[str, Any] = {"scorer": row["scorer"]}
    for place, name in enumerate(("css", "scr")):
        spread = seeds[name]
        paper = getattr(published, name) if published is not None else None
        found[name] = {
            "seed_42": row[name],
            "interval": row[f"{name}_ci"],
            "mean": spread["mean"],
            "sd": spread["sd"],
            "range": [spread["low"], spread["high"]],
            "paper": paper,
            "paper_later_run": later[place] if later else None,
        }
    names = ("mes", "mes_natural", "cir", "cm", "at_r", "strand_accuracy", "spacing_peak")
    return {**found, **{name: row[name] for name in names}}


def chances() -> list[dict[str, Any]]:
    """Return, for every published share, its place among many draws: how many lie as far from their mean."""
    found = []
    for row in run_mit(MitSettings(NAMES, seed=FIRST, seeds=MANY, probing=False)).rows():
        paper = published_of(row["scorer"])
        for name in ("css", "scr"):
            values = np.array(row["seeds"][name]["values"])
            if paper is not None and np.ptp(values) > 0:
                mean, stated = float(values.mean()), float(getattr(paper, name))
                far = float((np.abs(values - mean) >= abs(stated - mean) - 1e-9).mean())
                told = {"paper": stated, "mean": mean, "sd": float(values.std(ddof=1)), "as_far": far}
                found.append({"scorer": row["scorer"], "measure": name, **told})
    return found


def timing(sets: Sets) -> dict[str, Any]:
    """Return seconds of processor time for all sequences, together and for each scorer, and ratios to plain loops."""
    letters = [one for members in sets.values() for one in members.values()]
    fast = {name: _seconds(make_scorer(name).score, letters, TURNS) for name in MODELS}
    plain = {name: _seconds(_looping(rule), letters, 1) for name, rule in MODELS.items()}
    total = sum(fast.values())
    return {
        "sequences": len(letters),
        "seconds": total,
        "sequences_per_second": len(letters) / total,
        "ratio_to_plain_loops": sum(plain.values()) / total,
        "each": {name: {"seconds": fast[name], "ratio_to_plain_loops": plain[name] / fast[name]} for name in MODELS},
    }


def _looping(rule: Callable[[str], float]) -> Callable[[list[str]], list[float]]:
    return lambda letters: [rule(one) for one in letters]


def _seconds(work: Any, letters: list[str], turns: int) -> float:
    found = []
    for _ in range(turns):
        began = time.thread_time()
        work(letters)
        found.append(time.thread_time() - began)
    return median(found)


def table(lines: Sequence[dict[str, Any]]) -> str:
    """Return the lines as Markdown."""
    head = "| scorer | CSS, seed 42 | 20 seeds | paper | later run | SCR, seed 42 | 20 seeds | paper | later run |"
    rows = [head, "|---|---|---|---|---|---|---|---|---|"]
    for one in lines:
        cells = [cell for name in ("css", "scr") for cell in _cells(one[name])]
        rows.append(f"| {one['scorer']} | {' | '.join(cells)} |")
    return "\n".join(rows)


def sizes(lines: Sequence[dict[str, Any]]) -> str:
    """Return effect sizes and what the probing sets say as Markdown, with the published numbers in brackets."""
    head = "| scorer | MES | MES natural | CIR | AT r | strand accuracy | spacing peak |"
    rows = [head, "|---|---|---|---|---|---|---|"]
    for one in lines:
        paper = published_of(one["scorer"])
        known = None if paper is None else paper.strand_accuracy
        strand = _text(one["strand_accuracy"]) + ("" if known is None else f" ({known:.2f})")
        peak = "–" if one["spacing_peak"] is None else str(one["spacing_peak"])
        peak += "" if paper is None or paper.spacing_peak is None else f" ({paper.spacing_peak})"
        cells = [_text(one[name]) for name in ("mes", "mes_natural", "cir", "at_r")]
        rows.append(f"| {one['scorer']} | {' | '.join([*cells, strand, peak])} |")
    return "\n".join(rows)


def _cells(one: dict[str, Any]) -> list[str]:
    low, high = one["range"]
    spread = f"{one['mean']:.2f} ± {one['sd']:.2f} ({low:.2f} to {high:.2f})"
    return [f"{one['seed_42']:.2f}", spread, _text(one["paper"]), _text(one["paper_later_run"])]


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder with real data")
    data = parser.parse_args().data
    natural = (data / TABLE).exists() and (data / GENOME).exists()
    names = (*NAMES, "kmer:genome") if natural else NAMES
    found: dict[str, Any] = {"source": SOURCE, "seed": SEED, "seeds": SEEDS}
    for scramble in SCRAMBLES:
        for real in (True, False) if natural else (False,):
            lines = [line(row) for row in results(real, data, names if real else NAMES, scramble)]
            found[f"{scramble}_{'with' if real else 'without'}_natural"] = lines
            print(f"\nclass H by {scramble}, {'with' if real else 'without'} natural classes\n{table(lines)}")
            print(f"\n{sizes(lines)}")
    found["chances"] = chances()
    for one in found["chances"]:
        print(one)
    more = natural_sets(data / TABLE, data / GENOME, SEED).sets if natural else None
    found["time"] = timing(build_sets(SEED, natural=more))
    print(f"\n{found['time']}\n\nwrote {save('mit_table', found)}")


if __name__ == "__main__":
    main()
