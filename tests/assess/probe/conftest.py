"""Tables for probing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Write a table from columns; return its path."""

    def write(name: str = "data.csv", **columns: list[object]) -> Path:
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, delimiter="\t" if name.endswith(".tsv") else ",", lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
        return path

    return write
