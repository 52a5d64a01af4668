"""Rows of the smallest contigs, and of places without letters or data: drawn without an error, nothing made up."""

from __future__ import annotations

import pytest
from qtpy.QtGui import QImage, QPainter

from gxview._qt.drawing.layout import lay_out
from gxview._qt.rows import paint_row
from gxview.viewer.tracks.combined_tracks import difference, overlay
from gxview.viewer.tracks.kinds import RelevanceTrack, SignalTrack


@pytest.fixture
def full(opened, qtbot):
    """A window with every kind of row of signals, explanations and the sequence."""
    viewer = opened.viewer
    tracks = viewer.model.tracks
    [signal] = [track for track in tracks if isinstance(track, SignalTrack)]
    for style in ("line", "points", "heatmap", "letters"):
        track = SignalTrack(name=style, style=style)
        viewer.data.attach(track, viewer.data.source(signal))
        tracks.append(track)
    [sequence] = [track for track in tracks if track.kind == "sequence"]
    sequence.translation = sequence.reverse = True
    first = viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: viewer.is_idle)
    viewer.comparisons.add(first, viewer.comparisons.candidates(first)[0])
    overlay(tracks, [signal, first])
    difference(tracks, [signal, first])
    qtbot.waitUntil(lambda: viewer.is_idle)
    return opened


def paint(window):
    scene = window.canvas.scene
    layout = lay_out(window.viewer.model.tracks, window.canvas.width())
    image = QImage(window.canvas.width(), round(layout.height), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for row in layout.rows:
        paint_row(painter, row, scene, False)
    painter.end()
    return [row.track.kind for row in layout.rows]


@pytest.mark.parametrize(
    ("chrom", "length", "start", "end"),
    [("tiny", 5, 0, 5), ("tiny", 5, 1, 2), ("chr2", 3_000, 2_990, 3_000), ("chr2", 3_000, 0, 3_000)],
)
def test_every_row_is_drawn_on_small_contigs_and_at_their_ends(full, qtbot, chrom, length, start, end):
    full.viewer.model.camera.show(chrom, length, start, end)
    kinds = paint(full)
    assert {"sequence", "features", "signal", "relevance", "overlay", "difference"} <= set(kinds)
    qtbot.waitUntil(lambda: full.viewer.is_idle)
    paint(full)
    assert full.viewer.problems() == []


def test_rows_say_something_while_nothing_is_at_hand(full, qtbot):
    full.viewer.model.settings.live = False
    full.viewer.model.camera.show("chr1", 20_000, 15_000, 15_100)
    paint(full)
    qtbot.waitUntil(lambda: full.viewer.is_idle)
    paint(full)
    [first, *_] = [track for track in full.viewer.model.tracks if isinstance(track, RelevanceTrack)]
    assert full.viewer.live.state(first).text == "Explain this region shows the relevance here"
