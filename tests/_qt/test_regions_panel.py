"""The Regions panel: rows, filter, steps, editing, peaks."""

from __future__ import annotations

import pytest
from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qtpy.QtGui import QDropEvent
from qtpy.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu

from gxview._qt.places.region_model import COLUMNS
from gxview.genome import Region
from gxview.viewer.places.regions import RegionRow

ROWS = [
    RegionRow("chr1", 1000, 1100, name="b", score=2.0, note="odd"),
    RegionRow("chr2", 500, 600, name="a", strand="-"),
    RegionRow("chr1", 7000, 7400, name="c", score=1.0),
]


@pytest.fixture
def panel(opened, qtbot):
    opened.viewer.model.regions.rows = ROWS
    opened.run("panel_regions")
    qtbot.waitUntil(opened.regions_panel.isVisible)
    return opened.regions_panel


@pytest.fixture
def camera(opened):
    return opened.viewer.model.camera


def text(panel, row, column):
    model = panel.view.model()
    return model.data(model.index(row, COLUMNS.index(column)))


def choose(panel, *rows):
    view = panel.view
    view.clearSelection()
    for row in rows:
        view.selectionModel().select(
            view.model().index(row, 0),
            view.selectionModel().SelectionFlag.Select | view.selectionModel().SelectionFlag.Rows,
        )


def type_into(panel, row, column, words, qtbot):
    view = panel.view
    view.setCurrentIndex(view.model().index(row, COLUMNS.index(column)))
    view.edit(view.currentIndex())
    editor = view.indexWidget(view.currentIndex()) or QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    editor.clear()
    qtbot.keyClicks(editor, words)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.state() != view.State.EditingState)


def test_places_are_told_as_people_write_them(panel):
    assert text(panel, 0, "place") == "chr1:1,001-1,100"
    assert [text(panel, 1, column) for column in ("name", "length", "strand", "score")] == ["a", "100", "-", ""]
    assert panel.tabs.tabText(0) == "Regions (3)"


def test_n_and_p_on_the_tracks_step_and_mark_the_row(panel, opened, camera, qtbot):
    opened.canvas.setFocus()
    qtbot.keyClick(opened.canvas, Qt.Key.Key_N)
    assert camera.view.region == Region("chr1", 975, 1125)
    qtbot.keyClick(opened.canvas, Qt.Key.Key_N)
    assert camera.view.region == Region("chr2", 475, 625)
    assert panel.view.currentIndex().row() == 1
    assert panel.view.selected == [1]
    qtbot.keyClick(opened.canvas, Qt.Key.Key_P)
    assert panel.view.currentIndex().row() == 0
    span = camera.view.span
    qtbot.keyClick(opened.canvas, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert camera.view.chrom == "chr2"
    assert camera.view.span == pytest.approx(span)


def test_keys_in_the_table_go_step_and_remove(panel, opened, camera, qtbot):
    view = panel.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(2, 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert camera.view.region == Region("chr1", 6900, 7500)
    assert opened.viewer.model.regions.current == 2
    qtbot.keyClick(view, Qt.Key.Key_N)
    assert opened.viewer.model.regions.current == 0
    choose(panel, 0, 2)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert [row.name for row in opened.viewer.model.regions.rows] == ["a"]
    opened.run("undo")
    assert [row.name for row in opened.viewer.model.regions.rows] == ["b", "a", "c"]


def test_a_double_click_on_the_place_goes_there_and_on_a_note_edits(panel, camera, qtbot):
    view = panel.view
    place = view.visualRect(view.model().index(2, COLUMNS.index("place"))).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert camera.view.region == Region("chr1", 6900, 7500)
    note = view.visualRect(view.model().index(0, COLUMNS.index("note"))).topLeft() + QPoint(8, 8)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=note)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=note)
    assert view.state() == view.State.EditingState


def test_cells_are_edited_and_nonsense_is_refused_in_words(panel, opened, qtbot):
    rows = opened.viewer.model.regions
    type_into(panel, 1, "note", "look again", qtbot)
    type_into(panel, 1, "place", "chr1 5000 6000", qtbot)
    type_into(panel, 1, "score", "1,234.5", qtbot)
    assert rows[1] == RegionRow("chr1", 4999, 6000, "-", "a", 1234.5, "look again")
    type_into(panel, 1, "place", "chr1:9-3", qtbot)
    type_into(panel, 1, "score", "high", qtbot)
    type_into(panel, 1, "strand", "up", qtbot)
    assert rows[1] == RegionRow("chr1", 4999, 6000, "-", "a", 1234.5, "look again")
    assert len(opened.viewer.notices.errors()) == 3


