"""The rows of a table of regions as Qt sees them; 100,000 of them are as quick as ten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from qtpy.QtGui import QFont

from gxview.viewer.places.navigator import Column, Navigator, TableName
from gxview.viewer.places.regions import RegionRow

COLUMNS: tuple[Column, ...] = get_args(Column)
TITLES = {"name": "Name", "place": "Place", "length": "Length", "strand": "Strand", "score": "Score", "note": "Note"}
MIDDLE = Qt.AlignmentFlag.AlignVCenter
ALIGNED: dict[Column, int] = {
    "length": int(Qt.AlignmentFlag.AlignRight | MIDDLE),
    "score": int(Qt.AlignmentFlag.AlignRight | MIDDLE),
    "strand": int(Qt.AlignmentFlag.AlignHCenter | MIDDLE),
}
FIXED = ("length",)
"""Columns that cannot be edited."""
Role = Qt.ItemDataRole


class RegionModel(QAbstractTableModel):
    """The shown rows of one table.

    Parameters
    ----------
    navigator
        Edits and sorts.
    name
        Which table.
    parent
        Owner.
    """

    def __init__(self, navigator: Navigator, name: TableName, parent: QObject) -> None:
        super().__init__(parent)
        self._navigator = navigator
        self._table = navigator.of(name)
        self._shown: Sequence[int] = self._table.shown
        self._current = self._table.current
        self._bold = QFont()
        self._bold.setBold(True)
        self._table.changed.connect(self._refresh)
        self._table.filter_changed.connect(self._refresh)
        self._table.current_changed.connect(self._mark)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if role == Role.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return ALIGNED.get(COLUMNS[section])
        if role != Role.DisplayRole:
            return None
        return TITLES[COLUMNS[section]] if orientation == Qt.Orientation.Horizontal else f"{self._shown[section] + 1:,}"

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        column, place = COLUMNS[index.column()], self._shown[index.row()]
        if role in (Role.DisplayRole, Role.EditRole, Role.ToolTipRole):
            text = cell(self._table[place], column)
            return text or None if role == Role.ToolTipRole else text
        if role == Role.TextAlignmentRole:
            return ALIGNED.get(column)
        if role == Role.FontRole and place == self._current:
            return self._bold
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        kinds = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        fixed = COLUMNS[index.column()] in FIXED
        return kinds if fixed else kinds | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: QModelIndex, value: object, role: int = Role.EditRole) -> bool:
        if role != Role.EditRole:
            return False
        return self._navigator.edit(self.place(index), COLUMNS[index.column()], str(value))

    def place(self, index: QModelIndex) -> int:
        """Return the index in the table of a shown row."""
        return self._shown[index.row()]

    def row_of(self, place: int | None) -> int | None:
        """Return the shown row of an index in the table; None when the filter hides it."""
        return self._shown.index(place) if place is not None and place in self._shown else None

    def _refresh(self) -> None:
        same = len(self._shown) == len(self._table.shown)
        if same:
            self._shown, self._current = self._table.shown, self._table.current
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(COLUMNS) - 1))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self._shown) - 1)
            return
        self.beginResetModel()
        self._shown, self._current = self._table.shown, self._table.current
        self.endResetModel()

    def _mark(self) -> None:
        self._current = self._table.current
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(COLUMNS) - 1))


def cell(row: RegionRow, column: Column) -> str:
    """Return what a cell says."""
    texts: dict[Column, Any] = {
        "name": row.name,
        "place": f"{row.chrom}:{row.start + 1:,}-{row.end:,}",
        "length": f"{row.length:,}",
        "strand": "" if row.strand == "." else row.strand,
        "score": "" if row.score is None else f"{row.score:.6g}",
        "note": row.note,
    }
    return str(texts[column])
