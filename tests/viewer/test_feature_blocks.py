"""Features as they are read for a view: rows by mode, counts where there are too many."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gxview.genome import Region
from gxview.tracks import Feature
from gxview.viewer.data import blocks
from gxview.viewer.data.blocks import FeatureBlock, counts_of, feature_piece
from gxview.viewer.places.camera import make_view
from gxview.viewer.tracks.kinds import FeatureTrack


class Many:
    """Overlapping features all along a chromosome of 8 Mb."""

    def __init__(self, step: int, strands: str = "+-") -> None:
        self.read, self.asked = 0, 0
        self.all = [
            Feature("c", k, k + 3 * step // 2, f"g{k}", strands[k // step % len(strands)])
            for k in range(0, 8_000_000, step)
        ]

    def features(self, region):
        self.read += 1
        return [f for f in self.all if f.start < region.end and f.end > region.start]

    def density(self, region, bins):
        self.asked += 1
        edges = region.start + np.arange(bins + 1) * region.length // bins
        return np.array([sum(f.start < b and f.end > a for f in self.all) for a, b in pairwise(edges)])


def block(source, start, span, **fields) -> FeatureBlock:
    view = make_view("c", 8_000_000, start, span / 1000, 1000)
    return feature_piece(source, FeatureTrack(**fields), view).load()


def test_each_mode_has_its_rows():
    source = Many(1000)
    assert set(block(source, 0, 50_000, mode="collapsed").rows) == {0}
    for mode in ("packed", "expanded"):
        found = block(source, 0, 50_000, mode=mode)
        ends = {}
        for feature, row in zip(found.features, found.rows, strict=True):
            assert ends.get(row, 0) <= feature.start, "no feature lies over another"
            ends[row] = feature.end
    label = 6.5 * 65.536
    found = block(source, 0, 50_000, mode="expanded")
    ends = {}
    for feature, row in zip(found.features, found.rows, strict=True):
        assert ends.get(row, 0) <= feature.start, "nor over the label of another"
        ends[row] = feature.start + label * len(feature.name)


def test_without_labels_rows_need_no_room_for_them():
    source = Many(1000)
    narrow, wide = (block(source, 0, 250_000, mode="expanded", labels=labels) for labels in (False, True))
    assert narrow.row_count == 2
    assert wide.row_count > 5


@pytest.mark.parametrize("strands", ["+-", "."])
def test_too_many_features_are_counted_exactly_in_bins_of_the_genome(strands):
    source = Many(1000, strands)
    found = block(source, 0, 4_000_000)
    assert not found.features
    counts = found.counts
    assert (np.diff(counts.edges)[:-1] == np.diff(counts.edges)[0]).all()
    for place in (0, 7, 500, len(counts.forward) - 1):
        a, b = counts.edges[place], counts.edges[place + 1]
        touching = [f for f in source.all if f.start < b and f.end > a]
        assert counts.forward[place] == sum(f.strand != "-" for f in touching)
        if strands == ".":
            assert counts.reverse is None
        else:
            assert counts.reverse[place] == sum(f.strand == "-" for f in touching)


def test_very_many_features_are_not_read_to_be_counted(monkeypatch):
    monkeypatch.setattr(blocks, "MAX_READ", 100)
    source = Many(20_000)
    found = block(source, 0, 8_000_000)
    assert source.read == 0
    assert found.counts.reverse is None
    wanted = counts_of(source.all, Region("c", 0, 8_000_000), 8_388_608 / 1000)
    assert np.array_equal(found.counts.edges, wanted.edges)
    assert np.array_equal(found.counts.forward, wanted.forward + wanted.reverse)


def test_near_enough_nobody_is_asked_for_a_density():
    source = Many(20_000)
    assert block(source, 1_000_000, 500_000).features
    assert source.asked == 0


def test_a_source_that_tells_where_features_lie_makes_none_to_count_them():
    class Outline(Many):
        def outline(self, region):
            found = Many.features(self, region)
            self.read = 0
            columns = [[f.start for f in found], [f.end for f in found], [1 if f.strand == "+" else -1 for f in found]]
            return tuple(np.array(column, np.int64) for column in columns)

    fast, slow = Outline(1000), Many(1000)
    counted, expected = (block(source, 0, 8_000_000) for source in (fast, slow))
    assert (fast.read, slow.read) == (0, 1)
    for name in ("edges", "forward", "reverse"):
        np.testing.assert_array_equal(getattr(counted.counts, name), getattr(expected.counts, name))


def test_a_transcript_of_each_gene_lies_on_top_with_room_for_its_name():
    starts = {"GART": 1_000, "SON": 3_000, "CRYZL1": 5_200}
    features = [
        Feature("c", start + 10 * k, start + 2_000 - 10 * k, name, "+")
        for name, start in starts.items()
        for k in range(9)
    ]
    rows = blocks.rows_of(features, 10.0)
    named = [place for place in range(len(features)) if place % 9 == 0]
    assert max(rows[place] for place in named) < min(row for place, row in enumerate(rows) if place not in named)
    for place, row in enumerate(rows):
        for other in range(place + 1, len(rows)):
            if rows[other] == row:
                room = 10.0 * 6.5 * len(features[place].name) if place in named else 0
                assert features[place].end + room <= features[other].start
    assert max(blocks.rows_of(features, 10.0, labels=False)) == 8, "without labels there is no room for them"
