"""A button with the name of the chromosome; it opens a list that can be searched, however many there are."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPoint, Qt
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QFrame, QLineEdit, QListView, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gxview._qt.look.pairs import ROW_HEIGHT, PairDelegate
from gxview.genome import Region
from gxview.viewer.viewer import Viewer

WIDTH, ROWS, LETTERS = 300, 14, 18
LEAST_WIDTH = 96
"""Pixels of the button, so that the locus box stays where it is while short names change."""
MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS - 1, Qt.Key.Key_PageUp: 1 - ROWS}


class ChromosomeModel(QAbstractListModel):
    """Names and lengths of the chromosomes that hold a text."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: list[tuple[str, str, int]] = []
        self._shown: Sequence[int] = ()

    def set_sizes(self, sizes: dict[str, int]) -> None:
        """Offer other chromosomes."""
        self._known = [(name, name.casefold(), size) for name, size in sizes.items()]
        self.search("")

    def search(self, text: str) -> None:
        """Show the chromosomes that are called so or begin so, then those that hold the text."""
        wanted = text.strip().casefold()
        self.beginResetModel()
        if wanted:
            held = [number for number, (_, folded, _) in enumerate(self._known) if wanted in folded]
            names = [self._known[number][1] for number in held]
            same = [number for number, name in zip(held, names, strict=True) if name == wanted]
            begun = [number for number, name in zip(held, names, strict=True) if name.startswith(wanted)]
            first = dict.fromkeys(same + begun)
            self._shown = [*first, *(number for number in held if number not in first)]
        else:
            self._shown = range(len(self._known))
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return len(self._shown)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        name, _, size = self._known[self._shown[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        return f"{size:,} bp" if role == Qt.ItemDataRole.UserRole else None

    def row_of(self, name: str) -> int:
        """Return the row of a chromosome; the first one when it does not show."""
        names = (self._known[number][0] for number in self._shown)
        return next((row for row, known in enumerate(names) if known == name), 0)


class ChromosomeBox(QToolButton):
    """Shows the chromosome of the active place; a click lets the person choose another one."""

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.setObjectName("chromosome")
        self.setToolTip("Choose a chromosome (Ctrl+K); Ctrl+PageUp and Ctrl+PageDown go to the next ones")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(LEAST_WIDTH)
        self.popup = ChromosomePopup(viewer, self)
        self.clicked.connect(self.open)
        viewer.model.loci.moved.connect(lambda _view: self._show())
        viewer.model.reference_changed.connect(lambda _reference: self._show())
        self._show()

    def open(self) -> None:
        """Open the list."""
        if self._viewer.model.reference is not None:
            self.popup.open(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _show(self) -> None:
        chrom = self._viewer.model.camera.view.chrom
        self.setEnabled(bool(chrom))
        text = f"{chrom if len(chrom) <= LETTERS else chrom[: LETTERS - 1] + '…'}  ▾" if chrom else "No genome"
        if text != self.text():
            self.setText(text)


class ChromosomePopup(QFrame):
    """The list with its search box; Enter goes to the start of the chosen chromosome, Escape closes."""

    def __init__(self, viewer: Viewer, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._viewer = viewer
        self._sizes: dict[str, int] | None = None
        self.setObjectName("notice")
        self.box = QLineEdit()
        self.box.setPlaceholderText("Search chromosomes")
        self.lines = ChromosomeModel(self)
        self.list = QListView()
        self.list.setObjectName("commands")
        self.list.setModel(self.lines)
        self.list.setItemDelegate(PairDelegate(self))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.box)
        layout.addWidget(self.list)
        self.box.textEdited.connect(self._search)
        self.box.installEventFilter(self)
        self.list.clicked.connect(lambda _index: self._go())

    def open(self, where: QPoint) -> None:
        """Show all chromosomes, with the current one chosen."""
        reference = self._viewer.model.reference
        assert reference is not None
        if self._sizes is not reference.sizes:
            self._sizes = reference.sizes
            self.lines.set_sizes(reference.sizes)
        self.box.clear()
        self.lines.search("")
        rows = min(ROWS, max(1, self.lines.rowCount()))
        self.setGeometry(where.x(), where.y(), WIDTH, 62 + ROW_HEIGHT * rows)
        self._choose(self.lines.row_of(self._viewer.model.camera.view.chrom))
        self.show()
        self.box.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in MOVES:
                last = self.lines.rowCount() - 1
                self._choose(max(0, min(last, self.list.currentIndex().row() + MOVES[Qt.Key(event.key())])))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go()
                return True
        return bool(super().eventFilter(watched, event))

    def _search(self, text: str) -> None:
        self.lines.search(text)
        self._choose(0)

    def _choose(self, row: int) -> None:
        self.list.setCurrentIndex(self.lines.index(row))

    def _go(self) -> None:
        name, reference = self.list.currentIndex().data(), self._viewer.model.reference
        if name and reference is not None:
            self.hide()
            self._viewer.show(Region(name, 0, reference.sizes[name]))
