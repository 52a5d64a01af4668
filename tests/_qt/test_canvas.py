"""Mouse and keys on the tracks."""

from __future__ import annotations

import math

import pytest
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import QApplication

from gxview._qt.drawing.layout import HEADER_WIDTH
from gxview._qt.painters import RULER_HEIGHT
from gxview.genome import Region


def wheel(canvas, x, y, angle, modifiers=Qt.KeyboardModifier.NoModifier):
    at = QPointF(x, y)
    event = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


@pytest.fixture
def canvas(opened, qtbot):
    opened.viewer.show(Region("chr1", 5000, 6000))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    opened.canvas.setFocus()
    return opened.canvas


@pytest.fixture
def camera(opened):
    return opened.viewer.model.camera


def test_the_wheel_zooms_at_the_pointer(canvas, camera):
    x = HEADER_WIDTH + 300
    before = camera.view.position(300)
    span = camera.view.span
    wheel(canvas, x, 200, 120)
    assert camera.view.span < span
    assert camera.view.position(300) == pytest.approx(before, abs=1e-6)
    wheel(canvas, x, 200, -240)
    assert camera.view.span > span


def test_shift_and_wheel_move(canvas, camera):
    start, span = camera.view.start, camera.view.span
    wheel(canvas, HEADER_WIDTH + 300, 200, -120, Qt.KeyboardModifier.ShiftModifier)
    assert camera.view.start > start
    assert camera.view.span == pytest.approx(span)


def test_a_drag_moves_the_bases_with_the_pointer(canvas, camera, qtbot):
    base = camera.view.position(400)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(HEADER_WIDTH + 400, 150))
    qtbot.mouseMove(canvas, QPoint(HEADER_WIDTH + 340, 150))
    qtbot.mouseMove(canvas, QPoint(HEADER_WIDTH + 250, 150))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(HEADER_WIDTH + 250, 150))
    assert camera.view.position(250) == pytest.approx(base, abs=1e-6)


def test_a_double_click_zooms_in_at_the_pointer(canvas, camera, qtbot):
    base, span = camera.view.position(200), camera.view.span
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(HEADER_WIDTH + 200, 150))
    assert camera.view.span == pytest.approx(span / 2)
    assert camera.view.position(200) == pytest.approx(base, abs=1e-6)


def test_a_drag_on_the_ruler_shows_that_stretch(canvas, camera, qtbot):
    first, last = camera.view.position(100), camera.view.position(300)
    y = RULER_HEIGHT // 2
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(HEADER_WIDTH + 100, y))
    qtbot.mouseMove(canvas, QPoint(HEADER_WIDTH + 200, y))
    qtbot.mouseMove(canvas, QPoint(HEADER_WIDTH + 300, y))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(HEADER_WIDTH + 300, y))
    assert camera.view.start == math.floor(first)
    assert camera.view.end == pytest.approx(math.ceil(last))


@pytest.mark.parametrize(
    ("key", "moves", "zooms"),
    [
        (Qt.Key.Key_Right, 1, 0), (Qt.Key.Key_D, 1, 0), (Qt.Key.Key_Left, -1, 0), (Qt.Key.Key_A, -1, 0),
        (Qt.Key.Key_Plus, 0, 1), (Qt.Key.Key_Equal, 0, 1), (Qt.Key.Key_W, 0, 1), (Qt.Key.Key_Up, 0, 1),
        (Qt.Key.Key_Minus, 0, -1), (Qt.Key.Key_S, 0, -1), (Qt.Key.Key_Down, 0, -1),
        (Qt.Key.Key_PageDown, 1, 0), (Qt.Key.Key_PageUp, -1, 0),
    ],
)  # fmt: skip
def test_keys_move_and_zoom(canvas, camera, qtbot, key, moves, zooms):
    before = camera.view
    qtbot.keyClick(canvas, key)
    after = camera.view
    if moves:
        assert (after.start - before.start) * moves > 0
        assert after.span == pytest.approx(before.span)
    else:
        assert (before.span - after.span) * zooms > 0


def test_home_and_end_reach_the_ends(canvas, camera, qtbot):
    qtbot.keyClick(canvas, Qt.Key.Key_End)
    assert camera.view.end == pytest.approx(20_000)
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    assert camera.view.start == 0


