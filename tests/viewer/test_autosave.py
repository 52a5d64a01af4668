"""What is shown survives a crash, and leaves nothing behind after a proper end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gxview.file_lock import FileLock
from gxview.viewer.sessions import autosave
from gxview.viewer.sessions.autosave import leftovers
from gxview.viewer.sessions.recent import LIMIT, Recent
from gxview.viewer.sessions.state import capture

CRASH = """
    import os, signal, sys
    from pathlib import Path
    sys.path.insert(0, {root!r})
    from gxview.viewer.sessions import autosave
    from gxview.viewer.work.loop import QueueLoop
    from gxview.viewer.viewer import Viewer
    from tests.viewer.fakes import FakeEngine, open_fake

    autosave.SOON = 0.0
    loop = QueueLoop()
    viewer = Viewer(loop, FakeEngine, open_fake)
    viewer.model.camera.resize(1000)
    viewer.keep(Path({folder!r}))
    viewer.opener.open([Path({genome!r})])
    loop.run(lambda: viewer.is_idle)
    viewer.model.tracks[0].height = 99
    loop.run(lambda: '"height": 99' in (viewer.autosave.path.read_text() if viewer.autosave.path.exists() else ""))
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def crashed(tmp_path, genome):
    """Folder of a program that was killed while it showed a genome."""
    root = str(Path(__file__).resolve().parents[2])
    code = textwrap.dedent(CRASH).format(root=root, folder=str(tmp_path / "state"), genome=str(genome))
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert list(leftovers(tmp_path / "state" / "autosave")) == []  # it is alive
        os.kill(process.pid, signal.SIGKILL)
    return tmp_path / "state"


def test_a_killed_program_leaves_what_it_showed(crashed, viewer, loop, genome):
    (left,) = leftovers(crashed / "autosave")
    viewer.session.restore(left.session, left.session_path)
    assert loop.run(lambda: viewer.is_idle)
    assert viewer.model.reference.path == genome
    assert viewer.model.tracks[0].height == 99
    assert list(leftovers(crashed / "autosave")) == []  # another window does not offer it too
    left.discard()
    assert list((crashed / "autosave").iterdir()) == []


def test_a_damaged_leftover_is_removed(crashed):
    (path,) = (crashed / "autosave").glob("*.json")
    path.write_text(path.read_text()[:100])
    assert list(leftovers(crashed / "autosave")) == []
    assert list((crashed / "autosave").iterdir()) == []


def test_the_lock_of_a_program_that_kept_nothing_is_removed(tmp_path):
    held = FileLock(tmp_path / "1-1.lock")
    assert held.acquire()
    (tmp_path / "2-1.lock").touch()
    (tmp_path / "2-1.note").touch()
    assert list(leftovers(tmp_path)) == []
    assert [path.name for path in tmp_path.iterdir()] == ["1-1.lock"]
    held.release()


@pytest.fixture
def kept(opened, loop, tmp_path, monkeypatch):
    monkeypatch.setattr(autosave, "SOON", 0.0)
    opened.keep(tmp_path / "state")
    return opened


def _written(viewer, loop) -> None:
    viewer.model.tracks[0].height += 1
    wanted = f'"height": {viewer.model.tracks[0].height}'
    path = viewer.autosave.path
    assert loop.run(lambda: path.exists() and wanted in path.read_text())


def test_a_proper_end_leaves_nothing(kept, loop, tmp_path):
    _written(kept, loop)
    assert kept.close()
    assert list((tmp_path / "state" / "autosave").iterdir()) == []


def test_what_was_kept_belongs_to_the_session_that_was_open(kept, loop, tmp_path):
    kept.session.save(tmp_path / "mine.gxview.json")
    _written(kept, loop)
    kept.autosave._lock.release()  # as when the process dies
    (left,) = leftovers(tmp_path / "state" / "autosave")
    assert left.session_path == tmp_path / "mine.gxview.json"
    kept.session.restore(left.session, left.session_path)
    assert loop.run(lambda: kept.is_idle)
    assert kept.session.is_modified
    left.discard()


def test_nothing_is_kept_of_an_empty_window(viewer, loop, tmp_path):
    viewer.keep(tmp_path / "state")
    viewer.autosave.save()
    assert not (tmp_path / "state" / "autosave").exists()


def test_moving_around_keeps_the_place_a_little_later(kept, loop, monkeypatch):
    monkeypatch.setattr(autosave, "SECONDS", 0.01)
    _written(kept, loop)
    kept.model.camera.show("chr1", 20_000, 5_000, 6_000)
    assert loop.run(lambda: '"start": 5000.0' in kept.autosave.path.read_text())


def test_a_folder_that_takes_nothing_is_told_once(kept, loop, tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "autosave").write_text("a file where the folder should be")
    for height in (50, 60):
        kept.model.tracks[0].height = height
        assert loop.run(lambda: kept.notices.history and not kept._io.waiting)
        kept.undo.settle()
    told = [notice.text for notice in kept.notices.history if "crash" in notice.text]
    assert len(told) == 1


def test_two_windows_have_files_of_their_own(kept, loop, tmp_path):
    from gxview.viewer.sessions.autosave import Autosave

    other = Autosave(tmp_path / "state" / "autosave", kept.model, kept.undo, kept.session, kept._io, loop)
    assert other.path != kept.autosave.path


def test_a_lock_is_free_again_after_its_holder(tmp_path):
    first, second = FileLock(tmp_path / "x.lock"), FileLock(tmp_path / "x.lock")
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release(remove=True)
    assert not (tmp_path / "x.lock").exists()


def test_undo_begins_anew_after_a_restoration(crashed, viewer, loop):
    (left,) = leftovers(crashed / "autosave")
    viewer.session.restore(left.session, None)
    assert loop.run(lambda: viewer.is_idle)
    viewer.undo.settle()
    assert viewer.undo.undo_name == ""
    assert capture(viewer.model) == left.session.state
    left.discard()


# -- recent files


def test_recent_files_are_kept_for_the_next_start(tmp_path):
    first = Recent(tmp_path / "state" / "recent.json")
    for number in range(LIMIT + 3):
        first.add(tmp_path / f"{number}.bw")
    first.add(tmp_path / "5.bw")
    again = Recent(tmp_path / "state" / "recent.json")
    assert again.names == first.names
    assert len(again.names) == LIMIT
    assert again.names[:2] == (str(tmp_path / "5.bw"), str(tmp_path / f"{LIMIT + 2}.bw"))


def test_recent_files_of_two_windows_are_joined(tmp_path):
    one, two = Recent(tmp_path / "recent.json"), Recent(tmp_path / "recent.json")
    one.add("/a.bw")
    two.add("https://example.org/b.bw")
    assert one.names == ("https://example.org/b.bw", "/a.bw")


@pytest.mark.parametrize("content", ["", "{}", "[1, 2]", "\x00"])
def test_a_damaged_list_of_recent_files_is_an_empty_one(tmp_path, content):
    (tmp_path / "recent.json").write_text(content)
    recent = Recent(tmp_path / "recent.json")
    assert recent.names == ()
    recent.add("/a.bw")
    assert Recent(tmp_path / "recent.json").names == ("/a.bw",)


def test_what_is_opened_comes_to_the_recent_files(opened, genome):
    assert opened.recent.names == (str(genome),)
