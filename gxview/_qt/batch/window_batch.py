"""Batch exports as the window shows them: the dialog, the question before it closes, files opened outside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QUrl
from qtpy.QtGui import QDesktopServices
from qtpy.QtWidgets import QMessageBox, QWidget

from gxview.viewer.batch.run import BatchRun
from gxview.words import counted

if TYPE_CHECKING:
    from gxview._qt.window import MainWindow


class WindowBatch:
    """What a window does about its batch exports.

    Parameters
    ----------
    window
        The window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._exports = window.viewer.batch
        self._exports.show_path = window.viewer.evaluating.show_path = show_path
        window.viewer.assess.show_paths_with(show_path)

    def show_dialog(self) -> None:
        """Let the person make a batch export of what the window shows."""
        from gxview._qt.batch.dialog import BatchDialog

        dialog = BatchDialog(self._window.viewer, self._window)
        dialog.started.connect(lambda: self._window.shell.show_panel("jobs", True))
        dialog.open()

    def may_close(self, asks: bool) -> bool:
        """Whether the window may close although programs run, which ends them; a person is asked."""
        active = self._exports.active
        if asks and active and not ask_to_stop(self._window, active):
            return False
        if asks and self._window.viewer.evaluating.is_running and not ask_to_end(self._window):
            return False
        running = [one.title for one in self._window.viewer.assess if one.is_running]
        return not asks or not running or ask_to_end_all(self._window, running)


def ask_to_stop(parent: QWidget, active: list[BatchRun]) -> bool:
    """Ask whether running exports are stopped."""
    one = len(active) == 1
    text = "A batch export is running." if one else f"{counted(len(active), 'batch export')} are running."
    stops = f"Closing the window stops {'it' if one else 'them'}."
    about = f"{stops} What is finished is kept, and File > Resume batch export goes on from there."
    return _ask(parent, "Batch export", text, about)


def ask_to_end(parent: QWidget) -> bool:
    """Ask whether a running evaluation is stopped."""
    about = (
        "Closing the window stops it. What is finished is kept: the same choices with the same folder go on from there."
    )
    return _ask(parent, "Evaluation", "An evaluation is running.", about)


def ask_to_end_all(parent: QWidget, titles: Sequence[str]) -> bool:
    """Ask whether commands of the panels about models are stopped."""
    one = len(titles) == 1
    about = (
        f"Closing the window stops {'it' if one else 'them'}. What is finished is kept: the same choices with the same "
        "folder go on from there."
    )
    return _ask(parent, "Programs", f"{' and '.join(titles)} {'is' if one else 'are'} running.", about)


def _ask(parent: QWidget, title: str, text: str, about: str) -> bool:
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setText(text)
    box.setInformativeText(about)
    stop = box.addButton("Stop and close", QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton("Keep running", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return bool(box.clickedButton() is stop)


def show_path(path: Path) -> bool:
    """Open a file or folder with the program that the system has for it; False if it has none."""
    return bool(QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
