"""What a person asks to be evaluated, and the files from which ``gxview evaluate`` does it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.viewer.files import write_whole
from gxview.viewer.places.regions import RegionRow

Places: TypeAlias = Literal["visible", "regions", "file"]
SEQUENCES, CONFIG = "sequences.csv", "eval.toml"
"""Names of the files that are written into the folder of the results."""
MOST = 2000
"""Sequences of one evaluation from the window."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A sequence to be evaluated: its name, unique, and its place with a strand."""

    name: str
    region: Region


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be evaluated.

    Parameters
    ----------
    subjects
        Sequences, all of one length.
    models
        Names or folders.
    methods
        By name, for every model that has them; empty for those that are usual.
    families
        Families of metrics; empty for those that are usual.
    full
        Everything that fits the models, instead of the quick set.
    device
        'auto' or the name of a device.
    """

    subjects: tuple[Subject, ...]
    models: tuple[str, ...]
    methods: tuple[tuple[str, tuple[str, ...]], ...] = ()
    families: tuple[str, ...] = ()
    full: bool = False
    device: str = "auto"

    def methods_of(self, model: str) -> tuple[str, ...]:
        """Return the methods of a model; empty for those that are usual."""
        return dict(self.methods).get(model, ())


def subjects_in(region: Region, length: int, reference: Reference) -> list[Subject]:
    """Cut what is on screen into windows of one length, side by side from its start; one around its middle if short."""
    if region.length < length:
        return subjects_around([RegionRow(region.chrom, region.start, region.end)], length, reference)
    starts = range(region.start, region.end - length + 1, length)
    return _named((str(one), one) for one in (Region(region.chrom, at, at + length, "+") for at in starts))


def subjects_around(rows: Sequence[RegionRow], length: int, reference: Reference) -> list[Subject]:
    """Return a window around the middle of each region, on its strand, moved where the sequence ends.

    Regions on unknown or too short sequences are left out.
    """
    return _named(_around(rows, length, reference))


def write_request(folder: Path, request: Request, reference: Reference) -> Path:
    """Write the sequences and the configuration into the folder of the results; return the configuration.

    Raises
    ------
    GxviewError
        There is nothing to evaluate, or the folder takes no files.
    """
    if not request.subjects:
        raise GxviewError("No region has room for a window of these models; choose other regions.")
    if not request.models:
        raise GxviewError("Check at least one model to evaluate.")
    write_whole(folder / SEQUENCES, _table(request.subjects, reference).encode(), make_folder=True)
    write_whole(folder / CONFIG, _config(request, reference).encode(), make_folder=True)
    return folder / CONFIG


def read_places(folder: Path) -> dict[str, Region]:
    """Return the place of each sequence of an evaluation by its name; empty where they have none."""
    try:
        with (folder / SEQUENCES).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return {row["id"]: Region.parse(row["region"]) for row in rows}
    except (OSError, KeyError, UnicodeDecodeError, csv.Error):
        return {}


def _around(rows: Sequence[RegionRow], length: int, reference: Reference) -> Iterator[tuple[str, Region]]:
    for row in rows:
        size = reference.sizes.get(row.chrom, 0)
        if size >= length:
            start = min(max(0, (row.start + row.end - length) // 2), size - length)
            strand = row.strand if row.strand in ("+", "-") else "+"
            place = Region(row.chrom, start, start + length, strand)
            yield row.name or str(place), place


def _named(found: Iterator[tuple[str, Region]]) -> list[Subject]:
    """Give each sequence a name of its own."""
    subjects: dict[str, Subject] = {}
    for name, region in found:
        free, number = name, 1
        while free in subjects:
            number += 1
            free = f"{name} ({number})"
        subjects[free] = Subject(free, region)
    return list(subjects.values())


def _table(subjects: Sequence[Subject], reference: Reference) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id", "region", "sequence"))
    for one in subjects:
        writer.writerow((one.name, str(one.region), reference.fetch(one.region).upper()))
    return text.getvalue()


def _config(request: Request, reference: Reference) -> str:
    """Return the configuration as TOML; strings of JSON are strings of TOML."""
    lines = [f"full = {json.dumps(request.full)}", f"device = {json.dumps(request.device)}"]
    if request.families:
        lines.append(f"families = {json.dumps(request.families)}")
    lines += ["", "[data]", f"sequences = {json.dumps(SEQUENCES)}"]
    lines.append(f"genome = {json.dumps(str(reference.path.absolute()))}")
    for model in request.models:
        place = str(Path(model).absolute()) if Path(model).is_dir() else model
        lines += ["", "[[models]]", f"model = {json.dumps(place)}"]
        if methods := request.methods_of(model):
            lines.append(f"methods = {json.dumps(methods)}")
    return "\n".join(lines) + "\n"


def limited(subjects: Sequence[Subject], most: int = MOST) -> list[Subject]:
    """Return at most so many sequences, evenly over all of them, so that none is chosen by hand."""
    if len(subjects) <= most:
        return list(subjects)
    return [subjects[place * len(subjects) // most] for place in range(most)]


def plus(region: Region) -> Region:
    """Return a region as the camera takes it, without a strand."""
    return replace(region, strand=".")
