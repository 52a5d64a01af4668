"""The data behind the tracks of files: which pieces the camera needs, and what is at hand to draw."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

from psygnal import Signal

from gxview.tracks import FeatureSource, SignalSource
from gxview.viewer.blocks import FeatureBlock, LetterBlock, block_key, feature_piece, letter_piece
from gxview.viewer.camera import View
from gxview.viewer.fetch import Fetcher
from gxview.viewer.signal_tiles import SignalSlice, assemble, signal_pieces
from gxview.viewer.tracks import FeatureTrack, SignalTrack, Track
from gxview.viewer.viewer_model import ViewerModel

Source: TypeAlias = SignalSource | FeatureSource
LETTERS = "letters"
"""Owner of the letters of the reference: several tracks show them."""

_Block = TypeVar("_Block", FeatureBlock, LetterBlock)


class TrackData:
    """Reads what the visible tracks need whenever the camera or the list of tracks changes.

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
        self._blocks: dict[str, FeatureBlock | LetterBlock] = {}
        fetcher.arrived.connect(self._on_arrived)
        model.camera.changed.connect(lambda _view: self.refresh())
        model.tracks.inserted.connect(lambda _index, _track: self.refresh())
        model.tracks.removed.connect(lambda _index, track: self._forget(track.id))
        model.tracks.edited.connect(self._on_edit)
        model.reference_changed.connect(lambda _reference: self._forget(LETTERS))

    def attach(self, track: Track, source: Source) -> None:
        """Say where the data of a track come from; before it is put into the list."""
        self._sources[track.id] = source

    def source(self, track: Track) -> Source | None:
        """Return where the data of a track come from."""
        return self._sources.get(track.id)

    def feature_sources(self) -> list[FeatureSource]:
        """Return the sources of the feature tracks, top to bottom."""
        found = [self._sources.get(track.id) for track in self._model.tracks if isinstance(track, FeatureTrack)]
        return [source for source in found if isinstance(source, FeatureSource)]

    def refresh(self) -> None:
        """Ask for what the visible tracks need."""
        view = self._model.camera.view
        reference = self._model.reference
        if reference is None or not view.chrom:
            return
        piece = letter_piece(reference, view)
        self._fetcher.want(LETTERS, [piece] if piece is not None else [])
        for track in self._model.tracks:
            if track.visible:
                self._want(track, view)

    def signal(self, track: SignalTrack, view: View) -> SignalSlice | None:
        """Return what is at hand of a signal around the view."""
        return assemble(lambda key: self._fetcher.get(track.id, key), view)

    def features(self, track: FeatureTrack, view: View) -> FeatureBlock | None:
        """Return the features around the view, or the last ones that overlap it while those are read."""
        block = self._fetcher.get(track.id, (*block_key(view), track.collapsed))
        if block is not None:
            self._blocks[track.id] = block
        return self._overlapping(track.id, view, FeatureBlock)

    def letters(self, view: View) -> LetterBlock | None:
        """Return the letters around the view, or the last ones that overlap it while those are read."""
        block = self._fetcher.get(LETTERS, block_key(view))
        if block is not None:
            self._blocks[LETTERS] = block
        return self._overlapping(LETTERS, view, LetterBlock)

    def failure(self, track: Track) -> str:
        """Return why data of a track could not be read."""
        return self._fetcher.failure(track.id)

    def is_loading(self, track: Track) -> bool:
        """Whether data of a track are being read."""
        return self._fetcher.is_pending(track.id)

    def _want(self, track: Track, view: View) -> None:
        source = self._sources.get(track.id)
        if isinstance(track, SignalTrack) and isinstance(source, SignalSource):
            self._fetcher.want(track.id, signal_pieces(source, view))
        elif isinstance(track, FeatureTrack) and isinstance(source, FeatureSource):
            self._fetcher.want(track.id, [feature_piece(source, view, track.collapsed)])

    def _overlapping(self, owner: str, view: View, kind: type[_Block]) -> _Block | None:
        block = self._blocks.get(owner)
        if not isinstance(block, kind) or block.region.chrom != view.chrom:
            return None
        shown = view.region
        return block if block.region.start < shown.end and shown.start < block.region.end else None

    def _on_arrived(self, owner: str) -> None:
        self.changed.emit(owner)

    def _on_edit(self, track: Track, field: str) -> None:
        if field in ("visible", "collapsed"):
            self.refresh()

    def _forget(self, owner: str) -> None:
        self._fetcher.forget(owner)
        self._blocks.pop(owner, None)
        self._sources.pop(owner, None)
