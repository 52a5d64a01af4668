"""The list of tracks as a person uses it: eyes, groups, several at once, keys, dragging."""

from __future__ import annotations

import pytest
from pytestqt.modeltest import ModelTester
from qtpy.QtCore import QModelIndex, QPoint, Qt
from qtpy.QtGui import QContextMenuEvent
from qtpy.QtWidgets import QApplication, QLineEdit, QMenu, QToolButton

from gxview._qt.tracks.track_menu import track_menu
from gxview._qt.tracks.track_tree import TrackTreeModel
from gxview.viewer.tracks import arrange
from gxview.viewer.tracks.kinds import SignalTrack
from gxview.viewer.tracks.tracklist import TrackList

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def tracks(opened, qtbot, tmp_path):
    for number in range(2):
        opened.viewer.opener.open_track(tmp_path / f"more{number}.bw")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    tracks = opened.viewer.model.tracks
    for name, track in zip("abcde", tracks, strict=True):
        track.name = name
    opened.viewer.undo.clear()
    return tracks


@pytest.fixture
def tree(opened, tracks):
    opened.track_list.setFocus()
    return opened.track_list


def names(tracks):
    return "".join(track.name for track in tracks)


def pick(tracks, wanted):
    return [track for track in tracks if track.name in wanted]


def click(qtbot, tree, item, x=60, modifiers=Qt.KeyboardModifier.NoModifier):
    rect = tree.visualRect(tree.model().index_of(item))
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, modifiers, QPoint(rect.left() + x, rect.center().y()))


def drop(tree, moved, row, parent=None):
    model = tree.model()
    where = model.index_of(parent) if parent is not None else QModelIndex()
    data = model.mimeData([model.index_of(item) for item in moved])
    assert model.canDropMimeData(data, Qt.DropAction.MoveAction, row, 0, where)
    model.dropMimeData(data, Qt.DropAction.MoveAction, row, 0, where)


def test_the_model_of_the_tree_keeps_what_qt_asks_of_models(qtmodeltester: ModelTester):
    tracks = TrackList()
    for name in "abcdef":
        tracks.append(SignalTrack(name=name))
    model = TrackTreeModel(tracks)
    group = arrange.group(tracks, pick(tracks, "bcd"))
    qtmodeltester.check(model)
    assert [model.rowCount(), model.rowCount(model.index(1, 0)), model.rowCount(model.index(0, 0))] == [4, 3, 0]
    assert model.item(model.index(2, 0, model.index(1, 0))).name == "d"
    assert model.parent(model.index_of(tracks[3])) == model.index_of(group)
    tracks.remove(tracks[2])
    arrange.ungroup(tracks, pick(tracks, "d"))
    qtmodeltester.check(model)
    assert [model.data(model.index(row, 0)) for row in range(model.rowCount())] == ["a", "Group", "d", "e", "f"]


def test_clicks_with_ctrl_and_shift_select_in_the_model(tree, tracks, qtbot):
    click(qtbot, tree, tracks[1])
    click(qtbot, tree, tracks[3], modifiers=CTRL)
    assert names(tracks.selection) == "bd"
    assert tracks.selected.name == "d"
    click(qtbot, tree, tracks[0], modifiers=SHIFT)
    assert names(tracks.selection) == "abcd"
    click(qtbot, tree, tracks[2])
    assert names(tracks.selection) == "c"


def test_ctrl_a_selects_all_tracks_of_the_list(tree, tracks, qtbot):
    arrange.group(tracks, pick(tracks, "bc"))
    qtbot.keyClick(tree, Qt.Key.Key_A, CTRL)
    assert names(tracks.selection) == "abcde"


def test_what_the_model_selects_is_selected_in_the_list(tree, tracks):
    tracks.selection = pick(tracks, "ad")
    shown = [tree.model().item(index).name for index in tree.selectionModel().selectedIndexes()]
    assert sorted(shown) == ["a", "d"]
    tracks.selection = ()
    assert not tree.selectionModel().selectedIndexes()


