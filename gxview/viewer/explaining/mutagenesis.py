"""Live mutagenesis: what every substitution on screen does to a prediction, as far as that can be afforded."""

from __future__ import annotations

from collections import OrderedDict
from itertools import count

import numpy as np
from psygnal import Signal

from gxview.genome import Edits, Region
from gxview.viewer.data.effect_matrix import EffectMatrix, Floats, effects_of, strongest
from gxview.viewer.data.signal_tiles import level_of
from gxview.viewer.explaining.device import Priority
from gxview.viewer.explaining.engine import RegionExplanation
from gxview.viewer.explaining.live import FIRST_BINNED_LEVEL, MAX_JOINED, MAX_LIVE, ExplainState
from gxview.viewer.explaining.tiles import TILE, Source, TileCache, TileKey, centre_first, tiles_of
from gxview.viewer.places.camera import View
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.tracks.effect_tracks import MutagenesisTrack
from gxview.viewer.tracks.kinds import RelevanceTrack, Track
from gxview.viewer.tracks.options import ExplainOptions
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.paced import Paced

METHOD = "ism"
"""The method that asks the model about each substitution."""
PATIENCE = 30.0
"""Seconds that a screen may cost; more only on request."""
FIRST = 2_048
"""Bases on screen up to which substitutions are computed before it is known how long they take."""
ENOUGH = 2
"""Tiles after which the time that one takes counts as known: each takes long, beside which warming up is little."""
NO_CLASSES = "This model predicts no class"
_names = count(1)


