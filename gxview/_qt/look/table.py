"""Tables that several panels share: rows of anything, with columns that say how a row is written and sorted."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QObject, QSignalBlocker, Qt, Signal
from qtpy.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from qtpy.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

R = TypeVar("R")
Key: TypeAlias = Callable[[R], Any]
Role = Qt.ItemDataRole
MIDDLE = Qt.AlignmentFlag.AlignVCenter
LEFT, RIGHT = (int(side | MIDDLE) for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight))
CENTRE = int(Qt.AlignmentFlag.AlignHCenter | MIDDLE)
UNSORTED = -1
"""Column of rows that stand in an order of their own."""
ROW = 23
"""Height of a row in pixels."""


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column.

    Parameters
    ----------
    title
        Heading.
    text
        What a cell says.
    key
        What the rows are sorted by; None for the text.
    align
        `LEFT`, `RIGHT` or `CENTRE`; the heading follows.
    width
        Pixels.
    about
        Tool tip of the heading.
    tip
        Tool tip of a cell; None for its text.
    """

    title: str
    text: Callable[[R], str]
    key: Key[R] | None = None
    align: int = LEFT
    width: int = 100
    about: str = ""
    tip: Callable[[R], str] | None = None


def number_column(
    title: str, value: Callable[[R], float], width: int = 80, about: str = "", decimals: int = 3
) -> Column[R]:
    """Return a column of numbers: right-aligned, missing ones a dash and last however the rows are sorted up."""

    def key(row: R) -> tuple[bool, float]:
        number = value(row)
        return (math.isnan(number), 0.0 if math.isnan(number) else number)

    return Column(title, lambda row: fixed_text(value(row), decimals), key, RIGHT, width, about)


def number_text(value: float, digits: int = 3) -> str:
    """Write a number with a minus sign; a dash where there is none."""
    return "\N{EN DASH}" if math.isnan(value) else f"{value:.{digits}g}".replace("-", "\N{MINUS SIGN}")


def fixed_text(value: float, decimals: int = 3) -> str:
    """Write a number with so many decimals, so that points stand below each other; very small ones with an exponent."""
    if math.isnan(value):
        return number_text(value)
    small = 0 < abs(value) < 0.5 * 10**-decimals
    return (f"{value:.1e}" if small else f"{value:.{decimals}f}").replace("-", "\N{MINUS SIGN}")


