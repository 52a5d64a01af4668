"""``gxview view SESSION`` without a display: what is there is drawn, what is not is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gxview.viewer.sessions.file import Genome, Place, Session, write_session
from gxview.viewer.tracks.kinds import SequenceTrack, SignalTrack

WITHOUT_DISPLAY = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "QT_QPA_PLATFORM")}


def _view(tmp_path: Path, name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gxview", "view", str(tmp_path / name), "--screenshot", str(tmp_path / "a.png")],
        env={**WITHOUT_DISPLAY, "XDG_STATE_HOME": str(tmp_path / "state")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def session(tmp_path, small_genome) -> Session:
    signal = tmp_path / "signal.bedgraph"
    signal.write_text("chr1\t0\t500\t1.5\n")
    return Session(
        genome=Genome(path=str(small_genome)),
        loci=(Place(chrom="chr1", start=100, end=200), Place(chrom="chr2", start=0, end=90)),
        tracks=(SequenceTrack(), SignalTrack(name="Signal", path=str(signal))),
    )


def test_a_session_is_drawn(tmp_path, session):
    write_session(tmp_path / "s.gxview.json", session)
    run = _view(tmp_path, "s.gxview.json")
    assert (run.returncode, run.stderr) == (0, "")
    assert (tmp_path / "a.png").stat().st_size > 5_000
    assert not list((tmp_path / "state").rglob("*.json"))  # a picture keeps nothing for a crash


def test_what_is_missing_is_told_and_the_rest_is_drawn(tmp_path, session):
    write_session(tmp_path / "s.gxview.json", session)
    (tmp_path / "signal.bedgraph").unlink()
    run = _view(tmp_path, "s.gxview.json")
    assert run.returncode == 0
    (line,) = run.stderr.splitlines()
    assert "signal.bedgraph does not exist any more; the track (Signal) was left out" in line
    assert (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [('{"gxview_session": 7}', "newer gxview"), ("<Session locus='all'><Panel></Session>", "damaged (line 1)")],
)
def test_a_session_that_cannot_be_read_is_refused(tmp_path, content, words):
    (tmp_path / "bad").write_text(content)
    run = _view(tmp_path, "bad")
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert words in line
    assert not (tmp_path / "a.png").exists()
