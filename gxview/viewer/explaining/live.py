"""Live relevance: whatever comes on screen is explained, the screen first, then what lies beside it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import count, zip_longest
from typing import Any, Literal, TypeAlias

from psygnal import Signal

from gxview.genome import Edits, Region
from gxview.viewer.data.signal_tiles import level_of
from gxview.viewer.explaining.device import Priority
from gxview.viewer.explaining.engine import RegionExplanation
from gxview.viewer.explaining.relevance_slice import Bins, Floats, RelevanceSlice, join, reduce, summarise
from gxview.viewer.explaining.tiles import TILE, Source, TileCache, TileKey, centre_first, tiles_of
from gxview.viewer.places.camera import View
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.tracks.effect_tracks import MutagenesisTrack
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.paced import Paced

MIN_LIVE, MAX_LIVE = 5_000, 250_000
"""Bases on screen up to which the live explanation runs, for the slowest and for the fastest model."""
LIVE_SECONDS = 60.0
"""A screen that would take longer is explained only on request."""
FIRST_BINNED_LEVEL = 2
"""Zoom level (a power of two of bases per pixel) from which bins are drawn instead of bases."""
Shown: TypeAlias = Literal["values", "score", "lower", "upper"]
NO_WINDOW = "No window of the model fits here"
MAX_JOINED = 1_000_000
"""Bases on screen beyond which only a summary of each tile is drawn."""
_names = count(1)


@dataclass(frozen=True, slots=True)
class ExplainState:
    """Where the explanation of what is on screen stands.

    Parameters
    ----------
    kind
        'empty', 'waiting', 'running', 'done' or 'failed'.
    text
        Why, in words.
    done, total
        Tiles on screen.
    """

    kind: str
    text: str = ""
    done: int = 0
    total: int = 0

    @property
    def is_busy(self) -> bool:
        """Whether tiles are on their way."""
        return self.kind in ("waiting", "running") and self.total > 0


class LiveRelevance:
    """Keeps the explanations of all visible relevance tracks up with the camera.

    Parameters
    ----------
    model
        State of the viewer.
    cache
        Where tiles come from.
    loop
        Main thread.
    """

    changed = Signal(str)

    def __init__(self, model: ViewerModel, cache: TileCache, loop: Loop) -> None:
        self._model = model
        self._cache = cache
        self._name = f"live {next(_names)}"
        self._pace = Paced(loop, self._schedule, self._tell)
        self._joined: dict[str, OrderedDict[object, RelevanceSlice | None]] = {}
        self._binned: dict[str, OrderedDict[object, tuple[RelevanceSlice, Bins]]] = {}
        self._version = 0
        self._dirty: set[int] = set()
        self._stopped: set[str] = set()
        cache.changed.connect(self._on_tile)
        model.loci.moved.connect(self._on_move)
        model.loci.changed.connect(self.refresh)
        model.tracks.shown_changed.connect(self.refresh)
        model.tracks.removed.connect(lambda _index, track: self._on_removed(track.id))
        model.tracks.edited.connect(self._on_edit)
        model.settings.events.live.connect(lambda _live: self.refresh())
        model.settings.events.device.connect(lambda _device: self.refresh())
        model.settings.events.threads.connect(lambda _threads: self._on_threads())
        model.models_changed.connect(self.refresh)
        model.edits.changed.connect(self._on_edits)
        model.reference_changed.connect(lambda _reference: self._on_reference())

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits, neither for the debounce nor for the device, and all was reported."""
        return self._pace.is_idle and not self._cache.pending

    def refresh(self) -> None:
        """Look again at what is wanted, after the debounce."""
        self._pace.refresh()

    def retry(self, track: RelevanceTrack) -> None:
        """Try again what failed or was stopped."""
        self._stopped.discard(track.id)
        self._cache.forgive(self.number(track))
        self.refresh()

    def limit(self, track: RelevanceTrack) -> int:
        """Return how many bases on screen are explained while browsing: what the model does in `LIVE_SECONDS`."""
        seconds = self._cache.seconds(self.number(track))
        if not seconds:
            return MAX_LIVE
        return max(MIN_LIVE, min(MAX_LIVE, int(LIVE_SECONDS / seconds) * TILE // 1000 * 1000))

    def stop(self, track: RelevanceTrack) -> None:
        """Cancel what is being explained for a track, until the view or the options change."""
        self._stopped.add(track.id)
        self._cache.release(self._watcher(track.id))
        self.changed.emit(track.id)

    def close(self) -> None:
        """Ask for nothing more."""
        self._pace.close()
        self._cache.changed.disconnect(self._on_tile, missing_ok=True)
        for track in self._model.tracks.relevance():
            self._cache.release(self._watcher(track.id))

    def state(self, track: RelevanceTrack, view: View | None = None) -> ExplainState:
        """Say where the explanation of a view stands, by default of the active one."""
        key = track.options.model
        if not key:
            return ExplainState("empty", "Choose a model in the Explain panel")
        if reason := self._model.failed_models.get(key):
            return ExplainState("failed", reason)
        if self._model.model(key) is None:
            return ExplainState("waiting", f"Loading {self._model.known_models.get(key, key)}")
        view = view or self._model.camera.view
        reference = self._model.reference
        if not view.chrom or reference is None or not reference.has_letters:
            return ExplainState("empty", "Open a genome")
        if view.region.length > MAX_JOINED:
            return ExplainState("empty", f"Zoom in below {self.limit(track) // 1000} kb")
        return self._progress(track, view)

    def slice(self, track: RelevanceTrack, view: View) -> RelevanceSlice | None:
        """Join the tiles at hand around a view; None when there is none."""
        region = view.region
        stamp = (self._version, region.chrom, tiles_of(region), self.number(track))
        recent = self._joined.setdefault(track.id, OrderedDict())
        if stamp not in recent:
            recent[stamp] = self._join(track, region)
            _keep_recent(recent)
        return recent[stamp]

    def example(self, track: RelevanceTrack) -> RegionExplanation | None:
        """Return any tile on screen that is at hand, for what it says about its making."""
        if not self._model.camera.is_open:
            return None
        keys = self._keys(track, self._model.camera.view.region)
        return next((tile for key in keys[:4096] if (tile := self._cache.get(key)) is not None), None)

    def values(self, track: RelevanceTrack, view: View, what: Shown) -> tuple[int, Floats | Bins] | None:
        """Return relevance or score around a view as it is drawn: per base, or in bins when bases are narrow.

        Parameters
        ----------
        track
            The explanation.
        view
            What shows.
        what
            'values' for relevance, 'score' for the probability, 'lower' and 'upper' for the ends of the spread.

        Returns
        -------
        tuple or None
            First base and values or bins; None when nothing is at hand, or there is no spread.
        """
        found = self.slice(track, view)
        values: Floats | Bins | None = None if found is None else getattr(found, what)
        if found is None or values is None:
            return None
        level = level_of(view)
        if isinstance(values, Bins) or level < FIRST_BINNED_LEVEL:
            return found.start, values
        recent = self._binned.setdefault(track.id, OrderedDict())
        key = (id(found), what, level)
        if key not in recent:
            # the slice is kept with its bins, so that its id stays its own
            recent[key] = (found, reduce(found.start, values, level))
            _keep_recent(recent)
        return found.start, recent[key][1]

    def _progress(self, track: RelevanceTrack, view: View) -> ExplainState:
        keys = self._keys(track, view.region)
        done = sum(self._cache.get(key) is not None for key in keys)
        if failed := next((text for key in keys if (text := self._cache.failure(key))), ""):
            return ExplainState("failed", failed, done, len(keys))
        if done == len(keys):
            return ExplainState("done", "", done, done)
        pending = any(self._cache.is_pending(key) for key in keys)
        if pending and (done or any(self._cache.is_running(key) for key in keys)):
            return ExplainState("running", "", done, len(keys))
        if pending:
            return ExplainState("waiting", "", done, len(keys))
        return ExplainState(*self._why_not(track, view), done, len(keys))

    def _why_not(self, track: RelevanceTrack, view: View) -> tuple[str, str]:
        if track.id in self._stopped:
            return "empty", "Stopped; Explain this region goes on"
        if not self._model.settings.live:
            return "empty", "Explain this region shows the relevance here"
        if view.region.length > self.limit(track):
            return "empty", f"Zoom in below {self.limit(track) // 1000} kb, or Explain this region"
        return ("waiting", "") if self._is_shown(track) else ("empty", "")

    def number(self, track: RelevanceTrack) -> int:
        """Return the number of the source whose tiles a track shows."""
        settings = self._model.settings
        edits = self._model.edits.value if track.options.edited else Edits()
        return self._cache.number(Source(track.options, settings.device, settings.threads, edits))

    def _watcher(self, track_id: str) -> str:
        # several viewers of the same tracks may share a cache
        return f"{self._name} {track_id}"

    def _keys(self, track: RelevanceTrack, region: Region) -> list[TileKey]:
        number = self.number(track)
        return [(number, region.chrom, index) for index in tiles_of(region)]

    def _schedule(self) -> None:
        reference = self._model.reference
        if reference is None or not reference.has_letters or not self._model.camera.is_open:
            return
        tracks = self._model.tracks.relevance()
        wanted = [self._wanted(track) for track in tracks]
        for track, asked in zip(tracks, wanted, strict=True):
            self._cache.release(self._watcher(track.id), [key for key, _ in asked])
        # in turns, so that compared models grow side by side
        for turn in zip_longest(*wanted):
            for track, tile in zip(tracks, turn, strict=True):
                if tile is not None:
                    key, priority = tile
                    self._cache.request(key, reference, priority, self._watcher(track.id))
        for track in tracks:
            self.changed.emit(track.id)

    def _wanted(self, track: RelevanceTrack) -> list[tuple[TileKey, Priority]]:
        ready = self._model.settings.live and self._model.model(track.options.model) is not None
        if not ready or not self._is_shown(track) or track.id in self._stopped:
            return []
        views = [view for view in self._model.loci.views if view.region.length <= self.limit(track)]
        wanted = {key: Priority.SCREEN for view in views for key in centre_first(self._keys(track, view.region))}
        for side in (side for view in views for side in _sides(view)):
            for key in self._keys(track, side):
                wanted.setdefault(key, Priority.NEAR)
        return list(wanted.items())

    def _is_shown(self, track: RelevanceTrack) -> bool:
        # substitutions are computed by themselves
        tracks = self._model.tracks
        made = (one for one in tracks.all_made_of(track) if not isinstance(one, MutagenesisTrack))
        return any(tracks.is_shown(one) for one in (track, *made))

    def _join(self, track: RelevanceTrack, region: Region) -> RelevanceSlice | None:
        if region.length > MAX_JOINED:
            return summarise(self._cache.at_hand(self.number(track), region.chrom))
        tiles = [tile for key in self._keys(track, region) if (tile := self._cache.get(key)) is not None]
        return join(tiles)

    def _on_move(self, _view: View) -> None:
        self._stopped.clear()
        self.refresh()

    def _on_edit(self, track: object, field: str) -> None:
        if isinstance(track, RelevanceTrack) and field == "options":
            self._stopped.discard(track.id)
            self.changed.emit(track.id)
        if field == "options":
            self.refresh()

    def _on_edits(self) -> None:
        for track in self._model.tracks.relevance():
            if track.options.edited:
                self._stopped.discard(track.id)
                self.changed.emit(track.id)
        self.refresh()

    def _on_threads(self) -> None:
        for track in self._model.tracks.relevance():
            self.changed.emit(track.id)
        self.refresh()

    def _on_removed(self, track_id: str) -> None:
        self._cache.release(self._watcher(track_id))
        self._joined.pop(track_id, None)
        self._binned.pop(track_id, None)
        # who shows how far it is takes that away
        self.changed.emit(track_id)

    def _on_reference(self) -> None:
        self._cache.clear()
        self._joined.clear()
        self._binned.clear()
        self.refresh()

    def _on_tile(self, key: TileKey) -> None:
        self._version += 1
        self._dirty.add(key[0])
        self._pace.tell_soon()

    def _tell(self) -> None:
        dirty, self._dirty = self._dirty, set()
        for track in self._model.tracks.relevance():
            if self.number(track) in dirty:
                self.changed.emit(track.id)


def _keep_recent(recent: OrderedDict[object, Any], limit: int = 2 * MAX_LOCI) -> None:
    while len(recent) > limit:
        recent.popitem(last=False)


def _sides(view: View) -> list[Region]:
    region = view.region
    reach = min(region.length, MAX_LIVE // 4)
    sides = []
    if region.start > 0:
        sides.append(Region(region.chrom, max(0, region.start - reach), region.start))
    if region.end < view.chrom_length:
        sides.append(Region(region.chrom, region.end, min(view.chrom_length, region.end + reach)))
    return sides
