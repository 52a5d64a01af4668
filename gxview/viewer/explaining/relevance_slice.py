"""Explained tiles joined for drawing: every base, or one summary per tile when zoomed far out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.viewer.explaining.engine import RegionExplanation, TokenSpan

Floats = NDArray[np.float32]
_SIDES = (-1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Extremes and mean between consecutive edges; NaN where nothing is known."""

    edges: NDArray[np.int64]
    low: Floats
    high: Floats
    mean: Floats


@dataclass(frozen=True, slots=True, eq=False)
class RelevanceSlice:
    """Relevance and score per base from `start` on, and the tokens there; or, zoomed far out, summaries.

    Parameters
    ----------
    start
        First base.
    values, score
        Relevance and probability, (L,); bins instead when zoomed far out.
    tokens
        Tokens in genome order.
    notes
        Sentences for the user.
    lower, upper
        Relevance less and plus its spread, that is how far several tilings or models lie apart; like `values`. None
        with a single one.
    """

    start: int
    values: Floats | Bins
    score: Floats | Bins
    tokens: tuple[TokenSpan, ...] = ()
    notes: tuple[str, ...] = ()
    lower: Floats | Bins | None = None
    upper: Floats | Bins | None = None

    @property
    def has_values(self) -> bool:
        """Whether any base has relevance."""
        values = self.values.mean if isinstance(self.values, Bins) else self.values
        return bool(np.isfinite(values).any())


def join(tiles: Sequence[RegionExplanation]) -> RelevanceSlice | None:
    """Join tiles in genome order base by base; None without tiles."""
    if not tiles:
        return None
    start, end = tiles[0].region.start, tiles[-1].region.end
    values = np.full(end - start, np.nan, np.float32)
    score = np.full(end - start, np.nan, np.float32)
    ends = [np.full(end - start, np.nan, np.float32) for _ in _SIDES] if _is_spread(tiles) else [None, None]
    for tile in tiles:
        place = slice(tile.region.start - start, tile.region.end - start)
        values[place], score[place] = tile.values, tile.score
        for side, whole in zip(_SIDES, ends, strict=True):
            if whole is not None:
                whole[place] = _end(tile, side)
    # a token that crosses the border of two tiles comes with both
    tokens = {(token.start, token.end): token for tile in tiles for token in tile.tokens}
    notes = tuple(dict.fromkeys(note for tile in tiles for note in tile.notes))
    return RelevanceSlice(start, values, score, tuple(tokens.values()), notes, *ends)


def summarise(tiles: Sequence[RegionExplanation]) -> RelevanceSlice | None:
    """Join tiles in genome order as one bin each, with empty bins in the gaps; None without tiles."""
    if not tiles:
        return None
    values = _bins(tiles, [tile.values for tile in tiles])
    score = _bins(tiles, [tile.score for tile in tiles])
    ends = [_bins(tiles, [_end(tile, side) for tile in tiles]) for side in _SIDES] if _is_spread(tiles) else []
    return RelevanceSlice(tiles[0].region.start, values, score, (), (), *ends)


def reduce(start: int, values: Floats, level: int) -> Bins:
    """Summarise values per base in bins of 2**level bases that begin at multiples of that number.

    Parameters
    ----------
    start
        First base of `values`.
    values
        One value per base, (L,); NaN where nothing is known.
    level
        Zoom level.
    """
    step = 1 << level
    first, end = start // step * step, -(-(start + len(values)) // step) * step
    padded = np.pad(values, (start - first, end - start - len(values)), constant_values=np.nan).reshape(-1, step)
    known = np.isfinite(padded).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(padded, axis=1, dtype=np.float64) / known
    edges = np.arange(first, end + 1, step, dtype=np.int64)
    return Bins(edges, np.fmin.reduce(padded, axis=1), np.fmax.reduce(padded, axis=1), mean.astype(np.float32))


def _is_spread(tiles: Sequence[RegionExplanation]) -> bool:
    return any(tile.spread is not None for tile in tiles)


def _end(tile: RegionExplanation, side: int) -> Floats:
    """Return the values of a tile moved by their spread downwards (-1) or upwards (1); NaN where there is none."""
    if tile.spread is None:
        return np.full_like(tile.values, np.nan)
    return np.asarray(tile.values + np.float32(side) * tile.spread, np.float32)


def _bins(tiles: Sequence[RegionExplanation], arrays: Sequence[Floats]) -> Bins:
    edges = [tiles[0].region.start]
    rows: list[tuple[float, float, float]] = []
    for tile, values in zip(tiles, arrays, strict=True):
        if tile.region.start > edges[-1]:
            edges.append(tile.region.start)
            rows.append((np.nan, np.nan, np.nan))
        edges.append(tile.region.end)
        rows.append(_row(values))
    low, high, mean = np.array(rows, np.float32).T
    return Bins(np.array(edges, np.int64), low, high, mean)


def _row(values: Floats) -> tuple[float, float, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return np.nan, np.nan, np.nan
    return float(known.min()), float(known.max()), float(known.mean())
