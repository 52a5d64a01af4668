"""Peaks against brute force, and the search as a job."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import Cancelled
from gxview.genome import Region
from gxview.measures.similarity import continuous_jaccards
from gxview.viewer.places import peaks as module
from gxview.viewer.places.peak_finder import PeakQuery
from gxview.viewer.places.peaks import find_peaks, rank_regions
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.tracks.kinds import SignalTrack
from tests.viewer.fakes import relevance_at

OFFSET = 3_000_000_000


def values_with_gaps(seed, length):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=length).astype(np.float32)
    values[rng.random(length) < 0.1] = np.nan
    if length > 40:
        values[10:30] = np.nan
    return values


def reader(values):
    return lambda region: values[region.start - OFFSET : region.end - OFFSET]


def slow_score(part, other, rank):
    """The definition, one window at a time."""
    known = np.isfinite(part) if rank != "disagreement" else np.isfinite(part) & np.isfinite(other)
    if known.mean() < 0.5:
        return np.nan
    a = part[known].astype(np.float64)
    if rank == "total":
        return float(sum(abs(x) for x in a))
    if rank == "signed":
        return float(sum(a))
    if rank == "maximum":
        return float(max(abs(x) for x in a))
    b = other[known].astype(np.float64)
    a, b = a / np.abs(a).sum(), b / np.abs(b).sum()
    top = sum(min(abs(x), abs(y)) * np.sign(x) * np.sign(y) for x, y in zip(a, b, strict=True))
    return 1 - top / sum(max(abs(x), abs(y)) for x, y in zip(a, b, strict=True))


def slow_peaks(values, other, rank, width, count):
    width = min(width, len(values))
    step = max(1, width // 4)
    windows = [(k, slow_score(values[k : k + width], other[k : k + width], rank)) for k in
               range(0, len(values) - width + 1, step)]  # fmt: skip
    windows = sorted((w for w in windows if np.isfinite(w[1])), key=lambda w: (-w[1], w[0]))
    chosen = []
    for start, score in windows:
        if all(abs(start - known) >= width for known, _ in chosen) and len(chosen) < count:
            chosen.append((start, score))
    return chosen


@given(
    st.integers(0, 10**6), st.integers(1, 300), st.integers(1, 90), st.integers(1, 12),
    st.sampled_from(["total", "signed", "maximum", "disagreement"]), st.sampled_from([1, 50, 1000]),
)  # fmt: skip
def test_peaks_are_those_of_brute_force_however_the_stretch_is_cut(seed, length, width, count, rank, chunk):
    values, other = values_with_gaps(seed, length), values_with_gaps(seed + 1, length)
    region = Region("chr1", OFFSET, OFFSET + length)
    before, module.CHUNK = module.CHUNK, chunk
    try:
        found = find_peaks(region, reader(values), reader(other), rank, width, count)
    finally:
        module.CHUNK = before
    expected = slow_peaks(values, other, rank, width, count)
    got = [(peak.region.start - OFFSET, peak.score) for peak in found.peaks]
    # windows that are equal but for rounding may come in either order
    assert [score for _, score in got] == pytest.approx([score for _, score in expected], rel=1e-5, abs=1e-5)
    slow = {start: score for start, score in got}
    for start, score in slow.items():
        part = slice(start, start + min(width, length))
        assert score == pytest.approx(slow_score(values[part], other[part], rank), rel=1e-5, abs=1e-5)
    assert found.known == pytest.approx(np.isfinite(values).mean())


@given(st.integers(0, 10**6))
def test_peaks_do_not_overlap_and_the_summit_is_the_largest_value(seed):
    values = values_with_gaps(seed, 400)
    found = find_peaks(Region("c", OFFSET, OFFSET + 400), reader(values), None, "total", 30, 50)
    spans = sorted((peak.region.start, peak.region.end) for peak in found.peaks)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
    for peak in found.peaks:
        part = np.abs(values[peak.region.start - OFFSET : peak.region.end - OFFSET])
        assert part[peak.summit - peak.region.start] == np.nanmax(part)


def test_the_agreement_is_that_of_the_definition():
    a, b = np.array([1.0, -2.0, 0.0]), np.array([2.0, -1.0, 3.0])
    x, y = np.array([1, -2, 0]) / 3, np.array([2, -1, 3]) / 6
    expected = (min(1 / 3, 2 / 6) + min(2 / 3, 1 / 6)) / sum(np.maximum(abs(x), abs(y)))
    assert continuous_jaccards(a, b) == pytest.approx(expected)
    assert continuous_jaccards(a, 7 * a) == pytest.approx(1)
    assert continuous_jaccards(a, -a) == pytest.approx(-1)
    assert np.isnan(continuous_jaccards(a, 0 * a))
    both = continuous_jaccards(np.stack([a, a]), np.stack([b, a]))
    assert both == pytest.approx([expected, 1])


def test_regions_are_rated_as_they_are_even_when_they_overlap():
    values = np.arange(100, dtype=np.float32)
    regions = [Region("c", OFFSET + s, OFFSET + e) for s, e in ((0, 10), (50, 60), (55, 65), (90, 91))]
    found = rank_regions(regions, reader(values), None, "total", 3)
    assert [(p.region.start - OFFSET, p.score) for p in found.peaks] == [(55, 595.0), (50, 545.0), (90, 90.0)]


def test_a_search_can_be_stopped():
    values = np.ones(100, np.float32)
    with pytest.raises(Cancelled):
        find_peaks(Region("c", OFFSET, OFFSET + 100), reader(values), None, "total", 10, 5, cancelled=lambda: True)


def explained(viewer, loop, key="fake-cnn"):
    viewer.show(Region("chr1", 4096, 6144))
    viewer.explanations.add(key)
    assert loop.run(lambda: viewer.is_idle)
    return viewer.model.tracks.relevance()[-1]


def test_peaks_of_a_live_explanation_come_from_the_tiles_at_hand(opened, loop):
    track = explained(opened, loop)
    opened.peaks.find(PeakQuery(track.id, rank="signed", over="chromosome", width=40, count=5))
    assert loop.run(lambda: opened.is_idle)
    rows = opened.model.peaks.rows
    assert len(rows) == 5
    for row in rows:
        assert row.score == pytest.approx(float(relevance_at(row.region).sum()), abs=1e-4)
    assert opened.navigator.active == "peaks"
    assert "that has values at hand; N and P" in opened.notices.history[-1].text
    opened.navigator.step(1)
    assert opened.model.peaks.current == 0
    shown = opened.model.camera.view.region
    assert shown.start <= rows[0].start
    assert shown.end >= rows[0].end


def test_peaks_of_a_signal_over_the_table_of_regions(opened, loop, tmp_path):
    opened.opener.open_track(tmp_path / "signal.bw")
    assert loop.run(lambda: opened.is_idle)
    track = next(track for track in opened.model.tracks if isinstance(track, SignalTrack))
    rows = [RegionRow("chr1", 0, 10, name="low"), RegionRow("chr1", 90, 100, name="high"), RegionRow("gone", 1, 2)]
    opened.model.regions.rows = rows
    opened.peaks.find(PeakQuery(track.id, rank="maximum", over="regions", count=1))
    assert loop.run(lambda: opened.is_idle)
    found = opened.model.peaks.rows
    assert [(row.start, row.score, row.name) for row in found] == [(90, 99.0, "high"), (0, 9.0, "low")]


def test_two_equal_models_do_not_disagree(opened, loop):
    first, second = explained(opened, loop), explained(opened, loop, "fake-bert")
    opened.peaks.find(PeakQuery(first.id, second.id, rank="disagreement", over="view", count=3))
    assert loop.run(lambda: opened.is_idle)
    assert [row.score for row in opened.model.peaks.rows] == pytest.approx([0, 0, 0], abs=1e-6)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (PeakQuery("none"), "Choose an explanation or a signal"),
        (PeakQuery("{track}", "{track}", rank="disagreement"), "Choose two tracks"),
        (PeakQuery("{track}", over="regions"), "table of regions is empty"),
    ],
)
def test_what_cannot_be_searched_is_told(opened, loop, query, says):
    track = explained(opened, loop)
    fields = {name: getattr(query, name).replace("{track}", track.id) for name in ("track", "second")}
    opened.peaks.find(PeakQuery(fields["track"], fields["second"], query.rank, query.over))
    assert says in opened.notices.history[-1].text
    assert len(opened.model.peaks) == 0


def test_a_place_without_values_has_no_peaks(opened, loop):
    track = explained(opened, loop)
    opened.model.settings.live = False
    opened.show(Region("chr1", 15_000, 16_000))
    opened.peaks.find(PeakQuery(track.id))
    assert loop.run(lambda: opened.is_idle)
    assert "has no values there" in opened.notices.history[-1].text
