"""Real files in the viewer: how far a text is read is shown, and reading stops on request."""

from __future__ import annotations

import pytest

from gxview.tracks import open_source
from gxview.viewer.work.jobs import JobState


@pytest.fixture
def reading(opened, loop, monkeypatch, tmp_path):
    """A viewer that opens files as the window does, and a large one."""
    monkeypatch.setattr(opened.opener, "_open_source", open_source)
    path = tmp_path / "large.bed"
    path.write_text("".join(f"chr1\t{n % 900}\t{n % 900 + 50}\tname{n}\n" for n in range(60_000)))
    return opened, path


def test_bytes_are_counted_while_a_large_text_is_read(reading, loop):
    viewer, path = reading
    told = []
    viewer.jobs.changed.connect(lambda job: told.append((job.done, job.total)))
    viewer.opener.open_track(path)
    assert loop.run(lambda: viewer.is_idle)
    size = path.stat().st_size
    assert (size, size) in told
    assert len({done for done, _ in told}) > 3
    assert [job.unit for job in viewer.jobs if job.title == "Opening large.bed"] == ["B"]


def test_reading_stops_when_its_job_is_cancelled(reading, loop):
    viewer, path = reading
    before = len(list(viewer.model.tracks))
    viewer.opener.open_track(path)
    job = next(job for job in viewer.jobs if job.title == "Opening large.bed")
    job.cancel()
    assert loop.run(lambda: viewer.is_idle)
    assert job.state is JobState.CANCELLED
    assert len(list(viewer.model.tracks)) == before
