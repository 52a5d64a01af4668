"""What is read of variants and reads for a view: them, or only their density where they are too many."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gxview.genome import Region
from gxview.tracks import ReadOptions
from gxview.tracks.pileup import pile_up
from gxview.tracks.read_table import ReadTable
from gxview.tracks.variant_lines import read_variant
from gxview.viewer.data import variant_blocks
from gxview.viewer.data.alignment_blocks import alignment_key, alignment_piece
from gxview.viewer.data.variant_blocks import rows_of, variant_key, variant_piece
from gxview.viewer.places.camera import Camera
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.kinds import AlignmentTrack

LENGTH = 100_000_000


def view_at(start: int, end: int):
    camera = Camera()
    camera.resize(1000)
    camera.show("chr1", LENGTH, start, end)
    return camera.view


class Variants:
    """A variant every thousand bases, every other one rejected."""

    name, path, color, notes, samples, sizes = "v", Path("v"), None, (), (), {"chr1": LENGTH}

    def variants(self, region):
        places = range(-(-region.start // 1000), -(-region.end // 1000))
        states = ("PASS", "q10")
        return [read_variant(f"chr1\t{p * 1000 + 1}\trs{p}\tA\tC\t.\t{states[p % 2]}\t.", "") for p in places]

    def count(self, region):
        return region.length // 1000

    def density(self, region, bins):
        return np.full(bins, self.count(region) // bins, np.int64)

    def is_rough(self, region):
        return region.length > 10_000_000

    def search(self, text, limit=20):
        return []


class Reads:
    """A read every hundred bases; stretches longer than two megabases are not affordable."""

    name, path, color, notes, sizes, aligned = "r", Path("r"), None, (), {"chr1": LENGTH}, None

    def is_affordable(self, region):
        return region.length <= 2_000_000

    def pileup(self, region, options, bases_per_pixel):
        self.asked = region, options, bases_per_pixel
        return pile_up(ReadTable.of(()), region, None, options, bases_per_pixel=bases_per_pixel)

    def reads_per_bin(self, region, bins):
        return np.full(bins, region.length // 100 // bins, np.int64)


def test_near_enough_the_variants_themselves_are_read_wider_than_the_view():
    view = view_at(1_000_000, 1_100_000)
    block = variant_piece(Variants(), VariantTrack(), view).load()
    assert block.counts is None
    assert block.region.start < 1_000_000
    assert block.region.end > 1_100_000
    assert [v.start for v in block.variants] == list(
        range(-(-block.region.start // 1000) * 1000, block.region.end, 1000)
    )
    assert len(block.rows) == len(block.variants)


def test_far_out_only_their_density_is_asked_for():
    block = variant_piece(Variants(), VariantTrack(), view_at(0, 50_000_000)).load()
    assert not block.variants
    assert len(block.edges) == len(block.counts) + 1
    assert (block.edges[0], block.edges[-1]) == (block.region.start, block.region.end)
    assert block.rough


def test_rejected_variants_can_be_left_out():
    view = view_at(1_000_000, 1_100_000)
    track = VariantTrack(passed_only=True)
    block = variant_piece(Variants(), track, view).load()
    assert block.variants
    assert all(v.passed for v in block.variants)
    assert variant_key(track, view) != variant_key(VariantTrack(), view)


def test_variants_and_their_labels_get_rows_of_their_own(monkeypatch):
    monkeypatch.setattr(variant_blocks, "MAX_ROWS", 5)
    near = [read_variant(f"chr1\t{p}\trs{p}\tA\tC\t.\t.\t.", "") for p in (100, 102, 104)]
    assert sorted(rows_of(near, 0.1)) == [0, 1, 2]
    assert rows_of(near, 0.0001) == [0, 0, 0]
    many = [read_variant("chr1\t100\t.\tA\tC\t.\t.\t.", "") for _ in range(9)]
    assert sorted(rows_of(many, 0.1)) == [-1, -1, -1, -1, 0, 1, 2, 3, 4]
    assert rows_of([], 1.0) == []


def test_reads_are_piled_up_as_the_track_says():
    source, view = Reads(), view_at(1_000_000, 1_010_000)
    track = AlignmentTrack(soft_clips=True, secondary=True, min_mapping_quality=7)
    block = alignment_piece(source, track, view).load()
    region, options, per_pixel = source.asked
    assert options == ReadOptions(secondary=True, soft_clips=True, min_mapping_quality=7)
    assert region.start < 1_000_000 < 1_010_000 < region.end
    assert view.bases_per_pixel <= per_pixel <= 2 * view.bases_per_pixel
    assert block.pileup is not None
    assert alignment_key(track, view) != alignment_key(AlignmentTrack(), view)


@pytest.mark.parametrize("span", [2_000_000, 60_000_000])
def test_where_reads_are_too_many_it_is_told_how_far_to_zoom_in(span):
    source = Reads()
    block = alignment_piece(source, AlignmentTrack(), view_at(0, span)).load()
    assert block.pileup is None
    assert (block.edges[0], block.edges[-1]) == (block.region.start, block.region.end)
    assert block.counts.sum() > 0
    nearer = view_at(0, block.readable_span)
    assert alignment_piece(source, AlignmentTrack(), nearer).load().pileup is not None


def test_blocks_weigh_what_they_hold():
    light = alignment_piece(Reads(), AlignmentTrack(), view_at(0, 100)).load()
    heavy = alignment_piece(Reads(), AlignmentTrack(), view_at(50_000_000, 50_020_000)).load()
    assert heavy.pileup.region == Region("chr1", heavy.region.start, heavy.region.end)
    assert heavy.weight > light.weight >= 1
