"""Effects in the window: heat maps told and drawn, variants coloured, clicked, gone through by keys."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QLineEdit

from gxview._qt.app import create_window
from gxview._qt.controls import EffectControl
from gxview._qt.drawing.layout import HEADER_WIDTH
from gxview._qt.facade import WindowViewer
from gxview._qt.painters.heatmap import row_rects
from gxview._qt.rows import details, title
from gxview.errors import GxviewError
from gxview.export.writers.npz import write_rows_npz
from gxview.export.writers.rows import Row
from gxview.genome import Reference, Region
from gxview.tracks import open_source
from gxview.viewer.tracks.effect_tracks import HeatmapTrack, MutagenesisTrack, VariantTrack
from gxview.viewer.tracks.kinds import DifferenceTrack, RelevanceTrack
from gxview.viewer.tracks.options import EffectChoice
from tests.viewer.fakes import FakeEngine, effects_at

KEY = "fake-mutable-cnn"
LIVE = EffectChoice(score="logit", model=KEY)
PLACE = Region("chr1", 5000, 5080)
AT = 5040


@pytest.fixture
def files(genome, tmp_path):
    """A genome, a VCF with two variants, and the effects of all substitutions of a region."""
    reference = Reference(genome)
    lines = ["#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for start, name in ((AT, "rs1"), (9000, "rs2")):
        ref = reference.fetch(Region("chr1", start, start + 1)).upper()
        alt = "ACGT"["ACGT".index(ref) - 1]
        lines.append(f"chr1\t{start + 1}\t{name}\t{ref}\t{alt}\t.\tPASS\tGXV_LOGIT=-0.75;GXV_LOGIT_SD=0.125")
    vcf, arrays = tmp_path / "v.vcf", tmp_path / "m.logit.npz"
    vcf.write_text("\n".join(lines) + "\n")
    effects = effects_at(reference, PLACE)
    row = Row(reference.fetch(PLACE), np.zeros(PLACE.length, np.float32), effects)
    write_rows_npz(arrays, [PLACE], lambda: [row], hypothetical=True)
    return genome, vcf, arrays


@pytest.fixture
def window(qtbot, files):
    window = create_window(FakeEngine, open_source, {KEY: "Fake CNN"})
    qtbot.addWidget(window)
    window.resize(1300, 800)
    window.show()
    qtbot.waitExposed(window)
    window.viewer.opener.open(list(files))
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    window.viewer.show(PLACE)
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    yield window
    window.close()
    assert window.closed_in_time


def track_of(window, kind):
    return next(track for track in window.viewer.model.tracks if isinstance(track, kind))


def row_of(window, track):
    return next(row for row in window.canvas._shown().rows if row.track is track)


def pixel(window, base: int) -> int:
    view = window.viewer.model.camera.view
    return HEADER_WIDTH + round((base + 0.5 - view.start) / view.bases_per_pixel)


def hovered(window, qtbot, track, base, y):
    told = []
    window.canvas.hovered.connect(told.append)
    x, y = pixel(window, base), round(y - window.canvas._offset)
    qtbot.mouseMove(window.canvas, QPoint(x - 3, y))
    qtbot.mouseMove(window.canvas, QPoint(x, y))
    window.canvas.hovered.disconnect(told.append)
    return told[-1]


def settled(window, qtbot):
    qtbot.waitUntil(lambda: window.viewer.is_idle)


def click(window, qtbot, track, base, y):
    point = QPoint(pixel(window, base), round(y - window.canvas._offset))
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
    settled(window, qtbot)


def signed(value: float) -> str:
    return f"{value:+.3g}".replace("-", "\N{MINUS SIGN}")


def test_files_become_tracks_of_their_kind(window):
    assert [track.kind for track in window.viewer.model.tracks] == ["sequence", "variants", "heatmap"]


@pytest.mark.parametrize("by", ["canvas", "names"])
def test_the_heat_map_scrolls_into_view_wherever_its_key_is_pressed(window, qtbot, by):
    window.viewer.explanations.add(KEY)
    settled(window, qtbot)
    for track in window.viewer.model.tracks:
        track.height = 400
    widget = window.canvas if by == "canvas" else window.track_list
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_X)
    settled(window, qtbot)
    row = row_of(window, track_of(window, MutagenesisTrack))
    top = row.top - window.canvas._offset
    assert top >= 0
    assert top + row.height <= window.canvas.height() + 1


def test_a_name_of_a_track_keeps_its_letters(window, qtbot):
    window.viewer.explanations.add(KEY)
    settled(window, qtbot)
    window.run("rename_track")
    editor = window.track_list.findChild(QLineEdit)
    qtbot.keyClicks(editor, "xtc")
    assert editor.text().endswith("xtc")
    assert not [one for one in window.viewer.model.tracks if isinstance(one, MutagenesisTrack)]
    qtbot.keyClick(editor, Qt.Key.Key_Escape)


@pytest.mark.parametrize("live", [True, False])
def test_the_substitution_under_the_pointer_is_told(window, qtbot, live):
    reference = window.viewer.model.reference
    if live:
        window.viewer.explanations.add(KEY)
        settled(window, qtbot)
        window.run("mutagenesis")
        settled(window, qtbot)
    track = track_of(window, MutagenesisTrack if live else HeatmapTrack)
    rows = row_rects(row_of(window, track).value_rect)
    effects = effects_at(reference, Region("chr1", AT, AT + 1))[:, 0]
    ref = reference.fetch(Region("chr1", AT, AT + 1)).upper()
    for base, letter in enumerate("ACGT"):
        hover = hovered(window, qtbot, track, AT, rows[base].center().y())
        if letter == ref:
            assert hover.value.startswith(f"{ref} is the reference; ")
        else:
            assert hover.value == f"{ref}>{letter} {signed(effects[base])}"
        assert hover.base == ref
        assert f"{ref}>" in hover.tip
    assert ("logit promoter" in hover.tip) == live


def test_the_header_of_live_substitutions_names_model_and_target(window, qtbot):
    window.viewer.explanations.add(KEY)
    settled(window, qtbot)
    window.run("mutagenesis")
    settled(window, qtbot)
    track = track_of(window, MutagenesisTrack)
    assert title(track, window.canvas.scene) == "Substitutions"
    assert details(track, window.canvas.scene)[:2] == [KEY, "\N{GREEK CAPITAL LETTER DELTA} logit promoter"]
    window.run("mutagenesis")
    assert not any(isinstance(one, MutagenesisTrack) for one in window.viewer.model.tracks)


def test_mutagenesis_without_a_model_says_what_to_do(window):
    window.run("mutagenesis")
    assert window.viewer.notices.history[-1].text == "Choose a model in the Explain panel first."


def test_mutagenesis_of_a_model_without_classes_is_refused(window, qtbot):
    window.viewer.explanations.add("fake-language")
    settled(window, qtbot)
    window.run("mutagenesis")
    assert window.viewer.notices.history[-1].text.startswith("This model predicts no class, so there")
    assert not any(isinstance(one, MutagenesisTrack) for one in window.viewer.model.tracks)


def test_a_control_chooses_the_number_by_which_variants_are_coloured(window, qtbot):
    track = track_of(window, VariantTrack)
    window.viewer.model.tracks.selected = track
    (control,) = window.track_controls.findChildren(EffectControl)
    control.showPopup()
    control.hidePopup()
    texts = [control.itemText(place) for place in range(control.count())]
    assert texts == ["Bases", "logit, of the file", "logit difference, Fake CNN"]
    before = row_of(window, track).height
    control.activated.emit(1)
    assert track.effect == EffectChoice(score="GXV_LOGIT")
    assert control.currentText() == "logit, of the file"
    assert row_of(window, track).height > before
    control.activated.emit(2)
    settled(window, qtbot)
    assert track.effect == LIVE
    control.showPopup()
    control.hidePopup()
    assert control.currentText() == f"logit difference, {KEY}"
    assert details(track, window.canvas.scene) == ["logit difference", KEY, ""]


def test_an_effect_is_told_with_its_spread(window, qtbot):
    track = track_of(window, VariantTrack)
    track.effect = EffectChoice(score="GXV_LOGIT")
    settled(window, qtbot)
    row = row_of(window, track)
    hover = hovered(window, qtbot, track, AT, row.top + row.height / 2)
    assert "logit: \N{MINUS SIGN}0.75 \N{PLUS-MINUS SIGN} 0.12" in hover.tip
    assert hover.value.endswith(" \N{MINUS SIGN}0.75")
    track.effect = LIVE
    settled(window, qtbot)
    tip = hovered(window, qtbot, track, AT, row.top + row.height / 2).tip
    assert "logit difference: +50.4 \N{PLUS-MINUS SIGN} 0.25 (1 \N{RIGHTWARDS ARROW} 2)" in tip


@pytest.mark.parametrize("effect", [EffectChoice(), EffectChoice(score="GXV_LOGIT")])
def test_a_click_shows_the_alternative_and_another_one_takes_it_back(window, qtbot, effect):
    window.viewer.explanations.add(KEY)
    track = track_of(window, VariantTrack)
    track.effect = effect
    settled(window, qtbot)
    row = row_of(window, track)
    place = row.top + 8 if not effect.score else row.top + row.height / 2 + 12
    click(window, qtbot, track, AT + 20, place)
    assert not window.viewer.model.edits.value
    click(window, qtbot, track, AT, place)
    (edit,) = window.viewer.model.edits.value
    assert edit.origin.startswith("rs1 ")
    assert any(isinstance(one, DifferenceTrack) for one in window.viewer.model.tracks)
    assert not window.docks["edits"].isHidden()
    row = row_of(window, track)
    click(window, qtbot, track, AT, row.top + (8 if not effect.score else row.height / 2 + 12))
    assert not window.viewer.model.edits.value
    window.viewer.undo.undo()
    settled(window, qtbot)
    assert len(window.viewer.model.edits.value) == 1


def test_a_drag_over_a_variant_moves_the_picture(window, qtbot):
    track = track_of(window, VariantTrack)
    row = row_of(window, track)
    y, x = round(row.top + 8), pixel(window, AT)
    before = window.viewer.model.camera.view
    qtbot.mousePress(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    qtbot.mouseMove(window.canvas, QPoint(x - 60, y))
    qtbot.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(x - 60, y))
    settled(window, qtbot)
    assert window.viewer.model.camera.view != before
    assert not window.viewer.model.edits.value


def test_keys_go_from_variant_to_variant_and_show_the_alternative(window, qtbot):
    window.viewer.explanations.add(KEY)
    settled(window, qtbot)
    window.canvas.setFocus()
    window.run("show_variant")
    settled(window, qtbot)
    assert [edit.origin.split()[0] for edit in window.viewer.model.edits.value] == ["rs1"]
    window.viewer.model.bases.select(Region("chr1", AT, AT + 1))
    window.run("next_variant")
    settled(window, qtbot)
    assert [edit.origin.split()[0] for edit in window.viewer.model.edits.value] == ["rs2"]
    view = window.viewer.model.camera.view
    assert view.region.start < 9000 < view.region.end
    window.run("previous_variant")
    settled(window, qtbot)
    assert [edit.origin.split()[0] for edit in window.viewer.model.edits.value] == ["rs1"]
    window.run("show_variant")
    settled(window, qtbot)
    assert not window.viewer.model.edits.value
    assert len([one for one in window.viewer.model.tracks if isinstance(one, RelevanceTrack)]) == 1


def test_a_script_gets_the_same_numbers(window):
    viewer = WindowViewer(window)
    viewer.add_relevance(KEY)
    np.testing.assert_allclose(viewer.mutagenesis(), effects_at(viewer.model.reference, PLACE), atol=1e-6)
    (found,) = viewer.variant_effects("GXV_LOGIT")
    assert (found.variant.name, found.value, found.spread, found.reason) == ("rs1", -0.75, 0.125, "")
    (found,) = viewer.variant_effects("logit", KEY)
    assert found.value == pytest.approx(50.4)
    (edit,) = viewer.show_variant("RS2")
    assert edit.start == 9000
    assert viewer.region.start < 9000 < viewer.region.end
    assert viewer.show_variant(None) == []
    with pytest.raises(GxviewError, match="No open file has a variant 'rs9'"):
        viewer.show_variant("rs9")
    with pytest.raises(GxviewError, match="3 is none of them"):
        viewer.show_variant("rs1", 3)
