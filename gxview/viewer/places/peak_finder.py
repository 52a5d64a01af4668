"""Looks for peaks of an explanation or a signal in the background and puts them into the table of peaks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from gxview.genome import Region
from gxview.viewer.data.track_data import TrackData
from gxview.viewer.explaining.engine import RegionExplanation
from gxview.viewer.explaining.live import LiveRelevance
from gxview.viewer.explaining.tiles import TileCache
from gxview.viewer.places.navigator import Navigator
from gxview.viewer.places.peaks import RANKS, Floats, Found, Rank, Read, find_peaks, rank_regions
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.tracks.kinds import RelevanceTrack, SignalTrack, Track
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.jobs import JobList
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.running import run_job, settle
from gxview.viewer.work.workers import AskCancelled, Outcome, Progress, Workers

Over: TypeAlias = Literal["view", "chromosome", "regions"]
OVERS: dict[Over, str] = {"view": "Visible region", "chromosome": "Whole chromosome", "regions": "Table of regions"}
"""Where peaks are looked for, as a person reads it."""
WHOLE = 0.995
"""A stretch of which less has values is told."""


@dataclass(frozen=True, slots=True)
class PeakQuery:
    """Which peaks are wanted.

    Parameters
    ----------
    track, second
        Identifiers of the track and, for a disagreement, of the one it is compared with.
    rank, over
        How windows are rated, and where they lie.
    width, count
        Bases of a window, and most peaks; not for the regions of the table, all of which are rated as they are.
    """

    track: str
    second: str = ""
    rank: Rank = "total"
    over: Over = "view"
    width: int = 200
    count: int = 100


class PeakFinder:
    """Finds peaks of tracks; explanations are searched as far as they are at hand.

    Parameters
    ----------
    model
        State of the viewer; its table of peaks is replaced by what was found.
    data, live, cache
        Where values come from.
    workers
        Threads that search.
    jobs, notices
        Where progress and results are shown.
    navigator
        Steps through the peaks afterwards.
    """

    def __init__(
        self,
        model: ViewerModel,
        data: TrackData,
        live: LiveRelevance,
        cache: TileCache,
        workers: Workers,
        jobs: JobList,
        notices: Notices,
        navigator: Navigator,
    ) -> None:
        self._model = model
        self._data = data
        self._live = live
        self._cache = cache
        self._workers = workers
        self._jobs = jobs
        self._notices = notices
        self._navigator = navigator

    def candidates(self) -> list[Track]:
        """Return the tracks that can be searched, top to bottom."""
        return [track for track in self._model.tracks if isinstance(track, RelevanceTrack | SignalTrack)]

    def find(self, query: PeakQuery) -> None:
        """Look for peaks as a job; a notice says why that is impossible."""
        tracks = self._model.tracks
        track, second = tracks.get(query.track), tracks.get(query.second)
        regions = self._regions(query.over)
        if problem := self._problem(query, track, second, regions):
            self._notices.warning(problem)
            return
        chroms = {region.chrom for region in regions}
        read = self._reader(track, chroms)
        other = self._reader(second, chroms) if query.rank == "disagreement" else None

        def work(tell: Progress, cancelled: AskCancelled) -> Found:
            if query.over == "regions":
                return rank_regions(regions, read, other, query.rank, len(regions), tell, cancelled)
            return find_peaks(regions[0], read, other, query.rank, query.width, query.count, tell, cancelled)

        name = getattr(track, "name", "")
        job = self._jobs.start(f"Looking for peaks of {name}")

        def done(outcome: Outcome) -> None:
            if settle(self._jobs, self._notices, job, outcome):
                self._show(query, name, outcome.value)

        run_job(self._workers, self._jobs, job, work, done)

    def _regions(self, over: Over) -> list[Region]:
        view = self._model.camera.view
        if over == "regions":
            known = self._model.reference.sizes if self._model.reference is not None else {}
            rows = self._model.regions.rows
            return [
                Region(row.chrom, row.start, min(row.end, known[row.chrom]))
                for row in rows
                if row.start < known.get(row.chrom, 0)
            ]
        if not view.chrom:
            return []
        return [view.region if over == "view" else Region(view.chrom, 0, view.chrom_length)]

    def _problem(self, query: PeakQuery, track: Any, second: Any, regions: Sequence[Region]) -> str:
        if not isinstance(track, RelevanceTrack | SignalTrack):
            return "Choose an explanation or a signal to look for peaks in."
        if query.rank == "disagreement" and (not isinstance(second, RelevanceTrack | SignalTrack) or second is track):
            return "Choose two tracks to look for places where they disagree."
        if not regions:
            return "The table of regions is empty." if query.over == "regions" else "Open a genome first."
        return ""

    def _reader(self, track: Any, chroms: set[str]) -> Read:
        if isinstance(track, RelevanceTrack):
            number = self._live.number(track)
            tiles = {chrom: self._cache.at_hand(number, chrom) for chrom in chroms}
            return lambda region: values_of(tiles[region.chrom], region)
        source: Any = self._data.source(track)
        return lambda region: np.asarray(source.values(region), np.float32)

    def _show(self, query: PeakQuery, name: str, found: Found) -> None:
        if not found.peaks:
            self._notices.warning(f"{name} has no values there; explain or zoom to a place that has some.")
            return
        what = RANKS[query.rank].lower()
        rows = self._model.regions.rows if query.over == "regions" else ()
        names = {(row.chrom, row.start): row.name for row in rows}
        self._model.peaks.rows = [
            RegionRow.of(
                peak.region,
                names.get((peak.region.chrom, peak.region.start)) or f"peak {place}",
                peak.score,
                f"{what} of {name}, summit {peak.summit + 1:,}",
            )
            for place, peak in enumerate(found.peaks, start=1)
        ]
        self._navigator.active = "peaks"
        part = "" if found.known >= WHOLE else f" in the {found.known:.1%} that has values at hand"
        self._notices.info(f"Found {len(found.peaks)} peaks of {name}{part}; N and P step through them.")


def values_of(tiles: Sequence[RegionExplanation], region: Region) -> Floats:
    """Return relevance of each base of a region from tiles in genome order, (L,); NaN where no tile is at hand."""
    values = np.full(region.length, np.nan, np.float32)
    first = bisect_right(tiles, region.start, key=lambda tile: tile.region.end)
    for tile in tiles[first:]:
        if tile.region.start >= region.end:
            break
        start, end = max(tile.region.start, region.start), min(tile.region.end, region.end)
        part = tile.values[start - tile.region.start : end - tile.region.start]
        values[start - region.start : end - region.start] = part
    return values
