"""``python -m benchmarks.mit_models --work DIR``: the Mechanistic Invariance Test on models trained here.

DIR/models holds ``ecoli-language-model``, ``ecoli-cnn`` and ``ecoli-dnabert2`` of
``python -m benchmarks.real_input --work DIR ecoli``; docs/mit-models.md has the commands that train such models from
files. The sample models are those that gxview ships. Writes results/mit_models.json and prints the tables of
docs/mit-models.md.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch

from benchmarks.record import ROOT, save
from gxview.assess.mit import MitSettings, make_scorer, run_mit
from gxview.assess.mit.relevance import Explaining, Placement, placements
from gxview.assess.mit.relevance.section import adjusted_q, verdict
from gxview.assess.mit.scorers import Scorer, Setting

DATA = ROOT.parent / "shared" / "data"
SEEDS = 5
CLASSIFIER_METHODS = ("attnlrp", "lrp", "gradient_x_input", "ism", "random")
_PROMOTERS = "promoters/regulondb/PromoterSet_10.9.txt.gz"
_GENOME = "genomes/ecoli/NC_000913.3.fa.gz"


def named(work: Path) -> dict[str, tuple[str, ...]]:
    """Return the scorers by group, as ``gxview mit --scorer`` takes them."""
    models = work / "models"
    return {
        "yardsticks": ("pa-pwm", "rpa-pwm", "nopos", "random"),
        "language models": (f"model:{models}/ecoli-language-model",),
        # The CNN of 81 bases reads from base 6 on, so that the -10 box lies where +1 at 60 had it in training.
        "classifiers": (
            f"model:{models}/ecoli-cnn,from=6",
            f"model:{models}/ecoli-dnabert2,target=contrast",
            "model:sample-cnn",
            "model:sample-dnabert2,target=contrast",
        ),
    }


def run(work: Path, data: Path) -> dict[str, Any]:
    """Return everything that is measured, in a form that JSON can hold."""
    groups = {
        group: [make_scorer(name, Setting(device="cpu")) for name in names] for group, names in named(work).items()
    }
    scorers = [scorer for group in groups.values() for scorer in group]
    began = time.monotonic()
    whole = run_mit(MitSettings(scorers, promoters=data / _PROMOTERS, genome=data / _GENOME, seeds=SEEDS, device="cpu"))
    moved = run_mit(MitSettings(scorers, scramble="moved", probing=False, seeds=SEEDS, device="cpu"))
    found = explained(groups)
    scored = time.monotonic() - began
    return {
        "results": whole.rows(),
        "moved": {
            row["scorer"]: {name: row[name] for name in ("scr", "scr_ci", "scr_p", "seeds")} for row in moved.rows()
        },
        "notes": whole.notes,
        "relevance": [summary(one, q) for one, q in zip(found, adjusted_q(found), strict=True)],
        "seconds": round(scored, 1),
    }


def explained(groups: Mapping[str, list[Scorer]]) -> list[Placement]:
    """Return where the relevance of each scorer lies."""
    wanted = (
        Explaining(groups["yardsticks"][:3], ("ism",)),
        Explaining(groups["language models"], ("delta_entropy",)),
        Explaining(groups["classifiers"], CLASSIFIER_METHODS),
    )
    return [one for each in wanted for one in placements(each)]


def summary(one: Placement, q: float) -> dict[str, Any]:
    """Return a placement without its profiles, with its q value and verdict."""
    content = one.to_dict()
    del content["profiles"]
    return {**content, "adjusted": {**content["adjusted"], "q": q}, "verdict": verdict(one, q)}


def score_table(content: Mapping[str, Any]) -> str:
    """Return the scores as a table of markdown."""
    heads = ("scorer", "CSS", "SCR", "SCR moved", "CSS, SCR over draws", "AT r", "strand", "spacing peak")
    heads += ("MES", "MES natural")
    rows = [
        (
            row["scorer"],
            _interval(row, "css"),
            _interval(row, "scr"),
            _interval(content["moved"][row["scorer"]], "scr"),
            "{css[mean]:.2f} ± {css[sd]:.2f}, {scr[mean]:.2f} ± {scr[sd]:.2f}".format(**row["seeds"]),
            _number(row["at_r"]),
            _interval(row, "strand_accuracy"),
            _number(row["spacing_peak"], 0),
            _number(row["mes"]),
            _number(row["mes_natural"]),
        )
        for row in content["results"]
    ]
    return _markdown(heads, rows)


def relevance_table(content: Mapping[str, Any]) -> str:
    """Return the explanations as a table of markdown."""
    heads = (
        "model",
        "method",
        "positional ratio",
        "place-adjusted (q)",
        "verdict",
        "-10 intact",
        "UP in E",
        "-35 in E",
    )
    rows = [
        (
            one["scorer"],
            one["method"],
            _balance(one["position"]),
            f"{_number(one['adjusted']['difference'], 3)} ({one['adjusted']['q']:.2g})",
            one["verdict"],
            _balance(one["intact"]),
            *(_enrichment(one, element) for element in ("UP", "-35")),
        )
        for one in content["relevance"]
    ]
    return _markdown(heads, rows)


def _enrichment(one: Mapping[str, Any], element: str) -> str:
    found = next(entry for entry in one["enrichments"] if (entry["label"], entry["element"]) == ("E", element))
    return "∞" if found["ratio"] is None and found["n"] else f"{_number(found['ratio'], 1)} x"


def _balance(found: Mapping[str, Any]) -> str:
    return f"{_number(found['value'])} ({_number(found['low'])} to {_number(found['high'])})"


def _interval(row: Mapping[str, Any], name: str) -> str:
    low, high = row[f"{name}_ci"]
    return f"{_number(row[name])} ({_number(low)} to {_number(high)})"


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _markdown(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = tuple(heads)
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ("---",) * len(heads), *rows))


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mit_models", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder of models")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with real data")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch (default 1)")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    content = run(given.work, given.data)
    save("mit_models", content)
    print(score_table(content), relevance_table(content), sep="\n\n")


if __name__ == "__main__":
    main()
