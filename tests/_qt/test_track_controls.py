"""The controls of the selected tracks: made from their properties, for several at once."""

from __future__ import annotations

from typing import get_args

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QColorDialog, QLabel, QWidget

from gxview._qt.controls import ScaleControl
from gxview._qt.controls.fields import ChoiceControl, ColorControl, NumberControl, SwitchControl, TextControl
from gxview._qt.controls.number_box import NumberBox
from gxview._qt.look.widgets import ElidedLabel
from gxview._qt.rows.scales import ends_of
from gxview._qt.tracks.track_controls import TrackControls
from gxview.viewer.tracks import arrange
from gxview.viewer.tracks.kinds import AlignmentTrack, FeatureTrack, SequenceTrack, SignalTrack, Track
from gxview.viewer.tracks.properties import properties_of
from gxview.viewer.tracks.scale import ScaleOptions
from gxview.viewer.tracks.tracklist import TrackList

KINDS = get_args(get_args(Track)[0])


@pytest.fixture
def tracks():
    tracks = TrackList()
    for name in "abc":
        tracks.append(SignalTrack(name=name))
    return tracks


@pytest.fixture
def controls(tracks, qtbot):
    controls = TrackControls(tracks, lambda _item: (-2.0, 13.0))
    qtbot.addWidget(controls)
    controls.resize(210, 500)
    controls.show()
    return controls


def one(controls, kind, title=""):
    found = [part for part in controls.findChildren(kind) if title in (part.accessibleName() or title)]
    assert len(found) == 1, found
    return found[0]


def choose(combo, data):
    combo.setCurrentIndex(combo.findData(data))
    combo.activated.emit(combo.currentIndex())


def enter(qtbot, box, text):
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_track_gets_a_control_for_each_property(controls, tracks, kind):
    track = kind(name="x")
    tracks.append(track)
    tracks.selected = track
    names = {part.accessibleName() for part in controls.findChildren(QWidget)} - {""}
    assert names == {known.title for known in properties_of(kind)}
    assert controls.minimumSizeHint().width() <= 170, "what is left of a narrow panel beside its scroll bar"


def test_nothing_selected_says_what_to_do(controls, tracks):
    assert "Select a track" in " ".join(label.text() for label in controls.findChildren(QLabel))
    tracks.selected = tracks[0]
    assert "Select a track" not in " ".join(label.text() for label in controls.findChildren(QLabel))


def test_slider_and_box_set_the_height_of_all_selected(controls, tracks, qtbot):
    tracks.selection = list(tracks)
    tracks[0].height = 100
    number = one(controls, NumberControl)
    assert number.box.lineEdit().text() == ""
    assert number.box.lineEdit().placeholderText() == "mixed"
    number.slider.setValue(120)
    assert [track.height for track in tracks] == [120] * 3
    assert number.box.value() == 120
    enter(qtbot, number.box.lineEdit(), "77")
    assert [track.height for track in tracks] == [77] * 3
    tracks[1].height = 30
    tracks.selected = tracks[1]
    assert one(controls, NumberControl).slider.value() == 30


def test_only_what_all_selected_tracks_have_can_be_set(controls, tracks):
    tracks.append(FeatureTrack(name="f"))
    tracks.selection = [tracks[0], tracks[3]]
    names = {part.accessibleName() for part in controls.findChildren(QWidget)} - {""}
    assert names == {"Height", "Colour"}