def test_a_click_on_a_group_selects_its_tracks_and_ctrl_takes_them_out(tree, tracks, qtbot):
    group = arrange.group(tracks, pick(tracks, "bc"))
    click(qtbot, tree, group)
    assert names(tracks.selection) == "bc"
    click(qtbot, tree, group)
    assert names(tracks.selection) == "bc"
    click(qtbot, tree, tracks[4], modifiers=CTRL)
    assert names(tracks.selection) == "bce"
    click(qtbot, tree, group, modifiers=CTRL)
    assert names(tracks.selection) == "e"
    click(qtbot, tree, group)
    click(qtbot, tree, tracks[2])
    assert names(tracks.selection) == "c"
    click(qtbot, tree, tracks[1], modifiers=CTRL)
    assert tracks.selected_groups == (group,)
    click(qtbot, tree, tracks[2], modifiers=CTRL)
    assert names(tracks.selection) == "b"
    click(qtbot, tree, tracks[2], modifiers=CTRL)
    assert tree.model().index_of(group) in tree.selectionModel().selectedIndexes()


def test_the_eye_of_a_group_hides_it_and_that_of_a_selected_track_all_selected(tree, tracks, qtbot):
    group = arrange.group(tracks, pick(tracks, "bc"))
    click(qtbot, tree, group, x=10)
    assert (group.visible, names(tracks.shown())) == (False, "ade")
    click(qtbot, tree, group, x=10)
    tracks.selection = pick(tracks, "ad")
    click(qtbot, tree, tracks[3], x=10)
    assert names(tracks.shown()) == "bce"
    click(qtbot, tree, tracks[4], x=10)
    assert names(tracks.shown()) == "bc"


def test_alt_and_a_click_on_the_eye_play_solo(tree, tracks, qtbot):
    click(qtbot, tree, tracks[3], x=10, modifiers=Qt.KeyboardModifier.AltModifier)
    assert names(tracks.shown()) == "d"
    click(qtbot, tree, tracks[3], x=10, modifiers=Qt.KeyboardModifier.AltModifier)
    assert names(tracks.shown()) == "abcde"


def test_the_triangle_and_the_arrow_keys_fold(tree, tracks, qtbot):
    group = arrange.group(tracks, pick(tracks, "bc"))
    click(qtbot, tree, group, x=32)
    assert group.folded
    assert not tree.isExpanded(tree.model().index_of(group))
    click(qtbot, tree, group)
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    assert not group.folded
    group.folded = True
    assert not tree.isExpanded(tree.model().index_of(group))


def test_keys_act_on_the_selection(tree, tracks, qtbot, opened):
    click(qtbot, tree, tracks[1])
    click(qtbot, tree, tracks[2], modifiers=SHIFT)
    qtbot.keyClick(tree, Qt.Key.Key_Space)
    assert names(tracks.shown()) == "ade"
    qtbot.keyClick(tree, Qt.Key.Key_Space)
    qtbot.keyClick(tree, Qt.Key.Key_S)
    assert names(tracks.shown()) == "bc"
    qtbot.keyClick(tree, Qt.Key.Key_S)
    assert names(tracks.shown()) == "abcde"
    qtbot.keyClick(opened, Qt.Key.Key_G, CTRL | SHIFT)
    assert names(tracks.members(tracks.groups[0])) == "bc"
    qtbot.keyClick(opened, Qt.Key.Key_D, CTRL)
    assert [group.name for group in tracks.groups] == ["Group", "Group copy"]
    opened.viewer.undo.settle()
    qtbot.keyClick(tree, Qt.Key.Key_Delete)
    assert names(tracks) == "abcde"
    opened.run("undo")
    assert [group.name for group in tracks.groups] == ["Group", "Group copy"]


