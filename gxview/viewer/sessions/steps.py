"""What differs between two states, and what a person would call that step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gxview.viewer.sessions.state import Fields, State, flat, title_of
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import sources_of, track_from

Edit: TypeAlias = tuple[str, str]
"""Identifier of a track or group (empty for the settings) and name of the field."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one state has that another has not.

    Parameters
    ----------
    added, removed
        Fields of the tracks that came and went.
    edits
        Fields that changed, with their values before and after.
    groups
        Names of the groups that came (True) or went (False).
    moved, solo, regions, peaks, sequence
        Whether tracks changed places, play solo, or the table of regions, that of peaks or the edits changed.
    """

    added: tuple[Fields, ...]
    removed: tuple[Fields, ...]
    edits: dict[Edit, tuple[object, object]]
    groups: tuple[tuple[str, bool], ...]
    moved: bool
    solo: bool
    regions: bool
    peaks: bool
    sequence: bool

    @property
    def whole(self) -> list[str]:
        """Identifiers of the tracks that came and are no parts of others that came."""
        return [fields["id"] for fields in _whole(self.added)]

    @property
    def glide(self) -> frozenset[Edit] | None:
        """What a person may change in many small moves, such as the height of a track; None for anything else."""
        tables = self.regions or self.peaks or self.sequence
        structural = self.added or self.removed or self.groups or self.moved or self.solo or tables
        switched = any(isinstance(new, bool) for _, new in self.edits.values())
        return None if structural or switched or not self.edits else frozenset(self.edits)


def difference(before: State, after: State) -> Difference:
    """Compare two states."""
    old, new = _by_id(before.tracks), _by_id(after.tracks)
    old_groups, new_groups = _by_id(before.groups), _by_id(after.groups)
    edits = _edits(old, new) | _edits(old_groups, new_groups)
    edits |= _edits({"": before.settings}, {"": after.settings})
    came = [(fields["name"], True) for key, fields in new_groups.items() if key not in old_groups]
    went = [(fields["name"], False) for key, fields in old_groups.items() if key not in new_groups]
    stayed = [key for key in old if key in new]
    return Difference(
        added=tuple(fields for key, fields in new.items() if key not in old),
        removed=tuple(fields for key, fields in old.items() if key not in new),
        edits=edits,
        groups=tuple(came + went),
        moved=stayed != [key for key in new if key in old],
        solo=before.solo != after.solo,
        regions=before.regions != after.regions,
        peaks=before.peaks != after.peaks,
        sequence=before.edits != after.edits,
    )


def name_of(before: State, after: State) -> str:
    """Return what a person would call the step between two states, such as 'remove coverage'."""
    found = difference(before, after)
    if found.sequence:
        return "edit the sequence"
    if found.removed:
        return f"remove {_tracks(found.removed)}"
    if found.added:
        return f"add {_tracks(found.added)}"
    if found.groups:
        return _grouped(found.groups)
    if found.edits:
        return _edited(before, after, found.edits)
    if found.moved:
        return "move tracks"
    if found.solo:
        return "solo" if after.solo else "show all tracks"
    if found.regions:
        return "change regions"
    if not after.peaks:
        return "clear peaks"
    return "change peaks" if set(after.peaks) & set(before.peaks) else "find peaks"


def _by_id(items: Sequence[Fields]) -> dict[str, Fields]:
    return {fields["id"]: fields for fields in items}


def _edits(before: dict[str, Fields], after: dict[str, Fields]) -> dict[Edit, tuple[object, object]]:
    found: dict[Edit, tuple[object, object]] = {}
    for key in before.keys() & after.keys():
        if before[key] == after[key]:
            continue
        old, new = flat(before[key]), flat(after[key])
        found |= {(key, name): (old.get(name), new[name]) for name in new if old.get(name) != new[name]}
    return found


def _tracks(items: Sequence[Fields]) -> str:
    """Name one track, or count several; parts of another one of them are not counted."""
    whole = _whole(items) or items
    return whole[0]["name"] or whole[0]["kind"] if len(whole) == 1 else f"{len(whole)} tracks"


def _whole(items: Sequence[Fields]) -> list[Fields]:
    ids = {fields["id"] for fields in items}
    return [fields for fields in items if not ids.intersection(sources_of(track_from(fields)))]


def _grouped(groups: Sequence[tuple[str, bool]]) -> str:
    name, came = groups[0]
    return f"group {name}" if came else f"ungroup {name}"


def _edited(before: State, after: State, edits: dict[Edit, tuple[object, object]]) -> str:
    names = {name for _, name in edits}
    keys = {key for key, _ in edits}
    known = _by_id(before.tracks) | _by_id(before.groups)
    key, name = next(iter(edits))
    if key not in known:
        return f"change {name.replace('_', ' ')}"
    of = known[key]["name"] or known[key]["kind"] if len(keys) == 1 else f"{len(keys)} tracks"
    new = edits[key, name][1]
    verb = {"visible": "show" if new else "hide", "folded": "fold" if new else "unfold", "name": "rename"}.get(name)
    if verb and len(names) == 1:
        return f"{verb} {of}"
    if "group" in names:
        return f"move {of}"
    kind = TrackGroup if known[key]["kind"] == "group" else type(track_from(known[key]))
    return f"change {title_of(kind, names)} of {of}"
