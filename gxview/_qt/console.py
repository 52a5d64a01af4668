"""An IPython console in the window; its libraries are imported when it is first shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from qtpy.QtCore import QSize
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

MISSING = "The console needs two more packages. Install them with:\n\npip install 'gxview[console]'"


class ConsolePanel(QWidget):
    """A console in the same process, so that what it changes shows at once.

    `names` is called on first show: the variables that the console begins with.
    """

    def __init__(self) -> None:
        super().__init__()
        self.names: Callable[[], Mapping[str, Any]] = dict
        self._manager: Any = None
        self._dark = True
        self.terminal: Any = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def sizeHint(self) -> QSize:
        return QSize(600, 220)

    def showEvent(self, event: QShowEvent) -> None:
        if self._layout.count() == 0:
            self._layout.addWidget(self._build())

    def set_dark(self, dark: bool) -> None:
        """Follow the theme."""
        self._dark = dark
        if self.terminal is not None:
            self._paint_terminal()

    def close_kernel(self) -> None:
        """End the kernel and its thread."""
        if self._manager is not None:
            # its pop-ups have no parent that would take them along
            self.terminal._completion_widget.deleteLater()
            self.terminal._call_tip_widget.deleteLater()
            self.terminal.kernel_client.stop_channels()
            self._manager.kernel.shell.history_manager.end_session()
            self._manager.shutdown_kernel()
            self._manager = None

    def _build(self) -> QWidget:
        # silences advice about debugging, which nobody asked for here
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        try:
            from qtconsole.inprocess import QtInProcessKernelManager
            from qtconsole.rich_jupyter_widget import RichJupyterWidget
        except ImportError:
            return QLabel(MISSING, wordWrap=True, margin=12)
        self._manager = QtInProcessKernelManager()
        before = dict(os.environ)
        self._manager.start_kernel()
        # the kernel tells programs started by this one that they write to a terminal in colour
        os.environ.clear()
        os.environ.update(before)
        self._manager.kernel.gui = "qt"
        self._manager.kernel.shell.push(dict(self.names()))
        self.terminal = RichJupyterWidget()
        self.terminal.banner = "The window is `viewer`; try viewer.go_to('...'), viewer.tracks, viewer.screenshot().\n"
        self.terminal.kernel_manager = self._manager
        self.terminal.kernel_client = self._manager.client()
        self.terminal.kernel_client.start_channels()
        self._paint_terminal()
        return self.terminal

    def _paint_terminal(self) -> None:
        self.terminal.set_default_style("linux" if self._dark else "lightbg")
