"""``python -m benchmarks.mit_models --work DIR``: the Mechanistic Invariance Test on models trained here.

DIR/models holds ``ecoli-language-model``, ``ecoli-cnn`` and ``ecoli-dnabert2`` of
``python -m benchmarks.real_input --work DIR ecoli``; docs/mit-models.md has the commands that train such models from
files. The sample models are those that gxview ships. Each scorer has a folder in DIR/mit with the report of ``gxview
mit``; what is finished there is not done again, so that ``--only`` can spread the work over processes. Without it
everything is collected into results/mit_models.json, and the tables of docs/mit-models.md are printed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.record import ROOT, save
from gxview.assess.mit import MitSettings, run_into
from gxview.assess.mit.relevance.section import verdict
from gxview.measures.statistics import benjamini_hochberg

DATA = ROOT.parent / "shared" / "data"
SEEDS = 5
CLASSIFIER_METHODS = ("default", "gradient_x_input", "ism", "random")
_PROMOTERS = "promoters/regulondb/PromoterSet_10.9.txt.gz"
_GENOME = "genomes/ecoli/NC_000913.3.fa.gz"


@dataclass(frozen=True)
class Tested:
    """A scorer, as ``gxview mit --scorer`` takes it, and the methods that explain it."""

    name: str
    scorer: str
    methods: tuple[str, ...]


def tested(models: Path) -> list[Tested]:
    """Return all scorers: yardsticks, the language model, classifiers."""
    return [
        *(Tested(name, name, ("ism",)) for name in ("pa-pwm", "rpa-pwm", "nopos")),
        Tested("random", "random", ()),
        Tested("ecoli-language-model", f"model:{models}/ecoli-language-model", ("delta_entropy",)),
        # The CNN of 81 bases reads from base 6 on, so that the -10 box lies where +1 at 60 had it in training.
        Tested("ecoli-cnn", f"model:{models}/ecoli-cnn,from=6", CLASSIFIER_METHODS),
        Tested("ecoli-dnabert2", f"model:{models}/ecoli-dnabert2,target=contrast", CLASSIFIER_METHODS),
        Tested("sample-cnn", "model:sample-cnn", CLASSIFIER_METHODS),
        Tested("sample-dnabert2", "model:sample-dnabert2,target=contrast", CLASSIFIER_METHODS),
    ]


def run(one: Tested, work: Path, data: Path) -> dict[str, Any]:
    """Put a scorer to the test, or do the rest of it; return the row, the SCR of moved elements and the placements."""
    natural = {"promoters": data / _PROMOTERS, "genome": data / _GENOME}
    whole, moved = work / "mit" / one.name, work / "mit" / f"{one.name}-moved"
    (_, (row,)) = run_into(MitSettings([one.scorer], **natural, seeds=SEEDS, device="cpu", explain=one.methods), whole)
    (_, (other,)) = run_into(
        MitSettings([one.scorer], scramble="moved", probing=False, seeds=SEEDS, device="cpu"), moved
    )
    relevance = json.loads((whole / "mit.json").read_text())["relevance"]
    return {"row": row, "moved": {name: other[name] for name in ("scr", "scr_ci", "scr_p")}, "relevance": relevance}


def collected(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Join the scorers, with q values over all of them."""
    parts = list(parts)
    rows, relevance = [part["row"] for part in parts], [one for part in parts for one in part["relevance"]]
    for name, q in (("p", "q"), ("scr_p", "scr_q")):
        for row, value in zip(rows, _q([row[name] for row in rows]), strict=True):
            row[q] = value
    for one, q in zip(relevance, _q([one["adjusted"]["p"] for one in relevance]), strict=True):
        del one["profiles"]
        difference = one["adjusted"]["difference"]
        one["adjusted"]["q"] = q
        one["verdict"] = verdict(*(np.nan if value is None else value for value in (difference, q)))
    moved = {row["scorer"]: part["moved"] for row, part in zip(rows, parts, strict=True)}
    return {"results": rows, "moved": moved, "relevance": relevance, "draws": SEEDS}


def _q(values: Iterable[float | None]) -> list[float | None]:
    found = benjamini_hochberg([np.nan if value is None else value for value in values])
    return [float(value) if np.isfinite(value) else None for value in found]


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
            f"{_number(one['adjusted']['difference'], 3)} ({_small(one['adjusted']['q'])})",
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


def _small(value: float | None) -> str:
    return "–" if value is None else f"{value:.2g}"


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
    parser.add_argument("--only", nargs="*", default=[], help="names of scorers; the rest is left for later")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    every = tested(given.work / "models")
    parts = [run(one, given.work, given.data) for one in every if not given.only or one.name in given.only]
    if given.only:
        return
    content = collected(parts)
    save("mit_models", content)
    print(score_table(content), relevance_table(content), sep="\n\n")


if __name__ == "__main__":
    main()
