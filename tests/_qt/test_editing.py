"""Editing in the window: clicks and keys on the sequence, menus, the Edits panel, the Motifs panel."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QMenu

from gxview._qt.editing.ask import BasesDialog
from gxview._qt.editing.base_menu import add_base_lines
from gxview._qt.painters.edits import Aligned
from gxview._qt.painters.logo import heights
from gxview.genome import Edit, Region
from gxview.tracks.variants import Variant, allele_of
from gxview.viewer.data.variant_blocks import VariantBlock
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.kinds import RelevanceTrack, SequenceTrack
from tests.viewer.test_motif_search import FakeMatcher


@pytest.fixture
def explained(opened, qtbot):
    opened.viewer.show(Region("chr1", 400, 480))
    opened.viewer.explanations.add("fake-cnn")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    return opened


def other(letter: str) -> str:
    return "ACGT"["ACGT".index(letter) - 1]


def letter(window, base: int) -> str:
    return window.viewer.model.reference.fetch(Region("chr1", base, base + 1)).upper()


def click_base(window, qtbot, base: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    row = next(row for row in window.canvas._shown().rows if isinstance(row.track, SequenceTrack))
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, modifier, point(window, base, row))


def point(window, base: int, row) -> QPoint:
    view, column = window.viewer.model.camera.view, window.canvas.places[0].column
    x = column.left + (base + 0.5 - view.start) / view.bases_per_pixel
    return QPoint(round(x), round(row.top + row.height / 2))


def settled(window, qtbot) -> tuple[Edit, ...]:
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    return window.viewer.model.edits.value.items


def test_a_click_on_the_sequence_and_letters_change_bases(explained, qtbot):
    camera = explained.viewer.model.camera
    before = camera.view
    click_base(explained, qtbot, 440)
    assert explained.viewer.model.bases.region == Region("chr1", 440, 441)
    wanted = other(letter(explained, 440)) + other(letter(explained, 441))
    for one in wanted:
        qtbot.keyClick(explained.canvas, getattr(Qt.Key, f"Key_{one}"))
    (edit,) = settled(explained, qtbot)
    assert (edit.start, edit.text) == (440, wanted)
    assert explained.viewer.model.bases.region == Region("chr1", 442, 443)
    assert camera.view.start == before.start, "A moved the picture while it should have been written"
    qtbot.keyClick(explained.canvas, Qt.Key.Key_Delete)
    assert sum(one.shift for one in settled(explained, qtbot)) == -1
    qtbot.keyClick(explained.canvas, Qt.Key.Key_Left)
    assert explained.viewer.model.bases.region == Region("chr1", 442, 443)
    qtbot.keyClick(explained.canvas, Qt.Key.Key_Escape)
    assert explained.viewer.model.bases.region is None
    explained.run("undo")
    explained.run("undo")
    explained.run("undo")
    assert not settled(explained, qtbot)


def test_letters_move_the_picture_again_when_nothing_is_selected(explained, qtbot):
    before = explained.viewer.model.camera.view
    qtbot.keyPress(explained.canvas, Qt.Key.Key_D)
    qtbot.keyRelease(explained.canvas, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: explained.viewer.model.camera.view != before)
    assert not settled(explained, qtbot)


def test_ctrl_and_drag_select_bases_that_letters_do_not_change(explained, qtbot):
    row = next(row for row in explained.canvas._shown().rows if isinstance(row.track, RelevanceTrack))
    control, left = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton
    qtbot.mousePress(explained.canvas, left, control, point(explained, 430, row))
    qtbot.mouseMove(explained.canvas, point(explained, 437, row))
    qtbot.mouseRelease(explained.canvas, left, control, point(explained, 437, row))
    assert explained.viewer.model.bases.region == Region("chr1", 430, 438)
    assert not explained.viewer.model.bases.is_typing
    qtbot.keyClick(explained.canvas, Qt.Key.Key_G)
    assert not settled(explained, qtbot)
    explained.run("delete_bases")
    assert next(str(edit) for edit in settled(explained, qtbot)).startswith("chr1:431-438 ")
    assert not explained.docks["edits"].isHidden()


def test_the_panel_lists_edits_with_what_they_do(explained, qtbot):
    explained.shell.show_panel("edits", True)
    explained.viewer.editing.write(Region("chr1", 440, 441), other(letter(explained, 440)))
    settled(explained, qtbot)
    panel = explained.edits_panel
    qtbot.waitUntil(lambda: panel.aligned.effect is not None)
    row = [panel.table.item(0, column).text() for column in range(5)]
    arrow, minus = "\N{RIGHTWARDS ARROW}", "\N{MINUS SIGN}"
    change = f"{letter(explained, 440)}>{other(letter(explained, 440))}"
    assert row == ["chr1:441", change, f"0.98 {arrow} 0.12", f"+3.90 {arrow} {minus}2.00", "typed"]
    assert "P(promoter) 0.98" in panel.words.text()
    assert panel.minimumSizeHint().height() < panel.aligned.minimumHeight()  # what is taller scrolls
    panel.go()
    assert explained.viewer.model.camera.view.region.start == 400
    panel.take_back()
    assert not settled(explained, qtbot)
    qtbot.waitUntil(lambda: panel.table.rowCount() == 0)
    assert panel.aligned.effect is None


def test_nothing_is_asked_while_the_panel_is_hidden(explained, qtbot, engine):
    explained.viewer.editing.write(Region("chr1", 440, 441), other(letter(explained, 440)))
    settled(explained, qtbot)
    explained.shell.show_panel("edits", False)
    asked = len(engine.effects)
    explained.viewer.editing.write(Region("chr1", 450, 451), other(letter(explained, 450)))
    settled(explained, qtbot)
    assert asked
    assert len(engine.effects) == asked


def entries(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


def lines_for(window, track, base) -> QMenu:
    menu = QMenu(window)
    menu.addAction("Rename")
    add_base_lines(menu, window.viewer, track, base, window.run, window.keys_of)
    return menu


def test_the_menu_on_a_track_changes_the_base_under_the_pointer(explained, qtbot):
    track = explained.viewer.model.tracks.relevance()[0]
    menu = lines_for(explained, track, 440)
    assert entries(menu)[:2] == ["Edit base 441", "Which motif is this?"]
    inner = menu.actions()[0].menu()
    wanted = other(letter(explained, 440))
    next(action for action in inner.actions() if action.text() == f"Change to {wanted}").trigger()
    assert [(edit.start, edit.text) for edit in settled(explained, qtbot)] == [(440, wanted)]
    assert entries(lines_for(explained, track, None)) == ["Rename"]
    menu.deleteLater()


def test_the_menu_on_a_variant_applies_it(explained, qtbot, monkeypatch):
    ref = letter(explained, 440)
    alt = other(ref)
    variant = Variant("chr1", 440, 441, "rs5", ref, (alt,), (allele_of(alt, ref, 440, 441),))
    block = VariantBlock(Region("chr1", 0, 1000), (variant,), (0,))
    monkeypatch.setattr(explained.viewer.data, "block", lambda *_args: block)
    menu = lines_for(explained, VariantTrack(path="v.vcf"), 440)
    assert entries(menu)[:2] == [f"Show rs5 {ref}>{alt} beside the reference", f"Apply rs5 {ref}>{alt}"]
    menu.actions()[1].trigger()
    monkeypatch.undo()
    assert [edit.origin for edit in settled(explained, qtbot)] == [f"rs5 {ref}>{alt}"]
    menu.deleteLater()


def test_the_edited_sequence_shows_its_letters_and_marks(explained, qtbot):
    wanted = other(letter(explained, 440))
    explained.viewer.editing.write(Region("chr1", 440, 441), wanted)
    explained.viewer.editing.delete(Region("chr1", 450, 453))
    explained.viewer.editing.insert("chr1", 460, "ACGT")
    settled(explained, qtbot)
    letters = explained.canvas.scene.letters_of(edited=True)
    assert letters.text[440 - letters.start] == wanted
    assert letters.text[450 - letters.start : 453 - letters.start] == "---"
    row = next(row for row in explained.canvas._shown().rows if row.track.name == "Edited sequence")
    hover = explained.canvas._under(point(explained, 459, row).toPointF())
    assert "inserted: ACGT" in hover.tip
    before = explained.canvas.grab().toImage()
    explained.viewer.editing.clear()
    settled(explained, qtbot)
    assert explained.canvas.grab().toImage() != before


def test_the_dialog_takes_letters_only(qtbot, window):
    dialog = BasesDialog(window, "Bases", "ACGT")
    qtbot.addWidget(dialog)
    ok = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
    assert ok.isEnabled()
    dialog.box.setPlainText(">name\nacg tzz 10")
    assert not ok.isEnabled()
    dialog.box.setPlainText(">name\nacg t 10\n")
    assert ok.isEnabled()
    assert dialog.letters == "ACGT"


def test_the_motifs_panel_shows_matches_and_annotates(explained, qtbot, tmp_path):
    search = explained.viewer.motifs
    search._factory = FakeMatcher
    explained.viewer.model.settings.motif_file = str(tmp_path / "jaspar.txt")
    explained.viewer.model.bases.select(Region("chr1", 440, 448))
    explained.run("search_motif")
    qtbot.waitUntil(lambda: search.found is not None)
    panel = explained.motifs_panel
    assert not explained.docks["motifs"].isHidden()
    cells = [[panel.table.item(row, column).text() for column in range(5)] for row in range(2)]
    assert cells[0] == ["Selected bases", "", "", "", "chr1:441-448"]
    assert cells[1] == ["MA0108.3 TBP", "0.0001", "1e-06", "-", "chr1:439-450"]
    panel.annotate_button.click()
    (row,) = explained.viewer.model.regions.rows
    assert (row.name, row.start, row.end, row.strand) == ("TBP", 438, 450, "-")


def test_the_logo_of_a_sure_base_is_two_bits_high_and_of_an_unknown_one_nothing():
    matrix = np.array([[1.0, 0.25, 0.5], [0, 0.25, 0.5], [0, 0.25, 0], [0, 0.25, 0]])
    np.testing.assert_allclose(heights(matrix).sum(axis=0), [2.0, 0.0, 1.0])


def test_columns_of_both_sequences_are_drawn(explained, qtbot):
    # a gap has no height and no letter, and nothing is drawn where nothing is known
    nothing = np.full(4, np.nan, np.float32)
    from qtpy.QtCore import QRectF
    from qtpy.QtGui import QImage, QPainter

    from gxview._qt.painters.edits import paint_aligned

    image = QImage(300, 160, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_aligned(painter, QRectF(0, 0, 300, 160), Aligned("A-GT", "ACG-", nothing, nothing), explained.canvas._style)
    painter.end()
    assert image.allGray() is False
