"""The list of tracks, top to bottom, with its groups and its selection; every change is a typed signal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psygnal import EmissionInfo, Signal

from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import PartTrack, RelevanceTrack, Track, sources_of


class TrackList:
    """Ordered tracks; those of a group stand next to each other; some are selected.

    Signals: `inserted(place, track)`, `removed(place, track)`, `reordered()`, `edited(track, field)`,
    `groups_changed()` (a group came, went or was edited), `selection_changed(tracks)`,
    `selected_changed(track)` for the one whose controls are shown, and `shown_changed()` whenever other tracks
    may show than before, or in another order.
    """

    inserted = Signal(int, object)
    removed = Signal(int, object)
    reordered = Signal()
    edited = Signal(object, str)
    groups_changed = Signal()
    selected_changed = Signal(object)
    selection_changed = Signal(tuple)
    shown_changed = Signal()

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._groups: dict[str, TrackGroup] = {}
        self._selection: tuple[str, ...] = ()
        self._solo: frozenset[str] = frozenset()
        self._held = 0
        self._unsaid = False

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

    @contextmanager
    def together(self) -> Iterator[None]:
        """Tell only at the end of several changes that other tracks show."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            if self._unsaid and not self._held:
                self._unsaid = False
                self.shown_changed.emit()

    # -- tracks

    def insert(self, index: int, track: Track) -> None:
        """Put a track at a place (clipped to the list, and to its group)."""
        index = max(0, min(index, len(self._tracks)))
        self._tracks.insert(index, track)
        if self._solo:  # who opens a file wants to see it
            self._solo |= {track.id}
        track.events.connect(self._on_edit)
        self._gather()
        self.inserted.emit(self.index(track), track)
        self._tell_shown()

    def append(self, track: Track) -> None:
        """Put a track below all others."""
        self.insert(len(self), track)

    def remove(self, track: Track) -> None:
        """Take a track out, and what is made of it (score and tokens of an explanation, differences, overlays)."""
        for part in self.made_of(track):
            if part in self:
                self.remove(part)
        self.take(track)

    def take(self, track: Track) -> None:
        """Take out one track alone; what is made of it stays, for the case that both come back."""
        index = self.index(track)
        if track.id in self._selection:
            self.selection = tuple(known for known in self.selection if known is not track)
        track.events.disconnect(self._on_edit)
        del self._tracks[index]
        self._solo -= {track.id}
        self.removed.emit(index, track)
        self._drop_empty()
        self._tell_shown()

    def move(self, old: int, new: int) -> None:
        """Move a track so that it ends at place `new`, or next to its group."""
        order = [track.id for track in self._tracks]
        new = max(0, min(new, len(order) - 1))
        order.insert(new, order.pop(old))
        self.arrange(order)

    def arrange(self, order: Sequence[str]) -> None:
        """Order the tracks by identifiers; the members of a group are kept together."""
        before = list(self._tracks)
        place = {track_id: number for number, track_id in enumerate(order)}
        self._tracks.sort(key=lambda track: place.get(track.id, len(place)))
        self._gather()
        if any(old is not new for old, new in zip(before, self._tracks, strict=True)):
            self.reordered.emit()
            self._tell_shown()

    def place(self, moved: Sequence[Track], before: Track | None, group: str | None = None) -> None:
        """Move tracks above another one, keeping their order.

        Parameters
        ----------
        moved
            The tracks.
        before
            The track below them; None for the end of the list.
        group
            Identifier of the group they come into; empty for none, None lets each stay in its own.
        """
        chosen = {track.id for track in moved}
        below = self._tracks[self.index(before) :] if before is not None else []
        above = next((track.id for track in below if track.id not in chosen), None)
        rest = [track.id for track in self._tracks if track.id not in chosen]
        at = rest.index(above) if above is not None else len(rest)
        order = rest[:at] + [track.id for track in self._tracks if track.id in chosen] + rest[at:]
        for track in moved:
            if group is not None and track.group != group:
                track.group = group
        self.arrange(order)

    def parts(self, track: Track) -> list[Track]:
        """Return the tracks of score, tokens and substitutions that belong to an explanation."""
        return [known for known in self if isinstance(known, PartTrack) and known.of == track.id]

    def made_of(self, track: Track) -> list[Track]:
        """Return the tracks that cannot be without a track."""
        return [known for known in self if track.id in sources_of(known)]

    def all_made_of(self, track: Track) -> list[Track]:
        """Return the tracks that are made of a track, or of others that are."""
        found = [track]
        for one in found:
            found += [made for made in self.made_of(one) if all(made is not known for known in found)]
        return found[1:]

    def relevance(self) -> list[RelevanceTrack]:
        """Return the explanations, top to bottom."""
        return [track for track in self if isinstance(track, RelevanceTrack)]

    def owner(self, track: Track | None) -> RelevanceTrack | None:
        """Return the explanation that a track shows or belongs to, if there is one."""
        if isinstance(track, PartTrack):
            track = self.get(track.of)
        return track if isinstance(track, RelevanceTrack) else None

    def scaled_by(self, track: Any) -> Any:
        """Return the track whose scale a track takes: of a control the explanation that it stands beside."""
        found = self.get(track.control_of) if isinstance(track, RelevanceTrack) and track.control_of else None
        return track if found is None else found

    # -- groups

    @property
    def groups(self) -> tuple[TrackGroup, ...]:
        """All groups, in the order of their tracks; a group without tracks is gone."""
        ids = dict.fromkeys(track.group for track in self._tracks if track.group)
        return tuple(self._groups[group_id] for group_id in ids if group_id in self._groups)

    def group(self, group_id: str) -> TrackGroup | None:
        """Return a group by its identifier."""
        return self._groups.get(group_id)

    def members(self, group: TrackGroup) -> list[Track]:
        """Return the tracks of a group, top to bottom."""
        return [track for track in self._tracks if track.group == group.id]

    def add_group(self, group: TrackGroup, tracks: Iterable[Track] = ()) -> None:
        """Make a group of tracks; they move to where the first of them stands."""
        self._groups[group.id] = group
        group.events.connect(self._on_group)
        for track in tracks:
            track.group = group.id
        self.groups_changed.emit()

    def ungroup(self, group: TrackGroup) -> None:
        """Let the tracks of a group stand alone again."""
        for track in self.members(group):
            track.group = ""
        self._drop_empty()

    # -- what shows

    @property
    def solo(self) -> frozenset[str]:
        """Identifiers of the tracks that alone are shown; empty when all are."""
        return self._solo

    @solo.setter
    def solo(self, ids: Iterable[str]) -> None:
        wanted = frozenset(ids)
        if wanted != self._solo:
            self._solo = wanted
            self._tell_shown()

    def is_shown(self, track: Track) -> bool:
        """Whether a track has a row: its eye and that of its group are open, and no others play solo."""
        group = self._groups.get(track.group)
        if group is not None and (group.folded or not group.visible):
            return False
        return self.is_open(track)

    def is_open(self, track: Track) -> bool:
        """Whether the eye of a track is open and no others play solo; its group may be folded or hidden."""
        return track.visible and (not self._solo or track.id in self._solo)

    def shown(self) -> list[Track]:
        """Return the tracks that have a row, top to bottom."""
        return [track for track in self._tracks if self.is_shown(track)]

    def lines(self) -> list[Track | TrackGroup]:
        """Return what has a line in the picture, top to bottom: the shown tracks, and above its own each open group.

        A folded group is a line of its own; one whose tracks are all hidden has none.
        """
        found: list[Track | TrackGroup] = []
        last = ""
        for track in self._tracks:
            group = self._groups.get(track.group)
            if group is not None and group.id != last and self._has_line(group):
                found.append(group)
                last = group.id
            if self.is_shown(track):
                found.append(track)
        return found

    def _has_line(self, group: TrackGroup) -> bool:
        return group.visible and any(self.is_open(track) for track in self.members(group))

    # -- selection

    @property
    def selection(self) -> tuple[Track, ...]:
        """The selected tracks, in the order of the list."""
        return tuple(track for track in self._tracks if track.id in self._selection)

    @selection.setter
    def selection(self, tracks: Iterable[Track]) -> None:
        before, wanted = self.selected, tuple(dict.fromkeys(track.id for track in tracks))
        if wanted == self._selection:
            return
        self._selection = wanted
        self.selection_changed.emit(self.selection)
        if self.selected is not before:
            self.selected_changed.emit(self.selected)

    @property
    def selected(self) -> Track | None:
        """The track whose controls are shown: the one selected last."""
        return self.get(self._selection[-1]) if self._selection else None

    @selected.setter
    def selected(self, track: Track | None) -> None:
        self.selection = () if track is None else (track,)

    @property
    def selected_groups(self) -> tuple[TrackGroup, ...]:
        """The groups of which all tracks are selected."""
        chosen = set(self._selection)
        return tuple(group for group in self.groups if all(track.id in chosen for track in self.members(group)))

    @property
    def selected_group(self) -> TrackGroup | None:
        """The group of which all tracks, and no others, are selected."""
        chosen = self.selected_groups
        return chosen[0] if len(chosen) == 1 and len(self.members(chosen[0])) == len(self._selection) else None

    def toggle(self, track: Track) -> None:
        """Add a track to the selection, or take it out."""
        rest = [known for track_id in self._selection if (known := self.get(track_id)) not in (None, track)]
        self.selection = [*rest, *([track] if len(rest) == len(self._selection) else [])]

    def extend_to(self, track: Track) -> None:
        """Select the shown tracks from the selected one, which stays so, to another."""
        start = self.selected or track
        first, last = sorted((self.index(start), self.index(track)))
        between = [known for known in self._tracks[first : last + 1] if self.is_shown(known) and known is not start]
        self.selection = [*between, start]

    # -- inside

    def _tell_shown(self) -> None:
        if self._held:
            self._unsaid = True
        else:
            self.shown_changed.emit()

    def _gather(self) -> None:
        """Bring the members of each group together where its first member stands."""
        first: dict[str, int] = {}
        for place, track in enumerate(self._tracks):
            if track.group:
                first.setdefault(track.group, place)
        keys = {id(track): (first.get(track.group, place), place) for place, track in enumerate(self._tracks)}
        self._tracks.sort(key=lambda track: keys[id(track)])

    def _drop_empty(self) -> None:
        used = {track.group for track in self._tracks}
        for group_id in [group_id for group_id in self._groups if group_id not in used]:
            self._groups.pop(group_id).events.disconnect(self._on_group)
            self.groups_changed.emit()

    def _on_group(self, _info: EmissionInfo) -> None:
        self.groups_changed.emit()
        self._tell_shown()

    def _on_edit(self, info: EmissionInfo) -> None:
        track, field = info.signal.instance.instance, info.signal.name
        if field == "group":
            self._gather()
            self._drop_empty()
            self.reordered.emit()
        self.edited.emit(track, field)
        if field in ("visible", "group"):
            self._tell_shown()
