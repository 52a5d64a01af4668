"""The Edits panel: what was changed, what each change does to the prediction, the letters side by side."""

from __future__ import annotations

from qtpy.QtCore import QPoint, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.drawing.coalesce import Coalesced
from gxview._qt.look.table import set_up_table
from gxview._qt.look.widgets import scrolled
from gxview._qt.painters import Style
from gxview._qt.painters.edits import Aligned, paint_aligned
from gxview._qt.painters.shapes import draw_text, text_width
from gxview.genome import Edit, Region
from gxview.viewer.editing.effects import effect_words, signed
from gxview.viewer.explaining.engine import EditEffect
from gxview.viewer.viewer import Viewer

TITLES = ("Place", "Edit", "P, alone", "Logit, alone", "From")
LIST = 480
"""Pixels of the list, where there is room."""
ROW = 24
HINT = "Click a base of the sequence and type, or drag with Ctrl over some bases: then the menu Bases changes them."
AROUND = 40
"""Bases shown on either side of an edit that is gone to."""
ARROW = "\N{RIGHTWARDS ARROW}"


class AlignedView(QWidget):
    """Relevance and letters of reference and edited sequence above each other."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.style_of_picture = style
        self.effect: EditEffect | None = None
        self.state = ""
        self.setMinimumHeight(130)

    def sizeHint(self) -> QSize:
        return QSize(460, 170)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, style = QPainter(self), self.style_of_picture
        painter.fillRect(self.rect(), style.color("canvas"))
        effect = self.effect
        if effect is not None:
            letters = effect.reference_letters, effect.edited_letters
            data = Aligned(*letters, effect.reference_values, effect.edited_values)
            paint_aligned(painter, QRectF(self.rect()).adjusted(2, 4, -2, -4), data, style)
        else:
            x = (self.width() - text_width(style, self.state)) / 2
            draw_text(painter, max(6.0, x), self.height() / 2, self.state, style, style.color("muted"))
        painter.end()


class EditsPanel(QWidget):
    """Lists the edits; asks what they do while it shows."""

    wanted = Signal(str)

    def __init__(self, viewer: Viewer, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._viewer = viewer
        self._effects = viewer.effects
        self._edits: tuple[Edit, ...] = ()
        self.table = EditTable(self)
        self.aligned = AlignedView(style)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remove_button, self.clear_button = QPushButton("Take back"), QPushButton("Take all back")
        self._build()
        self._later = Coalesced(self.refresh, self)
        for signal in (viewer.model.edits.changed, viewer.effects.changed):
            signal.connect(self._later.trigger)
        self.table.currentCellChanged.connect(lambda *_cell: self._show_current())
        self.refresh()

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self.aligned.style_of_picture = style
        self.aligned.update()

    @property
    def current(self) -> Edit | None:
        """The edit of the row that was chosen."""
        row = self.table.currentRow()
        return self._edits[row] if 0 <= row < len(self._edits) else None

    def selected(self) -> list[Edit]:
        """Return the edits of the selected rows."""
        rows = {index.row() for index in self.table.selectedIndexes()}
        return [self._edits[row] for row in sorted(rows) if row < len(self._edits)]

    def take_back(self) -> None:
        """Take back the selected edits."""
        self._viewer.editing.remove(self.selected())

    def go(self) -> None:
        """Show the chosen edit on the tracks."""
        edit, reference = self.current, self._viewer.model.reference
        if edit is not None and reference is not None:
            size = reference.sizes[edit.chrom]
            start = max(0, edit.start - AROUND)
            self._viewer.show(Region(edit.chrom, start, min(size, max(edit.end + AROUND, start + 1))))

    def refresh(self) -> None:
        """Show the edits as they are."""
        edits = self._viewer.model.edits.value.items
        if edits != self._edits:
            self._fill(edits)
        for row, edit in enumerate(edits):
            self._fill_effect(row, edit)
        for button in (self.remove_button, self.clear_button):
            button.setEnabled(bool(edits))
        self._show_current()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._effects.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._effects.watch(False)

    def _build(self) -> None:
        self.remove_button.clicked.connect(self.take_back)
        self.clear_button.clicked.connect(lambda: self.wanted.emit("clear_edits"))
        left, right = QWidget(), QWidget()
        buttons = QHBoxLayout()
        buttons.addWidget(self.remove_button)
        buttons.addWidget(self.clear_button)
        buttons.addStretch()
        for side, parts in ((left, (self.table, buttons)), (right, (self.words, self.aligned))):
            layout = QVBoxLayout(side)
            layout.setContentsMargins(0, 0, 0, 0)
            for part in parts:
                if isinstance(part, QHBoxLayout):
                    layout.addLayout(part)
                else:
                    layout.addWidget(part, int(part is not self.words))
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(scrolled(right))
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        splitter.setChildrenCollapsible(False)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(8, 4, 8, 6)
        outer.addWidget(splitter)

    def _fill(self, edits: tuple[Edit, ...]) -> None:
        new = [row for row, edit in enumerate(edits) if edit not in self._edits]
        self._edits = edits
        self.table.setRowCount(len(edits))
        for row, edit in enumerate(edits):
            for column, text in enumerate((edit.place, edit.label, "", "", edit.origin or "typed")):
                item = QTableWidgetItem(text)
                item.setToolTip(f"{edit}")
                self.table.setItem(row, column, item)
        if edits:
            # the newest is what a person wants to see
            self.table.selectRow(new[-1] if new else min(max(0, self.table.currentRow()), len(edits) - 1))

    def _fill_effect(self, row: int, edit: Edit) -> None:
        effect = self._effects.of(edit, alone=True)
        most = effect.windows[0] if effect is not None and effect.score and effect.windows else None
        texts = ("", "") if most is None else (
            f"{most.before:.3g} {ARROW} {most.after:.3g}",
            f"{signed(most.logit_before)} {ARROW} {signed(most.logit_after)}",
        )  # fmt: skip
        for column, text in enumerate(texts, 2):
            if (item := self.table.item(row, column)) is not None and item.text() != text:
                item.setText(text)

    def _show_current(self) -> None:
        edit = self.current
        effect = self._effects.of(edit) if edit is not None else None
        self.aligned.effect = effect
        self.aligned.state = "" if edit is None else self._effects.state(edit)
        together = "All edits together: " if len(self._edits) > 1 else ""
        self.words.setText(f"{together}{effect_words(effect)}" if effect is not None else "")
        self.aligned.update()


class EditTable(QTableWidget):
    """The list. Enter or a double click goes to an edit, Del takes it back."""

    def __init__(self, panel: EditsPanel) -> None:
        super().__init__(0, len(TITLES))
        self._panel = panel
        self.setHorizontalHeaderLabels(TITLES)
        set_up_table(self, ROW)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAlternatingRowColors(True)
        header = self.horizontalHeader()
        for column in range(len(TITLES) - 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.doubleClicked.connect(lambda _index: panel.go())

    def sizeHint(self) -> QSize:
        return QSize(LIST, 170)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._panel.take_back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._panel.go()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(self.palette().ColorRole.PlaceholderText))
            wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(12, 0, -12, 0), int(wrap), HINT)
            painter.end()

    def _menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Go there", self._panel.go).setEnabled(self._panel.current is not None)
        menu.addAction("Take back", self._panel.take_back).setEnabled(bool(self._panel.selected()))
        menu.popup(self.viewport().mapToGlobal(where))
