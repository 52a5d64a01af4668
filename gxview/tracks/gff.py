"""Parser of GFF3, GTF and GFF2: lines to rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from sys import intern
from typing import TypeAlias

from gxview.errors import GxviewError
from gxview.tracks.text import FARTHEST, Lines, Where, position

_PARENT = re.compile(r"(?:^|;)\s*Parent=([^;]*)")
_ID = re.compile(r"(?:^|;)\s*ID=([^;]*)")
_TRANSCRIPT = re.compile(r"""(?:^|[;\s])transcript_id[\s=]+"?([^";]*)""")
_GENE = re.compile(r"""(?:^|[;\s])gene_id[\s=]+"?([^";]*)""")
_LABELS = (
    "gene_name",
    "gene",
    "Name",
    "locus_tag",
    "gene_id",
    "transcript_id",
    "standard_name",
    "ID",
    "Alias",
    "product",
)
_SYNONYMS = (
    "gene_name",
    "gene",
    "Name",
    "locus_tag",
    "gene_id",
    "transcript_id",
    "transcript_name",
    "ID",
    "protein_id",
)
_LISTS = ("gene_synonym", "Alias", "old_locus_tag")
_PREFIX = re.compile(r"^(?:gene|transcript|rna|cds|CDS|id)[-:](?=.)")

Attributes: TypeAlias = dict[str, str]


@dataclass(slots=True)
class Row:
    """One line of a GFF file.

    Attributes
    ----------
    start, end : int
        0-based, half-open.
    id : str
        What children refer to; empty where nothing can.
    parents : tuple of str
        Identifiers of the rows that this one is a part of.
    line : int
        Number of the line.
    """

    chrom: str
    kind: str
    start: int
    end: int
    score: float | None
    strand: str
    id: str
    parents: tuple[str, ...]
    attributes: str
    line: int

    def label(self, attributes: Attributes) -> str:
        """Return the name that a person knows; empty where there is none."""
        for key in _LABELS:
            if attributes.get(key):
                return _PREFIX.sub("", attributes[key]) if key == "ID" else attributes[key].split(" ||| ")[0]
        return ""


def read_rows(lines: Lines, where: Where, *, gtf: bool) -> Iterator[Row]:
    """Read GFF lines up to an embedded FASTA part.

    Parameters
    ----------
    lines : iterable of (int, str)
        Numbered lines.
    where : callable
        Says where a line is.
    gtf : bool
        Whether rows belong together by ``transcript_id`` and ``gene_id`` (GTF) or by ``ID`` and ``Parent`` (GFF3).

    Raises
    ------
    GxviewError
        If a line is malformed; it is named.
    """
    for number, line in lines:
        if line.startswith(("##FASTA", ">")):
            return
        if line and line[0] != "#" and not line.isspace() and not line.startswith(("track ", "browser ")):
            yield _row(line, number, where, gtf)


def names_of(attributes: Attributes) -> list[str]:
    """Return all names under which a person may look for a row."""
    found = [attributes[key] for key in _SYNONYMS if attributes.get(key)]
    found += [_PREFIX.sub("", attributes["ID"])] if "ID" in attributes else []
    for key in _LISTS:
        found += [name.strip() for name in attributes.get(key, "").split(",")]
    return found


def _row(line: str, number: int, where: Where, gtf: bool) -> Row:
    fields = line.split("\t") if "\t" in line else line.split(None, 8)
    if len(fields) < 8:
        raise GxviewError(f"{where(number)}: {len(fields)} columns; GFF and GTF have nine, separated by tabs.")
    try:
        start, end = int(fields[3]) - 1, int(fields[4])
    except ValueError:
        start, end = position(fields[3], where(number), "start") - 1, position(fields[4], where(number), "end")
    if start < 0:
        raise GxviewError(f"{where(number)}: the start {start + 1} lies before position 1.")
    if end >= FARTHEST:
        position(fields[4], where(number), "end")
    if end <= start:
        raise GxviewError(f"{where(number)}: the end {end} lies before the start {start + 1}.")
    attributes = fields[8] if len(fields) == 9 else " ".join(fields[8:])
    own, parents = _links(fields[2], attributes, gtf)
    strand = fields[6] if fields[6] in ("+", "-") else "."
    # a file has few chromosomes and kinds, but a new text for each of its lines
    return Row(
        intern(fields[0]), intern(fields[2]), start, end, _score(fields[5]), strand, own, parents, attributes, number
    )


def _links(kind: str, attributes: str, gtf: bool) -> tuple[str, tuple[str, ...]]:
    if not gtf:
        own, parents = _ID.search(attributes), _PARENT.search(attributes)
        listed = tuple(parent.strip() for parent in parents[1].split(",")) if parents else ()
        return own[1].strip() if own else "", tuple(filter(None, listed))
    transcript = _TRANSCRIPT.search(attributes)
    transcript_id = transcript[1] if transcript else ""
    if kind not in ("gene", "transcript", "mRNA"):
        return "", (transcript_id,) if transcript_id else ()
    gene = _GENE.search(attributes)
    gene_id = f"gene {gene[1]}" if gene and gene[1] else ""
    return (gene_id, ()) if kind == "gene" else (transcript_id, (gene_id,) if gene_id else ())


def _score(text: str) -> float | None:
    try:
        return None if text == "." else float(text)
    except ValueError:
        return None
