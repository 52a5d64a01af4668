"""Groups in the picture: a line above their tracks that folds them."""

from __future__ import annotations

import itertools

import pytest
from qtpy.QtCore import QPoint, Qt

from gxview._qt.drawing.layout import GAP, GROUP_HEIGHT, HEADER_WIDTH, lay_out
from gxview._qt.painters import RULER_HEIGHT
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import SignalTrack
from gxview.viewer.tracks.tracklist import TrackList


@pytest.fixture
def group(opened):
    tracks = opened.viewer.model.tracks
    group = TrackGroup(name="Both")
    tracks.add_group(group, list(tracks)[1:])
    return group


def click(qtbot, canvas, row, x, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, modifiers, QPoint(x, round(row.top + row.height / 2)))


def test_rows_and_lines_are_stacked_without_overlap():
    tracks = TrackList()
    a, b, c, d = (SignalTrack(name=name, height=40 + 10 * place) for place, name in enumerate("abcd"))
    for track in (a, b, c, d):
        tracks.append(track)
    tracks.add_group(TrackGroup(name="g"), [b, c])
    layout = lay_out(tracks, 800)
    lines = sorted([*layout.rows, *layout.groups], key=lambda row: row.top)
    assert [row.group.name if hasattr(row, "group") else row.track.name for row in lines] == ["a", "g", "b", "c", "d"]
    assert lines[0].top == RULER_HEIGHT
    for above, below in itertools.pairwise(lines):
        assert below.top == above.top + above.height + GAP
    assert layout.height == lines[-1].top + lines[-1].height
    assert layout.at(lines[1].top + GROUP_HEIGHT - 1) is layout.groups[0]
    assert layout.at(lines[2].top) is layout.rows[1]
    assert [row.track.name for row in layout.between(lines[2].top, lines[3].top).rows] == ["b"]


def test_a_click_on_the_line_folds_the_group_and_another_unfolds_it(opened, group, qtbot):
    canvas = opened.canvas
    (line,) = canvas._layout().groups
    before = canvas.content_height
    click(qtbot, canvas, line, 40)
    assert group.folded
    assert [row.track.name for row in canvas._layout().rows] == ["Sequence"]
    assert canvas.content_height < before
    click(qtbot, canvas, canvas._layout().groups[0], 10)
    assert not group.folded
    assert canvas.content_height == before


def test_a_drag_beside_the_name_of_a_group_moves_the_view(opened, group, qtbot):
    camera, canvas = opened.viewer.model.camera, opened.canvas
    camera.zoom(0.5)
    (line,) = canvas._layout().groups
    start, y = camera.view.start, round(line.top + 5)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(HEADER_WIDTH + 300, y))
    qtbot.mouseMove(canvas, QPoint(HEADER_WIDTH + 250, y))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(HEADER_WIDTH + 250, y))
    assert camera.view.start > start
    assert not group.folded


def test_a_hidden_group_and_one_whose_tracks_are_hidden_have_no_line(opened, group):
    tracks = opened.viewer.model.tracks
    group.visible = False
    assert opened.canvas._layout().groups == ()
    group.visible = True
    for track in tracks.members(group):
        track.visible = False
    assert opened.canvas._layout().groups == ()


def test_the_line_of_a_group_is_drawn(opened, group):
    (line,) = opened.canvas._layout().groups
    image = opened.canvas.grab().toImage()
    row = image.copy(0, round(line.top), HEADER_WIDTH, GROUP_HEIGHT)
    assert row.pixelColor(HEADER_WIDTH - 8, 3).name() == opened._style.color("well").name()
    assert len({row.pixel(x, 10) for x in range(HEADER_WIDTH)}) > 3
    group.name = "Another"
    assert opened.canvas.grab().toImage().copy(0, round(line.top), HEADER_WIDTH, GROUP_HEIGHT) != row


def test_ctrl_and_shift_select_several_names(opened, qtbot):
    canvas, tracks = opened.canvas, opened.viewer.model.tracks
    rows = canvas._layout().rows
    click(qtbot, canvas, rows[0], 20)
    click(qtbot, canvas, rows[2], 20, Qt.KeyboardModifier.ControlModifier)
    assert tracks.selection == (tracks[0], tracks[2])
    click(qtbot, canvas, rows[0], 20, Qt.KeyboardModifier.ControlModifier)
    assert tracks.selection == (tracks[2],)
    click(qtbot, canvas, rows[0], 20, Qt.KeyboardModifier.ShiftModifier)
    assert tracks.selection == tuple(tracks)
    assert tracks.selected is tracks[2]
