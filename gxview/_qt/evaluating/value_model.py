"""The numbers of one metric as rows, the worst first unless a person sorts them otherwise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from qtpy.QtCore import QObject

from gxview._qt.look.table import RIGHT, Column, RowModel, number_text
from gxview.viewer.evaluating.results import Value

Ranked: TypeAlias = tuple[int, Value]
"""Rank, from the worst on, and the number."""


def _number_key(item: Ranked) -> tuple[bool, float]:
    value = item[1].value
    return (True, 0.0) if math.isnan(value) else (False, value)


def _place_key(item: Ranked) -> tuple[str, int]:
    region = item[1].region
    return (region.chrom, region.start) if region is not None else ("", -1)


def _column(title: str, width: int, text: str) -> Column[Ranked]:
    return Column(title, lambda item: str(getattr(item[1], text)), width=width, tip=lambda item: item[1].reason)


COLUMNS: tuple[Column[Ranked], ...] = (
    Column("", lambda item: f"{item[0]:,}", lambda item: item[0], RIGHT, 44, tip=lambda item: item[1].reason),
    Column("Value", lambda item: number_text(item[1].value), _number_key, RIGHT, 86, tip=lambda item: item[1].reason),
    _column("Sequence", 130, "sequence"),
    Column("Place", lambda item: str(item[1].region or ""), _place_key, width=200, tip=lambda item: item[1].reason),
    _column("Method", 120, "method"),
    _column("Model", 120, "model"),
)


class ValueModel(RowModel[Ranked]):
    """Numbers in rows.

    Parameters
    ----------
    parent
        Owner.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(COLUMNS, parent)

    def show_values(self, values: Sequence[Value]) -> None:
        """Show numbers that come the worst first."""
        self.show_rows(list(enumerate(values, 1)))

    def value(self, row: int) -> Value:
        """Return the number in a row."""
        return self.rows[row][1]

    def row_of_value(self, value: Value) -> int | None:
        """Return the row of a number."""
        return next((row for row, (_, known) in enumerate(self.rows) if known is value), None)
