"""Places side by side, held keys, rubber-bands: mouse and keys on the tracks."""

from __future__ import annotations

import itertools
from math import ceil, floor

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QPoint, Qt
from qtpy.QtGui import QFocusEvent, QImage, QKeyEvent
from qtpy.QtWidgets import QApplication

from gxview._qt.drawing.layout import BETWEEN, HEADER_WIDTH, TITLE_HEIGHT, columns, frame_height
from gxview._qt.drawing.picture import save_picture
from gxview._qt.painters import RULER_HEIGHT
from gxview._qt.painters.places import joined
from gxview._qt.rows.scales import scale_of
from gxview.genome import BareGenome, Region
from gxview.viewer.places.regions import RegionRow
from tests._qt.test_canvas import wheel

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def canvas(opened, qtbot):
    opened.viewer.show_side_by_side([Region("chr1", 5000, 6000), Region("chr2", 100, 400)])
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    opened.canvas.setFocus()
    return opened.canvas


@pytest.fixture
def loci(opened):
    return opened.viewer.model.loci


def pixels(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits().asstring(image.sizeInBytes()), np.uint32)
    return data.reshape(image.height(), image.width())


def press(canvas, key, repeat=False, kind=QEvent.Type.KeyPress, modifiers=Qt.KeyboardModifier.NoModifier, text=""):
    QApplication.sendEvent(canvas, QKeyEvent(kind, key, modifiers, text, repeat))


def release(canvas, key, repeat=False):
    press(canvas, key, repeat, QEvent.Type.KeyRelease)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("width", [500, 877, 1600])
def test_columns_fill_the_room_beside_the_headers(width, count):
    parts = columns(width, count)
    assert parts[0].left == HEADER_WIDTH
    assert parts[-1].right == width
    assert all(right.left - left.right == BETWEEN for left, right in itertools.pairwise(parts))
    assert max(part.width for part in parts) - min(part.width for part in parts) <= 1


def test_each_place_gets_its_column_and_shows_its_bases(canvas, loci):
    assert [place.column.width for place in canvas.places] == [view.width for view in loci.views]
    assert [view.region for view in loci.views] == [Region("chr1", 5000, 6000), Region("chr2", 100, 400)]
    assert canvas.content_height > frame_height(2) == RULER_HEIGHT + TITLE_HEIGHT


def test_every_column_is_painted_and_a_gap_parts_them(canvas):
    image = pixels(canvas)
    first, second = (place.column for place in canvas.places)
    below = slice(frame_height(2), None)
    for column in (first, second):
        assert len(np.unique(image[below, column.left : column.right])) > 5
    gap = image[below, first.right + 1 : second.left - 1]
    assert len(np.unique(gap)) == 1


def test_the_wheel_acts_on_the_place_under_the_pointer(canvas, loci):
    before = [view.span for view in loci.views]
    second = canvas.places[1]
    base = second.camera.view.position(50)
    wheel(canvas, second.column.left + 50, 200, 240)
    assert loci.views[0].span == before[0]
    assert loci.views[1].span < before[1]
    assert second.camera.view.position(50) == pytest.approx(base)


def test_a_click_makes_a_place_active_and_keys_move_it(canvas, loci, opened, qtbot):
    second = canvas.places[1]
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(second.column.left + 60, 300))
    assert loci.active is second.camera
    assert opened.locus_box.text() == "chr2:101-400"
    before = [view.start for view in loci.views]
    qtbot.keyClick(canvas, Qt.Key.Key_PageDown)
    assert loci.views[0].start == before[0]
    assert loci.views[1].start > before[1]


def test_a_drag_keeps_to_the_place_where_it_began(canvas, loci, qtbot):
    first, second = canvas.places
    base, other = first.camera.view.position(200), second.camera.view
    at = QPoint(first.column.left + 200, 250)
    qtbot.mousePress(canvas, LEFT, pos=at)
    qtbot.mouseMove(canvas, QPoint(first.column.left + 210, 250))
    qtbot.mouseMove(canvas, QPoint(second.column.left + 40, 250))
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(second.column.left + 40, 250))
    x = second.column.left + 40 - first.column.left
    assert first.camera.view.position(x) == pytest.approx(base, abs=1e-6)
    assert second.camera.view == other


def test_the_cross_closes_a_place_and_the_last_one_stays(canvas, loci, qtbot):
    keep = loci.cameras[0]
    cross = canvas.places[1].column.close_rect.center().toPoint()
    qtbot.mouseClick(canvas, LEFT, pos=cross)
    assert loci.cameras == (keep,)
    assert keep.view.width == canvas.width() - HEADER_WIDTH
    assert keep.view.region == Region("chr1", 5000, 6000)
    qtbot.mouseClick(canvas, LEFT, pos=canvas.places[0].column.close_rect.center().toPoint())
    assert len(loci) == 1