class RowModel(QAbstractTableModel, Generic[R]):
    """Rows as Qt sees them; only the cells on screen are written, so that many rows cost no more than few.

    Parameters
    ----------
    columns
        From left to right.
    parent
        Owner.
    muted
        Says which rows are drawn pale.
    """

    def __init__(self, columns: Sequence[Column[R]], parent: QObject, muted: Callable[[R], bool] | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[R] = []
        self.columns = tuple(columns)
        self._muted = muted
        self._pale = QColor()

    def set_pale(self, color: QColor) -> None:
        """Draw muted rows in this colour."""
        self._pale = color

    def show_rows(self, rows: Sequence[R], columns: Sequence[Column[R]] | None = None) -> None:
        """Show rows, in other columns where these are given."""
        self.beginResetModel()
        self.rows = list(rows)
        self.columns = tuple(columns) if columns is not None else self.columns
        self.endResetModel()

    def row_of(self, wanted: R) -> int | None:
        """Return the place of a row, None if it is not shown."""
        return next((place for place, row in enumerate(self.rows) if row is wanted or row == wanted), None)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        found = {Role.DisplayRole: column.title, Role.TextAlignmentRole: column.align, Role.ToolTipRole: column.about}
        return found.get(role) or None

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self.rows[index.row()]
        if role == Role.DisplayRole:
            return column.text(row)
        if role == Role.ToolTipRole:
            return (column.tip(row) if column.tip is not None else column.text(row)) or None
        if role == Role.TextAlignmentRole:
            return column.align
        if role == Role.ForegroundRole and self._muted is not None and self._muted(row) and self._pale.isValid():
            return self._pale
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if not 0 <= column < len(self.columns):
            return
        self.layoutAboutToBeChanged.emit()
        key = self.columns[column].key or self.columns[column].text
        down = order == Qt.SortOrder.DescendingOrder
        places = sorted(range(len(self.rows)), key=lambda place: key(self.rows[place]), reverse=down)
        self.rows = [self.rows[place] for place in places]
        # what is chosen goes with its row
        known, now = self.persistentIndexList(), {before: after for after, before in enumerate(places)}
        self.changePersistentIndexList(known, [self.index(now[one.row()], one.column()) for one in known])
        self.layoutChanged.emit()


def set_up_table(table: QTableView, row: int = ROW) -> None:
    """Give a table the look of all tables: whole rows, no grid, even heights, headings that stay calm."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setFrameShape(QFrame.Shape.NoFrame)
    vertical, header = table.verticalHeader(), table.horizontalHeader()
    vertical.hide()
    vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    vertical.setDefaultSectionSize(row)
    header.setStretchLastSection(True)
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class RowTable(QTableView, Generic[R]):
    """A table of rows. A click or Enter wants a row; a click on a heading sorts.

    Parameters
    ----------
    model
        The rows.
    hint
        What an empty table says.
    """

    wanted = Signal(int)

    def __init__(self, model: RowModel[R], hint: str = "") -> None:
        super().__init__()
        self.hint = hint
        self._rows = model
        self._widths: Hashable = None
        self._fitting = self._moved = False
        set_up_table(self)
        self.setAlternatingRowColors(True)
        self.setModel(model)
        self.setSortingEnabled(True)
        self.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.clicked.connect(lambda index: self.wanted.emit(index.row()))
        model.modelReset.connect(self.fit)
        self.horizontalHeader().sectionResized.connect(self._resized)
        self.fit()

    def fit(self) -> None:
        """Give the columns their widths, unless a person changed those of these columns.

        A last column of text takes the room that is left; numbers stay beside the others.
        """
        self.horizontalHeader().setStretchLastSection(self._rows.columns[-1].align == LEFT)
        titles = tuple(column.title for column in self._rows.columns)
        if titles != self._widths:
            self._widths, self._moved = titles, False
        self._share()

    def show_hint(self, hint: str) -> None:
        """Say something else while the table is empty."""
        if hint != self.hint:
            self.hint = hint
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Give each column its width; where there is no room for all, take from those that need less."""
        if self._moved:
            return
        columns = self._rows.columns
        header = self.horizontalHeader()
        needed = [max(header.sectionSizeHint(n), self.sizeHintForColumn(n)) for n in range(len(columns))]
        wanted = [column.width for column in columns]
        if header.stretchLastSection():
            # long words take what the others can spare, and are cut off where that is not enough
            wanted[-1], needed[-1] = max(wanted[-1], needed[-1]), header.sectionSizeHint(len(columns) - 1)
        spare = [max(0, width - need) for width, need in zip(wanted, needed, strict=True)]
        lack, last = max(0, sum(wanted) - self.viewport().width()), spare.pop() if header.stretchLastSection() else 0
        taken = min(sum(spare), lack)
        cuts = [-(-taken * one // sum(spare)) if taken else 0 for one in spare]
        if header.stretchLastSection():
            cuts.append(min(last, lack - taken))
        self._fitting = True
        for place, (width, cut) in enumerate(zip(wanted, cuts, strict=True)):
            self.setColumnWidth(place, width - cut)
        self._fitting = False

    def _resized(self, place: int, _before: int, _now: int) -> None:
        header = self.horizontalHeader()
        last = place == header.count() - 1 and header.stretchLastSection()
        self._moved = self._moved or not (self._fitting or last)

    def sort_by(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Say by which column the rows are sorted already; `UNSORTED` for none."""
        with QSignalBlocker(self.horizontalHeader()):
            self.horizontalHeader().setSortIndicator(column, order)

    def show_row(self, row: int) -> None:
        """Select a row and scroll to it."""
        self.selectRow(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.wanted.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hint and not self._rows.rows:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self.hint)
            painter.end()
