"""What a person does with several tracks at once: group, duplicate, solo, move to the top, hide, remove."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from secrets import token_hex

from gxview.viewer.data.track_data import TrackData
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import RelevanceTrack, Track, track_from
from gxview.viewer.tracks.properties import assign_scale
from gxview.viewer.tracks.tracklist import TrackList

SOURCE_FIELDS = {"of", "first", "second", "control_of"}
"""Fields that name the tracks of which a track is made."""


def group(tracks: TrackList, chosen: Sequence[Track], name: str = "") -> TrackGroup:
    """Make a group of tracks where the first of them stands; those in another group leave it.

    Parameters
    ----------
    tracks
        The list.
    chosen
        Its members.
    name
        Its name; 'Group', 'Group 2' and so on by default.
    """
    made = TrackGroup(name=name or _free("Group", [known.name for known in tracks.groups]))
    with tracks.together():
        tracks.add_group(made, in_order(tracks, chosen))
    return made


def ungroup(tracks: TrackList, chosen: Iterable[Track]) -> None:
    """Let tracks stand alone again, below what stays of their group."""
    ids = {track.id for track in chosen}
    for owner in tracks.groups:
        members = tracks.members(owner)
        tracks.place([track for track in members if track.id in ids], _after(tracks, members[-1]), "")


def scale_together(tracks: TrackList, chosen: Sequence[Track]) -> None:
    """Give tracks with values one scale, that of their group; those that are not in one group are grouped first."""
    able = [track for track in in_order(tracks, chosen) if hasattr(track, "scale")]
    if not able:
        return
    if not able[0].group or len({track.group for track in able}) > 1:
        group(tracks, able)
    assign_scale(able, mode="group")


def duplicate(tracks: TrackList, data: TrackData, chosen: Iterable[Track]) -> list[Track]:
    """Put copies of tracks below them, with the same data; those of an explanation with all its parts.

    Parameters
    ----------
    tracks
        The list.
    data
        Knows where the data of the tracks come from.
    chosen
        The tracks; of a whole group the copies form a group of their own.

    Returns
    -------
    list
        The copies, top to bottom.
    """
    originals = in_order(tracks, _with_parts(tracks, chosen))
    copies = _copies(tracks, originals)
    groups = _copied_groups(tracks, originals)
    place = tracks.index(_last_of_unit(tracks, originals)) + 1 if originals else 0
    with tracks.together():
        for offset, (original, copy) in enumerate(zip(originals, copies, strict=True)):
            copy.group = groups.get(original.group, original.group)
            if (source := data.source(original)) is not None:
                data.attach(copy, source)
            tracks.insert(place + offset, copy)
    tracks.selection = copies
    return copies


def toggle_solo(tracks: TrackList, chosen: Iterable[Track]) -> None:
    """Show some tracks alone; once more, or without any, all again."""
    wanted = frozenset(track.id for track in chosen)
    tracks.solo = frozenset() if wanted == tracks.solo else wanted


def hide(tracks: TrackList, chosen: Sequence[Track]) -> None:
    """Shut the eyes of tracks; of a whole group its own."""
    ids = {track.id for track in chosen}
    with tracks.together():
        for track in in_order(tracks, chosen):
            owner = tracks.group(track.group)
            if owner is not None and all(member.id in ids for member in tracks.members(owner)):
                owner.visible = False
            else:
                track.visible = False


def show_all(tracks: TrackList) -> None:
    """Open all eyes and end what plays solo."""
    with tracks.together():
        tracks.solo = ()
        for item in (*tracks.groups, *tracks):
            item.visible = True


def move_to_top(tracks: TrackList, chosen: Iterable[Track]) -> None:
    """Move tracks above all others; part of a group moves to the top of the group."""
    ids = {track.id for track in chosen}
    whole = {known.id for known in tracks.groups if all(track.id in ids for track in tracks.members(known))}
    first = {known.id: tracks.index(tracks.members(known)[0]) for known in tracks.groups}

    def key(track: Track) -> tuple[bool, int, bool, int]:
        free = not track.group or track.group in whole
        at = tracks.index(track)
        return not (free and track.id in ids), first.get(track.group, at), track.id not in ids, at

    tracks.arrange([track.id for track in sorted(tracks, key=key)])


def in_order(tracks: TrackList, chosen: Iterable[Track]) -> list[Track]:
    """Return tracks in the order of the list, each once."""
    ids = {track.id for track in chosen}
    return [track for track in tracks if track.id in ids]


def _with_parts(tracks: TrackList, chosen: Iterable[Track]) -> list[Track]:
    return [
        one for track in chosen for one in (track, *(tracks.parts(track) if isinstance(track, RelevanceTrack) else ()))
    ]


def _copies(tracks: TrackList, originals: Sequence[Track]) -> list[Track]:
    """Make copies; those of which the sources are copied too are made of the copies."""
    ids = {track.id: token_hex(6) for track in originals}
    names = [track.name for track in tracks]
    made = []
    for track in originals:
        fields = track.model_dump()
        for key in SOURCE_FIELDS & set(fields):
            value = fields[key]
            fields[key] = ids.get(value, value) if isinstance(value, str) else [ids.get(one, one) for one in value]
        fields |= {"id": ids[track.id], "name": _copy_name(track.name, names)}
        names.append(fields["name"])
        made.append(track_from(fields))
    return made


def _copied_groups(tracks: TrackList, originals: Sequence[Track]) -> dict[str, str]:
    """Make a new group for each that is copied as a whole; return the new identifiers by the old ones."""
    ids = {track.id for track in originals}
    made = {}
    for known in tracks.groups:
        if all(track.id in ids for track in tracks.members(known)):
            fields = known.model_dump(exclude={"id"}) | {
                "name": _copy_name(known.name, [g.name for g in tracks.groups])
            }
            made[known.id] = TrackGroup(**fields)
            tracks.add_group(made[known.id])
    return {old: copy.id for old, copy in made.items()}


def _last_of_unit(tracks: TrackList, chosen: Sequence[Track]) -> Track:
    """Return the last of some tracks, or of its group."""
    owner = tracks.group(chosen[-1].group)
    return tracks.members(owner)[-1] if owner is not None else chosen[-1]


def _after(tracks: TrackList, track: Track) -> Track | None:
    place = tracks.index(track) + 1
    return tracks[place] if place < len(tracks) else None


def _copy_name(name: str, taken: Iterable[str]) -> str:
    return _free(re.sub(r" copy( \d+)?$", "", name) + " copy", taken)


def _free(name: str, taken: Iterable[str]) -> str:
    """Return a name, with a number where it is taken."""
    used, number, found = set(taken), 1, name
    while found in used:
        number += 1
        found = f"{name} {number}"
    return found
