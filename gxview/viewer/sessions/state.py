"""Everything about the tracks that can be undone and saved, as plain values; put back where it differs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import BaseModel

from gxview.genome import Edit
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import Track, track_from
from gxview.viewer.tracks.tracklist import TrackList
from gxview.viewer.viewer_model import ViewerModel

Fields: TypeAlias = dict[str, Any]
"""Fields of a track or a group by name; values as in JSON."""

VIEW_SETTINGS = ("theme", "colour_blind", "live")
"""Settings that say how the tracks look; the others belong to the machine."""


@dataclass(frozen=True)
class State:
    """What can be undone and saved, without the places on screen, which have a history of their own.

    Parameters
    ----------
    tracks
        Fields of the tracks, top to bottom.
    groups
        Fields of the groups, in the order of their tracks.
    solo
        Identifiers of the tracks that alone are shown, sorted.
    regions, peaks
        Rows of the table of regions, and of that of peaks.
    edits
        Edits of the sequence.
    settings
        `VIEW_SETTINGS`.
    """

    tracks: tuple[Fields, ...] = ()
    groups: tuple[Fields, ...] = ()
    solo: tuple[str, ...] = ()
    regions: tuple[RegionRow, ...] = ()
    peaks: tuple[RegionRow, ...] = ()
    edits: tuple[Edit, ...] = ()
    settings: Fields = field(default_factory=dict)


def capture(model: ViewerModel) -> State:
    """Return the state of a viewer as values."""
    return State(
        tracks=tuple(track.model_dump(mode="json") for track in model.tracks),
        groups=tuple(group.model_dump(mode="json") for group in model.tracks.groups),
        solo=tuple(sorted(model.tracks.solo)),
        regions=model.regions.rows,
        peaks=model.peaks.rows,
        edits=model.edits.value.items,
        settings={name: getattr(model.settings, name) for name in VIEW_SETTINGS},
    )


def apply(model: ViewerModel, state: State) -> None:
    """Make a viewer what a state says; only what differs changes, and tracks that stay are the same objects.

    Raises
    ------
    pydantic.ValidationError
        A field is unknown or out of range.
    """
    with model.tracks.together():
        _apply_tracks(model.tracks, state)
    model.regions.rows = state.regions
    model.peaks.rows = state.peaks
    model.edits.restore(state.edits)
    for name, value in state.settings.items():
        setattr(model.settings, name, value)


def _apply_tracks(tracks: TrackList, state: State) -> None:
    wanted = {fields["id"]: track_from(fields) for fields in state.tracks}
    for track in tracks:
        if not isinstance(wanted.get(track.id), type(track)):
            tracks.take(track)
    for known in tracks:
        _edit(known, wanted[known.id], leave="group")
    for place, track_id in enumerate(wanted):
        if tracks.get(track_id) is None:
            tracks.insert(place, wanted[track_id])
    for known in tracks:
        known.group = wanted[known.id].group
    _apply_groups(tracks, state.groups)
    tracks.arrange(list(wanted))
    tracks.solo = state.solo


def _apply_groups(tracks: TrackList, groups: tuple[Fields, ...]) -> None:
    for fields in groups:
        group, known = TrackGroup(**fields), tracks.group(fields["id"])
        if known is None:
            tracks.add_group(group)
        else:
            _edit(known, group)


def _edit(known: Track | TrackGroup, wanted: Track | TrackGroup, leave: str = "") -> None:
    for name in type(known).model_fields:
        value = getattr(wanted, name)
        if name != leave and getattr(known, name) != value:
            setattr(known, name, value)


def flat(fields: Mapping[str, Any]) -> Fields:
    """Return fields with those of nested values one level up, as in ``{'scale.mode': 'auto'}``."""
    found: Fields = {}
    for name, value in fields.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{inner}": part for inner, part in value.items()}
        else:
            found[name] = value
    return found


def title_of(kind: type[BaseModel], names: Collection[str]) -> str:
    """Return what a person calls fields of a track or group that are named as in `flat`."""
    outer = {name.partition(".")[0] for name in names}
    if len(outer) > 1:
        return "properties"
    name = outer.pop() if len(names) > 1 or "scale" in outer else next(iter(names))
    info = kind.model_fields.get(name)
    return info.title.lower() if info is not None and info.title else name.rpartition(".")[2].replace("_", " ")
