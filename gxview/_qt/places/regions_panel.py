"""The Regions panel: the table of regions and that of peaks, with what a person does to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QPoint, Qt, Signal
from qtpy.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent, QPalette
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.look.icons import icon
from gxview._qt.look.table import set_up_table
from gxview._qt.painters import Style
from gxview._qt.places.peaks_form import PeaksForm
from gxview._qt.places.region_model import COLUMNS, RegionModel
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.places.navigator import TableName
from gxview.viewer.viewer import Viewer

NAMES: tuple[TableName, ...] = ("regions", "peaks")
WIDTHS = {"name": 170, "place": 230, "length": 90, "strand": 60, "score": 90}
ROW = 24
HINTS: dict[TableName, str] = {
    "regions": "Ctrl+Shift+R adds what shows, Shift+drag a stretch; BED files open from the button above.",
    "peaks": "Choose what to look for and press Find peaks; N and P step through what was found.",
}
"""What stands in an empty table."""
GOES = ("place", "length")
"""Columns of which a double click goes to the region; the others are edited."""


class RegionsPanel(QWidget):
    """Both tables, one at a time; the one that shows is the one that the keys step through."""

    wanted = Signal(str)

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._viewer = viewer
        self._navigator = viewer.navigator
        self.tabs = QTabBar()
        self.form = PeaksForm(viewer)
        self.filter_box = QLineEdit()
        self.view = RegionView(viewer)
        self.models: dict[TableName, RegionModel] = {name: RegionModel(self._navigator, name, self) for name in NAMES}
        self._count = QLabel()
        self._buttons: list[tuple[QToolButton, str]] = []
        self._build()
        self._listen()
        self._switch()

    def set_style(self, style: Style) -> None:
        """Draw the icons in the colours of a theme."""
        for button, name in self._buttons:
            button.setIcon(icon(name, style.theme.text))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self._navigator.open(Path(url.toLocalFile()))
        event.acceptProposedAction()

    def _build(self) -> None:
        self.setAcceptDrops(True)
        for title in ("Regions", "Peaks"):
            self.tabs.addTab(title)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setDrawBase(False)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.filter_box.setPlaceholderText("Filter by name, place or note")
        self.filter_box.setClearButtonEnabled(True)
        self.filter_box.setMaximumWidth(260)
        self._count.setProperty("role", "muted")
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.tabs)
        top.addWidget(self.filter_box, 1)
        top.addWidget(self._count)
        top.addStretch(2)
        for name, tip, act in (
            ("add", "Add the visible region (Ctrl+Shift+R)", lambda: self.wanted.emit("add_region")),
            ("open", "Add regions from a BED file", lambda: self.wanted.emit("open_regions")),
            ("export", "Save what shows as BED or as a table with notes", lambda: self.wanted.emit("save_regions")),
            ("columns", f"Show the selected rows side by side, at most {MAX_LOCI}", self.view.show_selected),
            ("trash", "Remove the selected rows (Del)", self.view.remove_selected),
        ):
            top.addWidget(self._button(name, tip, act))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.form)
        layout.addWidget(self.view, 1)

    def _button(self, name: str, tip: str, act: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: act())
        self._buttons.append((button, name))
        return button

    def _listen(self) -> None:
        self.tabs.currentChanged.connect(lambda place: setattr(self._navigator, "active", NAMES[place]))
        self.filter_box.textChanged.connect(lambda text: setattr(self._navigator.table, "filter", text))
        self._navigator.active_changed.connect(lambda _name: self._switch())
        for name in NAMES:
            table = self._navigator.of(name)
            table.changed.connect(self._tell)
            table.filter_changed.connect(self._tell)

    def _switch(self) -> None:
        name = self._navigator.active
        self.tabs.setCurrentIndex(NAMES.index(name))
        self.form.setVisible(name == "peaks")
        self.filter_box.setText(self._navigator.table.filter)
        self.view.show_table(self.models[name])
        self._tell()

    def _tell(self) -> None:
        for place, name in enumerate(NAMES):
            count = len(self._navigator.of(name))
            self.tabs.setTabText(place, f"{name.title()} ({count:,})" if count else name.title())
        table = self._navigator.table
        self._count.setText(f"{len(table.shown):,} of {len(table):,}" if table.filter else "")


class RegionView(QTableView):
    """The table. Enter or a double click on the place goes there, Del removes, N and P step, F2 edits."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self._viewer = viewer
        self._navigator = viewer.navigator
        self._sorted: tuple[int, bool] | None = None
        set_up_table(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setAlternatingRowColors(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        vertical, header = self.verticalHeader(), self.horizontalHeader()
        vertical.show()
        vertical.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        vertical.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort)
        self.doubleClicked.connect(lambda index: self._open(index.column()))
        for table in (viewer.model.regions, viewer.model.peaks):
            table.current_changed.connect(self._follow)

    def show_table(self, model: RegionModel) -> None:
        """Show another table."""
        if model is self.model():
            return
        self.setModel(model)
        self._sorted = None
        self.horizontalHeader().setSortIndicatorShown(False)
        for place, name in enumerate(COLUMNS):
            if name in WIDTHS:
                self.setColumnWidth(place, WIDTHS[name])
        self._follow()

    @property
    def selected(self) -> list[int]:
        """Indices in the table of the selected rows, top to bottom."""
        model = self.model()
        assert isinstance(model, RegionModel)
        rows = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return [model.place(index) for index in rows]

    def remove_selected(self) -> None:
        """Take the selected rows out of the table."""
        self._navigator.table.remove(self.selected)

    def show_selected(self) -> None:
        """Show the selected rows side by side."""
        if len(self.selected) < 2:
            self._viewer.notices.info("Select two to four rows of the table to see them side by side.")
        else:
            self._navigator.side_by_side(self.selected)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model() is not None and not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            hint = "Nothing matches the filter." if len(self._navigator.table) else HINTS[self._navigator.active]
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, hint)
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        editing = self.state() == QAbstractItemView.State.EditingState
        if not editing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go()
        elif not editing and event.key() in (Qt.Key.Key_N, Qt.Key.Key_P):
            keep = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._navigator.step(1 if event.key() == Qt.Key.Key_N else -1, keep)
        elif not editing and event.key() == Qt.Key.Key_Delete:
            self.remove_selected()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        model, index = self.model(), self.currentIndex()
        if isinstance(model, RegionModel) and index.isValid():
            self._navigator.go(model.place(index))

    def _open(self, column: int) -> None:
        if COLUMNS[column] in GOES:
            self._go()
        else:
            self.edit(self.currentIndex())

    def _sort(self, column: int) -> None:
        descending = self._sorted == (column, False)
        self._sorted = (column, descending)
        self.clearSelection()
        self._navigator.sort(COLUMNS[column], descending)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(column, order)
        self.horizontalHeader().setSortIndicatorShown(True)

    def _follow(self) -> None:
        model = self.model()
        row = model.row_of_place(self._navigator.table.current) if isinstance(model, RegionModel) else None
        if row is not None and model is not None and row != self.currentIndex().row():
            self.setCurrentIndex(model.index(row, max(0, self.currentIndex().column())))

    def _menu(self, where: QPoint) -> None:
        chosen, walk = self.selected, self._navigator
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Go there", self._go).setEnabled(bool(chosen))
        several = menu.addAction("Open side by side", lambda: walk.side_by_side(chosen))
        several.setEnabled(len(chosen) >= 2)
        several.setToolTip(f"At most {MAX_LOCI}")
        menu.addSeparator()
        menu.addAction("Edit", lambda: self.edit(self.currentIndex())).setEnabled(bool(chosen))
        if walk.active == "peaks":
            menu.addAction("Copy to Regions", lambda: walk.add_rows(chosen)).setEnabled(bool(chosen))
        menu.addAction("Remove", self.remove_selected).setEnabled(bool(chosen))
        menu.popup(self.viewport().mapToGlobal(where))
