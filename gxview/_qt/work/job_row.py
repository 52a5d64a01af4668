"""One job of the Jobs panel."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.look.widgets import ElidedLabel
from gxview.viewer.work.jobs import Job, JobState
from gxview.viewer.work.progress import job_words

STEPS = 1000
"""Steps of the bar: a genome has more bases than a bar can count."""


class JobRow(QWidget):
    """What a job does, how far it is, and a button that stops it; a failure is told in full and can be copied.

    Parameters
    ----------
    job
        What is shown.
    """

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job
        self._title = ElidedLabel(job.title)
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setProperty("role", "error")
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details, self.warning = QLabel(), QLabel()
        for label, role in ((self.details, "muted"), (self.warning, "warning")):
            label.setProperty("role", role)
            label.setWordWrap(True)
        self.details.setToolTip("Region, device and memory")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self.stop_button, self.pause_button, self.copy_button = QToolButton(), QToolButton(), QToolButton()
        self.pause_button.clicked.connect(lambda _checked: self._pause())
        self.stop_button.setText("Cancel")
        self.stop_button.clicked.connect(lambda _checked: job.cancel())
        self.copy_button.setText("Copy")
        self.copy_button.setToolTip("Copy the reason")
        self.copy_button.clicked.connect(lambda _checked: QGuiApplication.clipboard().setText(job.message))
        self.action_buttons: list[QToolButton] = []
        self._actions = QGridLayout()
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self._title, 1)
        top.addWidget(self.copy_button)
        if not self.job.apart:
            top.addWidget(self.stop_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        for part in (self._bar, self.state, self.details, self.warning, self.error):
            layout.addWidget(part)
        layout.addLayout(self._lower_row())
        layout.addLayout(self._actions)
        self._actions.setSpacing(6)
        self._actions.setColumnStretch(2, 1)
        self.state.setProperty("role", "muted")

    def _lower_row(self) -> QHBoxLayout:
        """Return the buttons of a job that runs for hours: below it, where they have room."""
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.pause_button, self.stop_button) if self.job.apart else (self.pause_button,):
            button.setProperty("role", "action")
            row.addWidget(button)
        row.addStretch(1)
        return row

    def refresh(self) -> None:
        """Show where the job stands."""
        job, failed = self.job, self.job.state is JobState.FAILED
        self.stop_button.setVisible(job.can_cancel)
        self.copy_button.setVisible(failed)
        self._bar.setVisible(not job.has_ended)
        self._bar.setRange(0, STEPS if job.total else 0)
        self._bar.setValue(STEPS * job.done // max(1, job.total))
        self._show_rest()
        self.state.setVisible(not failed)
        self.error.setVisible(failed)
        if failed:
            self.error.setText(job.message)
        else:
            self.state.setText(job_words(job))
        if job.actions and not self.action_buttons:
            self._add_actions()

    def _show_rest(self) -> None:
        job, paused = self.job, self.job.state is JobState.PAUSED
        self.pause_button.setVisible(job.can_pause)
        self.pause_button.setText("Resume" if paused else "Pause")
        self.pause_button.setToolTip("Go on" if paused else "Rest after the windows under way; the memory stays taken")
        for label, text in ((self.details, job.details), (self.warning, job.warning)):
            label.setVisible(bool(text))
            label.setText(text)

    def _pause(self) -> None:
        if self.job.state is JobState.PAUSED:
            self.job.resume()
        else:
            self.job.pause()

    def _add_actions(self) -> None:
        for place, one in enumerate(self.job.actions):
            button = QToolButton()
            button.setText(one.title)
            button.setToolTip(one.tip)
            button.setProperty("role", "action")
            button.clicked.connect(lambda _checked, call=one.call: call())
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._actions.addWidget(button, place // 2, place % 2)
            self.action_buttons.append(button)
