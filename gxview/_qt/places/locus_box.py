"""The box that says where the window looks and takes where it should look."""

from __future__ import annotations

from qtpy.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from qtpy.QtGui import QFocusEvent, QKeyEvent
from qtpy.QtWidgets import QLineEdit, QListView, QWidget

from gxview._qt.look.pairs import ROW_HEIGHT, PairDelegate, PairModel
from gxview.viewer.places.camera import View
from gxview.viewer.places.locus import Suggestion, describe, last_part
from gxview.viewer.viewer import Viewer


class LocusBox(QLineEdit):
    """Takes a region, a chromosome or a name; suggests names while a person types."""

    left = Signal()

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._suggestions: list[Suggestion] = []
        self.setObjectName("locus")
        self.setPlaceholderText("chr1:1,000-2,000, a gene, a variant; several with ;")
        self.setToolTip("Region, chromosome, gene or variant; 'thrA ; thrB' shows two places side by side (Ctrl+L)")
        self.setMinimumWidth(180)
        self.setMaximumWidth(420)
        self._popup = _Popup(self)
        self._popup.clicked.connect(self._take)
        self.returnPressed.connect(self._go)
        self.textEdited.connect(self._ask)
        viewer.model.loci.moved.connect(lambda _view: self._show(viewer.model.camera.view))

    def sizeHint(self) -> QSize:
        return QSize(380, super().sizeHint().height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.hide_suggestions()
            self._show(self._viewer.model.camera.view)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._popup.isVisible() and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._popup.step(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() == Qt.Key.Key_Escape:
            self.hide_suggestions()
            self._show(self._viewer.model.camera.view, always=True)
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @property
    def suggestions(self) -> list[Suggestion]:
        """What is suggested now."""
        return self._suggestions

    def hide_suggestions(self) -> None:
        """Close the list of suggestions."""
        self._viewer.completer.cancel()
        self._suggestions = []
        self._popup.hide()

    def _show(self, view: View, always: bool = False) -> None:
        if view.chrom and (always or not self.hasFocus() or not self.isModified()):
            self.setText(describe(view))

    def _ask(self, text: str) -> None:
        reference = self._viewer.model.reference
        typed = last_part(text)[1]
        if reference is None or not typed.strip():
            self.hide_suggestions()
            return
        self._viewer.completer.ask(typed, reference, self._viewer.data.feature_sources(), self._suggest)

    def _suggest(self, found: list[Suggestion]) -> None:
        self._suggestions = found
        if not found or not self.hasFocus():
            self._popup.hide()
            return
        self._popup.show_pairs([(item.label, item.detail) for item in found], self)

    def _go(self) -> None:
        chosen = self._popup.currentIndex() if self._popup.isVisible() else QModelIndex()
        if chosen.isValid():
            self._take(chosen)
            return
        text = self.text().strip()
        self.hide_suggestions()
        if text:
            self.setModified(False)
            self._viewer.go_to(text)
            self.left.emit()

    def _take(self, index: QModelIndex) -> None:
        suggestion = self._suggestions[index.row()]
        before = last_part(self.text())[0]
        self.hide_suggestions()
        if before:
            # one of several places: the person goes on typing
            self.setText(f"{before}{suggestion.region}")
            self.setModified(True)
            return
        self.setModified(False)
        self._viewer.show(suggestion.region)
        self.left.emit()


class _Popup(QListView):
    """The list below the box; the box keeps the focus."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self.setWindowFlags(Qt.WindowType.ToolTip)
        self.setObjectName("popup")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(True)
        self._lines = PairModel(self)
        self.setModel(self._lines)
        self.setItemDelegate(PairDelegate(self))

    def show_pairs(self, pairs: list[tuple[str, str]], below: QWidget) -> None:
        """Show pairs of texts below a widget."""
        self._lines.set_pairs(pairs)
        height = ROW_HEIGHT * min(10, len(pairs)) + 10
        self.setGeometry(0, 0, max(300, below.width()), height)
        self.move(below.mapToGlobal(QPoint(0, below.height() + 2)))
        self.show()

    def step(self, by: int) -> None:
        """Move the choice down or up."""
        count = self._lines.rowCount()
        current = self.currentIndex().row()
        row = (current + by) % count if current >= 0 else (0 if by > 0 else count - 1)
        self.setCurrentIndex(self._lines.index(row))
