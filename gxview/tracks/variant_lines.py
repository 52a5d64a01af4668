"""Parser of VCF, plain or as BCF prints it. Lines are read one by one, so that a wrong header harms nothing."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from gxview.errors import GxviewError
from gxview.tracks.text import Lines, Where
from gxview.tracks.variants import Variant, allele_of
from gxview.words import counted

_CONTIG, _LENGTH = re.compile(r"[<,]ID=([^,>]+)"), re.compile(r"[<,]length=(\d+)")
_TAG = re.compile(r"<[^>]*>")
_LONG = ("DEL", "DUP", "INV", "CNV")


@dataclass(slots=True)
class PlacedLines:
    """Lines of one chromosome and the places of their variants, in the order of the file."""

    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class VariantLines:
    """What a file of variants holds, with its own chromosome names. A line is taken apart when it is asked for.

    Attributes
    ----------
    chroms : dict of str to PlacedLines
        Variants by chromosome.
    samples : tuple of str
        Names of the samples.
    headed : bool
        Whether the line of column names was there.
    cut : bool
        Whether reading stopped at the bound.
    lengths : dict of str to int
        Lengths of chromosomes, as far as the header tells them.
    """

    chroms: dict[str, PlacedLines] = field(default_factory=dict)
    samples: tuple[str, ...] = ()
    headed: bool = False
    cut: bool = False
    lengths: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of variants."""
        return sum(len(found.lines) for found in self.chroms.values())


def read_variants(lines: Lines, where: Where, *, most: int | None = None, size: int | None = None) -> VariantLines:
    """Read VCF lines.

    Parameters
    ----------
    lines : iterable of (int, str)
        Numbered lines; with the header or without.
    where : callable
        Says where a line is.
    most, size : int, optional
        Reading stops after so many variants or characters.

    Raises
    ------
    GxviewError
        If a line is malformed; it is named.
    """
    found, held, number_held = VariantLines(), 0, 0
    for number, line in lines:
        if line.startswith("#"):
            _read_header(line, found)
        elif line and not line.isspace():
            held, number_held = held + len(line), number_held + 1
            if (most is not None and number_held > most) or (size is not None and held > size):
                found.cut = True
                break
            _take(line, where(number), found.chroms)
    return found


def _take(line: str, at: str, chroms: dict[str, PlacedLines]) -> None:
    fields = fields_of(line, at)
    start, ref, alts = _position(fields[1], at), fields[3], fields[4]
    if len(fields) > 5:
        _quality(fields[5], at)
    end = start + max(1, len(ref))
    if len(fields) > 7 and ("<" in alts or "END=" in fields[7]):
        end = _end(fields[0], start, ref, alts.split(","), fields[7])
    chrom = chroms.get(fields[0])
    if chrom is None:
        chrom = chroms[fields[0]] = PlacedLines()
    chrom.starts.append(start)
    chrom.ends.append(end)
    chrom.lines.append(line)


def fields_of(line: str, at: str) -> list[str]:
    """Return up to nine columns of a line: FORMAT and the samples are the last one.

    Raises
    ------
    GxviewError
        If there are fewer than five.
    """
    fields = line.split("\t", 8)
    if len(fields) < 5:
        fields = line.split(None, 8)
    if len(fields) < 5 and not line.isprintable() and "\t" not in line:
        raise GxviewError(f"{at}: this is no text, so it is no VCF; choose a VCF or BCF file.")
    if len(fields) < 5:
        raise GxviewError(f"{at}: {counted(len(fields), 'column')}; VCF has at least CHROM, POS, ID, REF and ALT.")
    return fields


def _read_header(line: str, found: VariantLines) -> None:
    if line.startswith("#CHROM"):
        found.samples, found.headed = tuple(line.split("\t")[9:]), True
    elif line.startswith("##contig=") and (told := _CONTIG.search(line)) and (length := _LENGTH.search(line)):
        found.lengths[told[1]] = int(length[1])


def read_variant(line: str, at: str) -> Variant:
    """Read one line of VCF.

    Raises
    ------
    GxviewError
        If it has fewer than five columns, or its position or quality is no number.
    """
    fields = fields_of(line, at)
    start = _position(fields[1], at)
    info = fields[7] if len(fields) > 7 else ""
    ref, alts = fields[3], tuple(alt for alt in fields[4].split(",") if alt != ".")
    end = _end(fields[0], start, ref, alts, info)
    return Variant(
        chrom=fields[0],
        start=start,
        end=end,
        name=name_of(fields[2]),
        ref=ref,
        alts=alts,
        alleles=tuple(allele_of(alt, ref, start, end) for alt in alts or (".",)),
        quality=_quality(fields[5], at) if len(fields) > 5 else None,
        filter=fields[6] if len(fields) > 6 else ".",
        info=info,
        calls=fields[8] if len(fields) > 8 else "",
    )


def name_of(text: str) -> str:
    """Return the ID of a variant; empty for none, and without the links that some files put around it."""
    return "" if text == "." else _TAG.sub("", text) if "<" in text else text


def info_value(info: str, key: str) -> str | None:
    """Return the value of a key of INFO; None if it is not there, empty for a flag."""
    for entry in info.split(";"):
        name, _, value = entry.partition("=")
        if name == key:
            return value
    return None


def _end(chrom: str, start: int, ref: str, alts: Sequence[str], info: str) -> int:
    """Return where a variant ends: at the end of REF, unless INFO names a later END or a length."""
    end = start + max(1, len(ref))
    kinds = {alt.strip("<>").split(":")[0] for alt in alts if alt.startswith("<")}
    if kinds & {"TRA", "BND", "INS"} or (info_value(info, "CHR2") or chrom) != chrom:
        return end  # END is then on another chromosome, or the place of an insertion
    named = info_value(info, "END") if "END=" in info else None
    if named is not None and named.isdecimal():
        return max(end, int(named))
    length = info_value(info, "SVLEN") if kinds & set(_LONG) else None
    size = (length or "").split(",")[0].lstrip("-")
    return max(end, start + 1 + int(size)) if size.isdecimal() else end


def _position(text: str, at: str) -> int:
    if not text.strip().isdecimal():
        shown = text[:40] if text.isprintable() else ascii(text[:10])[1:-1]
        raise GxviewError(f"{at}: the position '{shown}' is no whole number counted from 1; is the file VCF?")
    return max(0, int(text) - 1)  # POS 0 is the telomere


def _quality(text: str, at: str) -> float | None:
    if text in (".", ""):
        return None
    try:
        return float(text)
    except ValueError as error:
        raise GxviewError(f"{at}: the quality '{text[:40]}' is no number.") from error