def test_a_double_click_on_a_title_leaves_only_that_place(canvas, loci, qtbot):
    keep = canvas.places[1]
    before = keep.camera.view.region
    qtbot.mouseDClick(canvas, LEFT, pos=QPoint(keep.column.left + 40, TITLE_HEIGHT // 2))
    assert loci.cameras == (keep.camera,)
    assert keep.camera.view.region == before


def test_places_are_added_up_to_four_turned_to_and_closed_by_keys(canvas, loci, opened, qtbot):
    for _ in range(3):
        opened.run("add_place")
    assert len(loci) == 4
    assert "At most 4" in opened.viewer.notices.history[-1].text
    active = loci.cameras.index(loci.active)
    opened.run("next_place")
    assert loci.cameras.index(loci.active) == (active + 1) % 4
    keep = loci.active
    opened.run("close_place")
    assert keep not in loci.cameras
    keep = loci.active
    opened.run("only_place")
    assert loci.cameras == (keep,)


def test_two_equal_places_show_which_one_is_active(canvas, loci, opened):
    opened.run("only_place")
    opened.run("add_place")
    assert loci.views[0].region == loci.views[1].region
    image = pixels(canvas)
    accent = int(opened._style.color("accent").rgb())
    marked = [int((image[0, p.column.left : p.column.right] == accent).sum()) > 20 for p in canvas.places]
    assert marked == [False, True]


def test_tracks_have_one_scale_over_all_places(canvas, loci, opened, qtbot):
    # the fake signal has the value position % 100
    opened.viewer.show_side_by_side([Region("chr1", 5000, 5010), Region("chr1", 5080, 5100)])
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    track = next(track for track in opened.viewer.model.tracks if track.kind == "signal")
    scale = scale_of(track, canvas.scene)
    assert scale.low == 0
    assert scale.high >= 99


def test_a_new_genome_closes_the_other_places(canvas, loci, opened, qtbot, genome):
    opened.viewer.opener.open_genome(genome)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert len(loci) == 1


def test_the_exported_picture_shows_all_places(canvas, opened, tmp_path):
    save_picture(tmp_path / "two.svg", canvas.width(), canvas.scene)
    text = (tmp_path / "two.svg").read_text()
    assert "chr1:5,001-6,000" in text
    assert "chr2:101-400" in text


def test_the_pointer_tells_the_bases_of_the_place_under_it(canvas, loci, qtbot):
    heard = []
    canvas.hovered.connect(heard.append)
    second = canvas.places[1]
    x = second.column.left + ceil(second.camera.view.x(250))
    qtbot.mouseMove(canvas, QPoint(x, 200))
    assert heard[-1].position == "chr2:251"
    qtbot.mouseMove(canvas, QPoint(second.column.left - 3, 200))
    assert heard[-1].position == ""


def test_shift_and_drag_add_the_stretch_to_the_regions(canvas, opened, qtbot):
    second = canvas.places[1]
    view, edge = second.camera.view, second.column.left
    left, right = edge + ceil(view.x(150)), edge + floor(view.x(200))
    qtbot.mousePress(canvas, LEFT, SHIFT, QPoint(left, 300))
    qtbot.mouseMove(canvas, QPoint(left + 30, 300))
    qtbot.mouseMove(canvas, QPoint(right, 300))
    qtbot.mouseRelease(canvas, LEFT, SHIFT, QPoint(right, 300))
    assert [row.region for row in opened.viewer.model.regions.rows] == [Region("chr2", 150, 200)]


def test_escape_ends_a_rubber_band_without_zooming(canvas, loci, qtbot):
    before = loci.views[0]
    y = TITLE_HEIGHT + RULER_HEIGHT // 2
    qtbot.mousePress(canvas, LEFT, pos=QPoint(HEADER_WIDTH + 50, y))
    qtbot.mouseMove(canvas, QPoint(HEADER_WIDTH + 150, y))
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(HEADER_WIDTH + 150, y))
    assert loci.views[0] == before


def test_regions_are_shaded_in_their_own_colour_under_the_data(opened, qtbot):
    viewer, canvas = opened.viewer, opened.canvas
    viewer.show(Region("chr1", 5000, 6000))
    qtbot.waitUntil(lambda: viewer.is_idle)
    before = pixels(canvas)
    viewer.model.regions.rows = [RegionRow("chr1", 5250, 5500)]
    after = pixels(canvas)
    changed = np.flatnonzero((before != after)[-20:].any(axis=0))
    view = viewer.model.camera.view
    assert changed[0] == pytest.approx(HEADER_WIDTH + view.x(5250), abs=1)
    assert changed[-1] == pytest.approx(HEADER_WIDTH + view.x(5500), abs=1)
    assert (before[:, :HEADER_WIDTH] == after[:, :HEADER_WIDTH]).all()


@pytest.mark.parametrize("start", [0, 33_554_433, 239_999_900])
def test_bands_and_pointer_are_exact_to_the_base_up_to_the_end_of_a_long_chromosome(window, qtbot, tmp_path, start):
    viewer, canvas = window.viewer, window.canvas
    viewer.model.reference = BareGenome(tmp_path / "long.bed", {"long": 240_000_000})
    viewer.show_side_by_side([Region("long", start, start + 100), Region("long", start + 40, start + 60)])
    before = pixels(canvas)
    viewer.model.regions.rows = [RegionRow("long", start + 50, start + 53)]
    changed = np.flatnonzero((before != pixels(canvas))[-20:].any(axis=0))
    heard = []
    canvas.hovered.connect(heard.append)
    for place, first in zip(canvas.places, (0, 40), strict=True):
        base = place.column.width / (100 if first == 0 else 20)
        here = changed[(changed >= place.column.left) & (changed < place.column.right)]
        assert here[0] == pytest.approx(place.column.left + (50 - first) * base, abs=1)
        assert here[-1] == pytest.approx(place.column.left + (53 - first) * base, abs=1)
        qtbot.mouseMove(canvas, QPoint(round(place.column.left + (51.5 - first) * base), 300))
        assert heard[-1].position == f"long:{start + 52:,}"


@pytest.mark.parametrize("seed", range(5))
def test_joined_spans_cover_the_same_pixels(seed):
    rng = np.random.default_rng(seed)
    left = np.sort(rng.integers(0, 200, 40)).astype(float)
    right = left + rng.integers(1, 12, 40)
    first, last = joined(left, right)
    covered = {x for a, b in zip(left, right, strict=True) for x in range(int(a), int(b))}
    assert covered == {x for a, b in zip(first, last, strict=True) for x in range(int(a), int(b))}
    assert (first[1:] > last[:-1]).all()


def test_a_held_key_moves_until_it_is_let_go_whatever_repeats(canvas, loci, qtbot):
    starts = [loci.active.view.start]
    press(canvas, Qt.Key.Key_D)
    loci.active.changed.connect(lambda view: starts.append(view.start))
    for _ in range(4):
        press(canvas, Qt.Key.Key_D, repeat=True)
        release(canvas, Qt.Key.Key_D, repeat=True)
    qtbot.waitUntil(lambda: len(starts) > 12)
    assert (np.diff(starts) > 0).all()
    assert canvas._held.is_moving
    release(canvas, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: not canvas._held.is_moving)
    still = loci.active.view
    QApplication.processEvents()
    assert loci.active.view == still


def test_held_keys_stand_still_when_the_focus_goes(canvas, loci):
    press(canvas, Qt.Key.Key_Right)
    press(canvas, Qt.Key.Key_W)
    assert canvas._held.is_moving
    QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusOut))
    assert not canvas._held.is_moving
    still = loci.active.view
    release(canvas, Qt.Key.Key_Right)
    assert loci.active.view == still


