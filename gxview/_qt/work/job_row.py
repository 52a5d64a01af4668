"""One job of the Jobs panel."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from gxview._qt.look.widgets import ElidedLabel
from gxview.viewer.work.jobs import Job, JobState
from gxview.viewer.work.progress import job_words


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
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self.stop_button, self.copy_button = QToolButton(), QToolButton()
        self.stop_button.setText("Cancel")
        self.stop_button.clicked.connect(lambda _checked: job.cancel())
        self.copy_button.setText("Copy")
        self.copy_button.setToolTip("Copy the reason")
        self.copy_button.clicked.connect(lambda _checked: QGuiApplication.clipboard().setText(job.message))
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self._title, 1)
        top.addWidget(self.copy_button)
        top.addWidget(self.stop_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(top)
        for part in (self._bar, self.state, self.error):
            layout.addWidget(part)
        self.state.setProperty("role", "muted")

    def refresh(self) -> None:
        """Show where the job stands."""
        job, failed = self.job, self.job.state is JobState.FAILED
        self.stop_button.setVisible(job.can_cancel)
        self.copy_button.setVisible(failed)
        self._bar.setVisible(not job.has_ended)
        self._bar.setRange(0, job.total)
        self._bar.setValue(job.done)
        self.state.setVisible(not failed)
        self.error.setVisible(failed)
        if failed:
            self.error.setText(job.message)
        else:
            self.state.setText(job_words(job))
