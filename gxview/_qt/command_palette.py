"""The command palette: every action of the table, found by typing a part of its name."""

from __future__ import annotations

from app_model import Application
from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QApplication, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from gxview._qt.look.pairs import ROW_HEIGHT, PairDelegate, PairModel
from gxview.viewer.places.matching import rank
from gxview.viewer.settings.keymap import Keymap
from gxview.viewer.settings.settings import Settings

WIDTH, ROWS = 520, 11
RECENT = 10
"""Actions that are remembered."""
OWN = "gxview.palette"
"""The action that opens the palette, which has no use for it."""


class CommandPalette(QFrame):
    """A box over the window; Enter runs the chosen action, Escape closes.

    Parameters
    ----------
    app, keymap
        The actions and their keys.
    settings
        Remembers which actions were run.
    parent
        The window.
    """

    def __init__(self, app: Application, keymap: Keymap, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._app = app
        self._keymap = keymap
        self._settings = settings
        self._keys: list[str] = []
        self._before: QWidget | None = None
        self.setObjectName("notice")
        self._box = QLineEdit(self)
        self._box.setPlaceholderText("Type a command")
        self._lines = PairModel(self)
        self._list = QListView(self)
        self._list.setObjectName("commands")
        self._list.setModel(self._lines)
        self._list.setItemDelegate(PairDelegate(self))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._box)
        layout.addWidget(self._list)
        self._box.textChanged.connect(self._search)
        self._box.installEventFilter(self)
        self._list.clicked.connect(lambda _index: self._run())
        self.hide()

    def open(self) -> None:
        """Show all commands and take the keyboard."""
        parent = self.parentWidget()
        width = min(WIDTH, parent.width() - 40)
        self._before = QApplication.focusWidget() or self._before
        self.setGeometry((parent.width() - width) // 2, 52, width, 100)
        self._box.clear()
        self._search("")
        self.show()
        self.raise_()
        self._box.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._key(event.key()):
            return True
        return bool(super().eventFilter(watched, event))

    @property
    def titles(self) -> list[str]:
        """Titles of the commands that match, best first."""
        return [title for title, _ in self._lines.pairs]

    def _key(self, key: int) -> bool:
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            count = self._lines.rowCount()
            row = self._list.currentIndex().row() + (1 if key == Qt.Key.Key_Down else -1)
            if count:
                self._list.setCurrentIndex(self._lines.index(row % count))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        elif key == Qt.Key.Key_Escape:
            self._leave()
        else:
            return False
        return True

    def _search(self, text: str) -> None:
        commands = [command for command in self._keymap.commands if command.id != OWN]
        places = {command.id: place for place, command in enumerate(commands)}
        recent = [places[key] for key in self._settings.recent_commands if key in places]
        found = [commands[place] for place in rank(text, [command.name for command in commands], recent)]
        self._keys = [command.id for command in found]
        self._lines.set_pairs([(command.name, "".join(self._keymap.keys(command.id)[:1])) for command in found])
        self._list.setCurrentIndex(self._lines.index(0))
        self.resize(self.width(), 62 + ROW_HEIGHT * min(ROWS, max(1, len(found))))

    def _run(self) -> None:
        index = self._list.currentIndex()
        if index.isValid():
            key = self._keys[index.row()]
            self._leave()
            others = [other for other in self._settings.recent_commands if other != key]
            self._settings.recent_commands = (key, *others[: RECENT - 1])
            self._app.commands.execute_command(key).result()

    def _leave(self) -> None:
        self.hide()
        if self._before is not None:
            self._before.setFocus()