def test_alt_left_and_right_walk_through_the_history(canvas, camera, qtbot, opened):
    opened.viewer.show(Region("chr2", 10, 500))
    qtbot.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert camera.view.region == Region("chr1", 5000, 6000)
    qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert camera.view.region == Region("chr2", 10, 500)


def test_the_pointer_tells_position_base_and_value(canvas, camera, opened, qtbot):
    opened.viewer.show(Region("chr1", 5000, 5100))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    row = next(row for row in canvas._layout().rows if row.track.kind == "signal")
    heard = []
    canvas.hovered.connect(heard.append)
    base = 5042
    x = HEADER_WIDTH + round(camera.view.x(base) + 2)
    qtbot.mouseMove(canvas, QPoint(x, round(row.top + 20)))
    letter = opened.viewer.model.reference.fetch(Region("chr1", base, base + 1))
    assert (heard[-1].position, heard[-1].base) == ("chr1:5,043", letter)
    assert heard[-1].value == "signal.bw: 42"
    assert opened.statusBar()._position.text() == f"chr1:5,043  {letter}"


def test_a_gene_under_the_pointer_is_named(canvas, camera, opened, qtbot):
    row = next(row for row in canvas._layout().rows if row.track.kind == "features")
    heard = []
    canvas.hovered.connect(heard.append)
    qtbot.mouseMove(canvas, QPoint(HEADER_WIDTH + round(camera.view.x(5200)), round(row.top + 10)))
    assert heard[-1].value == "gene10"
    assert "5,101-5,400" in heard[-1].tip


def test_the_lower_edge_of_a_name_changes_the_height(canvas, opened, qtbot):
    row = next(row for row in canvas._layout().rows if row.track.kind == "signal")
    y = round(row.top + row.height)
    before = row.track.height
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(20, y))
    qtbot.mouseMove(canvas, QPoint(20, y + 10))
    qtbot.mouseMove(canvas, QPoint(20, y + 30))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(20, y + 30))
    assert row.track.height == before + 30


def test_many_tracks_scroll_and_the_ruler_stays(canvas, opened, qtbot, tmp_path):
    for number in range(12):
        opened.viewer.opener.open_track(tmp_path / f"more{number}.bw")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    qtbot.waitUntil(opened._scroll.isVisible)
    top = canvas.grab().toImage().copy(0, 0, canvas.width(), RULER_HEIGHT)
    last = opened._scroll.maximum()
    wheel(canvas, 20, 200, -100_000)
    assert opened._scroll.value() == last
    assert canvas.content_height - canvas.height() == last
    assert canvas.grab().toImage().copy(0, 0, canvas.width(), RULER_HEIGHT) == top


def test_a_click_on_the_overview_goes_there(opened, camera, qtbot):
    overview = opened.overview
    bar = overview._bar_rect()
    qtbot.mouseClick(overview, Qt.MouseButton.LeftButton, pos=QPoint(round(bar.left() + bar.width() / 2), 20))
    middle = (camera.view.start + camera.view.end) / 2
    assert middle == pytest.approx(10_000, rel=0.02)


def test_a_lower_window_gets_a_scroll_bar_with_a_width(opened, qtbot):
    for track in opened.viewer.model.tracks:
        track.height = 180
    opened.resize(1000, 560)
    qtbot.waitUntil(lambda: opened._scroll.isVisible() and opened._scroll.width() > 5)
    assert opened._scroll.geometry().left() >= opened.canvas.geometry().right()


def test_a_click_on_the_ruler_puts_that_base_into_the_middle(canvas, camera, qtbot):
    wanted, span = camera.view.position(300), camera.view.span
    at = QPoint(HEADER_WIDTH + 300, RULER_HEIGHT // 2)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    assert camera.view.position(camera.view.width / 2) == pytest.approx(wanted, abs=1)
    assert camera.view.span == pytest.approx(span)
    # a double click is a click and one more: it zooms in on the base of the first one
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    assert camera.view.position(camera.view.width / 2) == pytest.approx(wanted, abs=1)
    assert camera.view.span == pytest.approx(span / 2)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, pos=at)
    assert camera.view.position(camera.view.width / 2) == pytest.approx(wanted, abs=1)
