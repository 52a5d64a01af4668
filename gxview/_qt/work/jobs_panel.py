"""The Jobs panel: every running task with its progress, rate and time left, what failed, and the notices so far."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from gxview._qt.drawing.coalesce import Coalesced
from gxview._qt.look.widgets import Section
from gxview._qt.work.job_row import JobRow
from gxview._qt.work.notice_list import NoticeList
from gxview.viewer.work.jobs import Job, JobList, JobState
from gxview.viewer.work.loop import Call, Loop
from gxview.viewer.work.notices import Notices

FADE = 6.0
"""Seconds after which a job that went well is no longer listed."""
BEAT = 1.0
"""Seconds between two looks at running jobs: rates and times change although nothing is reported."""


class JobsPanel(QScrollArea):
    """The jobs, newest on top, above the notices.

    Parameters
    ----------
    jobs, notices
        What is shown.
    loop
        Tells the time.
    """

    def __init__(self, jobs: JobList, notices: Notices, loop: Loop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._loop = loop
        self._rows: dict[int, JobRow] = {}
        self._dirty: set[int] = set()
        self._fading: dict[int, Call] = {}
        self._beating: Call | None = None
        self._later = Coalesced(self._refresh, self)
        self._build(notices)
        jobs.added.connect(self._add)
        jobs.changed.connect(self._change)
        jobs.removed.connect(self._remove)
        for job in jobs:
            self._add(job)

    def _build(self, notices: Notices) -> None:
        inner = QWidget()
        inner.setObjectName("panel")
        self._layout = QVBoxLayout(inner)
        self._layout.setContentsMargins(12, 6, 12, 8)
        self._layout.setSpacing(8)
        self._empty = QLabel("Nothing is running.")
        self._empty.setProperty("role", "muted")
        self.clear_button = QToolButton()
        self.clear_button.setText("Clear finished")
        self.clear_button.clicked.connect(lambda _checked: self._jobs.clear_ended())
        self.clear_button.hide()
        self.notices = NoticeList(notices)
        self._section = Section("Notices", self.notices)
        line = QHBoxLayout()
        line.addWidget(self._empty, 1)
        line.addWidget(self.clear_button, 0, Qt.AlignmentFlag.AlignRight)
        self._layout.addLayout(line)
        self._layout.addWidget(self._section)
        self._layout.addStretch(1)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def rows(self) -> list[JobRow]:
        """The rows, top to bottom."""
        return list(reversed(self._rows.values()))

    def _add(self, job: Job) -> None:
        row = JobRow(job)
        self._rows[id(job)] = row
        self._layout.insertWidget(0, row)
        self._show_state()
        if job.has_ended:
            self._fade(job)

    def _change(self, job: Job) -> None:
        self._dirty.add(id(job))
        self._later.trigger()
        if job.has_ended:
            self._fade(job)

    def _fade(self, job: Job) -> None:
        """Let a job go after a while, unless it failed or offers something: that is kept until the person clears it."""
        # what a job offers is known a moment after its end
        if job.state is not JobState.FAILED and not job.apart and id(job) not in self._fading:
            self._fading[id(job)] = self._loop.later(FADE, lambda: self._jobs.remove(job))

    def _refresh(self) -> None:
        for key in self._dirty:
            if (row := self._rows.get(key)) is not None:
                row.refresh()
        self._dirty.clear()
        self._show_state()

    def _show_state(self) -> None:
        self._empty.setVisible(not self._rows)
        self.clear_button.setVisible(any(row.job.has_ended for row in self._rows.values()))
        if self._beating is None and any(not row.job.has_ended for row in self._rows.values()):
            self._beating = self._loop.later(BEAT, self._beat)

    def _beat(self) -> None:
        self._beating = None
        self._dirty |= {key for key, row in self._rows.items() if not row.job.has_ended}
        self._refresh()

    def _remove(self, job: Job) -> None:
        row = self._rows.pop(id(job), None)
        if (stop := self._fading.pop(id(job), None)) is not None:
            stop()
        if row is not None:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._show_state()
