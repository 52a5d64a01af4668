"""Parser of pairs of places: BEDPE, arcs, and UCSC interact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gxview.errors import GxviewError
from gxview.tracks.base import Feature, merged
from gxview.tracks.features import Parsed
from gxview.tracks.text import Lines, Where, is_comment, position, read_color, track_settings

_BEDPE = ("chrom1", "start1", "end1", "chrom2", "start2", "end2", "name", "score", "strand1", "strand2")
_INTERACT = (
    "chrom", "chromStart", "chromEnd", "name", "score", "value", "exp", "color", "chrom1", "start1", "end1", "name1",
    "strand1", "chrom2", "start2", "end2", "name2", "strand2",
)  # fmt: skip
_ARCS = (*_BEDPE[:6], "score")
_COLUMNS = {"pairs": _BEDPE, "arcs": _ARCS, "interact": _INTERACT}
_PLACES = frozenset(_BEDPE[:6])
_UNKNOWN = (".", "-1", "")

Anchor = tuple[str, int, int]


@dataclass(slots=True)
class _Header:
    """The names of the columns, which a first line or a comment may tell beyond those of the format."""

    kind: str
    columns: tuple[str, ...]

    def comment(self, line: str, parsed: Parsed) -> None:
        """Read a comment or track line."""
        if line.startswith("track"):
            settings = track_settings(line)
            parsed.name = parsed.name or settings.get("name")
            parsed.color = parsed.color or read_color(settings.get("color"))
        elif line.startswith("#columns"):
            told = {int(number): name for name, number in track_settings(line.replace(";", " ")).items()
                    if number.isdecimal()}  # fmt: skip
            more = (told.get(number, f"column_{number}") for number in range(11, max(told, default=10) + 1))
            self.columns = (*self.columns[:10], *more)
        elif "\t" in line and self.kind == "pairs":
            self.named(line.lstrip("#").strip().split("\t"))

    def named(self, names: Sequence[str]) -> None:
        """Take the names of further columns; the first ten are those of the format."""
        if len(names) > 10 and self.kind == "pairs":
            self.columns = (*_BEDPE, *(name.strip() for name in names[10:]))

    def read(self, fields: Sequence[str]) -> dict[str, str]:
        """Return the fields by name."""
        names = (*self.columns, *(f"column_{n}" for n in range(len(self.columns) + 1, len(fields) + 1)))
        return {name: field.strip().strip('"') for name, field in zip(names, fields, strict=False)}


def parse_pairs(lines: Lines, where: Where, *, kind: str = "pairs") -> Parsed:
    """Read pairs of places; each becomes one feature with two blocks, or two features on two chromosomes.

    Parameters
    ----------
    lines : iterable of (int, str)
        Numbered lines.
    where : callable
        Says where a line is.
    kind : str
        ``'pairs'`` (BEDPE), ``'arcs'`` (six columns and a score) or ``'interact'``.

    Raises
    ------
    GxviewError
        If a line is malformed; it is named.
    """
    parsed, header, headed = Parsed(), _Header(kind, _COLUMNS[kind]), False
    needed = 18 if kind == "interact" else 6
    for number, line in lines:
        if is_comment(line):
            header.comment(line, parsed)
            continue
        fields = line.split("\t") if "\t" in line else line.split()
        if not parsed.features and not headed and len(fields) >= needed and not _is_place(fields[1]):
            headed = True  # column names without '#'
            header.named(fields)
            continue
        if len(fields) < needed:
            raise GxviewError(f"{where(number)}: {len(fields)} columns; pairs of places have at least {needed}.")
        for feature in _features(header.read(fields), kind, where(number)):
            parsed.add(feature, (feature.name,))
    return parsed


def _features(row: dict[str, str], kind: str, at: str) -> Iterator[Feature]:
    anchors = [anchor for anchor in (_anchor(row, "1", at), _anchor(row, "2", at)) if anchor is not None]
    if not anchors:
        return
    used = (*_PLACES, *_INTERACT[:5]) if kind == "interact" else (*_PLACES, "name", "score")
    shown = {key: value for key, value in row.items() if key not in used and value not in ("", ".")}
    feature = Feature(
        chrom=anchors[0][0],
        start=anchors[0][1],
        end=anchors[0][2],
        name=_name(row),
        kind="pair",
        score=_score(row, kind, at),
        color=read_color(row.get("color")),
        attributes=";".join(f"{key}={value.replace('%', '%25').replace(';', '%3B')}" for key, value in shown.items()),
    )
    if len({chrom for chrom, _, _ in anchors}) == 1:
        blocks = merged((start, end) for _, start, end in anchors)
        yield replace(feature, start=blocks[0][0], end=blocks[-1][1], blocks=blocks)
        return
    for (chrom, start, end), mate in zip(anchors, reversed(anchors), strict=True):
        told = f"mate={mate[0]}:{mate[1] + 1}-{mate[2]}"
        attributes = f"{told};{feature.attributes}" if feature.attributes else told
        yield replace(feature, chrom=chrom, start=start, end=end, blocks=((start, end),), attributes=attributes)


def _anchor(row: dict[str, str], number: str, at: str) -> Anchor | None:
    """Read one place; None where the line says that it is unknown."""
    chrom, first, last = row[f"chrom{number}"], row[f"start{number}"], row[f"end{number}"]
    if chrom == "." or first in _UNKNOWN or last in _UNKNOWN:
        return None
    start, end = position(first, at, f"start{number}"), position(last, at, f"end{number}")
    if end < start:
        raise GxviewError(f"{at}: the end {end} lies before the start {start}.")
    return chrom, start, max(end, start + 1)


def _name(row: dict[str, str]) -> str:
    name = row.get("name", ".")
    return "" if name == "." else name


def _score(row: dict[str, str], kind: str, at: str) -> float | None:
    text = row.get("value" if kind == "interact" else "score", ".")
    try:
        return None if text in (".", "") else float(text)
    except ValueError as error:
        raise GxviewError(f"{at}: the score '{text[:40]}' is no number.") from error


def _is_place(text: str) -> bool:
    return text.strip() in _UNKNOWN or text.strip().lstrip("-").isdecimal()