def test_a_plus_that_needs_shift_and_the_arrows_of_a_keypad_are_held_too(canvas, loci):
    span = loci.active.view.span
    press(canvas, Qt.Key.Key_Plus, modifiers=SHIFT, text="+")
    assert loci.active.view.span < span
    release(canvas, Qt.Key.Key_Plus)
    canvas._held.stop()
    start = loci.active.view.start
    press(canvas, Qt.Key.Key_Left, modifiers=SHIFT)  # one screen, no motion
    assert not canvas._held.is_moving
    press(canvas, Qt.Key.Key_Left, modifiers=Qt.KeyboardModifier.KeypadModifier)
    assert canvas._held.is_moving
    assert loci.active.view.start < start
    release(canvas, Qt.Key.Key_Left)


def test_held_keys_follow_changed_shortcuts(canvas, loci):
    action = next(action for action in canvas.actions() if action.objectName() == "gxview.right")
    action.setShortcut("L")
    start = loci.active.view.start
    press(canvas, Qt.Key.Key_D)
    assert loci.active.view.start == start
    press(canvas, Qt.Key.Key_L)
    assert loci.active.view.start > start
    release(canvas, Qt.Key.Key_L)


def test_the_settings_swap_wheel_and_control_wheel(canvas, opened, loci):
    opened.viewer.model.settings.wheel = "scroll"
    scrolled = []
    canvas.scrolled.connect(scrolled.append)
    before = loci.views[0].span
    x = canvas.places[0].column.left + 40
    wheel(canvas, x, 200, -120)
    assert scrolled == [60]
    assert loci.views[0].span == before
    wheel(canvas, x, 200, 120, Qt.KeyboardModifier.ControlModifier)
    assert loci.views[0].span < before
