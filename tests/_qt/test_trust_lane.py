"""The trust lane and controls in the window: what is drawn, what the pointer is told, which keys do it."""

from __future__ import annotations

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QColor, QImage, QPainter
from qtpy.QtWidgets import QMenu

from gxview._qt.drawing.hover import describe
from gxview._qt.drawing.layout import lay_out
from gxview._qt.painters.trust import CellLook, Strip, paint_trust
from gxview._qt.rows import paint_row
from gxview._qt.rows.scales import scale_of
from gxview._qt.rows.trust import explained_part, lane_rect, titles
from gxview._qt.settings.preferences_dialog import PreferencesDialog
from gxview.genome import Region
from gxview.viewer.tracks.kinds import LANE_HEIGHT


@pytest.fixture
def explained(opened, qtbot):
    opened.viewer.explanations.add("fake-bert")
    opened.viewer.show(Region("chr1", 1024, 1536))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    return opened


def track_of(window):
    return window.viewer.model.tracks.relevance()[0]


def press(window, qtbot, key):
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, key)
    qtbot.waitUntil(lambda: window.viewer.is_idle)


def row_of(window, track):
    return next(row for row in lay_out(window.viewer.model.tracks, window.canvas.width()).rows if row.track is track)


def picture(window, track):
    """Draw the row of a track; return the picture and the row."""
    row = row_of(window, track)
    image = QImage(window.canvas.width(), round(row.top + row.height), QImage.Format.Format_RGB32)
    image.fill(QColor(window.canvas.scene.style.theme.canvas))
    painter = QPainter(image)
    paint_row(painter, row, window.canvas.scene, False)
    painter.end()
    return image, row


def colors(image, rect):
    return {
        image.pixelColor(x, y).name()
        for x in range(round(rect.left()), round(rect.right()))
        for y in range(round(rect.top()), round(rect.bottom()))
    }


def test_the_key_shows_and_hides_the_lane(explained, qtbot):
    track = track_of(explained)
    height = row_of(explained, track).height
    press(explained, qtbot, Qt.Key.Key_T)
    assert track.trust
    assert row_of(explained, track).height == height + LANE_HEIGHT
    press(explained, qtbot, Qt.Key.Key_T)
    assert not track.trust


def test_the_controls_of_the_track_have_the_switch(explained, qtbot):
    explained.viewer.model.tracks.selected = track_of(explained)
    controls = explained.track_panel.controls
    switch = next(
        control for section in controls._sections for known, control in section._controls if known.field == "trust"
    )
    switch.click()
    assert track_of(explained).trust
    qtbot.waitUntil(lambda: explained.viewer.is_idle)


def test_a_failing_window_shows_its_colour_and_the_count(explained, qtbot):
    track = track_of(explained)
    image, row = picture(explained, track)
    error = explained.canvas.scene.style.theme.error
    assert error not in colors(image, row.data_rect)
    press(explained, qtbot, Qt.Key.Key_T)
    image, row = picture(explained, track)
    assert error in colors(image, lane_rect(row))
    assert titles(track, explained.canvas.scene)[0][0] == "Trust: 2 of 8 fail"
    explained.viewer.model.settings.trust_shift = 0.0
    image, row = picture(explained, track)
    assert error not in colors(image, lane_rect(row))
    assert titles(track, explained.canvas.scene) == (
        ("Trust: 0 of 8 fail", *titles(track, explained.canvas.scene)[0][1:]),
        False,
    )


def test_the_explanation_is_drawn_as_without_the_lane(explained, qtbot):
    track = track_of(explained)
    image, row = picture(explained, track)
    rect = row.data_rect.toRect()
    plain = image.copy(rect)
    press(explained, qtbot, Qt.Key.Key_T)
    image, row = picture(explained, track)
    assert explained_part(row).data_rect.toRect() == rect
    assert image.copy(rect) == plain


@pytest.mark.parametrize("width", [400, 9])
def test_what_fails_is_told_by_shape_too(explained, width):
    """In grey, a failing cell still differs from one that holds: by its cross, or by its height."""
    scene = explained.canvas.scene
    pictures = []
    for verdict in ("holds", "fails"):
        cells = (CellLook(verdict, ("0.5",)), CellLook(verdict, ("0.5",)))
        image = QImage(width + 20, 24, QImage.Format.Format_RGB32)
        image.fill(QColor(scene.style.theme.canvas))
        painter = QPainter(image)
        view = type(scene.view).of("chr1", 0, 100, width)
        paint_trust(painter, image.rect().toRectF(), view, [Strip(0, 100, cells)], scene.style)
        painter.end()
        # every colour but the ground becomes the same
        ground = QColor(scene.style.theme.canvas).name()
        rows = [[image.pixelColor(x, y).name() != ground for x in range(width)] for y in range(24)]
        bright = [[image.pixelColor(x, y).lightness() > 150 for x in range(width)] for y in range(24)]
        pictures.append((rows, bright))
    assert pictures[0] != pictures[1]


