"""The rows of a table of regions as Qt sees them; 100,000 of them are as quick as ten."""

from __future__ import annotations

from typing import Any, get_args

from qtpy.QtCore import QModelIndex, QObject, Qt
from qtpy.QtGui import QFont

from gxview._qt.look.table import CENTRE, LEFT, RIGHT, RowModel
from gxview._qt.look.table import Column as TableColumn
from gxview.viewer.places.navigator import Column, Navigator, TableName
from gxview.viewer.places.regions import RegionRow, RegionTable

COLUMNS: tuple[Column, ...] = get_args(Column)
TITLES = {"name": "Name", "place": "Place", "length": "Length", "strand": "Strand", "score": "Score", "note": "Note"}
ALIGNED: dict[Column, int] = {"length": RIGHT, "score": RIGHT, "strand": CENTRE}
FIXED = ("length",)
"""Columns that cannot be edited."""
Role = Qt.ItemDataRole


class RegionModel(RowModel[int]):
    """The shown rows of one table, by their places in it.

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
        self._navigator = navigator
        self._table = navigator.of(name)
        super().__init__([_column(self._table, one) for one in COLUMNS], parent)
        self.rows = self._table.shown
        self._current = self._table.current
        self._bold = QFont()
        self._bold.setBold(True)
        self._table.changed.connect(self._refresh)
        self._table.filter_changed.connect(self._refresh)
        self._table.current_changed.connect(self._mark)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal or role != Role.DisplayRole:
            return super().headerData(section, orientation, role)
        return f"{self.rows[section] + 1:,}"

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> object:
        if index.isValid() and role == Role.FontRole:
            return self._bold if self.rows[index.row()] == self._current else None
        return super().data(index, Role.DisplayRole if role == Role.EditRole else role)

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
        return self.rows[index.row()]

    def row_of_place(self, place: int | None) -> int | None:
        """Return the shown row of an index in the table; None when the filter hides it."""
        return self.rows.index(place) if place is not None and place in self.rows else None

    def _refresh(self) -> None:
        same = len(self.rows) == len(self._table.shown)
        if same:
            self.rows, self._current = self._table.shown, self._table.current
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(COLUMNS) - 1))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self.rows) - 1)
            return
        self.beginResetModel()
        self.rows, self._current = self._table.shown, self._table.current
        self.endResetModel()

    def _mark(self) -> None:
        self._current = self._table.current
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(COLUMNS) - 1))


def _column(table: RegionTable, name: Column) -> TableColumn[int]:
    return TableColumn(TITLES[name], lambda place: cell(table[place], name), align=ALIGNED.get(name, LEFT))


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
