"""The Jobs panel: every running task with its progress, and a button that stops it."""

from __future__ import annotations

import time

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QScrollArea, QToolButton, QVBoxLayout, QWidget

from gxview._qt.coalesce import Coalesced
from gxview._qt.widgets import ElidedLabel
from gxview.viewer.jobs import Job, JobList, JobState

_PER_MILLE = 1000


class JobsPanel(QScrollArea):
    """The jobs, newest on top."""

    def __init__(self, jobs: JobList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[int, _Row] = {}
        self._dirty: set[int] = set()
        self._later = Coalesced(self._refresh, self)
        inner = QWidget()
        inner.setObjectName("panel")
        self._layout = QVBoxLayout(inner)
        self._layout.setContentsMargins(12, 6, 12, 8)
        self._layout.setSpacing(8)
        self._empty = QLabel("Nothing is running.")
        self._empty.setProperty("role", "muted")
        self._layout.addWidget(self._empty)
        self._layout.addStretch(1)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        jobs.added.connect(self._add)
        jobs.changed.connect(self._change)
        jobs.removed.connect(self._remove)
        for job in jobs:
            self._add(job)

    def _add(self, job: Job) -> None:
        row = _Row(job)
        self._rows[id(job)] = row
        self._layout.insertWidget(0, row)
        self._empty.setVisible(False)

    def _change(self, job: Job) -> None:
        self._dirty.add(id(job))
        self._later.trigger()

    def _refresh(self) -> None:
        for key in self._dirty:
            if (row := self._rows.get(key)) is not None:
                row.refresh()
        self._dirty.clear()

    def _remove(self, job: Job) -> None:
        row = self._rows.pop(id(job), None)
        if row is not None:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._empty.setVisible(not self._rows)


class _Row(QWidget):
    """One job."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job
        self._title = ElidedLabel(job.title)
        self._state = ElidedLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._stop = QToolButton()
        self._stop.setText("Cancel")
        self._stop.clicked.connect(job.cancel)
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self._title, 1)
        top.addWidget(self._stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addWidget(self._bar)
        layout.addWidget(self._state)
        self.refresh()

    def refresh(self) -> None:
        """Show where the job stands."""
        job = self._job
        self._stop.setVisible(job.can_cancel)
        self._bar.setVisible(not job.has_ended)
        # the bar counts in 32 bits, a genome in bytes does not
        self._bar.setRange(0, _PER_MILLE if job.total else 0)
        self._bar.setValue(_PER_MILLE * job.done // job.total if job.total else 0)
        self._state.set_text(words(job))
        role = "error" if job.state is JobState.FAILED else "muted"
        if self._state.property("role") != role:
            self._state.setProperty("role", role)
            self._state.style().polish(self._state)


def words(job: Job) -> str:
    """Say where a job stands, with the time left when that can be told."""
    if job.state is JobState.FAILED:
        return job.message
    if job.state is not JobState.RUNNING or not job.total:
        return job.state.value.capitalize()
    text = f"{job.done:,} of {job.total:,}"
    spent = time.monotonic() - job.began
    if 0 < job.done < job.total and spent > 2:
        text += f", about {spent / job.done * (job.total - job.done):.0f} s left"
    return text
