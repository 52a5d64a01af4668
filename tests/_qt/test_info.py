"""The panel that follows the selection, and the dialog."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QLabel

from gxview._qt.tracks.info import BREAK, breakable
from gxview.genome import Region
from gxview.viewer.tracks import arrange
from gxview.viewer.tracks.kinds import FeatureTrack, SignalTrack


@pytest.fixture
def panel(opened, qtbot):
    opened.viewer.show(Region("chr1", 5010, 5050))
    opened.run("panel_info")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    return opened.info_panel


def texts(panel):
    return [label.text().replace(BREAK, "") for label in panel.findChildren(QLabel)]


def values(panel):
    return {name: value for section in panel.view.sections for name, value in section.lines}


def kind_of(opened, kind):
    return next(track for track in opened.viewer.model.tracks if isinstance(track, kind))


def test_the_panel_follows_selection_and_view(opened, panel, qtbot):
    opened.viewer.model.tracks.selection = ()
    qtbot.waitUntil(lambda: "Select a track" in " ".join(texts(panel)))
    assert not panel.copy_button.isEnabled()
    signal = kind_of(opened, SignalTrack)
    opened.viewer.model.tracks.selected = signal
    qtbot.waitUntil(lambda: values(panel).get("maximum") == "49")
    # the value at a base is its position modulo 100
    assert (values(panel)["minimum"], values(panel)["mean"]) == ("10", "29.5")
    assert values(panel)["path"] == signal.path
    assert signal.path in texts(panel)
    opened.viewer.show(Region("chr1", 5020, 5061))
    qtbot.waitUntil(lambda: values(panel).get("maximum") == "60")
    assert values(panel)["coverage"] == "100.0% of 41 bases"
    assert values(panel)["mean"] == f"{np.arange(20, 61).mean():g}"


def test_features_and_letters_of_the_screen_are_counted(opened, panel, qtbot):
    tracks = opened.viewer.model.tracks
    opened.viewer.show(Region("chr1", 5000, 6200))
    tracks.selected = kind_of(opened, FeatureTrack)
    qtbot.waitUntil(lambda: values(panel).get("features") == "3")
    tracks.selected = tracks[0]
    qtbot.waitUntil(lambda: "GC" in values(panel))
    letters = opened.viewer.model.reference.fetch(Region("chr1", 5000, 6200)).upper()
    share = (letters.count("G") + letters.count("C")) / sum(map(letters.count, "ACGT"))
    assert values(panel)["GC"] == f"{share:.1%}"


def test_several_tracks_are_compared_and_a_group_is_named(opened, panel, qtbot):
    tracks = opened.viewer.model.tracks
    group = arrange.group(tracks, list(tracks)[1:], "both")
    tracks.selection = tracks.members(group)
    qtbot.waitUntil(lambda: [section.title for section in panel.view.sections] == ["both"])
    qtbot.waitUntil(lambda: values(panel)["signal.bw"] == "mean 29.5, 10 to 49")
    assert values(panel)["genes.gff"] == "0 features"


def test_an_explanation_tells_its_provenance(opened, panel, qtbot):
    opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    qtbot.waitUntil(lambda: "Explanation" in [section.title for section in panel.view.sections])
    assert values(panel)["model"] == "fake-bert (dnabert2, window of 128 bases, on cpu)"


def test_all_of_it_can_be_copied(opened, panel, qtbot):
    opened.viewer.model.tracks.selected = kind_of(opened, SignalTrack)
    qtbot.waitUntil(lambda: "maximum" in values(panel))
    qtbot.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("signal.bw\nkind: signal")
    assert "maximum: 49" in copied
    assert BREAK not in copied


def test_a_hidden_panel_asks_for_nothing(opened, panel, qtbot, monkeypatch):
    opened.run("panel_info")
    monkeypatch.setattr(panel, "refresh", lambda: pytest.fail("asked"))
    opened.viewer.show(Region("chr1", 100, 900))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)


def test_long_words_may_go_on_in_the_next_line():
    assert breakable("/data/x.bw") == f"/{BREAK}data/{BREAK}x.bw"
    assert breakable("chr1:360,000-380,000") == f"chr1:{BREAK}360,000-{BREAK}380,000"
    assert breakable("0" * 40).split(BREAK) == ["0" * 16, "0" * 16, "0" * 8]
    assert breakable("short words stay") == "short words stay"
