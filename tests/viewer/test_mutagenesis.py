"""Substitutions on screen: the right numbers at the right bases, following the camera, only where affordable."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gxview.genome import Region
from gxview.viewer.data.effect_matrix import EffectMatrix, stronger, strongest
from gxview.viewer.explaining.mutagenesis import FIRST, NO_CLASSES
from gxview.viewer.tracks.arrange import duplicate
from gxview.viewer.tracks.effect_tracks import MutagenesisTrack
from tests.viewer.fakes import effects_at

KEY = "fake-mutable-cnn"


@pytest.fixture
def explained(opened, loop):
    opened.show(Region("chr1", 4000, 4600))
    track = opened.explanations.add(KEY)
    assert loop.run(lambda: opened.is_idle)
    return opened, track


def shown(viewer, track) -> np.ndarray:
    return viewer.mutagenesis.matrix(track, viewer.model.camera.view).within(viewer.model.camera.view.region)


def test_the_effects_on_screen_are_those_of_the_model_and_follow_the_camera(explained, loop):
    viewer, owner = explained
    track = viewer.mutagenesis.toggle(owner)
    for region in (Region("chr1", 4000, 4600), Region("chr1", 9100, 9400)):
        viewer.show(region)
        assert loop.run(lambda: viewer.is_idle)
        np.testing.assert_allclose(shown(viewer, track), effects_at(viewer.model.reference, region), atol=1e-6)
    assert viewer.mutagenesis.state(track).kind == "done"


def test_it_stands_below_the_parts_of_its_explanation_and_goes_with_it(explained, loop):
    viewer, owner = explained
    track = viewer.mutagenesis.toggle(owner)
    assert viewer.model.tracks.index(track) == viewer.model.tracks.index(owner) + 1
    assert viewer.mutagenesis.of(owner) is track
    viewer.mutagenesis.toggle(owner)
    assert track not in viewer.model.tracks
    again = viewer.mutagenesis.toggle(owner)
    viewer.remove(owner)
    assert again not in viewer.model.tracks
    assert loop.run(lambda: viewer.is_idle)


def test_the_target_of_the_explanation_is_that_of_the_substitutions(explained, loop, engine):
    viewer, owner = explained
    viewer.mutagenesis.toggle(owner)
    viewer.explanations.change(owner, target=0, alibi=None)
    assert loop.run(lambda: viewer.is_idle)
    last = [rules for rules in engine.rules if rules.get("method") == "ism"][-1]
    assert last == {"model": KEY, "method": "ism", "target": 0, "strand": "+", "phases": 1}


def test_a_wide_screen_is_computed_on_request_only(explained, loop, engine, monkeypatch):
    viewer, owner = explained
    monkeypatch.setattr(viewer.mutagenesis, "limit", lambda _track: FIRST)
    viewer.show(Region("chr1", 2000, 2000 + 4 * FIRST))
    track = viewer.mutagenesis.toggle(owner)
    assert loop.run(lambda: viewer.is_idle)
    assert not [rules for rules in engine.rules if rules.get("method") == "ism"]
    state = viewer.mutagenesis.state(track)
    assert state.kind == "empty"
    assert "Zoom in below 2 kb" in state.text
    viewer.model.tracks.selected = track
    viewer.explain_region()
    assert loop.run(lambda: viewer.is_idle)
    assert viewer.mutagenesis.state(track).kind == "done"


def test_a_pan_drops_what_is_under_way(explained, loop, engine):
    viewer, owner = explained
    engine.gate = threading.Event()
    viewer.mutagenesis.toggle(owner)
    engine.began.clear()
    assert loop.run(engine.began.is_set)
    viewer.show(Region("chr1", 15_000, 15_400))
    assert loop.run(lambda: all(key[2] >= 15_000 // 512 - 4 for key in viewer.shared.tiles.pending))
    engine.gate.set()
    assert loop.run(lambda: viewer.is_idle)
    seen = {call.start for call, rules in zip(engine.calls, engine.rules, strict=True) if rules.get("method") == "ism"}
    assert 15_000 // 512 * 512 in seen


def test_nothing_is_asked_for_what_does_not_show(explained, loop, engine):
    viewer, owner = explained
    viewer.model.settings.live = False
    track = viewer.mutagenesis.toggle(owner)
    track.visible = False
    viewer.model.settings.live = True
    assert loop.run(lambda: viewer.is_idle)
    assert not [rules for rules in engine.rules if rules.get("method") == "ism"]


def test_substitutions_alone_do_not_ask_for_relevance(explained, loop, engine):
    viewer, owner = explained
    viewer.mutagenesis.toggle(owner)
    for track in (owner, *viewer.model.tracks.parts(owner)):
        track.visible = isinstance(track, MutagenesisTrack)
    assert loop.run(lambda: viewer.is_idle)
    before = len(engine.rules)
    viewer.show(Region("chr1", 17_000, 17_300))
    assert loop.run(lambda: viewer.is_idle)
    assert {rules.get("method") for rules in engine.rules[before:]} == {"ism"}


def test_a_model_without_classes_says_so(opened, loop):
    opened.show(Region("chr1", 4000, 4600))
    owner = opened.explanations.add("fake-cnn")
    track = opened.mutagenesis.toggle(owner)
    assert loop.run(lambda: opened.is_idle)
    assert opened.mutagenesis.state(track).text == NO_CLASSES
    assert opened.mutagenesis.matrix(track, opened.model.camera.view) is None


def test_bins_of_a_wide_view_hold_the_strongest_effect(explained, loop):
    viewer, owner = explained
    track = viewer.mutagenesis.toggle(owner)
    viewer.model.camera.resize(100)
    viewer.show(Region("chr1", 4096, 4896))
    assert loop.run(lambda: viewer.is_idle)
    found = viewer.mutagenesis.matrix(track, viewer.model.camera.view)
    assert found.step == 8
    cells = effects_at(viewer.model.reference, Region("chr1", 4096, 4104))
    np.testing.assert_allclose(
        found.within(Region("chr1", 4096, 4104))[:, 0],
        [row[np.abs(row).argmax()] for row in cells],
        atol=1e-6,
    )


CELLS = arrays.arrays(np.float32, (4, 23), elements=st.sampled_from([np.nan, 0.0, 1.0, -1.5, 0.25, -0.25]))


@settings(max_examples=60, deadline=None)
@given(CELLS, st.integers(0, 50), st.sampled_from([1, 2, 4, 8, 16]))
def test_a_bin_holds_the_effect_furthest_from_zero(cells, start, step):
    found = strongest(start, cells, step)
    assert found.edges[0] <= start < found.edges[0] + step
    for place in range(found.values.shape[1]):
        first, last = found.edges[place] - start, found.edges[place + 1] - start
        part = cells[:, max(0, first) : last]
        for row in range(4):
            known = part[row][np.isfinite(part[row])]
            if len(known):
                assert abs(found.values[row, place]) == np.abs(known).max()
                assert found.values[row, place] in known
            else:
                assert np.isnan(found.values[row, place])


def test_of_two_effects_the_stronger_or_the_known_one_is_taken():
    first = np.array([[1.0, np.nan, -2.0, np.nan]], np.float32)
    second = np.array([[-3.0, 0.5, np.nan, np.nan]], np.float32)
    np.testing.assert_array_equal(stronger(first, second), [[-3.0, 0.5, -2.0, np.nan]])


def test_the_bin_of_a_base_is_found():
    matrix = EffectMatrix.of_bases(10, np.arange(8, dtype=np.float32).reshape(4, 2))
    start, end, effects = matrix.at(11)
    assert (start, end, effects.tolist()) == (11, 12, [1, 3, 5, 7])
    assert matrix.at(9) is None
    assert matrix.at(12) is None


def test_a_session_and_a_copy_keep_the_substitutions(explained, loop, tmp_path):
    viewer, owner = explained
    viewer.mutagenesis.toggle(owner)
    viewer.session.save(tmp_path / "a.gxview.json")
    assert loop.run(lambda: viewer.is_idle)
    viewer.remove(owner)
    viewer.session.open(tmp_path / "a.gxview.json")
    assert loop.run(lambda: viewer.is_idle)
    (track,) = viewer.mutagenesis.tracks()
    region = viewer.model.camera.view.region
    np.testing.assert_allclose(shown(viewer, track), effects_at(viewer.model.reference, region), atol=1e-6)
    again = viewer.model.tracks.owner(track)
    copies = duplicate(viewer.model.tracks, viewer.data, [again])
    assert [one.kind for one in copies].count("mutagenesis") == 1
    assert loop.run(lambda: viewer.is_idle)


def test_the_removal_is_a_step_that_can_be_undone(explained, loop):
    viewer, owner = explained
    viewer.mutagenesis.toggle(owner)
    assert loop.run(lambda: viewer.is_idle)
    viewer.undo.undo()
    assert viewer.mutagenesis.of(owner) is None
    viewer.undo.redo()
    assert loop.run(lambda: viewer.is_idle)
    assert viewer.mutagenesis.state(viewer.mutagenesis.tracks()[0]).kind == "done"
