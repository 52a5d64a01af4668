"""Parser of BED with 3 to 12 columns, and of narrowPeak and broadPeak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gxview.errors import GxviewError
from gxview.tracks.attributes import read_attributes
from gxview.tracks.base import Feature, merged
from gxview.tracks.features import Parsed
from gxview.tracks.text import Lines, Where, is_comment, position, read_color, track_settings

_STRANDS = {"+": "+", "-": "-", "1": "+", "-1": "-"}
_PEAK_COLUMNS = ("signalValue", "pValue", "qValue", "peak")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which columns mean what, told by the first line with data: later lines must keep to it."""

    score: bool
    thick: bool
    blocks: bool
    peak: bool


def parse_bed(lines: Lines, where: Where, *, peaks: bool = False) -> Parsed:
    """Read BED; columns may be separated by tabs or by blanks.

    Columns that do not fit the format from the first line on are taken as further attributes.

    Parameters
    ----------
    lines : iterable of (int, str)
        Numbered lines.
    where : callable
        Says where a line is.
    peaks : bool
        Whether columns 7 to 10 are those of narrowPeak and broadPeak.

    Raises
    ------
    GxviewError
        If a line is malformed; it is named.
    """
    parsed, header, layout, headed, widened = Parsed(), _Header(peaks), None, False, 0
    for number, line in lines:
        if is_comment(line):
            header.read(line, parsed)
            continue
        fields = line.split("\t") if "\t" in line else line.split()
        if len(fields) < 3:
            raise GxviewError(f"{where(number)}: {len(fields)} columns; BED has at least chromosome, start and end.")
        if layout is None and not headed and not _is_number(fields[1]) and not _is_number(fields[2]):
            headed = True  # column names without '#'
            continue
        if layout is None:
            layout = _layout(fields, header.peaks)
            parsed.notes += [
                f"{where(number)}: {doubt}; what does not fit BED is shown as text."
                for doubt in _doubts(fields, layout)
            ]
        feature = _feature(fields, layout, where(number), header.gff_tags)
        widened += int(fields[1]) == int(fields[2])
        parsed.add(feature, (feature.name,))
    if widened:
        parsed.notes.append(f"{widened} features without length (insertion points) are shown as one base.")
    return parsed


@dataclass(slots=True)
class _Header:
    """What comments and track lines say about the columns."""

    peaks: bool
    gff_tags: bool = False

    def read(self, line: str, parsed: Parsed) -> None:
        settings = track_settings(line) if line.startswith("track") else {}
        parsed.name = parsed.name or settings.get("name")
        parsed.color = parsed.color or read_color(settings.get("color"))
        self.gff_tags = self.gff_tags or line.lower().startswith("#gfftags") or settings.get("gfftags") == "on"
        self.peaks = self.peaks or settings.get("type") in ("narrowPeak", "broadPeak")


def _layout(fields: Sequence[str], peaks: bool) -> _Layout:
    score = len(fields) < 5 or _is_number(fields[4]) or fields[4] == "."
    thick = not peaks and len(fields) >= 8 and fields[6].isdecimal() and fields[7].isdecimal()
    blocks = (
        thick and len(fields) >= 12 and fields[9].strip().isdecimal() and _is_list(fields[10]) and _is_list(fields[11])
    )
    return _Layout(score, thick, blocks, peaks)


def _doubts(fields: Sequence[str], layout: _Layout) -> list[str]:
    """Name the columns that a file of this width should have, but does not."""
    doubts = []
    if not layout.score and not layout.peak:
        doubts.append(f"column 5 ('{fields[4][:20]}') holds no scores")
    if len(fields) in (8, 9, 12) and not layout.thick and not layout.peak:
        doubts.append(f"columns 7 and 8 ('{fields[6][:20]}', '{fields[7][:20]}') hold no thick parts")
    if len(fields) == 12 and layout.thick and not layout.blocks:
        doubts.append(f"columns 10 to 12 ('{fields[9][:20]}', '{fields[10][:20]}', '{fields[11][:20]}') hold no blocks")
    return doubts


def _feature(fields: list[str], layout: _Layout, at: str, gff_tags: bool) -> Feature:
    start, end = position(fields[1], at, "start"), position(fields[2], at, "end")
    if end < start:
        raise GxviewError(f"{at}: the end {end} lies before the start {start}.")
    name = fields[3] if len(fields) > 3 and fields[3] != "." else ""
    attributes = _attributes(fields, layout)
    if gff_tags and "=" in name:
        attributes = name
        name = read_attributes(name).get("Name", "")
    return Feature(
        chrom=fields[0],
        start=start,
        end=max(end, start + 1),
        name=name.strip('"'),
        strand=_STRANDS.get(fields[5].strip(), ".") if len(fields) > 5 else ".",
        kind="peak" if layout.peak else "feature",
        blocks=_blocks(fields, start, end, at) if layout.blocks else (),
        thick=_thick(fields, start, end, at) if layout.thick else None,
        score=_score(fields, layout, at),
        color=read_color(fields[8].strip()) if len(fields) > 8 and not layout.peak else None,
        attributes=attributes,
    )


def _score(fields: list[str], layout: _Layout, at: str) -> float | None:
    text = fields[6] if layout.peak and len(fields) > 6 else fields[4] if len(fields) > 4 else "."
    if text == "." or not layout.score:
        return None
    if not _is_number(text):
        raise GxviewError(f"{at}: the score '{text[:40]}' is no number.")
    return float(text)


def _thick(fields: list[str], start: int, end: int, at: str) -> tuple[int, int] | None:
    if len(fields) < 8:
        return None
    first, last = position(fields[6], at, "thickStart"), position(fields[7], at, "thickEnd")
    if first >= last:
        return None  # the custom for non-coding features
    if first < start or last > end:
        raise GxviewError(f"{at}: the thick part {first}-{last} reaches beyond the feature {start}-{end}.")
    return first, last


def _blocks(fields: list[str], start: int, end: int, at: str) -> tuple[tuple[int, int], ...]:
    if len(fields) < 12:
        raise GxviewError(f"{at}: {len(fields)} columns, but earlier lines have 12.")
    count = position(fields[9], at, "blockCount")
    sizes, starts = _numbers(fields[10], at, "block size"), _numbers(fields[11], at, "block start")
    if not count == len(sizes) == len(starts) or count == 0:
        raise GxviewError(
            f"{at}: {count} blocks are announced, but {len(sizes)} sizes and {len(starts)} starts follow."
        )
    blocks = merged((start + first, start + first + size) for size, first in zip(sizes, starts, strict=True) if size)
    if blocks and blocks[-1][1] > end:
        raise GxviewError(f"{at}: its blocks reach to {blocks[-1][1]}, beyond its end {end}.")
    return blocks


def _numbers(text: str, at: str, what: str) -> list[int]:
    return [position(part, at, what) for part in text.strip().strip(",").split(",")]


def _attributes(fields: list[str], layout: _Layout) -> str:
    if layout.peak:
        return ";".join(f"{key}={value}" for key, value in zip(_PEAK_COLUMNS, fields[6:], strict=False))
    used = 12 if layout.blocks else 9 if layout.thick else 6
    return ";".join(f"column_{number}={value}" for number, value in enumerate(fields[used:], start=used + 1) if value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_list(text: str) -> bool:
    return all(part.strip().isdecimal() for part in text.strip().strip(",").split(","))
