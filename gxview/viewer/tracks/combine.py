"""What tracks made of others show: the values of each of them, and one minus another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gxview.viewer.data.difference import is_exact
from gxview.viewer.data.signal_tiles import BINS, SignalSlice, level_of
from gxview.viewer.data.track_data import TrackData
from gxview.viewer.explaining.live import FIRST_BINNED_LEVEL, LiveRelevance
from gxview.viewer.explaining.relevance_slice import Bins, Floats, reduce
from gxview.viewer.places.camera import View
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.tracks.effect_tracks import MutagenesisTrack
from gxview.viewer.tracks.kinds import DifferenceTrack, OverlayTrack, RelevanceTrack, ScoreTrack, SignalTrack, Track
from gxview.viewer.tracks.tracklist import TrackList

OF_MEANS = "difference of means"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Values around a view: one per base from `start` on, or bins.

    Attributes
    ----------
    track
        Whose they are.
    start
        First base of `values`.
    values
        Values per base (L,), NaN where missing; or bins.
    note
        What a person should know about them.
    """

    track: Track
    start: int
    values: Floats | Bins
    note: str = ""

    def visible(self, view: View) -> tuple[Floats, Floats]:
        """Return the smallest and largest values of the bases or bins that show; one array where these are bases."""
        region = view.region
        if not isinstance(self.values, Bins):
            part = self.values[max(0, region.start - self.start) : max(0, region.end - self.start)]
            return part, part
        first = max(0, int(np.searchsorted(self.values.edges, region.start, "right")) - 1)
        last = int(np.searchsorted(self.values.edges, region.end, "left"))
        return self.values.low[first:last], self.values.high[first:last]

    def largest(self, view: View) -> float:
        """Return the largest absolute value that shows; 1 where none does."""
        with np.errstate(invalid="ignore"):
            ends = [float(np.fmax.reduce(np.abs(values), initial=0.0)) for values in self.visible(view)]
        return max(ends) or 1.0

    def divided(self, factor: float) -> Part:
        """Return the values in units of a positive factor."""
        if isinstance(self.values, Bins):
            low, high, mean = (
                part / np.float32(factor) for part in (self.values.low, self.values.high, self.values.mean)
            )
            return Part(self.track, self.start, Bins(self.values.edges, low, high, mean), self.note)
        return Part(self.track, self.start, self.values / np.float32(factor), self.note)


