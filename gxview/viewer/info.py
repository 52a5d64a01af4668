"""All that is known about a track, in lines for a person: its file, its state, how its numbers came about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from gxview.viewer.tracks import FileTrack, RelevanceTrack, SequenceTrack, Track
from gxview.viewer.viewer import Viewer

Line: TypeAlias = tuple[str, str]
"""Name and value."""


def describe_track(viewer: Viewer, track: Track) -> list[Line]:
    """Return names and values about a track.

    Parameters
    ----------
    viewer
        What shows the track.
    track
        Any track; of the score and the tokens the explanation is described.
    """
    lines: list[Line] = [("name", track.name), ("kind", track.kind)]
    owner = viewer.model.tracks.owner(track)
    if isinstance(track, FileTrack):
        lines.append(("file", track.path))
        source = viewer.data.source(track)
        lines += [("note", note) for note in (source.notes if source is not None else ())]
    elif isinstance(track, SequenceTrack) and viewer.model.reference is not None:
        reference = viewer.model.reference
        lines += [("file", str(reference.path)), ("sequences", f"{len(reference.names):,}")]
        lines.append(("bases", f"{sum(reference.sizes.values()):,}"))
    elif owner is not None:
        lines += _explanation(viewer, owner)
    if failure := viewer.data.failure(track):
        lines.append(("failure", failure))
    return lines


def _explanation(viewer: Viewer, track: RelevanceTrack) -> Iterator[Line]:
    info = viewer.explanations.info(track)
    if info is not None:
        yield "model", f"{info.name} ({info.kind}, window of {info.window_length} bases, on {info.device})"
    state = viewer.live.state(track)
    yield "state", state.text or state.kind
    found = viewer.live.example(track)
    if found is None:
        return
    for note in found.notes:
        yield "note", note
    yield from _flat(found.provenance)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[Line]:
    for key, value in values.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}, ")
        elif value not in (None, "", [], ()):
            yield name, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