class Mutagenesis:
    """Keeps the effects of all substitutions on screen up with the camera, after everything else that shows.

    Parameters
    ----------
    model
        State of the viewer.
    cache
        Where explained tiles come from.
    loop
        Main thread.
    """

    changed = Signal(str)

    def __init__(self, model: ViewerModel, cache: TileCache, loop: Loop) -> None:
        self._model = model
        self._cache = cache
        self._name = f"mutagenesis {next(_names)}"
        self._pace = Paced(loop, self._schedule, self._tell)
        self._stopped: set[str] = set()
        self._dirty: set[int] = set()
        self._version = 0
        self._recent: OrderedDict[object, EffectMatrix | None] = OrderedDict()
        self._connect()

    def _connect(self) -> None:
        model = self._model
        self._cache.changed.connect(self._on_tile)
        model.loci.moved.connect(lambda _view: self._on_move())
        for signal in (model.loci.changed, model.tracks.shown_changed, model.models_changed, model.edits.changed):
            signal.connect(self.refresh)
        model.tracks.removed.connect(lambda _index, track: self._on_removed(track))
        model.tracks.edited.connect(self._on_edit)
        model.settings.events.connect(lambda _info: self.refresh())
        model.reference_changed.connect(lambda _reference: self.refresh())

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and all was told; what is being computed belongs to the cache of tiles."""
        return self._pace.is_idle

    def tracks(self) -> list[MutagenesisTrack]:
        """Return the tracks, top to bottom."""
        return [track for track in self._model.tracks if isinstance(track, MutagenesisTrack)]

    def of(self, owner: RelevanceTrack) -> MutagenesisTrack | None:
        """Return the track that belongs to an explanation."""
        return next((track for track in self.tracks() if track.of == owner.id), None)

    def toggle(self, owner: RelevanceTrack) -> MutagenesisTrack | None:
        """Show the substitutions below an explanation, or take them away; return the track that was added."""
        tracks = self._model.tracks
        if (known := self.of(owner)) is not None:
            tracks.remove(known)
            return None
        made = MutagenesisTrack(name=f"{owner.name} substitutions", of=owner.id, group=owner.group)
        last = max([tracks.index(owner), *(tracks.index(part) for part in tracks.parts(owner))])
        tracks.insert(last + 1, made)
        return made

    def refresh(self) -> None:
        """Look again at what is wanted, after the debounce."""
        self._pace.refresh()

    def retry(self, track: MutagenesisTrack) -> None:
        """Try again what failed or was stopped."""
        self._stopped.discard(track.id)
        if (number := self.number(track)) is not None:
            self._cache.forgive(number)
        self.refresh()

    def stop(self, track: MutagenesisTrack) -> None:
        """Cancel what is being computed for a track, until the view or the options change."""
        self._stopped.add(track.id)
        self._cache.release(self._watcher(track.id))
        self.changed.emit(track.id)

    def close(self) -> None:
        """Ask for nothing more."""
        self._pace.close()
        self._cache.changed.disconnect(self._on_tile, missing_ok=True)
        for track in self.tracks():
            self._cache.release(self._watcher(track.id))

    def options(self, track: MutagenesisTrack) -> ExplainOptions | None:
        """Return what is computed: the model, target, strand and windows of the explanation, by mutagenesis."""
        owner = self._model.tracks.owner(track)
        if owner is None or not owner.options.model:
            return None
        # rules of other methods mean nothing here, and must not make tiles of their own
        return owner.options.with_(method=METHOD, alibi=None, glu=None, composite=None)

    def number(self, track: MutagenesisTrack) -> int | None:
        """Return the number of the source whose tiles a track shows."""
        options, settings = self.options(track), self._model.settings
        if options is None:
            return None
        edits = self._model.edits.value if options.edited else Edits()
        return self._cache.number(Source(options, settings.device, settings.threads, edits))

    def limit(self, track: MutagenesisTrack) -> int:
        """Return how many bases on screen are computed while browsing: what takes `PATIENCE` seconds."""
        number = self.number(track)
        seconds = self._seconds(track, number) if number is not None else 0.0
        if not seconds:
            return FIRST
        return max(TILE, min(MAX_LIVE, int(PATIENCE / seconds) * TILE))

    def is_able(self, track: MutagenesisTrack) -> bool:
        """Whether the model is loaded and its prediction of a class can be asked for."""
        options = self.options(track)
        info = self._model.model(options.model) if options is not None else None
        return info is not None and METHOD in [method.name for method in info.methods]

    def state(self, track: MutagenesisTrack, view: View | None = None) -> ExplainState:
        """Say where the substitutions of a view stand, by default of the active one."""
        view, options = view or self._model.camera.view, self.options(track)
        if options is None:
            return ExplainState("empty", "Choose a model in the Explain panel")
        if reason := self._model.failed_models.get(options.model):
            return ExplainState("failed", reason)
        if self._model.model(options.model) is None:
            return ExplainState("waiting", "Waits for the model")
        if not self.is_able(track):
            return ExplainState("empty", NO_CLASSES)
        if not view.chrom or not self._has_letters():
            return ExplainState("empty", "Open a genome")
        if view.region.length > MAX_JOINED:
            return ExplainState("empty", _zoom_in(self.limit(track)))
        return self._progress(track, view)

    def matrix(self, track: MutagenesisTrack, view: View) -> EffectMatrix | None:
        """Return the effects at hand around a view, of bins where bases are narrow; None when there are none."""
        number, region = self.number(track), view.region
        if number is None or region.length > MAX_JOINED:
            return None
        level = level_of(view)
        stamp = (self._version, number, region.chrom, tiles_of(region), level)
        if stamp not in self._recent:
            found = self._join([(number, region.chrom, index) for index in tiles_of(region)])
            if found is not None and level >= FIRST_BINNED_LEVEL:
                found = strongest(int(found.edges[0]), found.values, 1 << level)
            self._recent[stamp] = found
            while len(self._recent) > 4 * MAX_LOCI:
                self._recent.popitem(last=False)
        return self._recent[stamp]

    def _join(self, keys: list[TileKey]) -> EffectMatrix | None:
        """Put the tiles at hand together; NaN in the gaps."""
        tiles = [tile for key in keys if (tile := self._cache.get(key)) is not None]
        if not tiles:
            return None
        start, end = tiles[0].region.start, tiles[-1].region.end
        values = np.full((4, end - start), np.nan, np.float32)
        for tile in tiles:
            values[:, tile.region.start - start : tile.region.end - start] = _effects(tile)
        return EffectMatrix.of_bases(start, values, tuple(dict.fromkeys(note for tile in tiles for note in tile.notes)))

    def _progress(self, track: MutagenesisTrack, view: View) -> ExplainState:
        keys = self._keys(track, view.region)
        done = sum(self._cache.get(key) is not None for key in keys)
        if failed := next((text for key in keys if (text := self._cache.failure(key))), ""):
            return ExplainState("failed", failed, done, len(keys))
        if done == len(keys):
            return ExplainState("done", "", done, done)
        if any(self._cache.is_pending(key) for key in keys):
            return ExplainState("running", "Asking for each substitution", done, len(keys))
        return ExplainState(*self._why_not(track, view), done, len(keys))

    def _why_not(self, track: MutagenesisTrack, view: View) -> tuple[str, str]:
        if track.id in self._stopped:
            return "empty", "Stopped; select this track and Explain this region"
        if not self._model.settings.live:
            return "empty", "Select this track and Explain this region"
        if view.region.length > self.limit(track):
            return "empty", _zoom_in(self.limit(track))
        return ("waiting", "") if self._model.tracks.is_shown(track) else ("empty", "")

    def _seconds(self, track: MutagenesisTrack, number: int) -> float:
        """Return how long a tile takes; before any was made, what the passes cost by the time of the explanation."""
        if known := self._cache.seconds(number, ENOUGH):
            return known
        owner, options = self._model.tracks.owner(track), self.options(track)
        info = self._model.model(options.model) if options is not None else None
        if owner is None or info is None:
            return 0.0
        settings = self._model.settings
        plain = self._cache.seconds(
            self._cache.number(Source(owner.options, settings.device, settings.threads, Edits()))
        )
        passes = {method.name: method.passes(info.window_length) for method in info.methods}
        before = passes.get(owner.options.method or info.methods[0].name, 0.0)
        return plain * passes.get(METHOD, 0.0) / before if plain and before else 0.0

    def _has_letters(self) -> bool:
        return self._model.reference is not None and self._model.reference.has_letters

    def _watcher(self, track_id: str) -> str:
        return f"{self._name} {track_id}"

    def _keys(self, track: MutagenesisTrack, region: Region) -> list[TileKey]:
        number = self.number(track)
        return [] if number is None else [(number, region.chrom, index) for index in tiles_of(region)]

    def _schedule(self) -> None:
        reference = self._model.reference
        if reference is None or not reference.has_letters or not self._model.camera.is_open:
            return
        for track in self.tracks():
            wanted = self._wanted(track)
            self._cache.release(self._watcher(track.id), wanted)
            for key in wanted:
                self._cache.request(key, reference, Priority.NEAR, self._watcher(track.id))
            self.changed.emit(track.id)

    def _wanted(self, track: MutagenesisTrack) -> list[TileKey]:
        shown = self._model.settings.live and self._model.tracks.is_shown(track)
        if not (shown and self.is_able(track)) or track.id in self._stopped:
            return []
        limit = self.limit(track)
        views = [view for view in self._model.loci.views if view.chrom and view.region.length <= limit]
        return list(dict.fromkeys(key for view in views for key in centre_first(self._keys(track, view.region))))

    def _on_move(self) -> None:
        self._stopped.clear()
        self.refresh()

    def _on_edit(self, track: Track, field: str) -> None:
        if field in ("options", "of"):
            self._stopped.clear()
            self.refresh()

    def _on_removed(self, track: Track) -> None:
        if isinstance(track, MutagenesisTrack):
            self._cache.release(self._watcher(track.id))
            self.changed.emit(track.id)

    def _on_tile(self, key: TileKey) -> None:
        self._version += 1
        self._dirty.add(key[0])
        self._pace.tell_soon()

    def _tell(self) -> None:
        dirty, self._dirty = self._dirty, set()
        for track in self.tracks():
            if self.number(track) in dirty:
                self.changed.emit(track.id)
        # what tiles cost is better known now, so that more of them may be affordable
        if any(self._lacks(key) for track in self.tracks() for key in self._wanted(track)):
            self.refresh()

    def _lacks(self, key: TileKey) -> bool:
        cache = self._cache
        return cache.get(key) is None and not cache.is_pending(key) and not cache.failure(key)


def _effects(tile: RegionExplanation) -> Floats:
    """Return the effects (4, L) of a tile; all NaN where the engine gave none."""
    hypothetical = tile.hypothetical
    if hypothetical is None:
        return np.full((4, tile.region.length), np.nan, np.float32)
    return effects_of(hypothetical, tile.values)


def _zoom_in(limit: int) -> str:
    bases = f"{limit / 1000:.2g} kb" if limit >= 1000 else f"{limit} bases"
    return f"Zoom in below {bases} for substitutions; or select this track and Explain this region"