def test_f2_and_a_double_click_rename(tree, tracks, qtbot):
    group = arrange.group(tracks, pick(tracks, "bc"))
    for item, start in ((tracks[3], "key"), (group, "mouse")):
        click(qtbot, tree, item)
        if start == "key":
            qtbot.keyClick(tree, Qt.Key.Key_F2)
        else:
            rect = tree.visualRect(tree.model().index_of(item))
            qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(80, rect.center().y()))
        editor = tree.findChildren(QLineEdit)[-1]
        editor.selectAll()
        qtbot.keyClicks(editor, f"by {start}")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        QApplication.processEvents()
        assert item.name == f"by {start}"
    assert not tree.model().setData(tree.model().index(0, 0), "   ")


def test_a_name_being_written_survives_that_a_file_is_opened(opened, tree, tracks, qtbot):
    opened.activateWindow()
    click(qtbot, tree, tracks[2])
    qtbot.keyClick(tree, Qt.Key.Key_F2)
    qtbot.keyClicks(QApplication.focusWidget(), "half")
    tracks.insert(0, SignalTrack(name="new"))
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "half"
    qtbot.keyClicks(editor, " done")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert [track.name for track in tracks] == ["new", "a", "b", "half done", "d", "e"]


def test_renaming_from_the_canvas_edits_in_the_list(opened, tree, tracks, qtbot):
    tracks.selected = tracks[2]
    opened.canvas.setFocus()
    qtbot.keyClick(opened.canvas, Qt.Key.Key_F2)
    qtbot.keyClicks(tree.findChild(QLineEdit), "z")
    qtbot.keyClick(tree.findChild(QLineEdit), Qt.Key.Key_Return)
    QApplication.processEvents()
    assert names(tracks) == "abzde"


@pytest.mark.parametrize(
    ("moved", "row", "into", "expected", "members"),
    [
        ("e", 0, False, "eabcd", "bc"),
        ("ad", -1, False, "bcead", "bc"),
        ("d", -1, True, "abcde", "bcd"),
        ("e", 1, True, "abecd", "bec"),
        ("ae", 0, True, "aebcd", "aebc"),
        ("b", 0, False, "bacde", "c"),
        ("bc", -1, False, "adebc", ""),
        ("c", 1, False, "acbde", "b"),
    ],
)
def test_tracks_are_dragged_into_and_out_of_a_group(tree, tracks, moved, row, into, expected, members):
    group = arrange.group(tracks, pick(tracks, "bc"))
    drop(tree, pick(tracks, moved), row, group if into else None)
    assert names(tracks) == expected
    assert names(tracks.members(group)) == members


def test_a_group_is_dragged_with_its_tracks_and_never_into_another(tree, tracks):
    group = arrange.group(tracks, pick(tracks, "bc"))
    other = arrange.group(tracks, pick(tracks, "de"))
    drop(tree, [group], -1)
    assert names(tracks) == "adebc"
    drop(tree, [group, *tracks.members(group)], 0, other)
    assert names(tracks) == "abcde"
    assert (names(tracks.members(group)), names(tracks.members(other))) == ("bc", "de")


def test_one_drag_is_one_step_back(opened, tree, tracks, qtbot):
    opened.viewer.undo.settle()
    group = arrange.group(tracks, pick(tracks, "bc"))
    opened.viewer.undo.settle()
    drop(tree, pick(tracks, "ade"), -1, group)
    opened.viewer.undo.undo()
    assert (names(tracks), names(tracks.members(tracks.groups[0]))) == ("abcde", "bc")


def test_the_menu_offers_what_can_be_done(tree, tracks, opened):
    tracks.selection = [tracks[0]]
    menu = track_menu(tracks, opened.run, opened.keys_of, tree)
    enabled = {action.text(): action.isEnabled() for action in menu.actions()}
    assert not enabled["Ungroup"]
    assert not enabled["Colour..."]
    arrange.group(tracks, pick(tracks, "bc"))
    tracks.selection = pick(tracks, "bc")
    menu = track_menu(tracks, opened.run, opened.keys_of, tree)
    done = {action.text(): action for action in menu.actions()}
    assert done["Ungroup"].isEnabled()
    assert done["Colour..."].isEnabled()
    done["Ungroup"].trigger()
    assert tracks.groups == ()
    done["Move to top"].trigger()
    assert names(tracks) == "bcade"