class Combiner:
    """Reads the tracks that others are made of.

    Parameters
    ----------
    tracks
        All tracks.
    data, live
        What is at hand of files and of explanations.
    """

    def __init__(self, tracks: TrackList, data: TrackData, live: LiveRelevance) -> None:
        self._tracks = tracks
        self._data = data
        self._live = live
        self._recent: OrderedDict[Hashable, tuple[Any, Part]] = OrderedDict()

    def overlay(self, track: OverlayTrack, view: View) -> list[Part]:
        """Return what is at hand of the tracks of an overlay, the one in front first."""
        members = [member for track_id in track.of if (member := self._tracks.get(track_id)) is not None]
        parts = [part for member in members if (part := self.values(member, view)) is not None]
        return [part.divided(part.largest(view)) for part in parts] if track.normalised else parts

    def values(self, track: Track, view: View) -> Part | None:
        """Return what is at hand of a signal, an explanation, its score or a difference; None when nothing is."""
        if isinstance(track, SignalTrack):
            found = self._data.signal(track, view)
            return None if found is None else _of_slice(track, found)
        if isinstance(track, DifferenceTrack):
            return self.difference(track, view)
        owner = self._tracks.owner(track)
        if owner is None or isinstance(track, MutagenesisTrack):
            return None
        explained = self._live.values(owner, view, "score" if isinstance(track, ScoreTrack) else "values")
        return None if explained is None else Part(track, *explained)

    def difference(self, track: DifferenceTrack, view: View) -> Part | None:
        """Return the first track of a difference minus the second; NaN where either is missing.

        Bases are subtracted wherever their values are at hand: always of two explanations, and of two signals as
        far as `gxview.viewer.data.difference` reads them. Otherwise the means of bins are, and the note says so.
        """
        first, second = self._tracks.get(track.first), self._tracks.get(track.second)
        if first is None or second is None:
            return None
        if isinstance(first, SignalTrack) and isinstance(second, SignalTrack) and not track.normalised:
            found = self._data.signal(track, view)
            exact = found is None or is_exact(BINS * found.step)
            return None if found is None else _of_slice(track, found, "" if exact else OF_MEANS)
        a, b = self._bases(first, view), self._bases(second, view)
        if a is None or b is None:
            a, b = self.values(first, view), self.values(second, view)
        return self._subtract(track, a, b, view) if a is not None and b is not None else None

    def _bases(self, track: Track, view: View) -> Part | None:
        """Return values per base, where they are at hand however far the view is zoomed out."""
        owner = self._tracks.owner(track)
        if not isinstance(track, RelevanceTrack | ScoreTrack) or owner is None:
            part = self.values(track, view)
            return part if part is not None and not isinstance(part.values, Bins) else None
        found = self._live.slice(owner, view)
        values = None if found is None else found.score if isinstance(track, ScoreTrack) else found.values
        return None if found is None or values is None or isinstance(values, Bins) else Part(track, found.start, values)

    def _subtract(self, track: DifferenceTrack, a: Part, b: Part, view: View) -> Part | None:
        factors = (a.largest(view), b.largest(view)) if track.normalised else (1.0, 1.0)
        level = level_of(view)
        key = (track.id, id(a.values), id(b.values), level, factors)
        if key not in self._recent:
            units = [
                part.divided(factor) if factor != 1.0 else part for part, factor in zip((a, b), factors, strict=True)
            ]
            made = _subtracted(track, units[0], units[1], level)
            if made is None:
                return None
            # the arrays are kept with what was made of them, so that their identifiers stay their own
            self._recent[key] = (a.values, b.values), made
            while len(self._recent) > 8 * MAX_LOCI:
                self._recent.popitem(last=False)
        self._recent.move_to_end(key)
        return self._recent[key][1]


def _of_slice(track: Track, found: SignalSlice, note: str = "") -> Part:
    if not found.is_summary:
        return Part(track, found.start, found.mean, note)
    edges = found.start + found.step * np.arange(len(found.mean) + 1, dtype=np.int64)
    return Part(track, found.start, Bins(edges, found.low, found.high, found.mean), note)


def _subtracted(track: Track, a: Part, b: Part, level: int) -> Part | None:
    if isinstance(a.values, Bins) or isinstance(b.values, Bins):
        bins = _subtract_means(_binned(a, level), _binned(b, level))
        return None if bins is None else Part(track, int(bins.edges[0]), bins, OF_MEANS)
    start, end = max(a.start, b.start), min(a.start + len(a.values), b.start + len(b.values))
    if end <= start:
        return None
    values = a.values[start - a.start : end - a.start] - b.values[start - b.start : end - b.start]
    return Part(track, start, values if level < FIRST_BINNED_LEVEL else reduce(start, values, level))


def _binned(part: Part, level: int) -> Bins:
    return part.values if isinstance(part.values, Bins) else reduce(part.start, part.values, level)


def _subtract_means(a: Bins, b: Bins) -> Bins | None:
    """Subtract the means of the bins that both have; None where the bins are not the same."""
    start, end = max(int(a.edges[0]), int(b.edges[0])), min(int(a.edges[-1]), int(b.edges[-1]))
    if end <= start:
        return None
    sides = []
    for bins in (a, b):
        first, last = np.searchsorted(bins.edges, start), np.searchsorted(bins.edges, end)
        sides.append((bins.edges[first : last + 1], bins.mean[first:last]))
    (edges, mean_a), (other, mean_b) = sides
    if not np.array_equal(edges, other):
        return None
    mean = mean_a - mean_b
    return Bins(edges, mean, mean, mean)
