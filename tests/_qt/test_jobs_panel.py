from __future__ import annotations

import pytest
from qtpy.QtCore import QEvent, QPointF, Qt
from qtpy.QtGui import QEnterEvent, QGuiApplication

from gxview._qt.work.jobs_panel import JobsPanel
from gxview.viewer.work.jobs import JobList, JobState
from gxview.viewer.work.notices import Notices


class HandLoop:
    """A main loop whose time a test moves on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls = []

    def post(self, call):
        call()

    def later(self, seconds, call):
        entry = (self.now + seconds, call)
        self.calls.append(entry)
        return lambda: entry in self.calls and self.calls.remove(entry)

    def pass_time(self, seconds):
        self.now += seconds
        for entry in [entry for entry in self.calls if entry[0] <= self.now]:
            if entry in self.calls:
                self.calls.remove(entry)
                entry[1]()


@pytest.fixture
def loop():
    return HandLoop()


@pytest.fixture
def jobs():
    return JobList()


@pytest.fixture
def notices():
    return Notices(lambda: 0.0)


@pytest.fixture
def panel(qtbot, jobs, notices, loop):
    panel = JobsPanel(jobs, notices, loop)
    qtbot.addWidget(panel)
    panel.resize(270, 500)
    panel.show()
    return panel


def test_a_running_job_shows_how_far_and_can_be_cancelled(panel, jobs, qtbot):
    stopped = []
    job = jobs.start("Explaining", lambda: stopped.append(1), "windows")
    jobs.run(job, 250, 1000)
    (row,) = panel.rows
    qtbot.waitUntil(lambda: "250 of 1,000" in row.state.text())
    qtbot.mouseClick(row.stop_button, Qt.MouseButton.LeftButton)
    assert stopped == [1]


def test_running_jobs_are_looked_at_although_nothing_is_reported(panel, jobs, loop, monkeypatch):
    job = jobs.start("Slow", unit="windows")
    jobs.run(job, 10, 100)
    loop.pass_time(1.0)
    (row,) = panel.rows
    monkeypatch.setattr("gxview._qt.work.job_row.job_words", lambda _job: "stalled")
    loop.pass_time(1.0)
    assert row.state.text() == "stalled"


def test_a_failure_stays_in_full_and_can_be_copied(panel, jobs, loop, qtbot):
    job = jobs.start("Opening x.bw")
    reason = "x.bw is cut off at byte 4,711; copy it again from where it came from, then open it once more."
    jobs.end(job, JobState.FAILED, reason)
    (row,) = panel.rows
    qtbot.waitUntil(row.error.isVisible)
    loop.pass_time(1000)
    assert panel.rows == [row]
    assert row.error.text() == reason
    assert row.error.wordWrap()
    qtbot.mouseClick(row.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == reason
    qtbot.waitUntil(panel.clear_button.isVisible)
    qtbot.mouseClick(panel.clear_button, Qt.MouseButton.LeftButton)
    assert panel.rows == []
    assert len(jobs) == 0


def test_what_went_well_goes_by_itself(panel, jobs, loop):
    job = jobs.start("Reading")
    jobs.end(job, JobState.DONE)
    assert len(panel.rows) == 1
    loop.pass_time(5)
    assert len(panel.rows) == 1
    loop.pass_time(2)
    assert panel.rows == []
    assert not loop.calls or all(when > loop.now for when, _ in loop.calls)


def test_notices_can_be_read_again(panel, notices):
    notices.info("Wrote a.bw.")
    notices.error("No chr9.")
    notices.error("No chr9.")
    assert [text.split("  ")[1] for text in panel.notices.texts] == ["No chr9. (2 times)", "Wrote a.bw."]
    panel.notices.copy()
    assert "error: No chr9." in QGuiApplication.clipboard().text()
    notices.clear()
    assert panel.notices.texts == []


def test_repeats_are_one_toast_that_says_how_often(opened, qtbot):
    notices = opened.viewer.notices
    for _ in range(5):
        notices.error("The file is gone.")
    notices.info("Something else.")
    assert [toast.notice.count for toast in opened.toasts.shown] == [5, 1]
    assert opened.toasts.shown[0]._label.text() == "The file is gone. (5 times)"


def test_a_toast_stays_while_it_is_read(opened):
    opened.viewer.notices.info("Read me.")
    (toast,) = opened.toasts.shown
    assert toast.timer.isActive()
    toast.enterEvent(QEnterEvent(QPointF(), QPointF(), QPointF()))
    assert not toast.timer.isActive()
    toast.leaveEvent(QEvent(QEvent.Type.Leave))
    assert toast.timer.isActive()
    toast.timer.timeout.emit()
    assert opened.toasts.shown == []


def test_many_notices_leave_the_data_free(opened):
    for number in range(30):
        opened.viewer.notices.warning(f"Warning {number}.")
    shown = opened.toasts.shown
    assert len(shown) <= 3
    assert (
        sum(toast.width() * toast.height() for toast in shown) < 0.15 * opened.canvas.width() * opened.canvas.height()
    )
    assert len(opened.jobs_panel.notices.texts) >= 30
