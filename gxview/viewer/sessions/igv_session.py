"""Sessions of IGV (XML) as sessions of gxview: files, names, colours, scales, places, regions of interest.

What the elements mean follows IGV's own reader, `org.igv.session.IGVSessionReader`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.sessions.file import LARGEST, Genome, Place, Session
from gxview.viewer.sessions.igv_tracks import Resource, fields_of, kind_of, resource_of
from gxview.viewer.sessions.paths import absolute
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import DifferenceTrack, OverlayTrack, SequenceTrack, Track, track_from

ROOTS = ("Session", "Global")
GENOMES = (".fa", ".fasta", ".fna", ".fa.gz", ".fasta.gz", ".fna.gz", ".fa.bgz")
TOLD = 5
"""Names of left out tracks that a person is told."""
WHOLE = 1e12
"""End of a place that reaches to the end of its chromosome, whose length is not known yet."""


@dataclass
class Imported:
    """What an IGV session became, and what could not come along."""

    session: Session = field(default_factory=Session)
    notes: list[str] = field(default_factory=list)


def is_igv_session(path: Path) -> bool:
    """Whether a file is a session of IGV, by its content; False when it cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(8192).lstrip(b"\xef\xbb\xbf \t\r\n")
    except (OSError, ValueError):
        return False
    return start.startswith(b"<") and any(f"<{root} ".encode() in start for root in ROOTS)


def read_igv_session(path: Path) -> Imported:
    """Read an IGV session.

    Raises
    ------
    GxviewError
        The file cannot be read, or is no IGV session.
    """
    root = _parse(path)
    if root.tag not in ROOTS:
        raise GxviewError(f"{path.name} is no IGV session: its first element is <{root.tag}>, not <Session>.")
    reader = _Reader(path.parent.absolute())
    reader.read(root)
    session = Session(
        genome=reader.genome(root.get("genome", "")),
        loci=reader.places(root),
        tracks=tuple(reader.tracks),
        groups=tuple(reader.groups.values()),
        regions=tuple(reader.regions(root)),
    )
    return Imported(session, reader.notes)


