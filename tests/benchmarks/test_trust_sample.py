"""What the note on the sample is made from."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from benchmarks.trust_sample import CNN, DNABERT2, FAMILIES, collected, configuration, tables
from gxview.evaluate.run.report.words import PRIMARY

SERIES = ("set", "model", "method", "other_model", "other_method", "level", "metric", "detail")


def write(path: Path, names: list[str], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([names, *rows])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lrp = ("real", CNN, "lrp", "", "", "base", "aopc", PRIMARY)
    shuffled = ("dinucleotide", *lrp[1:])
    other = ("real", CNN, "lrp", DNABERT2, "attnlrp", "base", "jaccard", "")
    numbers = ["n", "mean", "low", "high"]
    rows = [(*lrp, 30, 0.5, 0.4, 0.6), (*shuffled, 30, 0.1, 0.0, 0.2), (*other, 60, 0.25, 0.2, 0.3)]
    write(tmp_path / "summary.csv", [*SERIES, *numbers], rows)
    sides = [f"{side}_{name}" for side in ("first", "second") for name in SERIES]
    test = ("control", *lrp, *shuffled, 30, 0.4, 0.9, 1e-5, 2e-5)
    write(tmp_path / "tests.csv", ["question", *sides, "n", "difference", "effect", "p", "q"], [test])
    sanity = ("real", CNN, "lrp", "", "", "base", "sanity", "limit=0.5", "0.0", "")
    missing = ("real", CNN, "lrp", "", "", "base", "auprc", "", "", "no known bases")
    write(tmp_path / "metrics.csv", [*SERIES, "value", "reason"], [sanity, missing])
    return tmp_path


def test_results_keep_numbers_failures_and_failed_checks(folder: Path) -> None:
    found = collected(folder)
    assert [one["mean"] for one in found["series"]] == [0.5, 0.1, 0.25]
    assert found["numbers that could not be had"] == 1
    assert [one["passed"] for one in found["sanity"]] == [False]


def test_tables_hold_each_method_test_and_pair(folder: Path) -> None:
    methods, _, compared, similar, _ = tables(collected(folder))
    assert "| trained | lrp | 30 | 0.500 (0.400 to 0.600) | 0.100 (0.000 to 0.200) |" in methods
    assert "| CNN lrp, against dinucleotide shuffle | +0.400, +0.90, 2e-05, 30 |" in compared
    assert "| real | CNN lrp | DNABERT-2 attnlrp | 60 | 0.250 (0.200 to 0.300) |" in similar


@pytest.mark.parametrize("step", FAMILIES)
def test_second_runs_are_explained_by_the_main_method_alone(step: str, tmp_path: Path) -> None:
    chosen = configuration(step, tmp_path / "windows.csv", 10, {CNN: tmp_path / "again"})
    assert [one.name for one in chosen.models] == [CNN, f"{CNN}, seed 2", DNABERT2]
    assert [one.seed_of for one in chosen.models] == [None, CNN, None]
    assert chosen.models[1].methods == ("lrp",)
    assert chosen.models[2].methods[0] == "attnlrp"
    assert "rollout" in chosen.models[2].methods
