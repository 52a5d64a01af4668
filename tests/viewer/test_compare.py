"""Comparing explanations: the agreement by its formula, differences base by base, the tracks that show both."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gxview.measures.similarity import continuous_jaccard
from gxview.viewer.explaining.compare import Candidate
from gxview.viewer.explaining.relevance_slice import Bins
from gxview.viewer.tracks.combine import OF_MEANS
from gxview.viewer.tracks.kinds import DifferenceTrack, OverlayTrack, ScoreTrack, SignalTrack
from tests.viewer.fakes import FakeEngine, FakeSignal, relevance_at

vectors = hnp.arrays(np.float64, 12, elements=st.one_of(st.just(float("nan")), st.floats(-5, 5, width=32)))


def test_the_worked_example_of_the_formula():
    # after division by the L1 norms 3 and 6: sum of minima 1/3 + 1/6 + 0, of maxima 1/3 + 2/3 + 1/2
    assert continuous_jaccard([1, -2, 0], [2, -1, 3]) == pytest.approx((1 / 3 + 1 / 6) / (1 / 3 + 2 / 3 + 1 / 2))


@given(vectors, vectors)
def test_agreement_is_that_of_a_loop_over_the_bases(a, b):
    pairs = [(x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True) if x == x and y == y]
    norms = [sum(abs(pair[side]) for pair in pairs) for side in (0, 1)]
    found = continuous_jaccard(a, b)
    if not all(norms):
        assert np.isnan(found)
        return
    shared = total = 0.0
    for x, y in ((x / norms[0], y / norms[1]) for x, y in pairs):
        sign = (x > 0) - (x < 0), (y > 0) - (y < 0)
        shared += min(abs(x), abs(y)) * sign[0] * sign[1]
        total += max(abs(x), abs(y))
    assert found == pytest.approx(shared / total, abs=1e-9)
    assert found == pytest.approx(continuous_jaccard(b, a), abs=1e-9)


def test_the_same_opposite_and_empty():
    rng = np.random.default_rng(0)
    a = rng.normal(size=100)
    assert continuous_jaccard(a, 7 * a) == pytest.approx(1.0)
    assert continuous_jaccard(a, -a) == pytest.approx(-1.0)
    assert np.isnan(continuous_jaccard(a, np.zeros(100)))
    assert np.isnan(continuous_jaccard([], []))


class TwoOpinions(FakeEngine):
    """The second model sees the cosine where the first sees the sine."""

    def explain_region(self, reference, region, *, model, progress=None, cancelled=None, **rules):
        found = super().explain_region(reference, region, model=model, progress=progress, cancelled=cancelled, **rules)
        if "cnn" in model or rules.get("method") == "gradient_x_input":
            found.values[:] = opinion_at(region)
        return found


def opinion_at(region):
    return (3 * np.cos(np.arange(region.start, region.end) * 0.3)).astype(np.float32)


@pytest.fixture
def engine():
    return TwoOpinions()


def settle(viewer, loop):
    assert loop.run(lambda: viewer.is_idle)


@pytest.fixture
def compared(opened, loop):
    first = opened.explanations.add("fake-bert")
    settle(opened, loop)
    [other] = [one for one in opened.comparisons.candidates(first) if one.model == "fake-cnn"]
    opened.comparisons.add(first, other)
    settle(opened, loop)
    return opened


def test_candidates_are_the_other_methods_and_the_other_models(opened, loop):
    first = opened.explanations.add("fake-bert")
    settle(opened, loop)
    assert opened.comparisons.candidates(first) == [
        Candidate("fake-cnn", None, "Fake CNN"),
        Candidate("fake-bert", "gradient_x_input", "fake-bert, Gradient x input"),
    ]


def test_comparing_two_models_adds_both_views_of_them_in_one_group(compared):
    tracks = compared.model.tracks
    first, second = tracks.relevance()
    [overlay] = [track for track in tracks if isinstance(track, OverlayTrack)]
    [minus] = [track for track in tracks if isinstance(track, DifferenceTrack)]
    assert overlay.of == (first.id, second.id)
    assert (minus.first, minus.second) == (first.id, second.id)
    assert overlay.normalised
    assert minus.normalised, "logits of two models are on two scales"
    [group] = tracks.groups
    assert {one.id for one in tracks.members(group)} >= {first.id, second.id, overlay.id, minus.id}
    assert group.scale.mode == "symmetric"


def test_two_methods_of_a_model_share_a_scale_and_everything_else(opened, loop):
    first = opened.explanations.add("fake-bert", strand="-", alibi="uniform")
    settle(opened, loop)
    opened.comparisons.add(first, opened.comparisons.candidates(first)[-1])
    settle(opened, loop)
    first, second = opened.model.tracks.relevance()
    assert second.options == first.options.with_(method="gradient_x_input")
    assert first.name != second.name
    assert first.scale.mode == second.scale.mode == "group"
    [minus] = [track for track in opened.model.tracks if isinstance(track, DifferenceTrack)]
    assert not minus.normalised
    assert minus.scale.mode == "group", "a difference of next to nothing looks like it"
    assert [track.of for track in opened.model.tracks if isinstance(track, ScoreTrack)] == [first.id]


def test_agreement_covers_the_bases_on_screen_and_nothing_else(compared, loop):
    first, second = compared.model.tracks.relevance()
    camera = compared.model.camera
    for start, end in ((700, 731), (4_000, 5_500), (0, 20_000)):
        camera.show("chr1", 20_000, start, end)
        settle(compared, loop)
        region = camera.view.region
        wanted = continuous_jaccard(relevance_at(region), opinion_at(region))
        assert compared.comparisons.agreement(first, second, camera.view) == pytest.approx(wanted, abs=1e-6)
        words = compared.comparisons.describe(second, camera.view)
        number = f"{wanted:.2f}".replace("-", "\N{MINUS SIGN}")
        assert words == f"agreement {number} with {first.name}"
    assert compared.comparisons.describe(first, camera.view) == ""


def test_agreement_waits_for_every_tile_of_both(compared, loop):
    first, second = compared.model.tracks.relevance()
    compared.model.settings.live = False
    compared.model.camera.show("chr1", 20_000, 10_000, 12_000)
    settle(compared, loop)
    assert compared.comparisons.agreement(first, second, compared.model.camera.view) is None
    assert compared.comparisons.describe(second, compared.model.camera.view).startswith("agreement - ")


@pytest.mark.parametrize("normalised", [False, True])
def test_the_difference_of_explanations_is_that_of_every_base(compared, loop, normalised):
    [minus] = [track for track in compared.model.tracks if isinstance(track, DifferenceTrack)]
    minus.normalised = normalised
    camera = compared.model.camera
    camera.show("chr1", 20_000, 3_000, 3_200)
    settle(compared, loop)
    part, region = compared.combiner.difference(minus, camera.view), camera.view.region
    shown = part.values[region.start - part.start : region.end - part.start]
    a, b = relevance_at(region), opinion_at(region)
    if normalised:
        a, b = a / np.abs(a).max(), b / np.abs(b).max()
    assert shown == pytest.approx(a - b, abs=1e-5)


def test_far_out_the_extremes_of_a_difference_are_those_of_the_bases(compared, loop):
    [minus] = [track for track in compared.model.tracks if isinstance(track, DifferenceTrack)]
    minus.normalised = False
    camera = compared.model.camera
    camera.show("chr1", 20_000, 0, 20_000)
    settle(compared, loop)
    part = compared.combiner.difference(minus, camera.view)
    assert isinstance(part.values, Bins)
    assert part.note == ""
    bases = relevance_at(camera.view.region) - opinion_at(camera.view.region)
    edges = part.values.edges
    assert edges[1] - edges[0] == 16
    for place in range(0, len(edges) - 2, 97):
        within = bases[edges[place] : edges[place + 1]]
        assert part.values.low[place] == pytest.approx(within.min(), abs=1e-6)
        assert part.values.high[place] == pytest.approx(within.max(), abs=1e-6)
        assert part.values.mean[place] == pytest.approx(within.mean(), abs=1e-6)


class Shifted(FakeSignal):
    """The other signal, missing between 150 and 160."""

    def values(self, region):
        found = (np.arange(region.start, region.end) % 7).astype(np.float32)
        found[max(0, 150 - region.start) : max(0, 160 - region.start)] = np.nan
        return found


def signals(opened, **more):
    tracks = [SignalTrack(name=name) for name in "ab"]
    for track, source in zip(tracks, (FakeSignal(), Shifted()), strict=True):
        opened.data.attach(track, source)
        opened.model.tracks.append(track)
    minus = DifferenceTrack(first=tracks[0].id, second=tracks[1].id, **more)
    opened.model.tracks.append(minus)
    return tracks, minus


def test_two_signals_are_subtracted_base_by_base_also_far_out_and_while_they_are_hidden(opened, loop):
    tracks, minus = signals(opened)
    for track in tracks:
        track.visible = False
    camera = opened.model.camera
    positions = np.arange(20_000)
    bases = (positions % 100 - positions % 7).astype(np.float32)
    bases[150:160] = np.nan
    camera.show("chr1", 20_000, 100, 300)
    settle(opened, loop)
    part = opened.combiner.difference(minus, camera.view)
    assert np.array_equal(part.values[100 - part.start : 300 - part.start], bases[100:300], equal_nan=True)
    camera.show("chr1", 20_000, 0, 20_000)
    settle(opened, loop)
    part = opened.combiner.difference(minus, camera.view)
    for place in range(0, 1250, 31):
        within = bases[16 * place : 16 * place + 16]
        assert part.values.low[place] == np.nanmin(within)
        assert part.values.high[place] == np.nanmax(within)
    assert part.note == ""


def test_another_pair_of_tracks_makes_another_difference(opened, loop):
    tracks, minus = signals(opened)
    settle(opened, loop)
    minus.first, minus.second = tracks[1].id, tracks[0].id
    settle(opened, loop)
    part = opened.combiner.difference(minus, opened.model.camera.view)
    assert part.values[50 - part.start] == 50 % 7 - 50


def test_a_signal_and_an_explanation_far_out_say_that_means_were_subtracted(opened, loop):
    (_, _), minus = signals(opened)
    relevance = opened.explanations.add("fake-cnn")
    minus.second = relevance.id
    camera = opened.model.camera
    camera.show("chr1", 20_000, 0, 20_000)
    settle(opened, loop)
    part = opened.combiner.difference(minus, camera.view)
    assert part.note == OF_MEANS
    positions = np.arange(32, 48)
    wanted = np.mean(positions % 100) - np.mean(3 * np.cos(positions * 0.3))
    assert part.values.mean[2] == pytest.approx(wanted, abs=1e-4)
    camera.show("chr1", 20_000, 0, 900)
    settle(opened, loop)
    part = opened.combiner.difference(minus, camera.view)
    assert part.note == ""
    assert part.values[40 - part.start] == pytest.approx(40 - 3 * np.cos(12), abs=1e-4)


def test_an_overlay_holds_what_its_tracks_hold_in_own_units_if_wanted(compared, loop):
    [overlay] = [track for track in compared.model.tracks if isinstance(track, OverlayTrack)]
    view = compared.model.camera.view
    parts = compared.combiner.overlay(overlay, view)
    assert [part.largest(view) for part in parts] == pytest.approx([1.0, 1.0])
    overlay.normalised = False
    parts = compared.combiner.overlay(overlay, view)
    assert [part.largest(view) for part in parts] == pytest.approx([1.0, 3.0], abs=0.05)


def test_a_removed_track_takes_what_was_made_of_it_along(compared):
    tracks = compared.model.tracks
    tracks.remove(tracks.relevance()[1])
    assert not [track for track in tracks if isinstance(track, OverlayTrack | DifferenceTrack)]
