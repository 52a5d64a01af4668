"""The status bar tells what lies under the pointer, also when the tracks move under a pointer that rests."""

from __future__ import annotations

from qtpy.QtCore import QPoint, Qt

from gxview._qt.drawing.hover import describe
from gxview._qt.drawing.layout import HEADER_WIDTH
from gxview.genome import Region
from tests.viewer.fakes import relevance_at, spread_at


def test_the_readout_follows_a_zoom_under_a_resting_pointer(opened, qtbot):
    canvas, camera, heard = opened.canvas, opened.viewer.model.camera, []
    opened.viewer.show(Region("chr1", 1_000, 1_100))
    qtbot.mouseMove(canvas, QPoint(HEADER_WIDTH + 10, 200))
    canvas.hovered.connect(lambda hover: heard.append(hover.position))
    camera.show("chr1", 20_000, 5_000, 5_100)
    qtbot.waitUntil(lambda: bool(heard))
    base = camera.view.base_at(10)
    assert base is not None
    assert heard[-1] == f"chr1:{base + 1:,}"


def test_a_rubber_band_shows_whole_bases(opened, qtbot):
    canvas, camera = opened.canvas, opened.viewer.model.camera
    opened.viewer.show(Region("chr1", 1_000, 1_100))
    y = canvas._frame - 4
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(HEADER_WIDTH + 101, y))
    qtbot.mouseMove(canvas, QPoint(HEADER_WIDTH + 307, y))
    first, last = (camera.view.base_at(x) for x in (101, 307))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(HEADER_WIDTH + 307, y))
    assert camera.view.region == Region("chr1", first, last + 1)
    assert camera.view.offset == 0


def test_the_relevance_of_an_ensemble_is_told_with_its_spread(opened, qtbot):
    one, three = (opened.viewer.explanations.add(name) for name in ("fake-cnn", "fake-ensemble"))
    opened.viewer.show(Region("chr1", 1_000, 1_100))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    base = Region("chr1", 1_040, 1_041)
    value, spread = relevance_at(base)[0], spread_at(base)[0]
    scene = opened.canvas.scene
    assert describe(scene, one, 1_040).value == f"{one.name} relevance: {value:+.4g}"
    assert (
        describe(scene, three, 1_040).value == f"{three.name} relevance: {value:+.4g} \N{PLUS-MINUS SIGN} {spread:.2g}"
    )