class _Reader:
    """Turns the elements of one session into tracks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[str] = []
        self.tracks: list[Track] = []
        self.groups: dict[str, TrackGroup] = {}
        self._resources: list[Resource] = []
        self._of_file: dict[tuple[str, str], Track] = {}
        self._left_out: list[str] = []

    def read(self, root: Element) -> None:
        """Make the tracks, top to bottom; files without a track element come last."""
        for element in [*root.iter("Resource"), *root.iter("DataFile")]:
            name = element.get("path") or element.get("name") or ""
            if name:
                place = absolute(name.replace("\\", "/"), self.folder)
                self._resources.append(Resource(name, place, element.get("name") or "", element.get("type") or ""))
        for panel in [root, *root.iter("Panel")]:
            for element in panel.findall("Track"):
                self._add(element)
        for resource in self._resources:
            if not any(path == resource.path for path, _ in self._of_file):
                self._add_file(Element("Track", {"id": resource.written}), resource)
        if names := list(dict.fromkeys(self._left_out)):
            more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
            shown = ", ".join(names[:TOLD])
            self.notes.append(f"Left out, as they come with IGV's genome or only IGV shows them: {shown}{more}.")

    def genome(self, name: str) -> Genome | None:
        """Return the genome where it is a file; an identifier means nothing outside IGV."""
        if not name:
            return None
        if name.lower().endswith(GENOMES):
            return Genome(path=absolute(name.replace("\\", "/"), self.folder))
        self.notes.append(f"The IGV session names the genome '{name}', which is no FASTA file; what is open is kept.")
        return None

    def places(self, root: Element) -> tuple[Place, ...]:
        """Return what the session shows: the frames of its gene list, else its locus."""
        frames = [frame for frame in root.iter("Frame") if frame.get("chr")]
        found = [
            Place(chrom=f.get("chr", ""), start=float(f.get("start", 0)), end=float(f.get("end", 1))) for f in frames
        ]
        text = root.get("locus", "")
        if not found and text and text.lower() != "all":
            found = [place for word in text.split() if (place := self._place(word)) is not None]
        if len(found) > MAX_LOCI:
            self.notes.append(f"Of the {len(found)} places of the IGV session the first {MAX_LOCI} are shown.")
        return tuple(found[:MAX_LOCI])

    def regions(self, root: Element) -> Iterator[RegionRow]:
        """Yield the regions of interest; IGV writes them 0-based and half-open."""
        for element in root.iter("Region"):
            try:
                start, end = int(element.get("start", "")), int(element.get("end", ""))
                yield RegionRow(element.get("chromosome", ""), start, end, name=element.get("description") or "")
            except (ValueError, GxviewError):
                self.notes.append("A region of the IGV session has no proper place and was left out.")

    def _place(self, text: str) -> Place | None:
        if ":" not in text:
            return Place(chrom=text, start=0, end=WHOLE)
        try:
            region = Region.parse(text)
        except GxviewError as error:
            self.notes.append(f"The IGV session shows a place that cannot be read: {error}")
            return None
        return Place(chrom=region.chrom, start=region.start, end=region.end)

    def _add(self, element: Element) -> None:
        kind = element.get("clazz", "").rpartition(".")[2]
        if kind == "SequenceTrack" or element.get("id") == "Reference sequence":
            if not any(isinstance(track, SequenceTrack) for track in self.tracks):
                self.tracks.append(_sequence(element))
        elif kind == "MergedTracks":
            self._add_overlay(element)
        elif kind == "CombinedDataTrack":
            self._add_combined(element)
        elif (resource := resource_of(element, self._resources)) is not None:
            self._add_file(element, resource)
        else:
            self._left_out.append(element.get("name") or element.get("id") or kind)

    def _add_file(self, element: Element, resource: Resource) -> Track | None:
        kind = kind_of(element, resource)
        if kind is None:
            self._left_out.append(resource.title)
            return None
        fields = fields_of(element, kind)
        if (known := self._of_file.get((resource.path, kind))) is not None:
            for name, value in fields.items() if kind == "alignments" else ():
                setattr(known, name, value)
            return known
        fields |= {"kind": kind, "path": resource.path}
        fields.setdefault("name", resource.title)
        fields |= self._group(element, fields)
        track = track_from(fields)
        self.tracks.append(track)
        self._of_file[resource.path, kind] = track
        return track

    def _add_overlay(self, element: Element) -> None:
        """Add an overlay; parts that have no track yet get one, hidden, from which it is drawn."""
        parts, place = [], len(self.tracks)
        for inner in element.findall("Track"):
            resource = resource_of(inner, self._resources)
            part = self._add_file(inner, resource) if resource is not None else None
            if part is not None:
                parts.append(part.id)
        if not parts:
            self._left_out.append(element.get("name") or "Overlay")
            return
        for track in self.tracks[place:]:
            track.visible = False
        fields = fields_of(element, "overlay")
        self.tracks.insert(place, OverlayTrack(**{"name": "Overlay", **fields}, of=tuple(parts)))

    def _add_combined(self, element: Element) -> None:
        ends = [self._by_id(element.get(name, "")) for name in ("track1", "track2")]
        if element.get("op") != "SUBTRACT" or None in ends:
            self._left_out.append(element.get("name") or "Combined")
            return
        first, second = (track.id for track in ends if track is not None)
        self.tracks.append(DifferenceTrack(**fields_of(element, "difference"), first=first, second=second))

    def _by_id(self, name: str) -> Track | None:
        resource = resource_of(Element("Track", {"id": name}), self._resources)
        return next((track for (path, _), track in self._of_file.items() if resource and path == resource.path), None)

    def _group(self, element: Element, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the fields that put a track into the group with which it shares its scale."""
        number = element.get("autoscaleGroup")
        if number is None or "scale" not in fields:
            return {}
        group = self.groups.setdefault(number, TrackGroup(name=f"Scale group {number}"))
        return {"group": group.id, "scale": {**fields["scale"], "mode": "group"}}


def _sequence(element: Element) -> SequenceTrack:
    shown = element.get("shouldShowTranslation") == "true"
    return SequenceTrack(translation=shown, reverse=element.get("sequenceTranslationStrandValue") == "-")


def _parse(path: Path) -> Element:
    """Parse XML without entities of its own: nested ones grow to gigabytes, external ones read other files."""
    builder, parser = TreeBuilder(), expat.ParserCreate()

    def refuse(*_what: object) -> None:
        raise GxviewError(f"{path.name} defines XML entities, which no IGV session does; it was not opened.")

    parser.StartElementHandler = lambda name, attributes: builder.start(name, attributes)
    parser.EndElementHandler = builder.end
    parser.EntityDeclHandler = refuse
    try:
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise GxviewError(f"{path.name} is no IGV session: it is larger than {LARGEST >> 20} MB.")
        parser.Parse(content, True)
        return builder.close()
    except OSError as error:
        raise GxviewError(f"The session {path} cannot be read: {error.strerror or error}.") from error
    except expat.ExpatError as error:
        text = expat.errors.messages.get(error.code, "unknown")
        raise GxviewError(f"{path.name} is damaged (line {error.lineno}): {text}.") from error
