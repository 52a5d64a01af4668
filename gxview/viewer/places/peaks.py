"""Peaks of relevance: the windows of a stretch, or given regions, that matter most to a model or divide two models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gxview.errors import Cancelled
from gxview.genome import Region
from gxview.measures.similarity import continuous_jaccards
from gxview.tracks.peaks import LEAST_KNOWN, pick, step_of, summits_of, totals

Rank: TypeAlias = Literal["total", "signed", "maximum", "disagreement"]
RANKS: dict[Rank, str] = {
    "total": "Total relevance",
    "signed": "Signed sum",
    "maximum": "Largest value",
    "disagreement": "Disagreement of two",
}
"""How windows are rated, as a person reads it."""
Floats: TypeAlias = NDArray[np.float32]
Scores: TypeAlias = NDArray[np.float64]
Read: TypeAlias = Callable[[Region], Floats]
"""Returns the value of every base of a region, (L,); NaN where missing."""

CHUNK = 1 << 18
"""Bases read at a time."""


@dataclass(frozen=True, slots=True)
class Peak:
    """A window or region and its score.

    Parameters
    ----------
    region
        Where.
    score
        Larger matters more.
    summit
        The base with the largest absolute value, 0-based.
    """

    region: Region
    score: float
    summit: int


@dataclass(frozen=True, slots=True)
class Found:
    """Peaks, the highest first, and the share of the bases looked at that have a value."""

    peaks: tuple[Peak, ...]
    known: float


def rate(windows: Floats, others: Floats | None, rank: Rank) -> Scores:
    """Rate windows.

    Parameters
    ----------
    windows
        Values, (n, width); NaN where missing.
    others
        Values of a second model at the same bases, for 'disagreement'.
    rank
        'total': sum of the absolute values; 'signed': sum; 'maximum': largest absolute value; 'disagreement': 1 minus
        the continuous Jaccard similarity, from 0 to 2.

    Returns
    -------
    ndarray
        Scores, (n,); NaN where less than `LEAST_KNOWN` of a window has values.
    """
    known = np.isfinite(windows)
    if rank == "disagreement":
        if others is None:
            raise ValueError("a disagreement needs two sets of windows")
        known = known & np.isfinite(others)
        scores = 1.0 - continuous_jaccards(windows, others)
    elif rank == "signed":
        scores = np.where(known, windows, 0.0).sum(axis=1, dtype=np.float64)
    elif rank == "maximum":
        scores = np.where(known, np.abs(windows), 0.0).max(axis=1).astype(np.float64)
    else:
        scores = totals(windows)
    return np.where(known.mean(axis=1) >= LEAST_KNOWN, scores, np.nan)


def find_peaks(
    region: Region,
    read: Read,
    other: Read | None,
    rank: Rank,
    width: int,
    count: int,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Found:
    """Find the windows of a stretch that are rated highest and do not overlap.

    Parameters
    ----------
    region
        Stretch.
    read, other
        Return values; `other` those of the second model, for 'disagreement'.
    rank, width, count
        See `rate`; bases of a window (a shorter stretch is one window); most peaks.
    progress, cancelled
        Told of bases done and in all; asked after each piece.

    Raises
    ------
    Cancelled
        The person stopped the work.
    """
    width = min(width, region.length)
    step = step_of(width)
    starts, scores, summits, known = [], [], [], 0.0
    for part in _parts(region, width, step):
        values, second = read(part), other(part) if other is not None else None
        windows = sliding_window_view(values, width)[::step]
        pairs = sliding_window_view(second, width)[::step] if second is not None else None
        begin = part.start + step * np.arange(len(windows), dtype=np.int64)
        starts.append(begin)
        scores.append(rate(windows, pairs, rank))
        summits.append(begin + summits_of(windows))
        fresh = values[: len(values) if part.end == region.end else len(windows) * step]
        known += float(np.isfinite(fresh).sum())
        _tell(progress, cancelled, part.end - region.start, region.length)
    begins, rated, tops = np.concatenate(starts), np.concatenate(scores), np.concatenate(summits)
    peaks = [
        Peak(Region(region.chrom, int(begins[k]), int(begins[k]) + width), float(rated[k]), int(tops[k]))
        for k in pick(begins, rated, width, count)
    ]
    return Found(tuple(peaks), known / region.length)


def rank_regions(
    regions: Sequence[Region],
    read: Read,
    other: Read | None,
    rank: Rank,
    count: int,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Found:
    """Rate regions as they are and return the highest; see `find_peaks`."""
    peaks, known, total = [], 0.0, 0
    for number, region in enumerate(regions, start=1):
        values, second = read(region), other(region) if other is not None else None
        score = float(rate(values[None], second[None] if second is not None else None, rank)[0])
        known, total = known + float(np.isfinite(values).sum()), total + region.length
        if np.isfinite(score):
            summit = region.start + int(np.argmax(np.nan_to_num(np.abs(values), nan=-1.0)))
            peaks.append(Peak(region, score, summit))
        _tell(progress, cancelled, number, len(regions))
    peaks.sort(key=lambda peak: -peak.score)
    return Found(tuple(peaks[:count]), known / max(1, total))


def _parts(region: Region, width: int, step: int) -> Iterator[Region]:
    """Cut a stretch so that each window lies in exactly one part; the last one is flush with a step."""
    number = (region.length - width) // step + 1
    each = max(1, CHUNK // step)
    for first in range(0, number, each):
        last = min(first + each, number) - 1
        end = region.end if last == number - 1 else region.start + last * step + width
        yield Region(region.chrom, region.start + first * step, end)


def _tell(
    progress: Callable[[int, int], None] | None, cancelled: Callable[[], bool] | None, done: int, total: int
) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled("The search for peaks was stopped.")
    if progress is not None:
        progress(done, total)
