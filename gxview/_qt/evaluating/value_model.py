"""The numbers of one metric as Qt sees them, the worst first unless a person sorts them otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from gxview.viewer.evaluating.results import Value

TITLES = ("", "Value", "Sequence", "Place", "Method", "Model")
"""Rank, from the worst on, the number, and what it is about."""
Role = Qt.ItemDataRole
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ValueModel(QAbstractTableModel):
    """Numbers in rows.

    Parameters
    ----------
    parent
        Owner.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.ranked: list[tuple[int, Value]] = []

    def show_values(self, values: Sequence[Value]) -> None:
        """Show numbers that come the worst first."""
        self.beginResetModel()
        self.ranked = list(enumerate(values, 1))
        self.endResetModel()

    def value(self, row: int) -> Value:
        """Return the number in a row."""
        return self.ranked[row][1]

    def row_of(self, value: Value) -> int | None:
        """Return the row of a number."""
        return next((row for row, (_, known) in enumerate(self.ranked) if known is value), None)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.ranked)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return TITLES[section]
        return None

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> object:
        rank, value = self.ranked[index.row()]
        if role == Role.TextAlignmentRole and index.column() in (0, 1):
            return RIGHT
        if role == Role.ToolTipRole and value.reason:
            return value.reason
        return _cells(rank, value)[index.column()] if role == Role.DisplayRole else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self.ranked.sort(key=_KEYS[column], reverse=order == Qt.SortOrder.DescendingOrder)
        self.layoutChanged.emit()


def number_text(value: float) -> str:
    """Write a number with a minus sign; a dash where there is none."""
    return "\N{EN DASH}" if math.isnan(value) else f"{value:.3g}".replace("-", "\N{MINUS SIGN}")


def _cells(rank: int, value: Value) -> tuple[str, ...]:
    place = str(value.region) if value.region is not None else ""
    return f"{rank:,}", number_text(value.value), value.sequence, place, value.method, value.model


_KEYS: tuple[Callable[[tuple[int, Value]], Any], ...] = (
    lambda item: item[0],
    lambda item: (math.isnan(item[1].value), item[1].value if item[1].value == item[1].value else 0.0),
    lambda item: item[1].sequence,
    lambda item: (item[1].region.chrom, item[1].region.start) if item[1].region is not None else ("", -1),
    lambda item: item[1].method,
    lambda item: item[1].model,
)
