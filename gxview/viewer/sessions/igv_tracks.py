"""How the track elements of an IGV session map to fields of our tracks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element

from gxview.viewer.tracks.track_base import MAX_HEIGHT, MIN_HEIGHT

STYLES = {
    "BAR_CHART": "bars",
    "LINE_PLOT": "line",
    "SCATTER_PLOT": "points",
    "POINTS": "points",
    "HEATMAP": "heatmap",
    "DYNSEQ": "letters",
}
MODES = {"COLLAPSED": "collapsed", "SQUISHED": "packed", "EXPANDED": "expanded", "FULL": "expanded"}
KINDS = {
    "signal": ("bw", "bigwig", "wig", "bedgraph", "bdg"),
    "features": ("bed", "gff", "gff3", "gtf", "narrowpeak", "broadpeak", "bb", "bigbed", "bedpe"),
    "variants": ("vcf", "bcf"),
    "alignments": ("bam", "cram", "sam"),
}
"""Endings of the files of each kind of track, which IGV also uses as types."""
CLASSES = {"DataSourceTrack": "signal", "FeatureTrack": "features", "VariantTrack": "variants"}
ALIGNMENT_PARTS = ("_coverage", "_junctions")
"""IGV shows parts of one file of reads as tracks of their own; here they are one."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A file of a session.

    Parameters
    ----------
    written, path
        As the session names it, and where that is.
    name, type
        As IGV shows it; its kind, which may be empty.
    """

    written: str
    path: str
    name: str
    type: str

    @property
    def title(self) -> str:
        """Name on the screen."""
        return self.name or PurePosixPath(self.path).name


def resource_of(element: Element, resources: Sequence[Resource]) -> Resource | None:
    """Return the file that a track shows: its identifier is the path, with an addition for parts of alignments."""
    wanted = element.get("id", "")
    for part in ALIGNMENT_PARTS:
        wanted = wanted.removesuffix(part)
    exact = [known for known in resources if wanted in (known.written, known.path)]
    name = PurePosixPath(wanted.replace("\\", "/")).name
    same = [known for known in resources if name and PurePosixPath(known.path).name == name]
    return next(iter(exact or (same if len(same) == 1 else [])), None)


def kind_of(element: Element, resource: Resource) -> str | None:
    """Return the kind of track that shows a file; None where there is none."""
    name = resource.path.partition("?")[0].lower()
    for ending in (".gz", ".bgz"):
        name = name.removesuffix(ending)
    ending = name.rpartition(".")[2]
    for kind, endings in KINDS.items():
        if ending in endings or resource.type.lower() in endings:
            return kind
    return CLASSES.get(element.get("clazz", "").rpartition(".")[2])


def fields_of(element: Element, kind: str) -> dict[str, Any]:
    """Return the fields of a track of a kind that an element sets."""
    is_part = element.get("id", "").endswith(ALIGNMENT_PARTS)
    found: dict[str, Any] = {"visible": element.get("visible", "true") != "false"}
    if element.get("name") and not is_part:
        found["name"] = element.get("name")
    height = _number(element.get("height"))
    if height is not None and not is_part:
        found["height"] = int(min(max(height, MIN_HEIGHT), MAX_HEIGHT))
    if kind in ("signal", "overlay", "difference"):
        found["scale"] = _scale(element)
    if kind == "signal":
        found["style"] = STYLES.get(element.get("renderer", ""), "bars")
        found["negative_color"] = _color(element.get("altColor"))
    if kind == "features":
        found["mode"] = MODES.get(element.get("displayMode", ""), "packed")
    if kind in ("signal", "features"):
        found["color"] = _color(element.get("color"))
    return found


def _scale(element: Element) -> dict[str, Any]:
    found = element.find("DataRange")
    shown = found if found is not None else Element("DataRange")
    low, high = _number(shown.get("minimum")), _number(shown.get("maximum"))
    scale: dict[str, Any] = {"mode": "auto", "log": shown.get("type") == "LOG"}
    if low is not None and high is not None and low < high:
        fixed = element.get("autoScale", "false") != "true" and element.get("autoscaleGroup") is None
        scale |= {"low": low, "high": high, "mode": "fixed" if fixed else "auto"}
    return scale


def _color(text: str | None) -> str | None:
    """Return 'r,g,b' as '#rrggbb'; None where it is no colour."""
    try:
        parts = [int(part) for part in (text or "").split(",")[:3]]
    except ValueError:
        return None
    return "#{:02x}{:02x}{:02x}".format(*parts) if len(parts) == 3 and all(0 <= part <= 255 for part in parts) else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
