"""The bar above the tracks: locus box, history, chromosomes; and the overview."""

from __future__ import annotations

import pytest
from qtpy.QtCore import QPoint, Qt

from gxview.genome import Region


@pytest.fixture
def bar(opened):
    return opened.navigation


@pytest.fixture
def model(opened):
    return opened.viewer.model


def show(opened, *texts):
    for text in texts:
        opened.viewer.show(Region.parse(text))


def history(bar):
    bar.history_menu.aboutToShow.emit()
    return bar.history_menu.actions()


def test_several_places_open_side_by_side_from_the_box(opened, model, qtbot):
    opened.run("locus")
    opened.locus_box.clear()
    qtbot.keyClicks(opened.locus_box, "gene1 vs chr2:100-200")
    opened.locus_box.hide_suggestions()
    qtbot.keyClick(opened.locus_box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert [view.region for view in model.loci.views] == [Region("chr1", 550, 950), Region("chr2", 99, 200)]
    assert opened.locus_box.text() == "chr1:551-950"
    assert opened.canvas.hasFocus()


def test_the_last_of_several_places_is_completed_and_typing_goes_on(opened, model, qtbot):
    opened.run("locus")
    box = opened.locus_box
    box.clear()
    qtbot.keyClicks(box, "chr2 ; gene12")
    qtbot.waitUntil(lambda: bool(box.suggestions) and box.suggestions[0].label == "gene12")
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.text() == "chr2 ; chr1:6,051-6,450"
    assert box.hasFocus()
    assert len(model.loci) == 1
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert [view.region for view in model.loci.views] == [Region("chr2", 0, 3000), Region("chr1", 6050, 6450)]


def test_the_history_menu_lists_places_and_goes_there(opened, bar, model):
    show(opened, "chr1:1,001-1,500", "chr2:101-900", "chr1:9,001-9,900")
    model.camera.back()
    texts = [action.text() for action in history(bar)]
    assert texts[:3] == ["chr1:9,001-9,900", "chr2:101-900", "chr1:1,001-1,500"]
    assert [action.isChecked() for action in history(bar)][:3] == [False, True, False]
    history(bar)[2].trigger()
    assert model.camera.view.region == Region("chr1", 1000, 1500)
    assert len(model.camera.future) == 2
    history(bar)[0].trigger()
    assert model.camera.view.region == Region("chr1", 9000, 9900)
    assert not model.camera.can_go_forward
    assert not bar.forward_button.isEnabled()
    assert bar.back_button.isEnabled()


def test_each_place_has_its_own_history(opened, bar, model):
    show(opened, "chr1:1,001-1,500")
    opened.run("add_place")
    assert not model.camera.can_go_back or model.camera.past[-1].region != Region("chr1", 1000, 1500)
    show(opened, "chr2:101-900")
    model.loci.activate(model.loci.cameras[0])
    assert opened.locus_box.text() == "chr1:1,001-1,500"
    assert bar.chromosomes.text().startswith("chr1")


def test_a_chromosome_is_chosen_by_typing(opened, bar, model, qtbot):
    qtbot.keyClick(opened, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    popup = bar.chromosomes.popup
    qtbot.waitUntil(popup.isVisible)
    assert popup.list.currentIndex().data() == "chr1"
    qtbot.keyClick(popup.box, Qt.Key.Key_Down)
    assert popup.list.currentIndex().data() == "chr2"
    qtbot.keyClicks(popup.box, "TIN")
    assert popup.lines.rowCount() == 1
    qtbot.keyClick(popup.box, Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert model.camera.view.region == Region("tiny", 0, 5)
    assert bar.chromosomes.text().startswith("tiny")


def test_two_hundred_thousand_chromosomes_are_listed_and_searched(bar, opened, qtbot):
    lines = bar.chromosomes.popup.lines
    lines.set_sizes({f"contig{k}": k + 1 for k in range(200_000)})
    assert lines.rowCount() == 200_000
    assert lines.data(lines.index(199_999), Qt.ItemDataRole.UserRole) == "200,000 bp"
    lines.search("g1999")
    assert lines.rowCount() == 111
    lines.search("contig1999")
    assert lines.data(lines.index(0)) == "contig1999"


def test_keys_turn_to_the_next_chromosome_and_round(opened, model, qtbot):
    show(opened, "chr1:1,001-1,500")
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(opened, Qt.Key.Key_PageDown, control)
    assert model.camera.view.region == Region("chr2", 0, 500)
    qtbot.keyClick(opened, Qt.Key.Key_PageDown, control)
    assert model.camera.view.region == Region("tiny", 0, 5)
    qtbot.keyClick(opened, Qt.Key.Key_PageDown, control)
    assert model.camera.view.chrom == "chr1"
    qtbot.keyClick(opened, Qt.Key.Key_PageUp, control)
    assert model.camera.view.chrom == "tiny"


def test_the_overview_follows_a_drag_of_the_active_place_only(opened, model, qtbot):
    opened.viewer.show_side_by_side([Region("chr1", 100, 300), Region("chr1", 5000, 7000)])
    other = model.loci.views[1]
    bar = opened.overview._bar_rect()
    qtbot.mousePress(opened.overview, Qt.MouseButton.LeftButton, pos=QPoint(round(bar.left() + 40), 24))
    qtbot.mouseMove(opened.overview, QPoint(round(bar.left() + bar.width() / 4), 24))
    qtbot.mouseRelease(opened.overview, Qt.MouseButton.LeftButton, pos=QPoint(round(bar.left() + bar.width() / 4), 24))
    view = model.loci.views[0]
    assert (view.start + view.end) / 2 == pytest.approx(5000, rel=0.02)
    assert model.loci.views[1] == other
