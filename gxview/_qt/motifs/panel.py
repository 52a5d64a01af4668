"""The Motifs panel: what the selected bases look like, with logos below each other as they match."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QModelIndex, QPoint, QRectF, Qt, Signal
from qtpy.QtGui import QKeyEvent, QPainter, QShowEvent
from qtpy.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.look.table import set_up_table
from gxview._qt.look.widgets import ElidedLabel
from gxview._qt.painters import Style
from gxview._qt.painters.logo import paint_logo
from gxview.errors import GxviewError
from gxview.viewer.motifs.matcher import MotifMatch
from gxview.viewer.motifs.motif_search import Found, MotifSearch

TITLES = ("Motif", "q value", "p value", "Strand", "Place", "Logo")
WIDTHS = (170, 74, 74, 54, 190)
ROW = 38
WIDEST = 15.0
"""Pixels of a column of a logo, at most."""
SIGNIFICANT = 0.05
MOST_BEFORE = 10
"""Columns that show before the selected bases, at most."""
LOGO = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True, eq=False)
class Logo:
    """A matrix (4, W) that begins at a column of all columns that show."""

    probabilities: NDArray[np.float64]
    first: int
    columns: int


class LogoDelegate(QStyledItemDelegate):
    """Draws the logos."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.style_of_picture = style

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        logo = index.data(LOGO)
        if isinstance(logo, Logo):
            rect = QRectF(option.rect).adjusted(6, 4, -6, -4)
            wide = min(WIDEST, rect.width() / max(1, logo.columns))
            paint_logo(painter, rect, logo.probabilities, logo.first, wide, self.style_of_picture)


class MotifsPanel(QWidget):
    """Shows the answer of a `MotifSearch`; the first row holds the selected bases themselves."""

    wanted = Signal(str)

    def __init__(self, search: MotifSearch, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._search = search
        self._found: Found | None = None
        self.status = ElidedLabel()
        self.search_button, self.file_button = QPushButton("Which motif is this?"), QPushButton("Motif file...")
        self.annotate_button = QPushButton("Annotate")
        self.annotate_button.setToolTip("Add the motif to the table of regions, at its place and on its strand")
        self.table = MotifTable(self, style)
        self._build()
        search.changed.connect(self.refresh)
        self.refresh()

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self.table.logos.style_of_picture = style
        self.table.viewport().update()

    @property
    def current(self) -> MotifMatch | None:
        """The match of the chosen row."""
        row = self.table.currentRow() - 1
        matches = self._found.answer.matches if self._found is not None else ()
        return matches[row] if 0 <= row < len(matches) else None

    def annotate(self) -> None:
        """Add the chosen motif to the table of regions."""
        if (match := self.current) is not None:
            self._search.annotate(match)

    def refresh(self) -> None:
        """Show the answer, or why there is none."""
        found = self._search.found
        if found is not self._found:
            self._found = found
            self._fill()
        self.status.set_text(_words(found, self._search))
        self._enable()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._search.warm()

    def _build(self) -> None:
        self.search_button.clicked.connect(lambda: self.wanted.emit("search_motif"))
        self.file_button.clicked.connect(lambda: self.wanted.emit("choose_motifs"))
        self.annotate_button.clicked.connect(self.annotate)
        self.table.itemSelectionChanged.connect(self._enable)
        top = QHBoxLayout()
        top.addWidget(self.search_button)
        top.addWidget(self.annotate_button)
        top.addWidget(self.status, 1)
        top.addWidget(self.file_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)

    def _enable(self) -> None:
        self.annotate_button.setEnabled(self.current is not None)

    def _fill(self) -> None:
        found, table = self._found, self.table
        table.setRowCount(0 if found is None else 1 + len(found.answer.matches))
        if found is None:
            return
        matches, width = found.answer.matches, found.answer.query.shape[1]
        # of a motif that begins far before the selected bases the first columns are cut off
        pad = min(MOST_BEFORE, max([0, *(match.offset for match in matches)]))
        columns = max([pad + width, *(pad - match.offset + match.motif.width for match in matches)])
        head = ("Selected bases", "", "", "", str(found.region))
        self._row(0, head, Logo(found.answer.query, pad, columns))
        for row, match in enumerate(matches, 1):
            self._row(row, self._texts(match), Logo(_read(match), pad - match.offset, columns))
        if matches:
            table.selectRow(1)

    def _texts(self, match: MotifMatch) -> tuple[str, ...]:
        try:
            place = self._search.place(match)
            where = f"{place.chrom}:{place.start + 1:,}-{place.end:,}"
        except GxviewError:
            where = "over the edge"
        return match.motif.label, f"{match.q_value:.2g}", f"{match.p_value:.2g}", match.strand, where

    def _row(self, row: int, texts: tuple[str, ...], logo: Logo) -> None:
        for column, text in enumerate((*texts, "")):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            if column == len(texts):
                item.setData(LOGO, logo)
            self.table.setItem(row, column, item)


class MotifTable(QTableWidget):
    """The matches. Enter or a double click annotates."""

    def __init__(self, panel: MotifsPanel, style: Style) -> None:
        super().__init__(0, len(TITLES))
        self._panel = panel
        self.logos = LogoDelegate(style)
        self.setItemDelegateForColumn(len(TITLES) - 1, self.logos)
        self.setHorizontalHeaderLabels(TITLES)
        set_up_table(self, ROW)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, width)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.doubleClicked.connect(lambda _index: panel.annotate())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._panel.annotate()
        else:
            super().keyPressEvent(event)

    def _menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Annotate", self._panel.annotate).setEnabled(self._panel.current is not None)
        menu.popup(self.viewport().mapToGlobal(where))


def _read(match: MotifMatch) -> NDArray[np.float64]:
    """Return the matrix of a motif as it is read on the strand of the match."""
    matrix = match.motif.probabilities
    return matrix if match.strand == "+" else np.ascontiguousarray(matrix[::-1, ::-1])


def _words(found: Found | None, search: MotifSearch) -> str:
    if found is None or search.status:
        path = search.path
        return search.status or (
            f"Select bases (Ctrl+drag), then press M; they are compared with {path.name}."
            if path is not None
            else "Choose a motif file, select bases (Ctrl+drag), then press M."
        )
    good = sum(match.q_value <= SIGNIFICANT for match in found.answer.matches)
    by = f"weighted by |relevance| of {found.of}" if found.of else "without relevance: every base counts the same"
    counted = f"{found.answer.motifs:,} motifs of {search.path.name if search.path else ''}"
    note = f" {found.answer.note}" if found.answer.note else ""
    result = f"{good} with q \N{LESS-THAN OR EQUAL TO} {SIGNIFICANT}"
    return f"{result} among {counted} ({found.seconds:.2f} s); {found.letters} {by}.{note}"
