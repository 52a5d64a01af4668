"""An export as a program of its own: what the Jobs panel shows of it, and every way in which it can end."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from gxview.errors import GxviewError
from gxview.job_file import ModelChoice, read_job
from gxview.viewer.batch.events import Estimate, Progress, read_event
from gxview.viewer.batch.words import end_words, estimate_warnings, estimate_words, short_names
from gxview.viewer.work.jobs import JobState
from gxview.viewer.work.notices import Level
from gxview.viewer.work.progress import duration_words, job_words, span_words

FAKE = Path(__file__).with_name("fake_export.py")


@pytest.fixture
def draft(opened, tmp_path):
    opened.batch.program = (sys.executable, str(FAKE))
    draft = opened.new_batch()
    draft.change(models=(ModelChoice(model="fake-cnn"),), folder=tmp_path / "out")
    yield draft
    draft.close()


@pytest.fixture
def run(opened, draft, loop, tmp_path):
    run = opened.batch.start(draft.job(), tmp_path / "out")
    assert loop.run(lambda: run.progress is not None)
    return run


def ended(loop, run):
    return loop.run(lambda: run.has_ended and bool(run.job.message))


def last(viewer):
    return viewer.notices.history[-1]


def test_it_runs_the_program_with_the_job_apart_from_the_window(run, draft, tmp_path):
    arguments, pid, niceness = json.loads((tmp_path / "out" / "asked.json").read_text())
    assert arguments[0] == "export"
    assert arguments[3:] == ["--output", str(tmp_path / "out"), "--resume", "--progress", "json", "--control"]
    assert read_job(tmp_path / "out" / "job.json") == draft.job()
    assert os.getpgid(pid) == pid
    assert niceness >= min(19, os.nice(0) + 10)


def test_the_job_says_how_far_how_fast_how_long_where(run, opened, loop):
    job = run.job
    assert job_words(job) == "25 %, 1 Mb of 4 Mb, 352 windows/s, about 3 min left (2.5 to 4)"
    assert job.details == "chr1:1,200,001-1,300,000, CPU, 1.3 GB"
    assert (job.done, job.total) == (1000, 4000)
    run.child.say("miss")
    assert loop.run(lambda: run.failures == 1)
    assert job.warning == "1 failure so far"


def test_it_rests_and_goes_on(run, loop):
    job = run.job
    assert job.can_pause
    job.pause()
    assert "Pausing" in job_words(job)
    assert loop.run(lambda: job.state is JobState.PAUSED)
    assert job_words(job) == "Paused at 37 %, 1.5 Mb of 4 Mb"
    assert (job.can_pause, job.can_cancel) == (True, True)
    job.resume()
    assert loop.run(lambda: job.state is JobState.RUNNING and job.done == 1600)


def test_nobody_waits_for_it_and_escape_does_not_end_it(run, opened):
    assert opened.is_idle
    opened.jobs.cancel_all()
    assert not run.has_ended
    assert job_words(run.job).startswith("25 %, 1 Mb of")


def test_what_was_written_is_offered_as_tracks(run, opened, loop):
    run.child.say("finish")
    assert ended(loop, run)
    assert run.job.state is JobState.DONE
    assert last(opened).level is Level.INFO
    assert "2 bigWig files of 3 files" in last(opened).text
    assert [one.title for one in run.job.actions] == ["Open 2 tracks", "Show folder"]
    last(opened).offer.call()
    assert loop.run(lambda: opened.is_idle)
    assert [track.name for track in opened.model.tracks][1:] == ["cnn.lrp", "cnn.score"]


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["a.lrp.promoter.plus.bw", "a.score.promoter.plus.bw"], ["a.lrp", "a.score"]),
        (["a.lrp.promoter.minus.bw", "a.score.promoter.minus.bw"], ["a.lrp.minus", "a.score.minus"]),
        (["a.lrp.promoter.plus.bw", "a.lrp.promoter.minus.bw"], ["a.plus", "a.minus"]),
        (["a.1.lrp.yes.plus.bw", "b.lrp.no.plus.bw"], ["a.1.yes", "b.no"]),
        (["a.lrp.promoter.plus.bw"], ["a.lrp.promoter.plus"]),
        ([], []),
    ],
)
def test_names_of_tracks_lose_what_all_have_but_never_the_minus_strand(names, short):
    assert short_names(names) == short


def test_something_missing_is_loud_and_names_the_list(run, opened, loop, tmp_path):
    shown = []
    opened.batch.show_path = lambda path: shown.append(path) or True
    run.child.say("miss")
    run.child.say("give up")
    assert ended(loop, run)
    assert run.job.state is JobState.FAILED
    assert "1 failure, listed in failures.tsv" in run.job.message
    assert last(opened).level is Level.ERROR
    assert "1 failure" in last(opened).text
    last(opened).offer.call()
    assert shown == [tmp_path / "out" / "failures.tsv"]
    assert [one.title for one in run.job.actions] == ["Show failures", "Resume", "Open 1 track", "Show folder"]


def test_cancel_keeps_what_is_finished_and_resume_goes_on(run, opened, loop, tmp_path):
    run.job.cancel()
    assert ended(loop, run)
    assert run.job.state is JobState.CANCELLED
    assert "kept" in job_words(run.job)
    (resume,) = run.job.actions
    resume.call()
    (again,) = opened.batch.active
    assert again.folder == run.folder
    assert [job for job in opened.jobs if job.apart] == [again.job]
    assert loop.run(lambda: again.progress is not None)
    again.child.say("finish")
    assert ended(loop, again)


def test_a_program_that_hears_no_stop_is_ended_by_a_second_cancel(run, loop):
    run.child.say("deaf")
    assert loop.run(lambda: bool(run.notes))
    run.job.cancel()
    assert "Cancel again" in job_words(run.job)
    assert not run.job.can_pause
    run.job.cancel()
    assert ended(loop, run)
    assert run.job.state is JobState.CANCELLED


@pytest.mark.parametrize(
    ("word", "sentence"),
    [("fail", "The disk is full. What is finished is kept"), ("refuse", "Another process works in this folder.")],
)
def test_a_failure_is_told_in_the_words_of_the_program(run, opened, loop, word, sentence):
    run.child.say(word)
    assert ended(loop, run)
    assert run.job.state is JobState.FAILED
    assert run.job.message.startswith(sentence)
    assert last(opened).offer.title == "Resume"


def test_a_killed_program_is_a_failed_job_that_can_be_resumed(run, opened, loop):
    os.kill(run.child.pid, signal.SIGKILL)
    assert ended(loop, run)
    assert run.job.state is JobState.FAILED
    assert "signal 9" in run.job.message
    assert "kept" in run.job.message
    assert [one.title for one in run.job.actions] == ["Resume"]


def test_one_folder_has_one_export(run, opened, draft, tmp_path):
    with pytest.raises(GxviewError, match="running already"):
        opened.batch.start(draft.job(), tmp_path / "out")
    with pytest.raises(GxviewError, match="holds no batch export"):
        opened.batch.resume(tmp_path)


def test_a_program_that_cannot_be_started_is_told(opened, draft, tmp_path):
    opened.batch.program = (str(tmp_path / "nothing"),)
    with pytest.raises(GxviewError, match="cannot be started"):
        opened.batch.start(draft.job(), tmp_path / "out")
    assert not [job for job in opened.jobs if job.apart]


def test_closing_stops_the_program(run, opened):
    assert opened.close()
    assert run.child.has_ended
    assert run.child.wait() == 130


def test_closing_ends_even_a_program_that_hears_nothing(run, opened, loop):
    run.child.say("deaf")
    assert loop.run(lambda: bool(run.notes))
    assert opened.close(1.0)
    assert run.child.wait() == -signal.SIGKILL


def test_an_estimate_is_told_with_how_sure_it_is(opened, draft, loop, tmp_path):
    answers = []
    opened.batch.estimate(draft.job(), tmp_path / "out", answers.append)
    assert loop.run(lambda: bool(answers))
    estimate = answers[0].value
    assert estimate_words(estimate) == "2 tracks, 92,832 windows, about 3 min (2.5 to 4), 61 MB on disk of 2 GB free"
    assert estimate_warnings(estimate) == [
        "1 region will be left out: peaks.bed, line 7: the end lies before the start"
    ]
    assert not (tmp_path / "out").exists()


def test_an_estimate_nobody_waits_for_is_ended(opened, draft, loop, tmp_path):
    answers = []
    end = opened.batch.estimate(draft.job(), tmp_path / "slow", answers.append)
    end()
    assert opened.close()
    assert answers == []


def test_too_little_disk_is_told():
    estimate = Estimate(windows=1, bytes=100, free_bytes=10, notes=("Note.",))
    assert estimate_warnings(estimate) == ["The disk has not enough room for this.", "Note."]


def test_lines_of_other_versions_are_let_pass():
    assert read_event("Traceback") is None
    assert read_event('{"event": "heartbeat"}') is None
    assert read_event('{"event": "progress", "windows": "many"}') is None
    found = read_event('{"event": "progress", "state": "running", "windows": 3, "new": 1}')
    assert isinstance(found, Progress)
    assert found.windows == 3


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        ((None, None, None), ""),
        ((2, 1, 3), "a few seconds left"),
        ((34, 30, 50), "about 34 s left (30 to 50)"),
        ((182, 150, 240), "about 3 min left (2.5 to 4)"),
        ((182, 179, 181), "about 3 min left"),
        ((90_000, 80_000, 110_000), "about 25 h left (22 to 31)"),
        ((182, None, None), "about 3 min left"),
    ],
)
def test_a_guess_says_how_sure_it_is(seconds, text):
    assert span_words(*seconds) == text
    assert " left" not in duration_words(*(one or 0.0 for one in seconds))


def test_every_end_has_its_sentence(tmp_path):
    line = '{"event": "end", "status": "%s", "files": ["a.bw"], "failures": %d, "message": "%s"}'
    said = {
        status: end_words(read_event(line % (status, failures, message)), tmp_path)
        for status, failures, message in (
            ("complete", 0, ""), ("stopped", 0, ""), ("incomplete", 1200, ""), ("failed", 0, "The GPU is lost"),
        )
    }  # fmt: skip
    assert said["complete"] == f"Wrote 1 file to {tmp_path}."
    assert "1,200 failures" in said["incomplete"]
    assert said["failed"].startswith("The GPU is lost. ")
    assert all("Resume" in said[status] for status in ("stopped", "incomplete", "failed"))
