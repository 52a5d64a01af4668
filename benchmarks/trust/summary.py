"""The numbers of finished runs that are kept: means with intervals, tests with q values, patterns with matches."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from gxview.measures.statistics import benjamini_hochberg, paired_wilcoxon, summary

METRICS = (
    "gini",
    "aopc",
    "aopc_random",
    "auprc",
    "auprc_chance",
    "auroc",
    "mass_accuracy",
    "chance",
    "jaccard_signed",
    "spearman",
    "signal_spearman",
    "signal_pearson",
    "signal_auprc",
    "signal_auprc_chance",
)
# What is compared with which chance level; None: with 0.
_AGAINST_CHANCE = {"signal_auprc": "signal_auprc_chance", "signal_spearman": None, "signal_pearson": None}
_ALONE = 0.05
_NUMBERS = ("n", "failures", "mean", "median", "low", "high", "difference", "effect", "p", "q")
Row = dict[str, Any]


def evaluated(folder: Path) -> dict[str, Any]:
    """Return what an evaluation says: series over the real sequences, and the tests on them."""
    series = [_kept(row) for row in _rows(folder / "summary.csv") if row["set"] == "real" and row["metric"] in METRICS]
    tests = [_kept(row) for row in _rows(folder / "tests.csv") if row["first_metric"] in METRICS]
    failed = sum(int(row["failures"]) for row in series)
    return {"series": series, "tests": tests, "failures": failed}


def by_part(folder: Path, parts: dict[str, str]) -> list[Row]:
    """Compare relevance with footprints apart for promoters in each part of the training data.

    Parameters
    ----------
    folder
        Of a finished evaluation.
    parts
        The part of each sequence.

    Returns
    -------
    list of dict
        For model, method, signed relevance or its size, metric and part (``all`` besides): n, mean, 95 % bootstrap
        interval, and for the AUPRC the mean chance level; a Wilcoxon signed-rank test against chance (0 for a
        correlation), corrected over all rows; ``alone``: how many promoters follow their footprint at p <= 0.05 each,
        by circular shifts (uncorrected, one in twenty by accident).
    """
    values: dict[tuple[str, str, str, str], dict[str, float]] = {}
    for row in _rows(folder / "metrics.csv"):
        if row["set"] == "real" and row["metric"].startswith("signal_"):
            value = float(row["value"]) if row["value"] else np.nan
            key = row["model"], row["method"], row["detail"], row["metric"]
            values.setdefault(key, {})[row["sequence"]] = value
    found = [
        _compared(key, values, part, [name for name in parts if part in ("all", parts[name])])
        for key in values
        if key[3] in _AGAINST_CHANCE
        for part in ("all", *sorted(set(parts.values())))
    ]
    for one, q in zip(found, benjamini_hochberg([one["p"] for one in found]), strict=True):
        one["q"] = _rounded(q)
    return found


def patterns(report: Path) -> dict[str, Any]:
    """Return what a search for patterns found: by model, and the best match of each pattern."""
    content = json.loads(report.read_text(encoding="utf-8"))
    best = [row for row in content["rows"] if row["rank"] == 1]
    names = ("database", "release", "motifs", "threshold", "permutations", "seed", "models", "overlaps", "notes")
    return {**{name: content[name] for name in names}, "best_matches": best}


def _compared(
    key: tuple[str, str, str, str],
    values: dict[tuple[str, str, str, str], dict[str, float]],
    part: str,
    names: list[str],
) -> Row:
    model, method, detail, metric = key
    reference = _AGAINST_CHANCE[metric]
    here = np.array([values[key][name] for name in names])
    chance = np.array([values[model, method, detail, reference][name] if reference else 0.0 for name in names])
    one, test = summary(here, np.random.default_rng(0)), paired_wilcoxon(here, chance)
    numbers = {
        "mean": one.mean,
        "low": one.low,
        "high": one.high,
        "chance": np.nanmean(chance) if reference else 0.0,
        "effect": test.effect,
        "p": test.p,
    }
    shifted = values.get((model, method, detail, "signal_p"), {})
    alone = sum(shifted.get(name, np.nan) <= _ALONE for name in names)
    columns = {"model": model, "method": method, "detail": detail, "metric": metric, "part": part}
    return {**columns, "n": one.n, "failures": one.failures, "alone": alone} | {
        name: _rounded(x) for name, x in numbers.items()
    }


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _kept(row: dict[str, str]) -> Row:
    """Keep the cells that say something; numbers become numbers."""
    return {name: _number(name, text) for name, text in row.items() if text and name != "set"}


def _number(name: str, text: str) -> Any:
    if name in ("n", "failures"):
        return int(float(text))
    return _rounded(float(text)) if name in _NUMBERS else text


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else float(f"{float(value):.4g}")
