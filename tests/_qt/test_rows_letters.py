"""Letters of relevance show the strand that the sequence row shows."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtGui import QColor, QImage, QPainter

from gxview._qt.drawing.layout import lay_out
from gxview._qt.rows import paint_row
from gxview.genome import reverse_complement
from gxview.viewer.tracks.kinds import DifferenceTrack, RelevanceTrack, SequenceTrack


@pytest.fixture
def explained(opened, qtbot):
    first = opened.viewer.explanations.add("fake-bert")
    opened.viewer.model.tracks.append(DifferenceTrack(first=first.id, second=first.id))
    opened.viewer.model.camera.show("chr1", 20_000, 1_000, 1_040)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    return opened


def colors_over(window, track, base):
    """Which colours of bases are drawn over a base in the row of a track."""
    scene, tracks = window.canvas.scene, window.viewer.model.tracks
    layout = lay_out(tracks, window.canvas.width())
    row = next(row for row in layout.rows if row.track is track)
    image = QImage(window.canvas.width(), round(layout.height), QImage.Format.Format_RGB32)
    image.fill(QColor(scene.style.theme.canvas))
    painter = QPainter(image)
    paint_row(painter, row, scene, False)
    painter.end()
    left = row.data_rect.left() + scene.view.x(base)
    wide = scene.view.pixels_per_base
    pixels = {
        image.pixelColor(int(left + share * wide), y).name()
        for share in np.linspace(0.15, 0.85, 15)
        for y in range(round(row.top), round(row.top + row.height))
    }
    return {letter for letter, color in zip("ACGT", scene.style.theme.bases, strict=False) if color in pixels}


def test_letters_follow_the_strand_of_the_sequence_row(explained):
    tracks = explained.viewer.model.tracks
    [sequence] = [track for track in tracks if isinstance(track, SequenceTrack)]
    [relevance] = [track for track in tracks if isinstance(track, RelevanceTrack)]
    letters = explained.canvas.scene.letters
    # sin(0.7 k) is far from zero at these bases
    bases = [k for k in range(1_003, 1_037) if abs(np.sin(0.7 * k)) > 0.5]
    for reverse in (False, True):
        sequence.reverse = reverse
        for base in bases:
            letter = letters.text[base - letters.start]
            wanted = {reverse_complement(letter) if reverse else letter}
            assert colors_over(explained, relevance, base) == wanted
            assert colors_over(explained, sequence, base) == wanted
