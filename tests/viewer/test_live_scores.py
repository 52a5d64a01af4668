"""Variants on screen: scored while browsing, coloured, gone through one after the other."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks import open_source
from gxview.tracks.variants import Variant, allele_of
from gxview.viewer.editing.variants import choices
from gxview.viewer.scoring import live_scores
from gxview.viewer.scoring.effects import effect_text, info_effects, info_fields
from gxview.viewer.tracks.options import EffectChoice
from gxview.viewer.viewer import Viewer
from tests.viewer.fakes import FakeAlleleEffect

LIVE = EffectChoice(score="logit", model="fake-cnn")
STARTS = (1000, 1010, 1300, 9000)


@pytest.fixture
def viewer(loop, engine, genome, tmp_path):
    reference = Reference(genome)
    lines = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for number, start in enumerate(STARTS):
        ref = reference.fetch(Region("chr1", start, start + 1))
        alts = [base for base in "ACGT" if base != ref]
        alt = ",".join(alts[:2]) if number == 1 else alts[0]
        value = f"{number + 0.5},." if number == 1 else f"{number + 0.5}"
        lines.append(f"chr1\t{start + 1}\tv{number}\t{ref}\t{alt}\t.\tPASS\tAC=1;GXV_LOGIT={value};GXV_LOGIT_SD=0.1")
    path = tmp_path / "v.vcf"
    path.write_text("\n".join(lines) + "\n")
    viewer = Viewer(loop, lambda: engine, open_source, {"fake-cnn": "Fake CNN"})
    viewer.model.camera.resize(800)
    viewer.opener.open([genome, path])
    assert loop.run(lambda: viewer.is_idle)
    viewer.show(Region("chr1", 900, 1100))
    assert loop.run(lambda: viewer.is_idle)
    yield viewer
    assert viewer.close()


@pytest.fixture
def track(viewer):
    return viewer.model.tracks[1]


def settle(viewer, loop):
    assert loop.run(lambda: viewer.is_idle)


def scored_starts(engine) -> set[int]:
    return {variant.start for variants, _, _ in engine.scored for variant in variants}


def test_the_variants_on_screen_are_scored_and_no_others(viewer, track, loop, engine):
    track.effect = LIVE
    settle(viewer, loop)
    assert scored_starts(engine) == {1000, 1010}
    table = viewer.colouring.table(track, viewer.model.camera.view)
    seen = table.within(900, 1100)
    np.testing.assert_allclose(table.values[seen], [10, 10.1, 10.1])
    assert table.answered[seen].all()
    assert viewer.scores.state(track, viewer.model.camera.view).kind == "done"
    viewer.show(Region("chr1", 8900, 9100))
    settle(viewer, loop)
    assert scored_starts(engine) == {1000, 1010, 9000}
    assert {scores for _, _, scores in engine.scored} == {("logit", "probability")}


def test_a_pan_drops_what_left_the_screen(viewer, track, loop, engine):
    engine.score_gate = threading.Event()
    track.effect = LIVE
    assert loop.run(lambda: bool(engine.scored))
    viewer.show(Region("chr1", 8900, 9100))
    assert loop.run(lambda: 9000 in scored_starts(engine))
    engine.score_gate.set()
    settle(viewer, loop)
    known = [variant for variant in viewer.scores.shown(track, viewer.model.camera.view)]
    assert [viewer.scores.get(track, one) is not None for one in known] == [True]
    viewer.show(Region("chr1", 900, 1100))
    assert viewer.scores.get(track, viewer.scores.shown(track, viewer.model.camera.view)[0]) is None
    settle(viewer, loop)


def test_a_model_that_cannot_says_so_once(viewer, track, loop, engine):
    viewer.model.add_model("fails", "fails")
    track.effect = EffectChoice(score="logit", model="fails")
    settle(viewer, loop)
    state = viewer.scores.state(track, viewer.model.camera.view)
    assert (state.kind, state.text) == ("failed", "the model gives no such score; take another one.")
    assert len(engine.scored) == 1


def test_too_many_variants_are_not_scored_while_browsing(viewer, track, loop, engine, monkeypatch):
    monkeypatch.setattr(viewer.scores, "limit", lambda _track: 1)
    track.effect = LIVE
    settle(viewer, loop)
    assert not engine.scored
    assert "2 variants on screen" in viewer.scores.state(track, viewer.model.camera.view).text


def test_numbers_of_the_file_need_no_model(viewer, track, engine):
    track.effect = EffectChoice(score="GXV_LOGIT")
    table = viewer.colouring.table(track, viewer.model.camera.view)
    seen = table.within(900, 1100)
    np.testing.assert_allclose(table.values[seen], [0.5, 1.5, np.nan])
    assert table.spreads[seen][0] == 0.1
    assert not engine.scored
    track.effect = EffectChoice()
    assert viewer.colouring.table(track, viewer.model.camera.view) is None


def test_the_file_and_the_models_are_offered(viewer, track, loop):
    offered = dict(viewer.colouring.offers(track))
    assert offered["Bases"] == EffectChoice()
    assert offered["logit, of the file"] == EffectChoice(score="GXV_LOGIT")
    assert offered["logit difference, Fake CNN"] == LIVE
    track.effect = LIVE
    settle(viewer, loop)
    assert dict(viewer.colouring.offers(track))["cosine distance, fake-cnn"].score == "cosine"


def test_the_choice_is_a_step_that_can_be_undone(viewer, track, loop):
    heights = [track.height]
    track.effect = LIVE
    settle(viewer, loop)
    heights.append(track.height)
    viewer.undo.undo()
    assert (track.effect, track.height) == (EffectChoice(), heights[0])
    viewer.undo.redo()
    assert (track.effect, track.height) == (LIVE, heights[1])
    assert heights[1] > heights[0]
    settle(viewer, loop)


def test_a_session_brings_the_choice_back(viewer, track, loop, tmp_path):
    track.effect = LIVE
    settle(viewer, loop)
    viewer.session.save(tmp_path / "a.gxview.json")
    settle(viewer, loop)
    track.effect = EffectChoice()
    viewer.session.open(tmp_path / "a.gxview.json")
    settle(viewer, loop)
    assert viewer.model.tracks[1].effect == LIVE


# -- reference and alternative


def test_an_alternative_is_shown_switched_and_taken_back(viewer, track, loop):
    settle(viewer, loop)
    viewer.explanations.add("fake-cnn")
    settle(viewer, loop)
    first, second = viewer.scores.shown(track, viewer.model.camera.view)
    viewer.variants.toggle(track, first)
    settle(viewer, loop)
    assert [edit.origin.split()[0] for edit in viewer.model.edits.value] == ["v0"]
    kinds = [one.kind for one in viewer.model.tracks]
    assert kinds.count("relevance") == 2
    assert "difference" in kinds
    texts = []
    for _ in range(3):
        viewer.variants.toggle(track, second)
        settle(viewer, loop)
        texts.append([edit.origin for edit in viewer.model.edits.value])
    assert [len(text) for text in texts] == [1, 1, 0]
    assert texts[0] != texts[1]
    assert [one.kind for one in viewer.model.tracks].count("relevance") == 1


def test_showing_another_one_is_one_step_back(viewer, track, loop):
    viewer.explanations.add("fake-cnn")
    settle(viewer, loop)
    first, second = viewer.scores.shown(track, viewer.model.camera.view)
    for one in (first, second):
        viewer.variants.toggle(track, one)
        settle(viewer, loop)
    viewer.undo.undo()
    settle(viewer, loop)
    assert [edit.origin.split()[0] for edit in viewer.model.edits.value] == ["v0"]
    viewer.undo.undo()
    settle(viewer, loop)
    assert not viewer.model.edits.value


def test_a_typed_edit_stays_when_variants_come_and_go(viewer, track, loop):
    viewer.editing.write(Region("chr1", 950, 953), "A")
    settle(viewer, loop)
    first = viewer.scores.shown(track, viewer.model.camera.view)[0]
    viewer.variants.toggle(track, first)
    settle(viewer, loop)
    assert len(viewer.model.edits.value) == 2
    viewer.variants.toggle(track, first)
    settle(viewer, loop)
    assert [edit.text for edit in viewer.model.edits.value] == ["A"]


def test_without_an_explanation_the_colouring_model_makes_one(viewer, track, loop):
    track.effect = LIVE
    settle(viewer, loop)
    viewer.variants.toggle_nearest()
    settle(viewer, loop)
    assert [one.options.model for one in viewer.model.tracks.relevance()] == ["fake-cnn", "fake-cnn"]


def test_a_variant_off_screen_is_gone_to_and_a_wide_view_zoomed_in(viewer, track, loop):
    name, found = viewer.variants.find("V3")
    viewer.variants.toggle(name, found)
    settle(viewer, loop)
    view = viewer.model.camera.view
    assert view.region.start < 9000 < view.region.end
    assert view.span == pytest.approx(200)
    viewer.show(Region("chr1", 0, 20_000))
    settle(viewer, loop)
    viewer.variants.toggle(*viewer.variants.find("v0"))
    settle(viewer, loop)
    view = viewer.model.camera.view
    assert view.region.start < 1000 < view.region.end
    assert view.bases_per_pixel < 1


def test_variants_are_gone_through_in_their_order(viewer, track, loop):
    viewer.show(Region("chr1", 990, 1004))
    settle(viewer, loop)
    places = []
    for by in (1, 1, 1, 1, -1):
        viewer.variants.step(by)
        settle(viewer, loop)
        places.append(viewer.model.bases.region.start)
    assert places == [*STARTS, STARTS[2]]
    view = viewer.model.camera.view
    assert view.region.start < STARTS[2] < view.region.end


def test_after_the_last_one_it_is_told(viewer, track, loop):
    viewer.show(Region("chr1", 15_000, 15_200))
    settle(viewer, loop)
    viewer.variants.step(1)
    settle(viewer, loop)
    assert viewer.notices.history[-1].text == "No variant lies after this one on chr1."
    with pytest.raises(GxviewError, match="'rs9'"):
        viewer.variants.find("rs9")


def test_a_ref_of_another_assembly_names_the_record(viewer, track, loop):
    wrong = viewer.scores.shown(track, viewer.model.camera.view)[0]
    ref = {"A": "C", "C": "G", "G": "T", "T": "A"}[wrong.ref]
    variant = Variant("chr1", 1000, 1001, "bad", ref, (wrong.ref,), (allele_of(wrong.ref, ref, 1000, 1001),))
    viewer.variants.toggle(track, variant)
    settle(viewer, loop)
    assert not viewer.model.edits.value
    assert f"REF of bad {ref}>{wrong.ref}" in viewer.notices.history[-1].text


def test_a_click_on_an_applied_variant_takes_back_that_one_alone(viewer, track, loop):
    viewer.editing.write(Region("chr1", 950, 953), "A")
    first, second = viewer.scores.shown(track, viewer.model.camera.view)
    # as a session or another panel leaves it: not shown by a click
    viewer.editing.apply(choices(first)[0])
    viewer.editing.apply(choices(second)[0])
    settle(viewer, loop)
    viewer.variants.toggle(track, first)
    settle(viewer, loop)
    assert [edit.origin.split()[0] for edit in viewer.model.edits.value if edit.origin] == ["v1"]
    assert len(viewer.model.edits.value) == 2, "what was typed stays"
    viewer.variants.toggle(track, second)
    settle(viewer, loop)
    viewer.variants.toggle(track, second)
    settle(viewer, loop)
    assert [edit.origin for edit in viewer.model.edits.value] == [""]


def test_once_the_alternative_is_gone_a_step_shows_none(viewer, track, loop):
    first = viewer.scores.shown(track, viewer.model.camera.view)[0]
    viewer.variants.switch(choices(first)[0], track)
    settle(viewer, loop)
    viewer.variants.step(1)
    settle(viewer, loop)
    assert len(viewer.model.edits.value) == 1
    viewer.editing.clear()
    settle(viewer, loop)
    viewer.variants.step(1)
    settle(viewer, loop)
    assert not viewer.model.edits.value


def test_lines_at_one_place_are_gone_through_one_by_one(viewer, loop, tmp_path, genome):
    ref = Reference(genome).fetch(Region("chr1", 3000, 3001))
    alts = [base for base in "ACGT" if base != ref]
    lines = [f"chr1\t3001\t{alt}\t{ref}\t{alt}\t.\tPASS\t." for alt in alts] + ["chr1\t3005\tlast\tN\tA\t.\t.\t."]
    path = tmp_path / "split.vcf"
    path.write_text("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + "\n".join(lines) + "\n")
    viewer.opener.open([path])
    settle(viewer, loop)
    viewer.model.tracks.selection = [viewer.model.tracks[2]]
    viewer.show(Region("chr1", 2990, 3004))
    settle(viewer, loop)
    names = []
    for by in (1, 1, 1, 1, -1, -1, 1):
        viewer.variants.step(by)
        settle(viewer, loop)
        names.append(viewer.variants.current.name)
    assert names == [*alts, "last", alts[2], alts[1], alts[2]]


@pytest.mark.parametrize("order", ["xx", "xxy", "xyx", "yxx"])
def test_equal_lines_are_gone_through_once(viewer, loop, tmp_path, genome, order):
    ref = Reference(genome).fetch(Region("chr1", 3000, 3001))
    alts = [base for base in "ACGT" if base != ref]
    lines = [f"chr1\t{at}\t{name}\tN\tA\t.\t.\t." for at, name in ((2995, "first"), (3005, "last"))]
    lines[1:1] = [f"chr1\t3001\t{name}\t{ref}\t{alts['xy'.index(name)]}\t.\tPASS\t." for name in order]
    path = tmp_path / "twice.vcf"
    path.write_text("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + "\n".join(lines) + "\n")
    viewer.opener.open([path])
    settle(viewer, loop)
    viewer.model.tracks.selection = [viewer.model.tracks[2]]
    viewer.show(Region("chr1", 2996, 3004))
    settle(viewer, loop)
    there, names = list(dict.fromkeys(order)), []
    for by in [1] * (len(there) + 1) + [-1] * (len(there) + 1):
        viewer.variants.step(by)
        settle(viewer, loop)
        names.append(viewer.variants.current.name)
    assert names == [*there, "last", *reversed(there), "first"]


def test_the_scale_stays_at_the_end_of_a_chromosome(viewer, loop):
    size = viewer.model.reference.sizes["chr1"]
    viewer.show(Region("chr1", 8950, 8990))
    settle(viewer, loop)
    near = Variant("chr1", size - 3, size - 2, "", "A", ("C",), (allele_of("C", "A", size - 3, size - 2),))
    viewer.variants.show(choices(near)[0])
    settle(viewer, loop)
    view = viewer.model.camera.view
    assert view.span == pytest.approx(40)
    assert view.start <= near.start < view.end


def test_a_removed_track_asks_for_nothing_more(viewer, track, loop, engine):
    engine.score_gate = threading.Event()
    track.effect = LIVE
    assert loop.run(lambda: bool(engine.scored))
    viewer.model.tracks.remove(track)
    assert viewer.scores.is_idle or loop.run(lambda: viewer.scores.is_idle, 2.0)
    engine.score_gate.set()
    settle(viewer, loop)


def test_what_is_looked_at_is_forgotten_last(viewer, track, loop, engine, monkeypatch):
    monkeypatch.setattr(live_scores, "KEPT", 2)
    track.effect = LIVE
    settle(viewer, loop)
    first, _ = viewer.scores.shown(track, viewer.model.camera.view)
    viewer.show(Region("chr1", 8900, 9100))
    assert viewer.scores.get(track, first) is not None
    settle(viewer, loop)
    assert viewer.scores.get(track, first) is not None


# -- numbers in INFO


def test_fields_of_info_are_read_allele_by_allele():
    info = "DP=3;GXV_LOGIT=-1.5,.;GXV_LOGIT_SD=0.25,.;GXV_COSINE=0.1"
    variant = Variant("c", 5, 6, "", "A", ("C", "G"), (allele_of("C", "A", 5, 6), allele_of("G", "A", 5, 6)), info=info)
    assert info_fields([variant]) == ["GXV_LOGIT", "GXV_COSINE"]
    first, second = info_effects(variant, "GXV_LOGIT")
    assert (first.value, first.spread) == (-1.5, 0.25)
    assert np.isnan(second.value)
    assert [one.value for one in info_effects(variant, "GXV_COSINE")] == [0.1, 0.1]
    assert all(np.isnan(one.value) for one in info_effects(variant, "GXV_LLR"))


def test_an_effect_is_written_with_spread_and_sides():
    told = effect_text(FakeAlleleEffect(-2.314))
    assert told == "\N{MINUS SIGN}2.31 \N{PLUS-MINUS SIGN} 0.25 (1 \N{RIGHTWARDS ARROW} 2)"
    assert effect_text(FakeAlleleEffect(float("nan"))) == "no number"
