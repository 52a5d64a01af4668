from __future__ import annotations

import threading

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication, QImage
from qtpy.QtWidgets import QFileDialog

from gxview._qt.facade import WindowViewer
from gxview._qt.figures.dialog import FigureDialog
from gxview._qt.figures.write import figure_svg
from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.places.regions import RegionRow


@pytest.fixture
def dialog(opened, qtbot):
    opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    opened.run("figure")
    (dialog,) = opened.findChildren(FigureDialog)
    qtbot.waitUntil(dialog.export_button.isEnabled)
    yield dialog
    for left in opened.findChildren(FigureDialog):
        left.close()


def form_of(dialog, field):
    return next(form.controls[field] for form in dialog.forms if field in form.controls)


def test_without_data_the_dialog_stays_away(window):
    window.run("figure")
    assert not window.findChildren(FigureDialog)
    assert "first" in window.viewer.notices.history[-1].text


def test_the_preview_is_the_page_in_millimetres(dialog, qtbot):
    form_of(dialog, "width_mm").setValue(120)
    form_of(dialog, "height_mm").setValue(100)
    assert dialog.options.width_mm == 120
    dialog.preview.set_zoom(1.0)
    per_mm = dialog.logicalDpiX() / 25.4
    page = dialog.preview.page
    assert page.width() - 32 == round(120 * per_mm)
    assert page.height() - 32 == round(100 * per_mm)
    assert "120.0 x 100.0 mm" in dialog._size.text()
    assert f"{round(120 / 25.4 * 300):,} x {round(100 / 25.4 * 300):,}" in dialog._size.text()


def test_the_preview_looks_like_the_file(dialog, tmp_path):
    dialog.preview.set_zoom(2.0)
    seen = dialog.preview.page.grab().toImage()
    dialog.export(tmp_path / "f.png")
    page = seen.copy(16, 16, seen.width() - 32, seen.height() - 32)
    size = page.size() / 8
    small = [
        image.scaled(size, transformMode=Qt.TransformationMode.SmoothTransformation)
        for image in (page, QImage(str(tmp_path / "f.png")))
    ]
    apart = [
        abs(small[0].pixelColor(x, y).lightness() - small[1].pixelColor(x, y).lightness())
        for x in range(size.width())
        for y in range(size.height())
    ]
    assert sum(apart) / len(apart) < 4
    assert sum(value > 80 for value in apart) < 0.01 * len(apart)


def test_presets_and_tracks_change_the_figure(dialog):
    dialog._preset.setCurrentIndex(1)
    dialog._preset.activated.emit(1)
    assert dialog.options.width_mm == 85
    first, second = list(dialog.tracks.checks)[:2]
    dialog.tracks.checks[first].click()
    assert first not in dialog.options.tracks
    dialog.tracks.heights[second].setValue(20)
    assert dialog.options.heights_mm == {second: 20}
    assert dialog._figure.sheet.tracks[0].id == second
    assert dialog._figure.sheet.heights[0] * dialog._figure.sheet.millimetres == pytest.approx(20)


def test_a_figure_that_is_too_small_says_so_and_cannot_be_written(dialog):
    form_of(dialog, "height_mm").setValue(10)
    assert "too low" in dialog.preview.page.text
    dialog.preview.page.grab()
    assert not dialog.export_button.isEnabled()
    form_of(dialog, "height_mm").setValue(form_of(dialog, "height_mm").minimum())
    assert dialog.options.height_mm is None
    assert dialog.export_button.isEnabled()


def test_an_export_is_written_and_the_choices_are_remembered(dialog, opened, tmp_path, monkeypatch, qtbot):
    form_of(dialog, "width_mm").setValue(85)
    form_of(dialog, "title").setText("My figure")
    form_of(dialog, "title").editingFinished.emit()
    next(iter(dialog.tracks.checks.values())).click()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), "PDF document (*.pdf)"))
    qtbot.waitUntil(dialog.export_button.isEnabled)
    with qtbot.waitSignal(dialog.finished):
        dialog.export_button.click()
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")
    kept = opened.viewer.model.settings.figure
    assert (kept.width_mm, kept.title, kept.tracks) == (85, "", None)


def test_a_failed_export_keeps_the_dialog(dialog, opened, tmp_path):
    dialog.export(tmp_path / "missing" / "f.svg")
    assert "cannot be written" in dialog.state.text()
    assert dialog.isVisible()


def test_the_image_is_copied_with_its_pixels(dialog):
    dialog.copy_image()
    image = QGuiApplication.clipboard().image()
    assert image.width() == round(180 / 25.4 * 300)


def test_every_region_of_the_table_becomes_a_file(dialog, opened, qtbot, tmp_path):
    assert not dialog.batch_button.isEnabled()
    opened.viewer.model.regions.add([RegionRow("chr1", 100, 200, "+", "a"), RegionRow("chr2", 5, 90, "-", "b")])
    dialog._show_state()
    assert "(2)" in dialog.batch_button.text()
    view = opened.viewer.model.camera.view
    dialog.export_regions(tmp_path / "{n}_{name}.svg")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert sorted(path.name for path in tmp_path.glob("*.svg")) == ["1_a.svg", "2_b.svg"]
    assert opened.viewer.model.camera.view == view


def test_genes_are_drawn_as_in_the_window_and_not_counted(opened, qtbot):
    opened.viewer.show(Region("chr1", 0, 2000))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    dialog = FigureDialog(opened.viewer, opened)
    qtbot.waitUntil(dialog.export_button.isEnabled)
    svg = figure_svg(dialog._figure, dialog.options)
    assert b"gene0" in svg
    assert b"density" not in svg
    dialog.close()


def test_a_script_writes_the_same_figure(opened, tmp_path):
    viewer = WindowViewer(opened)
    before = opened.viewer.model.camera.view
    assert viewer.figure(tmp_path / "f.svg", width_mm=85, title="By hand") == []
    assert 'width="85.0000mm"' in (tmp_path / "f.svg").read_text()
    assert opened.viewer.model.camera.view == before
    for options, told in (({"width": 3}, "width"), ({"dpi": 1}, "dpi"), ({"height_mm": 5}, "too low")):
        with pytest.raises(GxviewError, match=told):
            viewer.figure(tmp_path / "g.svg", **options)
    assert not (tmp_path / "g.svg").exists()


def test_closing_the_window_ends_a_batch_and_leaves_whole_files(dialog, opened, qtbot, engine, tmp_path):
    opened.viewer.model.regions.add([RegionRow("chr1", 12_000 + k, 12_500 + k) for k in range(0, 5000, 700)])
    engine.gate = threading.Event()
    dialog.export_regions(tmp_path / "{n}.png")
    qtbot.waitUntil(lambda: bool(opened.viewer.jobs.active))
    opened.close()
    assert opened.closed_in_time
    assert not list(tmp_path.glob(".*"))
    for path in tmp_path.glob("*.png"):
        assert not QImage(str(path)).isNull()
