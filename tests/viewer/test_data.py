"""Tiles and blocks: what is drawn is what the file holds, at every zoom."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxview.genome import Region
from gxview.tracks import Feature
from gxview.viewer.data.blocks import block_key, block_region, rows_of
from gxview.viewer.data.fetch import MARGIN, SCREEN, Fetcher, Piece
from gxview.viewer.data.signal_tiles import BINS, assemble, level_of, signal_pieces
from gxview.viewer.explaining.relevance_slice import reduce
from gxview.viewer.places.camera import make_view
from gxview.viewer.work.workers import Workers
from tests.viewer.fakes import FakeSignal


def loaded(source, view):
    return {piece.key: piece.load() for piece in signal_pieces(source, view)}


@settings(max_examples=40)
@given(st.integers(1, 60_000), st.floats(0, 1), st.floats(0.02, 50), st.integers(20, 1500))
def test_assembled_tiles_equal_the_file(length, share, zoom, width):
    source, view = FakeSignal(), make_view("chr1", length, share * length, zoom, width)
    found = assemble(loaded(source, view).get, view)
    step, level = 1 << level_of(view), level_of(view)
    assert found.step == step
    assert found.start % (BINS << level) == 0
    visible = found.visible(view)
    region = view.region
    assert visible.start <= region.start
    assert visible.start + visible.step * len(visible.mean) >= region.end
    for place in range(0, len(visible.mean), max(1, len(visible.mean) // 7)):
        start = visible.start + place * step
        values = source.values(Region("chr1", start, min(start + step, length)))
        assert (visible.low[place], visible.high[place]) == (values.min(), values.max())
        np.testing.assert_allclose(visible.mean[place], values.mean(), rtol=1e-5)


def test_at_most_two_bins_per_pixel():
    for zoom in (0.3, 1.0, 1.99, 2.0, 3.7, 1000.0):
        view = make_view("chr1", 10_000_000, 0, zoom, 1000)
        assert view.bases_per_pixel / (1 << level_of(view)) < 2


def test_neighbouring_tiles_come_after_those_on_screen():
    view = make_view("chr1", 100_000, 30_000, 1, 1000)
    priorities = [piece.priority for piece in signal_pieces(FakeSignal(), view)]
    assert priorities == sorted(priorities)
    assert set(priorities) == {SCREEN, MARGIN}


def test_another_zoom_stands_in_until_the_right_tiles_come():
    near, far = (make_view("chr1", 100_000, 40_000, zoom, 1000) for zoom in (1, 4))
    tiles = loaded(FakeSignal(), far)
    found = assemble(tiles.get, near)
    assert found.step > 1
    tiles.update(loaded(FakeSignal(), near))
    assert assemble(tiles.get, near).step == 1
    assert assemble({}.get, near) is None


@given(st.integers(1, 250_000_000), st.floats(0, 1), st.floats(0.02, 1e5), st.integers(20, 2000))
def test_a_block_holds_its_view(length, share, zoom, width):
    view = make_view("chr1", length, share * length, zoom, width)
    block, shown = block_region(block_key(view), length), view.region
    assert block.start <= shown.start
    assert shown.end <= block.end


def test_labels_get_room_where_features_are_few():
    features = [Feature("chr1", k, k + 10, f"a long name {k}") for k in range(0, 200, 20)]
    assert max(rows_of(features, 0.05)) == 0
    assert max(rows_of(features, 0.5)) > 0
    assert max(rows_of(features, 500)) == 0
    assert list(rows_of([], 1.0)) == []


@pytest.fixture
def workers(loop):
    workers = Workers("gxview-test", 2, loop)
    yield workers
    workers.stop()
    assert workers.join(2)


def test_pieces_are_read_once_and_kept(loop, workers):
    fetcher, read = Fetcher(workers, capacity=3), []

    def piece(key):
        return Piece(key, lambda: read.append(key) or key * 2)

    fetcher.want("a", [piece("x"), piece("y")])
    fetcher.want("a", [piece("x"), piece("y")])
    assert loop.run(lambda: fetcher.is_idle)
    assert sorted(read) == ["x", "y"]
    assert fetcher.get("a", "x") == "xx"
    fetcher.want("a", [piece("z"), piece("w")])
    assert loop.run(lambda: fetcher.is_idle)
    assert fetcher.get("a", "y") is None
    assert fetcher.get("a", "x") == "xx"


def test_what_nobody_wants_any_more_never_arrives(loop, workers):
    fetcher, arrived = Fetcher(workers), []
    fetcher.arrived.connect(arrived.append)
    fetcher.want("a", [Piece("old", lambda: 1)])
    fetcher.want("a", [Piece("new", lambda: 2)])
    assert loop.run(lambda: fetcher.is_idle)
    assert fetcher.get("a", "old") is None
    assert fetcher.get("a", "new") == 2
    fetcher.forget("a")
    assert fetcher.get("a", "new") is None


def test_a_piece_that_cannot_be_read_is_not_asked_for_again(loop, workers):
    fetcher, tried = Fetcher(workers), []

    def load():
        tried.append(1)
        raise OSError("the disk is gone")

    for _ in range(3):
        fetcher.want("a", [Piece("x", load)])
        assert loop.run(lambda: fetcher.is_idle)
    assert len(tried) == 1
    assert "the disk is gone" in fetcher.failure("a")


def test_all_is_there_once_what_shows_has_come_or_failed(loop, workers):
    fetcher, gate = Fetcher(workers), threading.Event()
    fetcher.want("a", [Piece("shown", lambda: 1), Piece("beside", gate.wait, MARGIN)])
    assert not fetcher.is_complete
    assert loop.run(lambda: fetcher.is_complete)
    assert not fetcher.is_idle
    fetcher.want("b", [Piece("broken", lambda: [][0])])
    assert not fetcher.is_complete
    assert loop.run(lambda: fetcher.is_complete)
    gate.set()
    assert loop.run(lambda: fetcher.is_idle)


@given(st.integers(0, 3000), st.integers(1, 400), st.integers(0, 7), st.randoms(use_true_random=False))
def test_bins_hold_the_extremes_and_the_mean_of_their_bases(start, length, level, random):
    values = np.array([random.choice([random.uniform(-1, 1), np.nan]) for _ in range(length)], np.float32)
    bins, step = reduce(start, values, level), 1 << level
    assert bins.edges[0] <= start
    assert bins.edges[-1] >= start + length
    for place, edge in enumerate(bins.edges[:-1].tolist()):
        inside = values[max(0, edge - start) : max(0, edge + step - start)]
        known = inside[np.isfinite(inside)]
        if not len(known):
            assert np.isnan([bins.low[place], bins.high[place], bins.mean[place]]).all()
        else:
            assert (bins.low[place], bins.high[place]) == (known.min(), known.max())
            np.testing.assert_allclose(bins.mean[place], known.mean(), rtol=1e-4, atol=1e-6)


@given(st.integers(1, 250_000_000), st.floats(0, 1), st.floats(0.02, 1e5), st.integers(20, 2000))
def test_tiles_of_the_level_that_a_zoom_reaches_first_are_read_last(length, share, zoom, width):
    view = make_view("chr1", length, share * length, zoom, width)
    level, pieces = level_of(view), list(signal_pieces(FakeSignal(), view))
    far = [piece.key[1] for piece in pieces if piece.key[1] != level]
    assert all(abs(other - level) == 1 for other in far)
    assert [piece.priority for piece in pieces] == sorted(piece.priority for piece in pieces)
    for factor in (0.71, 1.4):
        zoomed = make_view("chr1", length, view.start, view.bases_per_pixel * factor, width)
        if level_of(zoomed) != level:
            assert level_of(zoomed) in far or abs(level_of(zoomed) - level) != 1
