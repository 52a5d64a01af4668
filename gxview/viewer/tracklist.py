"""The list of tracks, top to bottom; every change is a typed signal."""

from __future__ import annotations

from collections.abc import Iterator

from psygnal import EmissionInfo, Signal

from gxview.viewer.tracks import RelevanceTrack, ScoreTrack, TokenTrack, Track


class TrackList:
    """Ordered tracks with one that is selected."""

    inserted = Signal(int, object)
    removed = Signal(int, object)
    moved = Signal(int, int)
    edited = Signal(object, str)
    selected_changed = Signal(object)

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._selected: str | None = None

    def __len__(self) -> int:
        return len(self._tracks)

    def __iter__(self) -> Iterator[Track]:
        return iter(tuple(self._tracks))

    def __getitem__(self, index: int) -> Track:
        return self._tracks[index]

    def __contains__(self, track: object) -> bool:
        return any(track is known for known in self._tracks)

    def index(self, track: Track) -> int:
        """Return the place of a track, 0 on top.

        Raises
        ------
        ValueError
            The track is not in the list.
        """
        for place, known in enumerate(self._tracks):
            if known is track:
                return place
        raise ValueError(f"{track.name} is not in the list of tracks")

    def get(self, track_id: str) -> Track | None:
        """Return a track by its identifier."""
        return next((track for track in self._tracks if track.id == track_id), None)

    def insert(self, index: int, track: Track) -> None:
        """Put a track at a place (clipped to the list)."""
        index = max(0, min(index, len(self._tracks)))
        self._tracks.insert(index, track)
        track.events.connect(self._on_edit)
        self.inserted.emit(index, track)

    def append(self, track: Track) -> None:
        """Put a track below all others."""
        self.insert(len(self), track)

    def remove(self, track: Track) -> None:
        """Take a track out, and what belongs to it (score and tokens of an explanation)."""
        for part in self.parts(track):
            self._take(part)
        self._take(track)

    def move(self, old: int, new: int) -> None:
        """Move a track so that it ends at place `new`."""
        new = max(0, min(new, len(self) - 1))
        if old != new:
            self._tracks.insert(new, self._tracks.pop(old))
            self.moved.emit(old, new)

    def parts(self, track: Track) -> list[Track]:
        """Return the score and token tracks that show the same explanation."""
        return [known for known in self if isinstance(known, ScoreTrack | TokenTrack) and known.of == track.id]

    def relevance(self) -> list[RelevanceTrack]:
        """Return the explanations, top to bottom."""
        return [track for track in self if isinstance(track, RelevanceTrack)]

    def owner(self, track: Track | None) -> RelevanceTrack | None:
        """Return the explanation that a track shows, if it shows one."""
        if isinstance(track, ScoreTrack | TokenTrack):
            track = self.get(track.of)
        return track if isinstance(track, RelevanceTrack) else None

    @property
    def selected(self) -> Track | None:
        """The track whose controls are shown."""
        return self.get(self._selected) if self._selected else None

    @selected.setter
    def selected(self, track: Track | None) -> None:
        wanted = track.id if track is not None else None
        if wanted != self._selected:
            self._selected = wanted
            self.selected_changed.emit(track)

    def _take(self, track: Track) -> None:
        index = self.index(track)
        if self._selected == track.id:
            self.selected = None
        track.events.disconnect(self._on_edit)
        del self._tracks[index]
        self.removed.emit(index, track)

    def _on_edit(self, info: EmissionInfo) -> None:
        group = info.signal.instance
        self.edited.emit(group.instance, info.signal.name)
