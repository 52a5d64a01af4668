"""The status bar: position, base and value under the pointer; what runs; device; memory."""

from __future__ import annotations

import sys

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QLabel, QProgressBar, QStatusBar, QWidget

from gxview._qt.drawing.coalesce import Coalesced
from gxview._qt.drawing.hover import Hover
from gxview._qt.look.widgets import ElidedLabel
from gxview._qt.work.job_row import STEPS
from gxview.viewer.viewer import Viewer

REFRESH = 2000
"""Milliseconds between two looks at the memory."""


class StatusBar(QStatusBar):
    """One line about what is under the pointer and what the program does."""

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.setSizeGripEnabled(False)
        self._position, self._value, self._job = QLabel(), ElidedLabel(), ElidedLabel()
        self._position.setMinimumWidth(190)
        self._job.setMaximumWidth(300)
        self._job.setMinimumWidth(120)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(90, 6)
        self._device, self._memory = QLabel(), QLabel()
        self.addWidget(self._position)
        self.addWidget(self._value, 1)
        for widget in (self._job, self._bar, self._device, self._memory):
            self.addPermanentWidget(widget)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._show_memory)
        self._timer.start(REFRESH)
        self._later = Coalesced(self._show_jobs, self)
        for signal in (viewer.jobs.added, viewer.jobs.changed, viewer.jobs.removed):
            signal.connect(lambda _job: self._later.trigger())
        viewer.model.models_changed.connect(self._show_device)
        self._show_memory()
        self._show_jobs()
        self._show_device()

    def show_hover(self, hover: Hover) -> None:
        """Show what lies under the pointer."""
        self._position.setText(f"{hover.position}  {hover.base}".rstrip())
        self._value.set_text(hover.value)

    def _show_jobs(self) -> None:
        active = self._viewer.jobs.active
        self._job.setVisible(bool(active))
        self._bar.setVisible(bool(active))
        if active:
            job = active[-1]
            more = f" (and {len(active) - 1} more)" if len(active) > 1 else ""
            self._job.set_text(job.title + more)
            self._bar.setRange(0, STEPS if job.total else 0)
            self._bar.setValue(STEPS * job.done // max(1, job.total))

    def _show_device(self) -> None:
        devices = sorted({info.device for info in self._viewer.model.loaded_models.values()})
        self._device.setText(", ".join(devices).upper() if devices else "no model loaded")

    def _show_memory(self) -> None:
        size = resident_memory()
        self._memory.setText(f"{size / 1e6:,.0f} MB" if size else "")


def resident_memory() -> int:
    """Return the memory that this process holds, in bytes; 0 where that cannot be told."""
    if sys.platform.startswith("linux"):
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