def test_a_switch_is_half_way_for_tracks_that_differ_and_then_sets_all(controls, tracks, qtbot):
    first, second = SequenceTrack(), SequenceTrack(translation=True)
    for track in (first, second):
        tracks.append(track)
    tracks.selection = (first, second)
    switch = one(controls, SwitchControl, "Three-frame translation")
    assert switch.checkState() == Qt.CheckState.PartiallyChecked
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(10, switch.height() // 2))
    assert (first.translation, second.translation) == (True, True)
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(10, switch.height() // 2))
    assert (first.translation, second.translation) == (False, False)
    assert switch.checkState() == Qt.CheckState.Unchecked


def test_a_choice_shows_mixed_and_sets_all(controls, tracks):
    tracks[0].style = "line"
    tracks.selection = list(tracks)
    choice = one(controls, ChoiceControl)
    assert (choice.currentIndex(), choice.placeholderText()) == (-1, "Mixed")
    choose(choice, "heatmap")
    assert [track.style for track in tracks] == ["heatmap"] * 3


def test_a_colour_is_chosen_and_given_back_to_the_theme(controls, tracks, qtbot, monkeypatch):
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor("#aa5500"))
    tracks.selection = [tracks[0], tracks[1]]
    control = one(controls, ColorControl, "Colour")
    qtbot.mouseClick(control.button, Qt.MouseButton.LeftButton)
    assert [track.color for track in tracks] == ["#aa5500", "#aa5500", None]
    assert control.button.text() == "#aa5500"
    tracks[1].color = "#123456"
    assert control.button.text() == "Mixed"
    qtbot.mouseClick(control.reset, Qt.MouseButton.LeftButton)
    assert [track.color for track in tracks] == [None] * 3
    assert control.button.text() == "Theme"
    assert not control.reset.isVisibleTo(control)


def test_a_scale_that_becomes_fixed_keeps_the_ends_that_show(controls, tracks, qtbot):
    tracks.selection = [tracks[0], tracks[1]]
    scale = one(controls, ScaleControl)
    assert not scale.ends.isVisibleTo(scale)
    choose(scale.mode, "fixed")
    assert [track.scale for track in tracks[:2]] == [ScaleOptions(mode="fixed", low=-2, high=13)] * 2
    assert scale.ends.isVisibleTo(scale)
    enter(qtbot, scale.high, "2.5e1")
    assert [track.scale.high for track in tracks[:2]] == [25, 25]
    assert tracks[2].scale == ScaleOptions()


def test_wrong_ends_are_told_and_change_nothing(controls, tracks, qtbot):
    tracks[0].scale = ScaleOptions(mode="fixed", low=0, high=1)
    tracks.selected = tracks[0]
    scale = one(controls, ScaleControl)
    enter(qtbot, scale.low, "7")
    assert tracks[0].scale.low == 0
    assert scale.hint.isVisibleTo(scale)
    assert "lower end" in scale.hint.text()
    assert scale.low.text() == "0"
    enter(qtbot, scale.low, "-3")
    assert tracks[0].scale.low == -3
    assert not scale.hint.isVisibleTo(scale)


def test_percentile_log_and_group_are_set_for_all(controls, tracks, qtbot):
    tracks[1].scale = ScaleOptions(log=True)
    tracks.selection = list(tracks)
    scale = one(controls, ScaleControl)
    assert scale.log.checkState() == Qt.CheckState.PartiallyChecked
    choose(scale.mode, "percentile")
    enter(qtbot, scale.percent, "95")
    qtbot.mouseClick(scale.log, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert [track.scale for track in tracks] == [ScaleOptions(mode="percentile", percent=95, log=True)] * 3
    enter(qtbot, scale.percent, "12")
    assert tracks[0].scale.percent == 95
    choose(scale.mode, "group")
    assert "Outside of a group" in scale.hint.text()
    arrange.group(tracks, list(tracks))
    assert all(track.scale.mode == "group" for track in tracks)


def test_a_selected_group_has_controls_above_those_of_its_tracks(controls, tracks, qtbot):
    group = arrange.group(tracks, [tracks[0], tracks[1]], "mine")
    tracks.selection = tracks.members(group)
    upper, lower = controls.findChildren(ScaleControl)
    assert upper.mode.findData("group") < 0 <= lower.mode.findData("group")
    choose(upper.mode, "symmetric")
    assert group.scale.mode == "symmetric"
    assert tracks[0].scale.mode == "auto"
    name = one(controls, TextControl)
    enter(qtbot, name, "other")
    assert group.name == "other"
    enter(qtbot, name, " ")
    assert (group.name, name.text()) == ("other", "other")
    tracks.selection = list(tracks)
    assert [label.text() for label in controls.findChildren(ElidedLabel)][-1] == "3 tracks"


def test_an_edit_of_several_reaches_each_and_is_one_step(opened, qtbot, tmp_path):
    tracks = opened.viewer.model.tracks
    opened.viewer.opener.open_track(tmp_path / "more.bw")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    tracks.selection = [track for track in tracks if isinstance(track, SignalTrack)]
    opened.viewer.undo.clear()
    opened.viewer.undo.settle()
    ends = {ends_of(track, opened.canvas.scene) for track in tracks.selection}
    heard = []
    tracks.edited.connect(lambda track, field: heard.append((track.id, field)))
    scale = opened.track_controls.findChildren(ScaleControl)[-1]
    choose(scale.mode, "fixed")
    assert heard == [(track.id, "scale") for track in tracks.selection]
    assert {(track.scale.low, track.scale.high) for track in tracks.selection} == ends
    opened.viewer.undo.undo()
    assert {track.scale.mode for track in tracks.selection} == {"auto"}
    assert not opened.viewer.undo.undo_name


def test_a_number_box_takes_only_numbers(qtbot):
    box, heard = NumberBox(), []
    qtbot.addWidget(box)
    box.entered.connect(heard.append)
    box.set_number(0.00012345678)
    assert box.text() == "0.000123457"
    enter(qtbot, box, "abc")
    assert box.text() == "0.000123457"
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert heard == []
    enter(qtbot, box, "-1e-3")
    assert heard == [-0.001]


def test_alignments_have_a_least_quality_in_range(controls, tracks):
    track = AlignmentTrack(name="reads")
    tracks.append(track)
    tracks.selected = track
    quality = one(controls, NumberControl, "Least mapping quality")
    assert (quality.slider.minimum(), quality.slider.maximum()) == (0, 255)
    quality.slider.setValue(30)
    assert track.min_mapping_quality == 30
