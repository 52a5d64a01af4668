"""Numbers about what shows, and the lines about a track."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gxview.viewer.explaining.relevance_slice import reduce
from gxview.viewer.tracks.combine import Part
from gxview.viewer.tracks.info import InfoSection, as_text
from gxview.viewer.tracks.kinds import SignalTrack
from gxview.viewer.tracks.statistics import statistics_of

VALUES = arrays(np.float32, st.integers(1, 300), elements=st.floats(-100, 100, width=32) | st.just(np.float32(np.nan)))


@given(VALUES, st.integers(0, 40), st.integers(1, 300))
def test_numbers_of_bases_are_those_of_numpy(values, start, length):
    found = statistics_of(Part(SignalTrack(), 100, values), 100 + start, 100 + start + length)
    shown = values[start : start + length].astype(np.float64)
    known = shown[np.isfinite(shown)]
    assert (found.covered, found.bases, found.bin_size) == (len(known), length, 1)
    if len(known):
        numbers = (found.smallest, found.mean, found.largest, found.total)
        assert numbers == pytest.approx((known.min(), known.mean(), known.max(), known.sum()), rel=1e-9, abs=1e-9)
    else:
        assert np.isnan(found.mean)


@given(VALUES, st.integers(1, 4))
def test_numbers_of_bins_agree_with_those_of_their_bases(values, level):
    values = np.nan_to_num(values)
    whole = values[: len(values) >> level << level]
    bins = Part(SignalTrack(), 0, reduce(0, whole, level))
    found = statistics_of(bins, 0, len(whole)) if len(whole) else None
    if found is not None:
        assert found.bin_size == 1 << level
        assert found.covered == len(whole)
        assert (found.smallest, found.largest) == (whole.min(), whole.max())
        assert found.mean == pytest.approx(float(whole.astype(np.float64).mean()), abs=1e-4)


def test_text_for_the_clipboard_has_headings_and_lines():
    sections = [InfoSection("a", (("x", "1"), ("y", "2"))), InfoSection("b", (("z", "3"),))]
    assert as_text(sections) == "a\nx: 1\ny: 2\n\nb\nz: 3"
