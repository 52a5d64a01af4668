"""Sessions, undo and recent files as the window shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtGui import QAction
from qtpy.QtWidgets import QMenu

from gxview._qt.sessions.dialogs import MissingFiles, RestoreBar, ask_session_file, ask_to_save
from gxview.viewer.sessions.autosave import Leftover
from gxview.viewer.sessions.content import Missing
from gxview.viewer.sessions.file import is_session
from gxview.viewer.sessions.session import Answer

if TYPE_CHECKING:
    from gxview._qt.window import MainWindow


class WindowSession:
    """Title, menus and questions of a window about its session.

    Parameters
    ----------
    window
        The window; its menus are built.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._viewer = window.viewer
        self._leftover: Leftover | None = None
        self._asks = True
        self.bar: RestoreBar | None = None
        self.recent_menu = QMenu("Open recent", window)
        self._undo, self._redo = (self._action(f"gxview.{name}") for name in ("undo", "redo"))
        self._add_recent()
        self._viewer.session.ask_missing = self._ask_missing
        self._viewer.session.may_replace = self.may_replace
        self._viewer.session.changed.connect(self.show_title)
        self._viewer.undo.changed.connect(self._show_steps)
        self._viewer.model.reference_changed.connect(lambda _reference: self.show_title())
        self.show_title()
        self._show_steps()
        # what was set before there was a window is no step to undo
        self._viewer.undo.clear()

    def show_title(self) -> None:
        """Write the session, with a mark when it was changed, and the genome into the title."""
        session, reference = self._viewer.session, self._viewer.model.reference
        parts = [f"{session.name}[*]"] if session.path is not None else []
        parts += [reference.title] if reference is not None else []
        self._window.setWindowTitle(" - ".join([*parts, "gxview"]))
        self._window.setWindowModified(session.is_modified)

    @property
    def asks(self) -> bool:
        """Whether a person sits before the screen who can be asked."""
        return self._asks

    @contextmanager
    def unasked(self) -> Iterator[None]:
        """Ask nothing: a script acts, and nobody may sit before the screen."""
        self._asks = False
        try:
            yield
        finally:
            self._asks = True

    def may_replace(self) -> bool:
        """Ask what becomes of the changes of an open session; False when it shall stay."""
        session = self._viewer.session
        if not self._asks or not session.is_modified:
            return True
        choice = ask_to_save(self._window, session.name)
        return choice == "discard" or (choice == "save" and session.save())

    def may_close(self) -> bool:
        """Whether the window may close; a person is asked only where a session would lose changes."""
        if not self.may_replace():
            return False
        if self._leftover is not None:
            self._leftover.lock.release()  # offered again at the next start
        return True

    def ask_file(self) -> Path | None:
        """Let the person name a file for the session."""
        reference = self._viewer.model.reference
        folder = reference.path.absolute().parent if reference is not None else Path.cwd()
        return ask_session_file(self._window, self._viewer.session.path, folder)

    def offer(self, leftover: Leftover) -> None:
        """Offer to restore what a crash left."""
        when = leftover.time.strftime("%d %B %Y, %H:%M")
        text = f"gxview ended unexpectedly; restore the tracks and place of {when}?"
        self._leftover = leftover
        self.bar = RestoreBar(text, lambda: self._restore(leftover), lambda: self._forget(leftover))
        self._window.centralWidget().layout().insertWidget(0, self.bar)
        self.bar.show()

    def reopen(self) -> None:
        """Open the session that was open last, if it still exists."""
        sessions = (Path(name) for name in self._viewer.recent.names)
        if last := next((path for path in sessions if is_session(path)), None):
            self._viewer.session.open(last)

    def _restore(self, leftover: Leftover) -> None:
        self.bar = None
        self._viewer.session.restore(leftover.session, leftover.session_path, lambda: self._forget(leftover))

    def _forget(self, leftover: Leftover) -> None:
        self.bar = self._leftover = None
        leftover.discard()

    def _action(self, command: str) -> QAction:
        found: QAction = self._window.menuBar().findChild(QAction, command)
        return found

    def _show_steps(self) -> None:
        undo = self._viewer.undo
        for action, verb, name in ((self._undo, "Undo", undo.undo_name), (self._redo, "Redo", undo.redo_name)):
            action.setText(f"{verb} {name}".replace("&", "&&").rstrip())
            action.setEnabled(bool(name))

    def _ask_missing(self, missing: Sequence[Missing], answer: Answer) -> None:
        if self._asks:
            MissingFiles(missing, answer, self._window).open()
        else:
            self._viewer.session.leave_out(missing, answer)

    def _add_recent(self) -> None:
        files: QMenu = self._window.menuBar().actions()[0].menu()
        places = files.actions()
        after = places.index(self._action("gxview.open_session")) + 1
        files.insertMenu(places[after], self.recent_menu)
        self.recent_menu.aboutToShow.connect(self._fill_recent)

    def _fill_recent(self) -> None:
        menu, names = self.recent_menu, self._viewer.recent.names
        menu.clear()
        for name in names:
            menu.addAction(_short(name).replace("&", "&&"), lambda name=name: self._open_recent(name)).setToolTip(name)
        if names:
            menu.addSeparator()
            menu.addAction("Clear", self._viewer.recent.clear)
        else:
            menu.addAction("Nothing was opened yet").setEnabled(False)

    def _open_recent(self, name: str) -> None:
        path = Path(name)
        if "://" not in name and not path.exists():
            self._viewer.recent.remove(name)
            self._viewer.notices.error(f"{name} does not exist any more; it was taken off the list.")
        else:
            self._viewer.opener.open([path])


def _short(name: str, longest: int = 60) -> str:
    """Return a path with its middle left out where it is long."""
    return name if len(name) <= longest else f"{name[: longest // 3]}...{name[-(longest - longest // 3) :]}"