def test_the_pointer_is_told_what_a_cell_means(explained, qtbot):
    press(explained, qtbot, Qt.Key.Key_T)
    track, scene = track_of(explained), explained.canvas.scene
    row = row_of(explained, track)
    step = lane_rect(row).height() / 6

    def under(line):
        return describe(scene, track, 1030, row, lane_rect(row).top() + (line + 0.5) * step)

    assert under(0).value == "Window chr1:993-1,120 fails"
    assert "\N{MULTIPLICATION X} Shifted window: 0.10" in under(0).tip
    assert "Deletion vs. random: +1.50" in under(0).tip
    shift = under(3)
    assert shift.value.endswith("Shifted window: 0.10")
    for words in ("Words about it.", "Fails: it lies below 0.3", "continuous Jaccard"):
        assert words in shift.tip.replace("\n", " ")
    assert "No number: there is no other." in under(5).tip
    assert max(map(len, shift.tip.splitlines())) <= 72
    assert describe(scene, track, 1030, row, row.top + 20).value.startswith("fake-bert relevance")


def test_a_lane_that_is_too_wide_says_so(explained, qtbot):
    press(explained, qtbot, Qt.Key.Key_T)
    track = track_of(explained)
    explained.viewer.trust._evaluations._times[explained.viewer.trust.number(track)].extend([60.0] * 20)
    explained.viewer.show(Region("chr1", 0, 8_000))
    qtbot.waitUntil(lambda: explained.viewer.is_idle)
    image, row = picture(explained, track)
    assert len(colors(image, lane_rect(row))) > 2  # words


def test_one_key_shows_and_removes_pale_controls_on_the_same_scale(explained, qtbot):
    track = track_of(explained)
    press(explained, qtbot, Qt.Key.Key_C)
    shuffled, _, reverse = explained.viewer.controls.of(track)
    scene = explained.canvas.scene
    assert scale_of(shuffled, scene) == scale_of(track, scene) == scale_of(reverse, scene)
    explained.viewer.show(Region("chr1", 1024, 1064))
    qtbot.waitUntil(lambda: explained.viewer.is_idle)
    bases = set(explained.canvas.scene.style.theme.bases[:4])
    full, pale, other = (colors(*cut(explained, one)) for one in (track, reverse, shuffled))
    assert bases <= full
    assert not bases & pale
    faded = {color.name() for color in explained.canvas.scene.style.bases(0.45)[:4]}
    assert faded <= pale
    # where other letters were read than those of the reference none are drawn
    assert not faded & other
    # a scale that is set for a control is that of the explanation
    explained.viewer.model.tracks.selected = reverse
    controls = explained.track_panel.controls
    [section] = controls._sections
    known = next(known for known, _ in section._controls if known.kind == "scale")
    controls._apply([reverse], known, {"mode": "symmetric"})
    assert track.scale.mode == "symmetric"
    assert scale_of(reverse, explained.canvas.scene) == scale_of(track, explained.canvas.scene)
    press(explained, qtbot, Qt.Key.Key_C)
    assert explained.viewer.model.tracks.relevance() == [track]


def cut(window, track):
    image, row = picture(window, track)
    return image, row.data_rect


def test_the_menu_shows_what_is_on(explained, qtbot):
    def checked():
        menu = next(one for one in explained.menuBar().findChildren(QMenu) if one.title() == "E&xplain")
        menu.aboutToShow.emit()
        return [action.text() for action in menu.actions() if action.isChecked()]

    assert checked() == ["Explain while browsing"]
    explained.run("control_reverse")
    explained.run("trust_lane")
    assert checked() == ["Explain while browsing", "Trust lane", "Controls", "Control: reverse strand"]
    qtbot.waitUntil(lambda: explained.viewer.is_idle)


def test_the_thresholds_stand_in_the_preferences(explained, qtbot):
    dialog = PreferencesDialog(explained.viewer.model)
    qtbot.addWidget(dialog)
    form = next(form for form in dialog.forms if "trust_shift" in form.controls)
    assert form.controls["trust_strand"].text() == "No threshold"
    form.controls["trust_strand"].setValue(0.25)
    assert explained.viewer.model.settings.trust_strand == 0.25
    assert form.controls["trust_shift"].text() == "0.30"


def test_the_lane_is_there_under_a_resting_pointer(explained, qtbot):
    press(explained, qtbot, Qt.Key.Key_T)
    heard = []
    explained.canvas.hovered.connect(lambda hover: heard.append(hover.value))
    row = row_of(explained, track_of(explained))
    y = round(lane_rect(row).top() + 5) - explained.canvas._offset
    qtbot.mouseMove(explained.canvas, QPoint(round(row.data_rect.left()) + 10, y))
    assert heard[-1].startswith("Window chr1:")
