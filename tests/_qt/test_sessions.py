"""Sessions in the window: title, menus, questions, recovery."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from qtpy.QtCore import QMimeData, QPointF, Qt, QUrl
from qtpy.QtGui import QDropEvent
from qtpy.QtWidgets import QApplication

from gxview._qt import shell
from gxview._qt.app import create_window, size_on_screen
from gxview._qt.facade import WindowViewer
from gxview._qt.look.widgets import ElidedLabel
from gxview._qt.sessions import session_window
from gxview._qt.sessions.dialogs import MissingFiles
from gxview.errors import GxviewError
from gxview.file_lock import FileLock
from gxview.viewer.sessions.autosave import Leftover
from gxview.viewer.sessions.content import session_of
from gxview.viewer.sessions.file import Session, write_session
from gxview.viewer.tracks.kinds import SignalTrack
from tests.viewer.fakes import open_fake


@pytest.fixture(autouse=True)
def _no_question(monkeypatch):
    """A test that fails must not wait for an answer when its window closes."""
    monkeypatch.setattr(session_window, "ask_to_save", lambda _window, _name: "discard")


def _settle(window) -> None:
    window.viewer.undo.settle()


def test_the_title_names_session_and_genome_and_marks_changes(opened, tmp_path):
    assert opened.windowTitle() == "genome.fa - gxview"
    opened.viewer.session.save(tmp_path / "lac.gxview.json")
    assert opened.windowTitle() == "lac[*] - genome.fa - gxview"
    opened.viewer.model.tracks[0].height = 80
    _settle(opened)
    assert opened.isWindowModified()
    opened.run("undo")
    assert not opened.isWindowModified()


def test_the_menu_says_what_is_undone(opened):
    undo, redo = opened.session._undo, opened.session._redo
    _settle(opened)
    opened.viewer.model.tracks[1].name = "a&b"
    _settle(opened)
    assert (undo.text(), undo.isEnabled()) == ("Undo rename genes.gff", True)
    opened.run("undo")
    assert (redo.text(), redo.isEnabled()) == ("Redo rename genes.gff", True)
    assert [key.toString() for key in redo.shortcuts()] == ["Ctrl+Shift+Z", "Ctrl+Y"]


def test_keys_undo_and_redo(opened, qtbot):
    opened.activateWindow()
    opened.canvas.setFocus()
    track = opened.viewer.model.tracks[1]
    opened.viewer.remove(track)
    _settle(opened)
    qtbot.keyClick(opened.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert opened.viewer.model.tracks[1].id == track.id
    qtbot.keyClick(opened.canvas, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert opened.viewer.model.tracks.get(track.id) is None
    qtbot.waitUntil(lambda: opened.viewer.is_idle)


def test_a_removed_track_comes_back_with_its_data(opened, qtbot):
    track = opened.viewer.model.tracks[2]
    opened.viewer.remove(track)
    opened.run("undo")
    back = opened.viewer.model.tracks.get(track.id)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert opened.viewer.data.signal(back, opened.viewer.model.camera.view) is not None


def test_the_theme_of_the_start_is_no_step(engine, qtbot):
    window = create_window(lambda: engine, open_fake, {}, "light")
    qtbot.addWidget(window)
    _settle(window)
    assert window.viewer.undo.undo_name == ""
    window.close()


# -- saving and opening


def test_saving_asks_for_a_file_once(opened, tmp_path, monkeypatch):
    asked = []

    def ask(_window, before, folder):
        asked.append((before, folder))
        return tmp_path / "one.gxview.json"

    monkeypatch.setattr(session_window, "ask_session_file", ask)
    opened.run("save_session")
    opened.run("save_session")
    assert asked == [(None, tmp_path)]
    assert (tmp_path / "one.gxview.json").exists()


def test_a_session_is_opened_by_menu_and_by_dropping(opened, tmp_path, monkeypatch, qtbot):
    for name in ("genes.gff", "signal.bw"):
        (tmp_path / name).write_text("x")
    path = tmp_path / "any name.txt"
    opened.viewer.session.save(path)
    opened.viewer.model.tracks[0].height = 99
    monkeypatch.setattr(shell, "ask_session", lambda _window: path)
    opened.run("open_session")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert opened.viewer.model.tracks[0].height != 99
    opened.viewer.model.tracks[0].height = 99
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    opened.dropEvent(QDropEvent(QPointF(5, 5), action, data, button, keys))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert opened.viewer.model.tracks[0].height != 99


def test_recent_files_stand_in_the_menu(opened, tmp_path, qtbot):
    opened.session.recent_menu.aboutToShow.emit()
    names = [action.text() for action in opened.session.recent_menu.actions()]
    assert [Path(name).name for name in names[:3]] == ["signal.bw", "genes.gff", "genome.fa"]
    assert names[-1] == "Clear"
    opened.session.recent_menu.actions()[1].trigger()  # the fake needs no file, but the menu does
    assert "does not exist any more" in opened.viewer.notices.errors()[0]
    assert len(opened.viewer.recent.names) == 2


def test_opening_stands_next_to_the_recent_files(window):
    texts = [action.text() for action in window.menuBar().actions()[0].menu().actions()]
    assert texts[texts.index("Open session...") + 1] == "Open recent"


def test_the_last_session_is_opened_again(opened, tmp_path, qtbot):
    for name in ("genes.gff", "signal.bw"):
        (tmp_path / name).write_text("x")
    opened.viewer.session.save(tmp_path / "last.gxview.json")
    opened.viewer.recent.add(tmp_path / "signal.bw")
    opened.viewer.model.tracks[0].height = 99
    opened.session.reopen()
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert opened.viewer.model.tracks[0].height != 99


# -- closing


@pytest.fixture
def saved(opened, tmp_path):
    opened.viewer.session.save(tmp_path / "lac.gxview.json")
    return opened


def _asked(monkeypatch, choice):
    asked = []

    def ask(_window, name):
        asked.append(name)
        return choice

    monkeypatch.setattr(session_window, "ask_to_save", ask)
    return asked


def test_moving_around_is_no_reason_to_ask_when_closing(saved, monkeypatch):
    asked = _asked(monkeypatch, "cancel")
    saved.viewer.model.camera.pan(300)
    assert saved.close()
    assert asked == []


def test_without_a_session_nobody_is_asked(opened, monkeypatch):
    asked = _asked(monkeypatch, "cancel")
    opened.viewer.model.tracks[0].height = 99
    assert opened.close()
    assert asked == []


@pytest.mark.parametrize(("choice", "closes", "writes"), [("save", True, True), ("discard", True, False)])
def test_closing_a_changed_session_asks(saved, monkeypatch, tmp_path, choice, closes, writes):
    asked = _asked(monkeypatch, choice)
    saved.viewer.model.tracks[0].height = 99
    assert saved.close() == closes
    assert asked == ["lac"]
    assert ('"height": 99' in (tmp_path / "lac.gxview.json").read_text()) == writes


def test_closing_can_be_called_off(saved, monkeypatch):
    _asked(monkeypatch, "cancel")
    saved.viewer.model.tracks[0].height = 99
    assert not saved.close()
    assert saved.isVisible()
    _asked(monkeypatch, "discard")


def test_another_session_replaces_a_changed_one_only_when_told_so(saved, monkeypatch, tmp_path, qtbot):
    for name in ("genes.gff", "signal.bw"):
        (tmp_path / name).write_text("x")
    asked = _asked(monkeypatch, "cancel")
    saved.viewer.model.tracks[0].height = 99
    saved.viewer.opener.open([tmp_path / "lac.gxview.json"])
    assert asked == ["lac"]
    assert saved.viewer.model.tracks[0].height == 99
    _asked(monkeypatch, "discard")
    saved.viewer.opener.open([tmp_path / "lac.gxview.json"])
    qtbot.waitUntil(lambda: saved.viewer.is_idle)
    assert saved.viewer.model.tracks[0].height != 99


def test_a_script_opens_what_is_there(window, tmp_path, genome):
    opened = WindowViewer(window).open(_missing_session(tmp_path, genome))
    assert opened == []
    assert len([notice for notice in window.viewer.notices.history if "does not exist any more" in notice.text]) == 3
    with pytest.raises(GxviewError, match="cannot be written"):
        WindowViewer(window).save_session(tmp_path / "nowhere" / "s.gxview.json")
    WindowViewer(window).save_session(tmp_path / "again.gxview.json")
    assert window.viewer.session.name == "again"


def test_a_script_is_never_asked(saved, monkeypatch):
    asked = _asked(monkeypatch, "cancel")
    saved.viewer.model.tracks[0].height = 99
    WindowViewer(saved).close()
    assert not saved.isVisible()
    assert asked == []


# -- missing files


def _missing_session(tmp_path: Path, genome: Path) -> Path:
    folder = tmp_path / "gone"
    tracks = [SignalTrack(name=name, path=str(folder / name)) for name in ("a.bw", "b.bw", "c.bw")]
    fields = {"genome": {"path": str(genome)}, "tracks": tracks}
    write_session(tmp_path / "s.gxview.json", Session.model_validate(fields))
    return tmp_path / "s.gxview.json"


def _dialog(window, qtbot) -> MissingFiles:
    qtbot.waitUntil(lambda: bool(window.findChildren(MissingFiles)))
    return window.findChildren(MissingFiles)[0]


def test_missing_files_are_listed_and_those_beside_a_located_one_are_found(window, qtbot, tmp_path, genome):
    window.viewer.opener.open([_missing_session(tmp_path, genome)])
    dialog = _dialog(window, qtbot)
    assert dialog.open_button.text() == "Open without them"
    (tmp_path / "new").mkdir()
    for name in ("a.bw", "b.bw"):
        (tmp_path / "new" / name).write_text("x")
    dialog.set_place(0, str(tmp_path / "new" / "a.bw"))
    assert set(dialog.places.values()) == {str(tmp_path / "new" / name) for name in ("a.bw", "b.bw")}
    assert dialog.open_button.text() == "Open without 1 of them"
    dialog.open_button.click()
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    assert [track.name for track in window.viewer.model.tracks] == ["a.bw", "b.bw"]
    assert all(window.viewer.data.source(track) is not None for track in window.viewer.model.tracks)


def test_a_session_with_missing_files_need_not_be_opened(window, qtbot, tmp_path, genome):
    window.viewer.opener.open([_missing_session(tmp_path, genome)])
    _dialog(window, qtbot).reject()
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    assert len(window.viewer.model.tracks) == 0
    assert window.viewer.session.path is None


# -- after a crash


@pytest.fixture
def leftover(tmp_path, genome, opened):
    opened.viewer.model.tracks[0].height = 77
    session = session_of(opened.viewer.model)
    opened.viewer.model.tracks[0].height = 26
    path, lock = tmp_path / "old.gxview.json", FileLock(tmp_path / "old.lock")
    session = session.model_copy(update={"tracks": session.tracks[:1]})
    write_session(path, session)
    assert lock.acquire()
    return Leftover(path, lock, datetime(2026, 11, 21, 4, 5), session, None)


def test_what_a_crash_left_is_offered_without_taking_the_focus(opened, leftover, qtbot):
    opened.activateWindow()
    opened.canvas.setFocus()
    before = QApplication.focusWidget()
    opened.session.offer(leftover)
    bar = opened.session.bar
    assert bar.isVisible()
    assert QApplication.focusWidget() is before
    qtbot.mouseClick(bar.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert [track.height for track in opened.viewer.model.tracks] == [77]
    assert not leftover.path.exists()
    assert opened.session.bar is None


def test_restoring_does_not_lose_a_changed_session(saved, leftover, qtbot, monkeypatch):
    asked = _asked(monkeypatch, "cancel")
    saved.viewer.model.tracks[0].height = 99
    saved.session.offer(leftover)
    qtbot.mouseClick(saved.session.bar.restore_button, Qt.MouseButton.LeftButton)
    assert asked == ["lac"]
    assert saved.viewer.model.tracks[0].height == 99
    _asked(monkeypatch, "discard")
    saved.close()
    assert leftover.path.exists()


def test_what_a_crash_left_can_be_discarded(opened, leftover, qtbot):
    opened.session.offer(leftover)
    qtbot.mouseClick(opened.session.bar.discard_button, Qt.MouseButton.LeftButton)
    assert not leftover.path.exists()
    assert opened.viewer.model.tracks[0].height == 26


def test_an_offer_without_an_answer_comes_again(opened, leftover):
    opened.session.offer(leftover)
    opened.close()
    assert leftover.path.exists()
    assert FileLock(leftover.lock.path).acquire()


def test_the_question_after_a_crash_leaves_the_panels_their_width(opened, leftover):
    opened.session.offer(leftover)
    bar = opened.session.bar
    assert bar.minimumSizeHint().width() < 300
    assert "restore the tracks and place" in bar.findChild(ElidedLabel).toolTip()


def test_a_window_is_no_larger_than_the_screen(opened):
    room = opened.screen().availableSize()
    assert size_on_screen(100_000, 100) == (room.width(), 100)
    assert size_on_screen(100, 100_000) == (100, room.height())
