"""From values per base or bin to what one pixel column shows: smallest, largest, mean. No Qt in here.

However many bases lie under a pixel, a painter gets one column for it, and however wide a base is, it gets one column
for the base. Every value lands in exactly one place: nothing is skipped between columns, and opposite signs in one
column keep both ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview._qt.painters.base import BaseValues, Positions, SignalData, View
from gxview._qt.painters.ticks import span_label

Values: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns from left to right, each from pixel ``left`` to ``right`` of the picture, on whole device pixels.

    ``low``, ``high`` and ``mean`` are equal where a column shows a single value, and NaN where all are missing;
    ``single`` tells the two kinds apart. ``depth`` is the number of bases behind a column of a summary, 1 where all
    are single.
    """

    left: Values
    right: Values
    low: Values
    high: Values
    mean: Values
    single: NDArray[np.bool_]
    depth: float


def columns(view: View, data: SignalData, ratio: float = 1.0) -> Columns:
    """Reduce ``data`` to the pixel columns of ``view``.

    Parameters
    ----------
    ratio
        Device pixels per logical pixel.

    Returns
    -------
    Columns
        At most one per device pixel; parts of the view without data have none.
    """
    edges, low, high, mean = _visible(view, data)
    count = int(np.ceil(view.width * ratio))
    if not len(mean) or count < 1:
        return _none()
    pixels = view.xs(edges) * ratio
    if isinstance(data, BaseValues) and pixels[1] - pixels[0] > 1:
        return _wide(pixels, count, ratio, low)
    source, reduced = _assign(pixels, count, low, high, mean)
    bin_width = float(edges[-1] - edges[0]) / len(mean)
    return _merge(source, reduced, ratio, bin_width, max(bin_width, view.bases_per_pixel / ratio), len(mean))


def summary_text(view: View, data: SignalData, note: str = "") -> str:
    """Say that a summary shows and not the values of the bases, and how many bases stand together.

    Parameters
    ----------
    note
        Words to add.
    """
    if isinstance(data, BaseValues):
        text = f"summary: {view.bases_per_pixel:.2g} bp per pixel"
    else:
        width = float(data.edges[-1] - data.edges[0]) / max(1, len(data.mean))
        text = f"summary: {span_label(width) if width >= 10 else f'{width:g} bp'} per bin"
    return f"{text}, {note}" if note else text


def _visible(view: View, data: SignalData) -> tuple[Positions, Values, Values, Values]:
    """Cut ``data`` to what the view shows: edges (n + 1), low, high, mean (n)."""
    if isinstance(data, BaseValues):
        first = min(max(0, view.first - data.start), len(data.values))
        last = min(max(first, view.last - data.start), len(data.values))
        values = data.values[first:last].astype(np.float64)
        return data.start + np.arange(first, last + 1), values, values, values
    first = max(0, int(np.searchsorted(data.edges, view.first, "right")) - 1)
    last = max(first, min(len(data.mean), int(np.searchsorted(data.edges, view.last, "left"))))
    low, high, mean = (part[first:last].astype(np.float64) for part in (data.low, data.high, data.mean))
    return data.edges[first : last + 1], low, high, mean


def _wide(pixels: Values, count: int, ratio: float, values: Values) -> Columns:
    """Return a column for each base where one is wider than a pixel: a pixel shows the base at its centre."""
    borders = np.clip(np.ceil(pixels - 0.5), 0, count)
    first, last = int(borders[0] == borders[1]), len(values) - int(borders[-1] == borders[-2])
    left, right, shown = borders[first:last] / ratio, borders[first + 1 : last + 1] / ratio, values[first:last]
    return Columns(left, right, shown, shown, shown, np.ones(len(shown), np.bool_), 1.0)


def _assign(
    pixels: Values,
    count: int,
    low: Values,
    high: Values,
    mean: Values,
) -> tuple[NDArray[np.int64], Values]:
    """Give each of ``count`` pixels its source and its values (3, count).

    The source is the index of the only bin shown, -1 for none, or a number of its own (from len(mean) on) where
    several bins share the pixel. A bin belongs to the pixel of its centre; a pixel without any centre shows the bin
    that covers it.
    """
    bins = len(mean)
    place = np.floor((pixels[:-1] + pixels[1:]) * 0.5)
    inside = slice(*np.searchsorted(place, (0, count)).tolist())
    number = np.bincount(place[inside].astype(np.intp), minlength=count)
    first = np.empty(count + 1, np.intp)
    first[0] = inside.start
    np.cumsum(number, out=first[1:])
    first[1:] += inside.start
    if number.all():
        values = _reduced(first, number, low, high, mean)
        return np.where(number > 1, bins + np.arange(count), first[:-1]), values
    source = np.searchsorted(pixels, np.arange(count) + 0.5, "right") - 1
    source[source >= bins] = -1
    values = np.stack([low, high, mean])[:, source]
    values[:, source < 0] = np.nan
    at = np.flatnonzero(number)
    if len(at):
        values[:, at] = _reduced(np.append(first[at], first[at[-1] + 1]), number[at], low, high, mean)
        source[at] = np.where(number[at] > 1, bins + at, first[at])
    return source, values


def _reduced(first: NDArray[np.intp], number: NDArray[np.intp], low: Values, high: Values, mean: Values) -> Values:
    """Return smallest, largest and mean value (3, n) of the bins from each ``first`` up to the next one."""
    begins, last = first[:-1], first[-1]
    total = np.add.reduceat(mean[:last], begins)
    if np.isnan(total).any():
        finite = np.isfinite(mean[:last])
        number = np.add.reduceat(finite, begins, dtype=np.intp)
        total = np.add.reduceat(np.where(finite, mean[:last], 0.0), begins)
    with np.errstate(invalid="ignore"):
        average = total / number
    return np.stack([np.fmin.reduceat(low[:last], begins), np.fmax.reduceat(high[:last], begins), average])


def _merge(
    source: NDArray[np.int64], values: Values, ratio: float, bin_width: float, depth: float, bins: int
) -> Columns:
    """Join neighbouring pixels that show the same bin, drop those that show none."""
    begins = np.append(0, np.flatnonzero(source[1:] != source[:-1]) + 1)
    ends = np.append(begins[1:], len(source))
    keep = source[begins] >= 0
    if not keep.all():
        begins, ends = begins[keep], ends[keep]
    low, high, mean = values if len(begins) == len(source) else values[:, begins]
    single = (source[begins] < bins) & (bin_width <= 1)
    return Columns(begins / ratio, ends / ratio, low, high, mean, single, 1.0 if single.all() else depth)


def _none() -> Columns:
    nothing = np.empty(0)
    return Columns(nothing, nothing, nothing, nothing, nothing, np.empty(0, np.bool_), 1.0)
