"""The choice of a method, which shows what each costs and takes for granted."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtWidgets import QWidget

from gxview._qt.look.pairs import PairDelegate
from gxview._qt.look.widgets import Combo
from gxview.viewer.explaining.costs import passes_text, slow_text
from gxview.viewer.explaining.engine import MethodInfo, ModelInfo

_COST = Qt.ItemDataRole.UserRole + 1
_WIDEST = 330


class MethodBox(Combo):
    """A method of the model; the list that opens has the cost of each on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(PairDelegate(self, _COST))
        self.setMaxVisibleItems(20)

    def show_methods(self, info: ModelInfo | None, current: MethodInfo | None) -> str:
        """Show the methods of a model; return what a person should know about a slow one."""
        with QSignalBlocker(self):
            self.clear()
            if info is not None:
                for method in info.methods:
                    self._add(method, info.window_length)
            self.setCurrentIndex(-1 if current is None else self.findData(current.name))
        self.setEnabled(self.count() > 0)
        if info is None or current is None:
            return ""
        self.setToolTip(self.itemData(self.currentIndex(), Qt.ItemDataRole.ToolTipRole) or "")
        return slow_text(current, info.window_length)

    def showPopup(self) -> None:
        self.view().setMinimumWidth(max(self.width(), _WIDEST))
        super().showPopup()

    def _add(self, method: MethodInfo, window: int) -> None:
        self.addItem(method.label, method.name)
        cost, place = passes_text(method, window), self.count() - 1
        self.setItemData(place, cost, _COST)
        about = f"{cost[0].upper()}{cost[1:]} of the model for a window. {method.reference}"
        self.setItemData(place, f"<p>{method.assumptions}</p><p>{about}</p>", Qt.ItemDataRole.ToolTipRole)