def test_a_click_on_a_title_sorts_and_another_one_turns_the_order(panel, opened):
    names = lambda: "".join(row.name for row in opened.viewer.model.regions.rows)  # noqa: E731
    header = panel.view.horizontalHeader()
    header.sectionClicked.emit(COLUMNS.index("name"))
    assert names() == "abc"
    header.sectionClicked.emit(COLUMNS.index("name"))
    assert names() == "cba"
    header.sectionClicked.emit(COLUMNS.index("place"))
    assert names() == "bca"


def test_the_filter_hides_rows_and_tells_how_many_show(panel, qtbot):
    qtbot.keyClicks(panel.filter_box, "chr1")
    assert panel.view.model().rowCount() == 2
    assert panel._count.text() == "2 of 3"
    choose(panel, 1)
    assert panel.view.selected == [2]
    panel.filter_box.clear()
    assert panel.view.model().rowCount() == 3


def test_selected_rows_open_side_by_side_from_the_menu(panel, opened, qtbot):
    choose(panel, 0, 1)
    panel.view.customContextMenuRequested.emit(QPoint(5, 5))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "Open side by side").trigger()
    menu.close()
    assert [view.chrom for view in opened.viewer.model.loci.views] == ["chr1", "chr2"]


def test_the_visible_region_is_added_and_the_panel_opens(opened, qtbot):
    opened.viewer.show(Region("chr2", 100, 300))
    qtbot.keyClick(opened, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert [row.region for row in opened.viewer.model.regions.rows] == [Region("chr2", 100, 300)]
    assert opened.regions_panel.isVisible()


def test_files_come_in_and_go_out(panel, opened, qtbot, tmp_path, monkeypatch):
    (tmp_path / "in.bed").write_text("chr1\t5\t9\tnew\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(tmp_path / "in.bed"), ""))
    opened.run("open_regions")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert text(panel, 3, "name") == "new"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "out"), "BED (*.bed)"))
    opened.run("save_regions")
    assert (tmp_path / "out.bed").read_text().splitlines()[3] == "chr1\t5\t9\tnew\t.\t."


def test_a_dropped_file_adds_its_regions(panel, opened, qtbot, tmp_path):
    (tmp_path / "in.bed").write_text("chr1\t5\t9\tdropped\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "in.bed"))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    panel.dropEvent(QDropEvent(QPointF(9, 9), copy, data, Qt.MouseButton.LeftButton, none))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert opened.viewer.model.regions[-1].name == "dropped"


def test_peaks_are_found_and_stepped_through(opened, qtbot):
    opened.run("find_peaks")
    panel = opened.regions_panel
    qtbot.waitUntil(panel.form.isVisible)
    form = panel.form
    assert form.track_box.currentText() == "signal.bw"
    form.over_box.setCurrentIndex(form.over_box.findData("chromosome"))
    form.rank_box.setCurrentIndex(form.rank_box.findData("maximum"))
    form.width_box.setValue(50)
    qtbot.mouseClick(form.find_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert panel.tabs.tabText(1) == "Peaks (100)"
    assert text(panel, 0, "score") == "99"
    opened.canvas.setFocus()
    qtbot.keyClick(opened.canvas, Qt.Key.Key_N)
    assert opened.viewer.model.camera.view.region.length < 200
    panel.tabs.setCurrentIndex(0)
    assert opened.viewer.navigator.active == "regions"
    assert not form.isVisible()


def test_a_disagreement_asks_for_a_second_track(opened, qtbot):
    opened.run("find_peaks")
    form = opened.regions_panel.form
    qtbot.waitUntil(form.isVisible)
    assert not form.second_box.isVisible()
    form.rank_box.setCurrentIndex(form.rank_box.findData("disagreement"))
    assert form.second_box.isVisible()


def test_a_hundred_thousand_rows_need_no_widget_each(panel, opened, qtbot):
    before = len(panel.findChildren(QLineEdit))
    opened.viewer.model.regions.rows = [RegionRow("chr1", k % 19_000, k % 19_000 + 5) for k in range(100_000)]
    assert panel.view.model().rowCount() == 100_000
    opened.viewer.navigator.step(-1)
    assert panel.view.currentIndex().row() == 99_999
    opened.canvas.grab()
    opened.overview.grab()
    assert len(panel.findChildren(QLineEdit)) == before
