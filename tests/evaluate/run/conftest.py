"""A small data set and how it is evaluated by two tiny models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gxview.evaluate.run.config import Evaluation, validated
from gxview.evaluate.run.run import evaluate


def write_windows(path: Path, count: int = 6, length: int = 60, **changes: object) -> Path:
    """Write random windows of two classes, the even ones positive with bases 11 to 16 known."""
    rng = np.random.default_rng(5)
    lines = ["id,label,mask_start,mask_end,sequence"]
    for number in range(count):
        letters = "".join(rng.choice(list("ACGT"), length))
        mask = "11,16" if number % 2 == 0 else ","
        lines.append(f"w{number},{(number + 1) % 2},{mask},{changes.get(f'w{number}', letters)}")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="session")
def windows(tmp_path_factory) -> Path:
    path = write_windows(tmp_path_factory.mktemp("windows") / "windows.csv")
    path.write_text(path.read_text().replace("w0,", "<script>w0,"))  # names are text wherever they are shown
    return path


@pytest.fixture(scope="session")
def small(tiny_cnn_folder, tiny_dnabert2_folder):
    """Make an evaluation of a table by both tiny models with little of everything."""

    def make(sequences: Path, **changes: object) -> Evaluation:
        content = {
            "data": {"sequences": sequences},
            "models": [{"model": str(tiny_cnn_folder)}, {"model": str(tiny_dnabert2_folder)}],
            "faithfulness": {"budgets": [0.1, 0.3], "draws": 2, "orders": 2},
            "statistics": {"bootstrap": 100},
            "block": 4,
            "device": "cpu",
            "title": "A <b>title</b>",
        }
        return validated({**content, **changes}, "test")

    return make


@pytest.fixture(scope="session", name="write_windows")
def writer():
    """The function that writes random windows, for tests that want others."""
    return write_windows


@pytest.fixture(scope="session")
def done(small, windows, tmp_path_factory):
    """Return the folder of a finished evaluation and the events that it told."""
    folder, events = tmp_path_factory.mktemp("done") / "out", []
    evaluate(small(windows), folder, tell=events.append)
    return folder, events