def test_the_menu_shows_the_keys_that_the_person_set(tree, tracks, opened, qtbot):
    tracks.selection = [tracks[0]]
    opened.keymap.give("gxview.group_tracks", ["Ctrl+Alt+G"])
    menu = track_menu(tracks, opened.run, opened.keys_of, tree)
    shown = {action.text(): action.shortcut().toString() for action in menu.actions() if action.text()}
    assert shown["Group"] == "Ctrl+Alt+G"
    assert shown["Rename"] == "F2"
    assert all(action.isShortcutVisibleInContextMenu() for action in menu.actions() if action.text())
    assert not tracks.groups
    qtbot.keyClick(opened.canvas, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert len(tracks.groups) == 1, "the key is not ambiguous while a menu is there"


def test_a_right_click_opens_the_menu_of_the_selection(opened, tree, tracks, qtbot):
    rect = tree.visualRect(tree.model().index_of(tracks[2]))
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.RightButton, pos=rect.center())
    at = rect.center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, tree.viewport().mapToGlobal(at))
    QApplication.sendEvent(tree.viewport(), event)
    assert names(tracks.selection) == "c"
    menus = [menu for menu in opened.findChildren(QMenu) if menu.isVisible()]
    assert [menu.actions()[0].text() for menu in menus] == ["Rename"]
    menus[0].close()


def test_a_colour_is_given_to_all_that_can_have_one(opened, tracks, monkeypatch):
    monkeypatch.setattr(opened.shell, "ask_color", lambda color: "#abcdef")
    tracks.selection = tuple(tracks)
    opened.run("color_tracks")
    assert {getattr(track, "color", "none") for track in tracks} == {"#abcdef", "none"}


def test_the_buttons_follow_the_selection(opened, tracks, qtbot):
    buttons = {button.toolTip().split(" ")[0]: button for button in opened.track_panel.findChildren(QToolButton)}
    tracks.selection = ()
    assert not any(button.isEnabled() for name, button in buttons.items() if name in ("Group", "Duplicate", "Remove"))
    tracks.selection = pick(tracks, "de")
    qtbot.mouseClick(buttons["Show"], Qt.MouseButton.LeftButton)
    assert (names(tracks.shown()), buttons["Show"].isChecked()) == ("de", True)
    qtbot.mouseClick(buttons["Show"], Qt.MouseButton.LeftButton)
    assert (names(tracks.shown()), buttons["Show"].isChecked()) == ("abcde", False)


def test_show_all_opens_every_eye_and_hide_shuts_that_of_a_whole_group(opened, tracks):
    group = arrange.group(tracks, pick(tracks, "bc"))
    tracks.selection = pick(tracks, "bcd")
    opened.run("hide_track")
    assert (group.visible, tracks[1].visible, names(tracks.shown())) == (False, True, "ae")
    opened.run("show_tracks")
    assert names(tracks.shown()) == "abcde"


def test_the_sequence_is_hidden_but_its_copy_is_removed(opened, tracks, qtbot):
    tracks.selected = tracks[0]
    opened.run("duplicate_tracks")
    assert [track.kind for track in tracks].count("sequence") == 2
    opened.run("remove_track")
    assert [track.kind for track in tracks].count("sequence") == 1
    tracks.selected = next(track for track in tracks if track.kind == "sequence")
    opened.run("remove_track")
    assert [track.visible for track in tracks if track.kind == "sequence"] == [False]


def test_removing_all_and_undoing_brings_all_back(opened, tracks, qtbot):
    arrange.group(tracks, pick(tracks, "bc"), "mine")
    opened.viewer.undo.settle()
    opened.run("select_tracks")
    assert len(tracks.selection) == len(tracks)
    opened.run("remove_track")
    assert [track.kind for track in tracks] == ["sequence"]
    opened.canvas.grab()
    opened.run("undo")
    assert names(tracks) == "abcde"
    assert [names(tracks.members(group)) for group in tracks.groups] == ["bc"]
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert all(opened.viewer.data.source(track) is not None for track in tracks if track.kind == "signal")
