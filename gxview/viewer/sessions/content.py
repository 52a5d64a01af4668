"""What a viewer shows as a session, and which files of a session are missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gxview.viewer.explaining.model_keys import split_key
from gxview.viewer.places.camera import View
from gxview.viewer.sessions.file import Genome, Place, Session
from gxview.viewer.sessions.paths import is_folder_key, is_missing
from gxview.viewer.sessions.state import State, capture
from gxview.viewer.tracks.kinds import FileTrack, RelevanceTrack, Track, model_of, set_model, sources_of
from gxview.viewer.viewer_model import ViewerModel


@dataclass(frozen=True, slots=True)
class Missing:
    """A file of a session that is not where it was.

    Parameters
    ----------
    path
        Where it was.
    what
        'genome', 'names' (of chromosomes), 'track' or 'model'.
    used_by
        Names of the tracks that show it.
    """

    path: str
    what: str
    used_by: tuple[str, ...] = ()


def session_of(model: ViewerModel, state: State | None = None) -> Session:
    """Return what a viewer shows as a session.

    Parameters
    ----------
    model
        The viewer.
    state
        Its state where that was just captured.
    """
    state = state or capture(model)
    fields: dict[str, Any] = {
        "genome": _genome(model),
        "loci": [_place(view) for view in model.loci.views],
        "active": _active(model),
        "tracks": state.tracks,
        "groups": state.groups,
        "solo": state.solo,
        "regions": state.regions,
        "peaks": state.peaks,
        "edits": state.edits,
        "settings": state.settings,
    }
    session = Session.model_validate(fields)
    keys = {key: _folder(key) for track in session.tracks if (key := model_of(track))}
    tracks = tuple(_renamed(track, keys) for track in session.tracks)
    models = {keys[key]: model.known_models.get(key, key) for key in keys}
    return session.model_copy(update={"tracks": tracks, "models": models})


def missing_of(session: Session) -> list[Missing]:
    """Return the files of a session that do not exist: the genome first; looks at the disk."""
    found = []
    if session.genome is not None:
        wanted = (("genome", session.genome.path), ("names", session.genome.aliases))
        found += [Missing(path, what) for what, path in wanted if path and is_missing(path)]
    users: dict[tuple[str, str], list[str]] = {}
    for track in session.tracks:
        if isinstance(track, FileTrack):
            users.setdefault(("track", track.path), []).append(track.name)
        if is_folder_key(key := model_of(track)):
            users.setdefault(("model", split_key(key)[0]), []).append(track.name)
    found += [Missing(path, what, tuple(names)) for (what, path), names in users.items() if is_missing(path)]
    return found


def without(session: Session, paths: Collection[str]) -> Session:
    """Return a session without files: their tracks, and what is made of them, are left out."""
    gone = {track.id for track in session.tracks if _path_of(track) in paths}
    rest = [track for track in session.tracks if track.id not in gone]
    while lost := {track.id for track in rest if gone.intersection(sources_of(track))}:
        gone |= lost
        rest = [track for track in rest if track.id not in gone]
    genome = session.genome
    if genome is not None and genome.aliases in paths:
        genome = Genome(path=genome.path)
    if genome is not None and genome.path in paths:
        genome = None
    used = {track.group for track in rest}
    groups = tuple(group for group in session.groups if group.id in used)
    solo = tuple(track_id for track_id in session.solo if track_id not in gone)
    return session.model_copy(update={"tracks": tuple(rest), "genome": genome, "groups": groups, "solo": solo})


def moved(session: Session, places: Mapping[str, str]) -> Session:
    """Return a session in which files lie at other places, by their old ones."""
    return session.with_paths(lambda path: places.get(path, path))


def _genome(model: ViewerModel) -> Genome | None:
    reference = model.reference
    if reference is None or not reference.has_letters:
        return None
    aliases = reference.aliases.path
    return Genome(path=str(reference.path.absolute()), aliases=str(aliases.absolute()) if aliases else None)


def _place(view: View) -> Place:
    return Place(chrom=view.chrom, start=view.start, end=view.end)


def _active(model: ViewerModel) -> int:
    cameras = [camera for camera in model.loci.cameras if camera.is_open]
    return cameras.index(model.camera) if model.camera in cameras else 0


def _folder(key: str) -> str:
    """Return the key of a model that means its folder from wherever the program runs."""
    name, suffix = split_key(key)
    return f"{Path(name).absolute()}{suffix}" if not is_folder_key(name) and Path(name).is_dir() else key


def _renamed(track: Track, keys: Mapping[str, str]) -> Track:
    key = model_of(track)
    if keys.get(key, key) != key:
        set_model(track, keys[key])
    return track


def _path_of(track: Track) -> str:
    if isinstance(track, RelevanceTrack):
        return split_key(track.options.model)[0]
    return track.path if isinstance(track, FileTrack) else ""
