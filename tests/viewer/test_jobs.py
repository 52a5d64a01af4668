from __future__ import annotations

import pytest

from gxview.viewer.work.jobs import Job, JobList, JobState
from gxview.viewer.work.notices import Level, Notices
from gxview.viewer.work.progress import amount_words, job_words, rate_words, time_words


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def running(clock, unit="windows", each=1):
    job = Job("work", None, unit, each, clock)
    job.state = JobState.RUNNING
    return job


def test_the_time_left_comes_from_the_measured_rate():
    clock = Clock()
    job = running(clock)
    job.measure(0, 1000)
    assert job.seconds_left is None
    for step in range(1, 11):
        clock.now += 1
        job.measure(step * 50, 1000)
    assert job.rate == pytest.approx(50)
    assert job.seconds_left == pytest.approx(10)
    assert job_words(job) == "500 of 1,000, 50 windows/s, about 10 s left"


def test_a_job_that_stalls_says_so_by_its_rate():
    clock = Clock()
    job = running(clock)
    job.measure(0, 100)
    clock.now += 2
    job.measure(20, 100)
    before = job.seconds_left
    clock.now += 8
    assert job.rate == pytest.approx(2)
    assert job.seconds_left == pytest.approx(40)
    assert before == pytest.approx(8)


def test_old_speed_is_forgotten():
    clock = Clock()
    job = running(clock)
    for step in range(30):
        job.measure(step * 100, 10_000)
        clock.now += 1
    for step in range(31):
        job.measure(3000 + step, 10_000)
        clock.now += 1
    assert job.rate < 2


def test_another_goal_begins_the_measurement_anew():
    clock = Clock()
    job = running(clock)
    job.measure(0, 100)
    clock.now += 10
    job.measure(90, 100)
    job.measure(0, 200)
    assert job.rate == 0
    clock.now += 2
    assert job.seconds_left is None


def test_bases_and_bytes_are_written_with_their_prefix():
    clock = Clock()
    job = running(clock, "bp", 512)
    job.measure(0, 100)
    clock.now += 2
    job.measure(20, 100)
    assert job_words(job) == "10 kb of 51 kb, 5.1 kb/s, about 10 s left"
    assert rate_words(12.4e6, "B") == "12 MB/s"
    assert rate_words(1250, "windows") == "1,250 windows/s"
    assert rate_words(0, "B") == ""
    assert amount_words(512, "B") == "512 B"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (2, "a few seconds left"), (34, "about 35 s left"), (57, "about 1 min left"),
     (185, "about 3 min left"), (5400, "about 1.5 h left"), (90_000, "about 25 h left")],
)  # fmt: skip
def test_a_guess_is_written_like_one(seconds, text):
    assert time_words(seconds) == text


def test_ended_jobs_say_how_and_are_cleared():
    jobs = JobList()
    done, failed, open_ = (jobs.start(name) for name in ("a", "b", "c"))
    jobs.end(done, JobState.DONE)
    jobs.end(failed, JobState.FAILED, "The file is gone; open it again.")
    assert (job_words(done), job_words(failed), job_words(open_)) == (
        "Done", "The file is gone; open it again.", "Waiting",
    )  # fmt: skip
    jobs.clear_ended()
    assert list(jobs) == [open_]


def test_a_sentence_said_again_is_counted():
    clock = Clock()
    notices = Notices(clock)
    heard = []
    notices.added.connect(heard.append)
    notices.error("No such file.")
    notices.info("Something else.")
    clock.now = 200
    notices.error("No such file.")
    assert [(notice.text, notice.count) for notice in notices.history] == [("Something else.", 1), ("No such file.", 2)]
    assert (heard[-1].count, heard[-1].time) == (2, 200)
    notices.warning("No such file.")
    assert [(n.level, n.count) for n in notices.history[1:]] == [(Level.ERROR, 2), (Level.WARNING, 1)]
    notices.clear()
    assert notices.history == []
