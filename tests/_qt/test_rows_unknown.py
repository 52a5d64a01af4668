"""What rows show where nothing is known: hatching on both sides, and an axis all the same."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtGui import QColor, QImage, QPainter

from gxview._qt.drawing.columns import paint_rows
from gxview._qt.drawing.layout import lay_out
from gxview.genome import Region
from gxview.viewer.tracks.kinds import RelevanceTrack


@pytest.fixture
def partly(opened, qtbot):
    """A window with an explanation of the middle of a chromosome alone."""
    opened.viewer.model.camera.show("chr1", 20_000, 9_000, 9_400)
    opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    opened.viewer.model.settings.live = False
    return opened


def ink(window):
    """Where the row of the explanation differs from its ground, (height, width), and the row."""
    scene, tracks = window.canvas.scene, window.viewer.model.tracks
    layout = lay_out(tracks, window.canvas.width())
    image = QImage(window.canvas.width(), round(layout.height), QImage.Format.Format_RGB32)
    image.fill(QColor(scene.style.theme.canvas))
    painter = QPainter(image)
    paint_rows(painter, layout, scene, window.canvas.width())
    painter.end()
    row = next(row for row in layout.rows if isinstance(row.track, RelevanceTrack))
    bits = np.frombuffer(image.constBits().asstring(image.sizeInBytes()), np.uint32)
    drawn = bits.reshape(image.height(), image.width())[round(row.top) : round(row.top + row.height)]
    ground = [QColor(getattr(scene.style.theme, role)).rgb() for role in ("canvas", "panel")]
    return ~np.isin(drawn, ground), row


@pytest.mark.parametrize(("start", "end"), [(0, 20_000), (6_000, 12_000)])
def test_both_sides_of_what_is_explained_are_hatched(partly, start, end):
    partly.viewer.model.camera.show("chr1", 20_000, start, end)
    drawn, row = ink(partly)
    left, right = round(row.data_rect.left()), round(row.data_rect.right())
    body = drawn[8:-8, left:right]
    for side in (body[:, 2:60], body[:, -60:-2]):
        assert 0.05 < side.mean() < 0.6
        assert side.any(axis=1).all(), "the hatching reaches from top to bottom"


def test_a_row_has_its_axis_although_the_first_place_knows_nothing(partly, qtbot):
    partly.viewer.show_side_by_side([Region("chr1", 9_000, 9_400)])
    alone, row = ink(partly)
    axis = slice(round(row.axis_rect.left()), round(row.axis_rect.right()))
    partly.viewer.show_side_by_side([Region("chr2", 0, 400), Region("chr1", 9_000, 9_400)])
    qtbot.waitUntil(lambda: partly.viewer.is_idle)
    beside, _ = ink(partly)
    assert alone[:, axis].sum() > 50
    np.testing.assert_array_equal(beside[:, axis], alone[:, axis])
