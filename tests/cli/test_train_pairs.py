"""``gxview train --mit-pairs``."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from gxview.cli import build_app
from gxview.errors import GxviewError, UsageError


def table(path, length, rows=24):
    rng = np.random.default_rng(1)
    letters = ["".join(rng.choice(list("ACGT"), length)) for _ in range(rows)]
    path.write_text("sequence,label\n" + "".join(f"{text},{row % 2}\n" for row, text in enumerate(letters)))
    return path


def train(*arguments):
    given = [
        "train",
        *map(str, arguments),
        "--epochs",
        "1",
        "--batch-size",
        "8",
        "--device",
        "cpu",
        "--progress",
        "none",
    ]
    return CliRunner().invoke(build_app(["train"]), given, catch_exceptions=True)


def test_the_card_and_the_report_say_that_pairs_were_shown(tmp_path):
    result = train("--data", table(tmp_path / "data.csv", 60), "--mit-pairs", "0.5", "-o", tmp_path / "model")
    assert result.exit_code == 0, result.output
    told = "PairLoss(weight=0.5, length=60, promoters=8)"
    assert json.loads((tmp_path / "model" / "metrics.json").read_text())["run"]["auxiliary"] == told
    assert f"auxiliary loss {told}" in (tmp_path / "model" / "README.md").read_text()


def test_pairs_need_classes_and_room_for_a_promoter(tmp_path):
    result = train(
        "--data", table(tmp_path / "data.csv", 60), "--task", "regression", "--mit-pairs", "1", "-o", tmp_path / "a"
    )
    assert isinstance(result.exception, UsageError)
    assert "regression has no promoters" in str(result.exception)
    result = train("--data", table(tmp_path / "short.csv", 40), "--mit-pairs", "1", "-o", tmp_path / "b")
    assert result.exit_code == 1
    assert "need 44 bases for their elements, but the training sequences have 40" in result.output


@pytest.mark.parametrize("weight", ["0", "-1"])
def test_a_weight_is_above_0(tmp_path, weight):
    result = train("--data", table(tmp_path / "data.csv", 60), "--mit-pairs", weight, "-o", tmp_path / "model")
    assert isinstance(result.exception, GxviewError)
    assert "must be above 0" in str(result.exception)
