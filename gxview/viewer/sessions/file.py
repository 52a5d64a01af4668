"""Session files (`.gxview.json`): what they hold, how they are read and written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gxview.errors import GxviewError
from gxview.genome import Edit, Edits
from gxview.version import __version__
from gxview.viewer.explaining.model_keys import split_key
from gxview.viewer.files import write_whole
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.sessions.paths import absolute, is_folder_key, relative
from gxview.viewer.sessions.state import VIEW_SETTINGS, State
from gxview.viewer.settings.settings import Settings
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import Track

VERSION = 1
"""Version of the format; a file with a higher one is refused."""
MARK = "gxview_session"
"""Field by which a session is known, whatever the file is called."""
SUFFIX = ".gxview.json"
LARGEST = 64 << 20
"""Bytes beyond which a file is no session."""


class Place(BaseModel):
    """What one locus shows: 0-based edges, which may lie within a base."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chrom: str
    start: float = Field(ge=0, allow_inf_nan=False)
    end: float = Field(gt=0, allow_inf_nan=False)


class Genome(BaseModel):
    """The genome: its file, and the file of other chromosome names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    aliases: str | None = None


class Session(BaseModel):
    """Everything that comes back; all paths are absolute here, and relative in the file where possible.

    Parameters
    ----------
    gxview_session
        Version of the format.
    saved_by
        Program and version that wrote it.
    folder
        Where the file was written: files that do not lie beside a moved session are looked for there.
    genome
        None without a genome.
    loci, active
        What the places side by side show, left to right, and which of them is the active one.
    tracks, groups, solo, regions, peaks, edits, settings
        As in `State`.
    models
        Shown name of each model by key, of those that the tracks explain with.
    """

    model_config = ConfigDict(extra="forbid")

    gxview_session: Literal[1] = 1
    saved_by: str = f"gxview {__version__}"
    folder: str = ""
    genome: Genome | None = None
    loci: tuple[Place, ...] = Field(default=(), max_length=MAX_LOCI)
    active: int = Field(default=0, ge=0, lt=MAX_LOCI)
    tracks: tuple[Track, ...] = ()
    groups: tuple[TrackGroup, ...] = ()
    solo: tuple[str, ...] = ()
    regions: tuple[RegionRow, ...] = ()
    peaks: tuple[RegionRow, ...] = ()
    edits: tuple[Edit, ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict)
    models: dict[str, str] = Field(default_factory=dict)

    @field_validator("tracks", "groups")
    @classmethod
    def _unique(cls, items: tuple[Track, ...]) -> tuple[Track, ...]:
        if len({item.id for item in items}) < len(items):
            raise ValueError("two of them have the same id")
        return items

    @field_validator("settings")
    @classmethod
    def _known(cls, values: dict[str, Any]) -> dict[str, Any]:
        if unknown := values.keys() - set(VIEW_SETTINGS):
            raise ValueError(f"'{min(unknown)}' is no setting of a session")
        Settings(**values)
        return values

    @field_validator("edits")
    @classmethod
    def _apart(cls, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
        return Edits(edits).items

    @property
    def state(self) -> State:
        """What is undone and saved alike."""
        return State(
            tracks=tuple(track.model_dump(mode="json") for track in self.tracks),
            groups=tuple(group.model_dump(mode="json") for group in self.groups),
            solo=tuple(sorted(self.solo)),
            regions=self.regions,
            peaks=self.peaks,
            edits=self.edits,
            settings=dict(self.settings),
        )

    def with_paths(self, change: Callable[[str], str]) -> Session:
        """Return a session with every path of a file or a model's folder changed."""

        def change_key(key: str) -> str:
            name, suffix = split_key(key)
            return change(name) + suffix if is_folder_key(name) else key

        fields = self.model_dump(mode="json", exclude={"regions", "peaks", "edits"})
        genome = fields["genome"] or {}
        for name in ("path", "aliases"):
            if genome.get(name):
                genome[name] = change(genome[name])
        for track in fields["tracks"]:
            if track.get("path"):
                track["path"] = change(track["path"])
            for asked in (track.get("options"), track.get("effect")):
                if asked:
                    asked["model"] = change_key(asked.get("model", ""))
        fields["models"] = {change_key(key): name for key, name in fields["models"].items()}
        return Session.model_validate({**fields, "regions": self.regions, "peaks": self.peaks, "edits": self.edits})


def write_session(path: Path, session: Session) -> None:
    """Write a session, whole or not at all.

    Raises
    ------
    GxviewError
        The file cannot be written.
    """
    folder = path.parent.absolute()
    written = session.with_paths(lambda name: relative(name, folder)).model_copy(update={"folder": str(folder)})
    write_whole(path, (json.dumps(written.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n").encode())


def read_session(path: Path) -> Session:
    """Read a session that `write_session` wrote.

    Raises
    ------
    GxviewError
        The file cannot be read, is no session, was written by a newer version, or a field of it is wrong.
    """
    fields = _fields(path)
    version = fields.get(MARK)
    if isinstance(version, int) and version > VERSION:
        raise GxviewError(
            f"{path.name} was saved by a newer gxview (format {version}, this one reads {VERSION}); update gxview."
        )
    try:
        session = Session.model_validate(fields)
    except ValidationError as error:
        raise GxviewError(f"{path.name} is no valid session: {_first(error)}.") from error
    except GxviewError as error:
        raise GxviewError(f"{path.name} is no valid session: regions or edits: {error}") from error
    folder, before = path.parent.absolute(), Path(session.folder) if session.folder else None
    return session.with_paths(lambda name: absolute(name, folder, before))


def is_session(path: Path) -> bool:
    """Whether a file is a session of gxview, by its content; False when it cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    except (OSError, ValueError):
        return False
    return start.startswith(b"{") and f'"{MARK}"'.encode() in start


def _fields(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise GxviewError(f"{path.name} is no session: it is larger than {LARGEST >> 20} MB.")
        fields = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise GxviewError(f"The session {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise GxviewError(f"{path.name} is damaged{line}: it is no valid JSON.") from error
    if not isinstance(fields, dict) or MARK not in fields:
        raise GxviewError(f"{path.name} is no session of gxview: it has no field '{MARK}'.")
    return fields


def _first(error: ValidationError) -> str:
    """Return the first mistake as a person reads it, such as 'tracks 2, height: Input should be ...'."""
    mistake = error.errors(include_url=False)[0]
    where = list(mistake["loc"])
    if where[0] == "tracks":
        del where[2:3]  # the kind of the track
    parts = [f" {part + 1}" if isinstance(part, int) else f", {part}" for part in where]
    place = "".join(parts).removeprefix(", ")
    text = mistake["msg"].removeprefix("Value error, ")
    return f"{place}: {text[:1].lower()}{text[1:]}"
