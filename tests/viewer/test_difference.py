"""One signal minus another: every base as far as that is quick, means beyond."""

from __future__ import annotations

import numpy as np
import pytest

from gxview.genome import Region
from gxview.tracks import SignalSource, SignalSummary
from gxview.viewer.data import difference
from gxview.viewer.data.difference import DifferenceSource


class Wave:
    """A signal of any length, missing at every hundredth base."""

    name, path, color, notes, sizes = "wave", None, None, ("a note",), {"chr1": 240_000_000}

    def __init__(self, step):
        self.step = step

    def values(self, region):
        positions = np.arange(region.start, region.end)
        return np.where(positions % 100 == 0, np.nan, np.sin(positions * self.step)).astype(np.float32)

    def summary(self, region, bins):
        parts = np.array_split(self.values(region), bins)
        return SignalSummary(*(np.array([f(p) for p in parts], np.float32) for f in (np.nanmin, np.nanmax, np.nanmean)))


@pytest.fixture
def source(monkeypatch):
    monkeypatch.setattr(difference, "CHUNK", 1000)
    monkeypatch.setattr(difference, "MAX_EXACT", 8192)
    return DifferenceSource(Wave(0.7), Wave(0.3))


def test_every_base_is_subtracted_across_chunks(source):
    assert isinstance(source, SignalSource)
    region = Region("chr1", 239_999_000, 239_999_000 + 8192)
    bases = Wave(0.7).values(region) - Wave(0.3).values(region)
    assert np.array_equal(source.values(region), bases, equal_nan=True)
    found, parts = source.summary(region, 64), bases.reshape(64, 128)
    assert np.array_equal(found.min, np.nanmin(parts, axis=1))
    assert np.array_equal(found.max, np.nanmax(parts, axis=1))
    assert found.mean == pytest.approx(np.nanmean(parts, axis=1), abs=1e-6)


def test_beyond_the_limit_the_means_are_subtracted(source):
    region = Region("chr1", 0, 16_384)
    found = source.summary(region, 64)
    wanted = Wave(0.7).summary(region, 64).mean - Wave(0.3).summary(region, 64).mean
    for part in (found.min, found.max, found.mean):
        assert np.array_equal(part, wanted)
    assert source.notes == ("a note", "a note")
