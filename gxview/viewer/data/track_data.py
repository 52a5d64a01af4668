"""The data behind the tracks of files: which pieces the cameras need, and what is at hand to draw."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import Any, Protocol, TypeAlias, TypeVar

from psygnal import Signal

from gxview.genome import Reference, Region
from gxview.tracks import FeatureSource, SignalSource
from gxview.viewer.data.alignment_blocks import alignment_piece
from gxview.viewer.data.blocks import (
    FeatureBlock,
    LetterBlock,
    block_key,
    feature_key,
    feature_piece,
    gc_pieces,
    letter_piece,
    neighbours,
)
from gxview.viewer.data.difference import DifferenceSource
from gxview.viewer.data.fetch import FAR, MARGIN, Fetcher, Piece
from gxview.viewer.data.gc_content import GcContent
from gxview.viewer.data.heatmap_blocks import heatmap_piece
from gxview.viewer.data.signal_tiles import SignalSlice, assemble, signal_pieces
from gxview.viewer.data.variant_blocks import variant_piece
from gxview.viewer.places.camera import View
from gxview.viewer.tracks.kinds import DifferenceTrack, FeatureTrack, SequenceTrack, SignalTrack, Track, sources_of
from gxview.viewer.viewer_model import ViewerModel

Source: TypeAlias = Any
"""Where the data of a track come from: a source of `gxview.tracks`."""
Reader: TypeAlias = Callable[[Any, Any, View], Iterable[Piece]]
"""Lists the pieces to read: (track, source, view)."""

LETTERS = "letters"
"""Owner of the letters of the reference: several tracks show them."""
KEPT_BLOCKS = 8
"""Blocks of one owner that may stand in while the right one is read."""
JOINED = 400
"""Signals that are kept as they were joined from their tiles: a frame asks for each more than once."""
PARKED = 200
"""Sources of removed tracks that are kept for the case that a track comes back."""


class Block(Protocol):
    """Data of a region."""

    @property
    def region(self) -> Region:
        """Where the data lie."""


_Block = TypeVar("_Block", bound=Block)

READERS: dict[str, Reader] = {
    "signal": lambda _track, source, view: signal_pieces(source, view),
    "features": lambda track, source, view: [feature_piece(source, track, view)],
    "sequence": lambda track, source, view: gc_pieces(source, view) if track.gc else (),
    "difference": lambda _track, source, view: signal_pieces(source, view),
    "variants": lambda track, source, view: [variant_piece(source, track, view)],
    "alignments": lambda track, source, view: [alignment_piece(source, track, view)],
    "heatmap": lambda _track, source, view: [heatmap_piece(source, view)],
}
"""What is read for each kind of track."""
IN_BLOCKS = {"features", "variants", "alignments", "heatmap"}
"""Kinds of track that are read in blocks; while a person pans, the blocks beside those that show are read as well."""
READ_FIELDS = {
    "features": {"mode", "labels"},
    "sequence": {"gc"},
    "difference": {"first", "second"},
    "variants": {"passed_only"},
    "alignments": {"soft_clips", "duplicates", "secondary", "supplementary", "min_mapping_quality"},
}
"""Fields of each kind of track that change what is read."""


class TrackData:
    """Reads what the visible tracks need whenever a camera or the list of tracks changes.

    Parameters
    ----------
    model
        State of the viewer.
    fetcher
        Reads and keeps pieces.
    """

    changed = Signal(str)

    def __init__(self, model: ViewerModel, fetcher: Fetcher) -> None:
        self._model = model
        self._fetcher = fetcher
        self._sources: dict[str, Source] = {}
        self._parked: OrderedDict[str, Source] = OrderedDict()
        self._failed: dict[str, str] = {}
        self._blocks: dict[str, OrderedDict[Hashable, Any]] = {}
        self._joined: dict[tuple[str, View], SignalSlice | None] = {}
        self._joined_at = -1
        self._zooms: list[float] = []
        self._gc = _gc_of(model.reference)
        fetcher.arrived.connect(lambda owner: self.changed.emit(owner))
        model.loci.moved.connect(lambda _view: self.refresh())
        model.loci.changed.connect(self.refresh)
        model.tracks.inserted.connect(lambda _index, track: self._unpark(track))
        model.tracks.removed.connect(lambda _index, track: self._park(track))
        model.tracks.shown_changed.connect(self.refresh)
        model.tracks.edited.connect(self._on_edit)
        model.reference_changed.connect(self._on_reference)

    def attach(self, track: Track, source: Source) -> None:
        """Say where the data of a track come from; before it is put into the list."""
        self._sources[track.id] = source
        self._failed.pop(track.id, None)
        for changed in (track, *self._model.tracks.all_made_of(track)):
            self._forget(changed.id)

    def fail(self, track: Track, reason: str) -> None:
        """Say why there is no source of a track that is in the list."""
        self._failed[track.id] = reason
        self._sources.pop(track.id, None)
        self._forget(track.id)
        self.changed.emit(track.id)

    def source(self, track: Track) -> Source | None:
        """Return where the data of a track come from, also of one that was removed and may come back."""
        return self._sources.get(track.id) or self._parked.get(track.id)

    def feature_sources(self) -> list[FeatureSource]:
        """Return the sources that can be searched by name, top to bottom."""
        found: list[Any] = [self._sources.get(track.id) for track in self._model.tracks]
        return [source for source in found if hasattr(source, "search")]

    def refresh(self) -> None:
        """Ask for what the visible tracks need."""
        reference, views = self._model.reference, self._model.loci.views
        if reference is None:
            return
        letters = [letter_piece(reference, view) for view in views]
        self._fetcher.want(LETTERS, [piece for piece in letters if piece is not None])
        zooms = [view.bases_per_pixel for view in views]
        farthest = FAR if zooms != self._zooms else MARGIN
        self._zooms = zooms
        # counting letters takes longest and comes last
        for track in sorted(self._needed(), key=lambda track: track.kind == "sequence"):
            self._want(track, views, farthest)

    def signal(self, track: SignalTrack | DifferenceTrack | SequenceTrack, view: View) -> SignalSlice | None:
        """Return what is at hand of a signal, of the difference of two, or of the GC content around the view."""
        if self._joined_at != self._fetcher.version or len(self._joined) > JOINED:
            self._joined.clear()
            self._joined_at = self._fetcher.version
        key = track.id, view
        if key not in self._joined:
            self._joined[key] = assemble(lambda piece: self._fetcher.get(track.id, piece), view)
        return self._joined[key]

    def features(self, track: FeatureTrack, view: View) -> FeatureBlock | None:
        """Return the features around the view, or the last ones that overlap it while those are read."""
        return self.block(track.id, feature_key(track, view), view, FeatureBlock)

    def letters(self, view: View) -> LetterBlock | None:
        """Return the letters around the view, or the last ones that overlap it while those are read."""
        return self.block(LETTERS, block_key(view), view, LetterBlock)

    def block(self, owner: str, key: Hashable, view: View, kind: type[_Block]) -> _Block | None:
        """Return a block of data by its key, or the last one at hand that overlaps the view while it is read."""
        recent = self._blocks.setdefault(owner, OrderedDict())
        block = self._fetcher.get(owner, key)
        if isinstance(block, kind):
            recent[key] = block
            recent.move_to_end(key)
            while len(recent) > KEPT_BLOCKS:
                recent.popitem(last=False)
            return block
        return next((known for known in reversed(recent.values()) if _overlaps(known.region, view.region)), None)

    def failure(self, track: Track) -> str:
        """Return why data of a track could not be read."""
        return self._failed.get(track.id) or self._fetcher.failure(track.id)

    def is_loading(self, track: Track) -> bool:
        """Whether data of a track are being read."""
        return self._fetcher.is_pending(track.id)

    @property
    def is_complete(self) -> bool:
        """Whether all that shows is at hand at its own zoom: a frame painted now has nothing to wait for."""
        return self._fetcher.is_complete

    def _needed(self) -> list[Track]:
        """Return the tracks that show, and those of which others that show are made."""
        known = {track.id: track for track in self._model.tracks}
        needed = [track.id for track in self._model.tracks.shown()]
        for track_id in needed:
            if track_id in known:
                needed += [source for source in sources_of(known[track_id]) if source not in needed]
        return [track for track_id, track in known.items() if track_id in needed]

    def _want(self, track: Track, views: list[View], farthest: int = MARGIN) -> None:
        """Ask for the pieces of a track: those of another zoom while a person zooms, else those beside the view."""
        reader, source = READERS.get(track.kind), self._source_of(track)
        if reader is not None and source is not None:
            pieces = {piece.key: piece for view in reversed(views) for piece in reader(track, source, view)}
            ahead = _ahead(reader, track, source, views) if farthest == MARGIN else {}
            wanted = (ahead | pieces).values()
            self._fetcher.want(track.id, [piece for piece in wanted if piece.priority <= farthest])

    def _source_of(self, track: Track) -> Source | None:
        """Return where data come from, also of what is counted or computed from others."""
        if isinstance(track, SequenceTrack):
            return self._gc
        if isinstance(track, DifferenceTrack):
            first, second = self._sources.get(track.first), self._sources.get(track.second)
            if isinstance(first, SignalSource) and isinstance(second, SignalSource):
                return DifferenceSource(first, second)
            return None
        return self._sources.get(track.id)

    def _on_edit(self, track: Track, field: str) -> None:
        if field in READ_FIELDS.get(track.kind, ()):
            if isinstance(track, DifferenceTrack):
                self._forget(track.id)
            self.refresh()

    def _on_reference(self, reference: Reference | None) -> None:
        self._gc = _gc_of(reference)
        for owner in (LETTERS, *(track.id for track in self._model.tracks if isinstance(track, SequenceTrack))):
            self._forget(owner)

    def _park(self, track: Track) -> None:
        self._forget(track.id)
        if (source := self._sources.pop(track.id, None)) is not None:
            self._parked[track.id] = source
            while len(self._parked) > PARKED:
                self._parked.popitem(last=False)

    def _unpark(self, track: Track) -> None:
        if (source := self._parked.pop(track.id, None)) is not None and track.id not in self._sources:
            self._sources[track.id] = source

    def _forget(self, owner: str) -> None:
        self._fetcher.forget(owner)
        self._blocks.pop(owner, None)


def _ahead(reader: Reader, track: Track, source: Source, views: Iterable[View]) -> dict[Hashable, Piece]:
    """Return the blocks beside those that show; tiles know their own neighbours."""
    if track.kind not in IN_BLOCKS:
        return {}
    found = (piece for view in views for beside in neighbours(view) for piece in reader(track, source, beside))
    return {piece.key: replace(piece, priority=MARGIN) for piece in found}


def _gc_of(reference: Reference | None) -> GcContent | None:
    return GcContent(reference) if reference is not None and reference.has_letters else None


def _overlaps(region: Region, shown: Region) -> bool:
    return region.chrom == shown.chrom and region.start < shown.end and shown.start < region.end
