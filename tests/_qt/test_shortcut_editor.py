from __future__ import annotations

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel

from gxview._qt.settings.shortcut_editor import ShortcutEditor
from gxview._qt.settings.shortcuts import ShortcutSheet

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def editor(opened):
    opened.run("edit_shortcuts")
    (editor,) = opened.findChildren(ShortcutEditor)
    yield editor
    for left in opened.findChildren(ShortcutEditor):
        left.close()


def menu_keys(window, name):
    for menu in window.menuBar().actions():
        for action in menu.menu().actions():
            if action.objectName() == f"gxview.{name}":
                return [key.toString() for key in action.shortcuts()]
    raise AssertionError(name)


def close(editor, window, qtbot):
    with qtbot.waitSignal(editor.destroyed):
        editor.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def test_a_conflict_is_named_before_the_key_is_taken(editor, opened, qtbot):
    editor.select("gxview.figure")
    qtbot.keyClick(editor.key_box, Qt.Key.Key_G, CTRL)
    assert editor.key_box.text() == "Ctrl+G"
    assert "File: Open genome" in editor.conflict.text()
    assert menu_keys(opened, "open_genome") == ["Ctrl+G"]
    editor.use_button.click()
    assert menu_keys(opened, "figure") == ["Ctrl+G"]
    assert menu_keys(opened, "open_genome") == []
    assert opened.viewer.model.settings.shortcuts == {"gxview.figure": ("Ctrl+G",)}


def test_menus_palette_and_sheet_follow_at_once(editor, opened, qtbot):
    editor.select("gxview.theme")
    qtbot.keyClick(editor.key_box, Qt.Key.Key_F9)
    editor.add_button.click()
    assert menu_keys(opened, "theme") == ["Ctrl+Shift+T", "F9"]
    opened.run("shortcuts")
    (sheet,) = opened.findChildren(ShortcutSheet)
    assert "Ctrl+Shift+T, F9" in [label.text() for label in sheet.findChildren(QLabel)]
    editor.reset_button.click()
    assert "Ctrl+Shift+T" in [label.text() for label in sheet.findChildren(QLabel)]
    sheet.close()
    editor.select("gxview.theme")
    editor.clear_button.click()
    assert menu_keys(opened, "theme") == []
    opened.command_palette.open()
    row = opened.command_palette.titles.index("View: Light theme")
    assert opened.command_palette._lines.pairs[row][1] == ""


def test_a_new_key_runs_its_action(editor, opened, qtbot):
    editor.select("gxview.theme")
    qtbot.keyClick(editor.key_box, Qt.Key.Key_F9)
    editor.use_button.click()
    close(editor, opened, qtbot)
    opened.canvas.setFocus()
    qtbot.keyClick(opened.canvas, Qt.Key.Key_F9)
    assert opened.viewer.model.settings.theme == "light"


def test_a_letter_works_on_the_tracks_and_not_while_typing(editor, opened, qtbot):
    editor.select("gxview.theme")
    qtbot.keyClick(editor.key_box, Qt.Key.Key_T)
    editor.use_button.click()
    close(editor, opened, qtbot)
    opened.run("locus")
    opened.locus_box.clear()
    qtbot.keyClicks(opened.locus_box, "t")
    assert (opened.locus_box.text(), opened.viewer.model.settings.theme) == ("t", "dark")
    opened.canvas.setFocus()
    qtbot.keyClick(opened.canvas, Qt.Key.Key_T)
    assert opened.viewer.model.settings.theme == "light"


@pytest.mark.parametrize(
    ("key", "modifiers", "text"),
    [
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "Esc"),
        (Qt.Key.Key_Tab, CTRL, "Ctrl+Tab"),
        (Qt.Key.Key_P, CTRL | SHIFT, "Ctrl+Shift+P"),
        (Qt.Key.Key_A, SHIFT, "Shift+A"),
        (Qt.Key.Key_Control, CTRL, ""),
    ],
)
def test_every_key_is_taken_as_it_is_written_in_menus(editor, qtbot, key, modifiers, text):
    editor.select("gxview.theme")
    qtbot.keyClick(editor.key_box, key, modifiers)
    assert editor.key_box.key == text
    assert editor.isVisible()


def test_all_usual_keys_come_back(editor, opened):
    keymap = opened.keymap
    keymap.give("gxview.theme", ["Ctrl+G"])
    keymap.reset_all()
    assert menu_keys(opened, "open_genome") == ["Ctrl+G"]
    assert opened.viewer.model.settings.shortcuts == {}


def test_the_filter_finds_actions_and_keys(editor):
    editor.filter_box.setText("zoom in")
    assert [editor.tree.topLevelItem(k).text(0) for k in range(editor.tree.topLevelItemCount())] == ["Go: Zoom in"]
    editor.filter_box.setText("ctrl+shift+p")
    assert editor.tree.topLevelItem(0).text(0) == "Edit: Command palette"


def test_the_palette_remembers_what_was_run(opened, qtbot):
    opened.run("palette")
    qtbot.keyClicks(opened.command_palette._box, "colour-bl")
    qtbot.keyClick(opened.command_palette._box, Qt.Key.Key_Return)
    assert opened.viewer.model.settings.colour_blind
    opened.run("palette")
    assert opened.command_palette.titles[0] == "View: Colour-blind-safe bases"
    qtbot.keyClick(opened.command_palette._box, Qt.Key.Key_Escape)
