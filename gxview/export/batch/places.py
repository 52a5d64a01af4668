"""Which regions a batch export explains, and what is wrong with those that it cannot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.job_file import Places, RegionFile
from gxview.tracks.text import is_comment, line_in, position, read_lines

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Place:
    """One region that somebody asked for.

    Attributes
    ----------
    region : Region
        As the reference knows it, without strand.
    name : str
        From the region file, else empty.
    whole : bool
        Whether it is a whole sequence of the reference, of which stretches without value are no failure.
    """

    region: Region
    name: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A region, or a line of a region file, that is missing from all tracks or from one, and why."""

    region: str
    reason: str
    track: str = ""


@dataclass(slots=True)
class FoundPlaces:
    """What `find_places` found: places in the order asked for, failures, and sentences about what was clipped."""

    places: list[Place] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def find_places(wanted: Places, reference: Reference) -> FoundPlaces:
    """Look all places up in the reference; what is malformed or lies elsewhere becomes a failure, the rest goes on.

    Raises
    ------
    GxviewError
        If a region file cannot be read or is not the one that the job was made with, or nothing is left.
    """
    found = FoundPlaces()
    if wanted.whole_genome:
        found.places += [Place(Region(name, 0, size), whole=True) for name, size in reference.sizes.items() if size]
    for name in wanted.chromosomes:
        _chromosome(name, reference, found)
    for text in wanted.regions:
        try:
            _add(reference.region(text), "", text, found)
        except GxviewError as error:
            found.failures.append(Failure(text, str(error)))
    for file in wanted.files:
        _read(file, reference, found)
    if not found.places:
        raise GxviewError(
            f"There is no region to explain: {found.failures[0].reason}"
            if found.failures
            else "There is no region to explain; name some, or ask for the whole genome."
        )
    return found


def checksum(path: Path) -> str:
    """Return the sha256 of a region file.

    Raises
    ------
    GxviewError
        If it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise GxviewError(f"The region file {path} cannot be read: {error.strerror}.") from None


def _chromosome(name: str, reference: Reference, found: FoundPlaces) -> None:
    try:
        chrom = reference.resolve(name)
    except GxviewError as error:
        found.failures.append(Failure(name, str(error)))
        return
    found.places.append(Place(Region(chrom, 0, reference.sizes[chrom]), whole=True))


def _add(located: tuple[Region, str | None], name: str, where: str, found: FoundPlaces) -> None:
    region, note = located
    found.places.append(Place(Region(region.chrom, region.start, region.end), name))
    if note:
        found.notes.append(f"{where}: {note}")


def _read(file: RegionFile, reference: Reference, found: FoundPlaces) -> None:
    if file.sha256 is not None and checksum(file.path) != file.sha256:
        raise GxviewError(
            f"The region file {file.path} is not the one that the job was made with; put that one back, or make a new "
            "job."
        )
    where = line_in(file.path)
    before = len(found.places) + len(found.failures)
    for number, line in _lines(file.path):
        try:
            region, name = _line(line, where(number), reference)
            _add(region, name, where(number), found)
        except GxviewError as error:
            found.failures.append(Failure(f"{file.path.name}:{number}: {_shortened(line)}", str(error)))
    if len(found.places) + len(found.failures) == before:
        raise GxviewError(f"{file.path} holds no region.")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    if not path.is_file():
        raise GxviewError(f"There is no file {path}.")
    yield from ((number, line) for number, line in read_lines(path) if not is_comment(line))


def _line(line: str, where: str, reference: Reference) -> tuple[tuple[Region, str | None], str]:
    """Read a line of BED, of a peak file or of a region table, which all begin alike."""
    fields = line.split("\t") if "\t" in line else line.split()
    if len(fields) < 3:
        raise GxviewError(f"{where}: {len(fields)} columns; a region has at least chromosome, start and end.")
    start, end = position(fields[1], where, "start"), position(fields[2], where, "end")
    name = fields[3].strip() if len(fields) > 3 else ""
    try:
        return reference.region(Region(fields[0], start, end)), "" if name == "." else name
    except GxviewError as error:
        raise GxviewError(f"{where}: {error}") from None


def _shortened(line: str) -> str:
    text = " ".join(line.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
