"""Makes tracks of others: several over each other, one minus another."""

from __future__ import annotations

from collections.abc import Sequence

from gxview.errors import GxviewError
from gxview.viewer.tracks.kinds import DifferenceTrack, OverlayTrack, RelevanceTrack, ScoreTrack, SignalTrack, Track
from gxview.viewer.tracks.tracklist import TrackList

VALUED = (SignalTrack, RelevanceTrack, ScoreTrack)
"""Tracks that have one value per base."""


def overlay(tracks: TrackList, some: Sequence[Track], normalised: bool = False) -> OverlayTrack:
    """Add, below the last of them, a track that shows signals, explanations or scores over each other.

    Raises
    ------
    GxviewError
        Fewer than two of the tracks have values.
    """
    valued = _valued(some, "shown over each other")
    made = OverlayTrack(name="Overlay", of=tuple(track.id for track in valued), normalised=normalised)
    _add(tracks, made, valued)
    return made


def difference(tracks: TrackList, some: Sequence[Track], normalised: bool = False) -> DifferenceTrack:
    """Add, below them, a track that shows the first of two signals, explanations or scores minus the second.

    Raises
    ------
    GxviewError
        Not exactly two of the tracks have values.
    """
    valued = _valued(some, "subtracted")
    if len(valued) > 2:
        raise GxviewError(f"{len(valued)} tracks are selected; select two to subtract the lower one from the upper.")
    first, second = valued
    made = DifferenceTrack(name="Difference", first=first.id, second=second.id, normalised=normalised)
    _add(tracks, made, valued)
    return made


def _valued(some: Sequence[Track], what: str) -> list[Track]:
    valued: list[Track] = [track for track in some if isinstance(track, VALUED)]
    if len(valued) < 2:
        raise GxviewError(f"Select two signals or explanations (Ctrl+click) that are to be {what}.")
    return valued


def _add(tracks: TrackList, made: Track, members: Sequence[Track]) -> None:
    if len({member.group for member in members}) == 1:
        made.group = members[0].group
    tracks.insert(max(tracks.index(member) for member in members) + 1, made)
