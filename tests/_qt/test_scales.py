"""Scales of tracks and groups, compared with numpy on the values that show."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from qtpy.QtCore import QRectF

from gxview._qt.look.theme import DARK
from gxview._qt.painters import Scale, Style
from gxview._qt.painters.frame import axis_ticks
from gxview._qt.painters.ticks import end_label, log_ticks, round_ends
from gxview._qt.rows.scales import fit, group_scale, scale_of
from gxview.genome import Region
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import SignalTrack
from gxview.viewer.tracks.scale import ScaleOptions
from tests.viewer.fakes import relevance_at, spread_at

VALUES = arrays(np.float32, st.integers(1, 60), elements=st.floats(-1e6, 1e6, width=32))


@given(VALUES)
def test_a_fitted_scale_holds_all_values_and_little_more(values):
    scale = fit(ScaleOptions(), values, values)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    assert scale.low <= low <= high <= scale.high
    size = max(-low, high)
    if size > 1e-30:
        assert scale.high - high <= 0.2 * size
        assert low - scale.low <= 0.2 * size


@given(VALUES)
def test_a_symmetric_scale_has_zero_in_its_middle(values):
    scale = fit(ScaleOptions(mode="symmetric"), values, values)
    assert scale.low == -scale.high
    assert scale.high >= np.abs(values).max()


@given(arrays(np.float32, st.integers(1, 200), elements=st.floats(0.125, 1e6, width=32)), st.floats(51, 100))
def test_a_percentile_scale_ends_where_numpy_says(values, percent):
    with_gaps = np.concatenate([values, np.zeros(50, np.float32), np.full(9, np.nan, np.float32)])
    scale = fit(ScaleOptions(mode="percentile", percent=percent), with_gaps, with_gaps)
    assert (0.0, scale.high) == round_ends(0.0, float(np.percentile(values, percent)))
    assert scale.note == f"p{percent:g}"


def test_the_percentile_of_bins_counts_both_ends_of_each():
    low, high = np.float32([-8, -1, -1]), np.float32([1, 2, 3])
    expected = float(np.percentile([8, 1, 1, 1, 2, 3], 60))
    assert fit(ScaleOptions(mode="percentile", percent=60), low, high).high == round_ends(0, expected)[1]


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [0.0, 0.0], [np.inf, -np.inf]])
@pytest.mark.parametrize("mode", ["auto", "symmetric", "percentile", "group"])
def test_nothing_to_fit_is_still_a_scale(values, mode):
    found = np.float32(values)
    scale = fit(ScaleOptions(mode=mode), found, found)
    assert (scale.low, scale.high) in ((0, 1), (-1, 1))


def test_a_fixed_scale_stays_as_it_is_and_says_so():
    scale = fit(ScaleOptions(mode="fixed", low=-2.5, high=7.25), np.float32([99]), np.float32([99]))
    assert (scale.low, scale.high, scale.note) == (-2.5, 7.25, "fix")


@given(low=st.floats(-1e6, 0), high=st.floats(0, 1e6))
def test_round_ends_are_multiples_of_one_step(low, high):
    ends = round_ends(low, high)
    assert ends[0] <= low <= high <= ends[1]
    assert all(len(f"{abs(end):.12g}".replace(".", "").split("e")[0].strip("0")) <= 3 for end in ends)


def test_a_growing_maximum_moves_the_scale_in_few_steps():
    ends = {round_ends(0, high)[1] for high in np.linspace(10, 20, 1001)}
    assert len(ends) <= 12


@given(st.lists(st.floats(-1e5, 1e5), min_size=2, max_size=30))
def test_heights_of_a_log_scale_follow_the_formula(values):
    rect, scale = QRectF(0, 0, 10, 100), Scale(-1e5, 1e5, log=True)
    array = np.array(values)
    expected = 50 - 50 * np.sign(array) * np.log10(1 + np.abs(array)) / math.log10(1 + 1e5)
    np.testing.assert_allclose(scale.ys(array, rect), expected, atol=1e-9)
    np.testing.assert_allclose([scale.y(v, rect) for v in values], expected, atol=1e-9)


def test_log_ticks_are_powers_of_ten():
    assert log_ticks(-15, 2000) == [-10, -1, 0, 1, 10, 100, 1000]
    assert log_ticks(0, 0.5) == [0]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.137, "0.137"), (12.0, "12"), (1234.5678, "1,235"), (2.5e6, "2.5e6"), (-0.5, "−0.5"), (0.0, "0")],
)
def test_the_end_of_an_axis_is_written_with_few_digits(value, text):
    assert end_label(value) == text


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(("low", "high"), [(0, 13), (-0.5, 5), (0, 1.37), (-1000, 200), (0, 0.014)])
@pytest.mark.parametrize("height", [50, 142])
def test_the_axis_names_its_ends_and_no_label_touches_another(qapp, low, high, height, log):
    ticks = axis_ticks(Scale(low, high, log), QRectF(0, 0, 52, height), Style(DARK))
    values = [tick.value for tick in ticks]
    assert {0, max(low, high, key=abs)} <= set(values)
    middles = sorted(tick.middle for tick in ticks)
    assert all(b - a >= 12 for a, b in itertools.pairwise(middles))
    rows = [Scale(low, high, log).y(value, QRectF(0, 0, 52, height)) for value in sorted(values)]
    assert rows == sorted(rows, reverse=True)


def signals(opened, qtbot, tmp_path, count):
    for number in range(count):
        opened.viewer.opener.open_track(tmp_path / f"more{number}.bw")
    opened.viewer.show(Region("chr1", 5010, 5050))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    return [track for track in opened.viewer.model.tracks if isinstance(track, SignalTrack)]


def test_members_of_a_group_share_one_scale_over_all_places_that_show(opened, qtbot, tmp_path):
    model = opened.viewer.model
    a, b, c = signals(opened, qtbot, tmp_path, 2)
    group = TrackGroup()
    model.tracks.add_group(group, [a, b, c])
    for track in (a, b):
        track.scale = ScaleOptions(mode="group")
    # the value at a base is its position modulo 100
    assert scale_of(a, opened.canvas.scene).high == round_ends(0, 49)[1]
    model.loci.add()
    opened.viewer.show(Region("chr1", 7060, 7091))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    scene = opened.canvas.scene
    assert scale_of(a, scene) == scale_of(b, scene) == group_scale(group, scene)
    assert (scale_of(a, scene).high, scale_of(a, scene).note) == (round_ends(0, 90)[1], "grp")
    assert scale_of(c, scene).note == ""
    group.scale = ScaleOptions(mode="percentile", percent=75, log=True)
    scene = opened.canvas.scene
    shown = np.concatenate([np.arange(5010, 5050), np.arange(7060, 7091)]) % 100
    expected = float(np.percentile(np.tile(shown[shown > 0], 2), 75))
    assert scale_of(b, scene).high == round_ends(0, expected)[1]
    assert (scale_of(b, scene).note, scale_of(b, scene).log) == ("grp p75 log", True)


def test_a_hidden_member_does_not_count_and_a_track_without_group_fits_itself(opened, qtbot, tmp_path):
    model = opened.viewer.model
    a, b = signals(opened, qtbot, tmp_path, 1)
    a.scale = b.scale = ScaleOptions(mode="group")
    assert scale_of(a, opened.canvas.scene).note == ""
    group = TrackGroup(scale=ScaleOptions(mode="symmetric"))
    model.tracks.add_group(group, [a, b])
    b.visible = False
    scale = scale_of(a, opened.canvas.scene)
    assert (scale.low, scale.high) == (-scale.high, round_ends(0, 49)[1])


@pytest.mark.parametrize("bases", [60, 3_000, 15_000])
def test_the_scale_of_an_ensemble_holds_its_spread(opened, qtbot, bases):
    track = opened.viewer.explanations.add("fake-ensemble")
    shown = Region("chr1", 1_000, 1_000 + bases)
    opened.viewer.show(shown)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    found = opened.canvas.scene.camera.region
    values, spread = relevance_at(found), spread_at(found)
    scale = scale_of(track, opened.canvas.scene)
    low, high = round_ends(float((values - spread).min()), float((values + spread).max()))
    assert (scale.low, scale.high) == pytest.approx((low, high), rel=0.05)


def test_a_frame_fits_each_track_once(opened, qtbot, tmp_path, monkeypatch):
    a, _ = signals(opened, qtbot, tmp_path, 1)
    scene = opened.canvas.scene
    first = scale_of(a, scene)
    monkeypatch.setattr(type(opened.viewer.data), "signal", lambda *_: pytest.fail("read again"))
    assert scale_of(a, scene) is first
