"""What lets other genome browsers draw a track as letters: an IGV session and a UCSC track line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from gxview.genome import Region

_RAW_LIMIT = 20_000_000
BIGWIG_SUFFIXES = (".bw", ".bigwig")


@dataclass(frozen=True, slots=True)
class BrowserTrack:
    """One signal file in an IGV session.

    Attributes
    ----------
    path : Path
        The file, in the folder of the session.
    name : str
        Name on the screen.
    low, high : float
        Range of its values.
    bases : int
        Number of its values.
    letters : bool
        Whether it is drawn as letters.
    """

    path: Path
    name: str
    low: float
    high: float
    bases: int
    letters: bool


def igv_session(folder: Path, genome: Path | str, locus: Region, tracks: Sequence[BrowserTrack]) -> str:
    """Return an IGV session (XML, version 8).

    Files are named relative to the session, which IGV resolves. The renderer ``DYNSEQ`` (IGV 3) draws letters where a
    base is at least 2 pixels wide, and bars elsewhere.

    Parameters
    ----------
    folder : Path
        Where the session will lie.
    genome : Path or str
        The FASTA file, or the id of a genome that IGV knows, such as ``hg38``.
    locus : Region
        What IGV shows first.
    tracks : sequence of BrowserTrack
        From top to bottom.
    """
    name = relative(genome, folder) if isinstance(genome, Path) else genome
    where = f"{locus.chrom}:{locus.start + 1}-{locus.end}"
    session = ElementTree.Element("Session", {"genome": name, "locus": where, "version": "8"})
    resources = ElementTree.SubElement(session, "Resources")
    panel = ElementTree.SubElement(session, "Panel", {"name": "DataPanel", "height": "400", "width": "1200"})
    for track in tracks:
        kind = "bigwig" if track.path.suffix.lower() in BIGWIG_SUFFIXES else "bedgraph"
        ElementTree.SubElement(resources, "Resource", {"name": track.name, "path": track.path.name, "type": kind})
        _add_track(panel, track)
    lower = ElementTree.SubElement(session, "Panel", {"name": "FeaturePanel", "height": "100", "width": "1200"})
    sequence = {"attributeKey": "Reference sequence", "clazz": "org.igv.track.SequenceTrack", "fontSize": "10"}
    sequence |= {"id": "Reference sequence", "name": "Reference sequence", "visible": "true"}
    sequence |= {"sequenceTranslationStrandValue": "+", "shouldShowTranslation": "false"}
    ElementTree.SubElement(lower, "Track", sequence)
    ElementTree.indent(session, "    ")
    body = ElementTree.tostring(session, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n{body}\n'


def _add_track(panel: ElementTree.Element, track: BrowserTrack) -> None:
    # Zoomed out, IGV shows the mean of a bin, where the two signs of relevance cancel. "none" keeps every value, but
    # reads the whole view into memory.
    raw = track.letters and track.bases <= _RAW_LIMIT
    attributes = {
        "attributeKey": track.name,
        "autoScale": "true" if track.letters else "false",
        "clazz": "org.igv.track.DataSourceTrack",
        "fontSize": "10",
        "height": "120" if track.letters else "60",
        "id": track.path.name,
        "name": track.name,
        "renderer": "DYNSEQ" if track.letters else "BAR_CHART",
        "visible": "true",
        "windowFunction": "none" if raw else "mean",
    }
    element = ElementTree.SubElement(panel, "Track", attributes)
    data_range = {"baseline": "0.0", "drawBaseline": "true", "flipAxis": "false", "type": "LINEAR"}
    data_range |= {"minimum": repr(track.low), "maximum": repr(track.high)}
    ElementTree.SubElement(element, "DataRange", data_range)


def ucsc_track(path: Path, name: str, description: str, locus: Region) -> str:
    """Return custom track lines for the UCSC Genome Browser, which draws a bigWig as letters with ``logo=on``.

    The browser reads bigWig files over the web only, so a person has to fill in the address.
    """
    settings = {
        "type": "bigWig",
        "name": _quoted(name),
        "description": _quoted(description),
        "bigDataUrl": f"https://example.org/{path.name}",
        "logo": "on",
        "visibility": "full",
        "autoScale": "on",
        "alwaysZero": "on",
        "windowingFunction": "mean+whiskers",
        "maxHeightPixels": "200:100:20",
    }
    line = " ".join(f"{key}={value}" for key, value in settings.items())
    return (
        f"# Put {path.name} on a web server, replace https://example.org/ by its address, and paste the lines below\n"
        "# into My Data > Custom Tracks of the UCSC Genome Browser.\n"
        f"browser position {locus.chrom}:{locus.start + 1}-{locus.end}\n"
        f"track {line}\n"
    )


def relative(path: Path, folder: Path) -> str:
    """Return a path relative to a folder, with forward slashes."""
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'
