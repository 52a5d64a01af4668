"""Rows of GFF and GTF grouped into what a person sees: one box per transcript, or per gene of a bacterium."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

from gxview.tracks.attributes import read_attributes
from gxview.tracks.base import Feature, Spans, merged
from gxview.tracks.features import Parsed
from gxview.tracks.gff import Attributes, Row, names_of
from gxview.tracks.text import read_color

Key: TypeAlias = tuple[str, str]

_LANDMARKS = frozenset({"region", "chromosome", "contig", "scaffold", "supercontig", "sequence_assembly", "source"})
_PROTEINS = frozenset({"protein", "polypeptide"})
_HIDDEN = frozenset({"intron", "start_codon", "stop_codon", "Selenocysteine", "selenocysteine", *_PROTEINS})
_CODING = frozenset({"CDS", "stop_codon"})
_SHARED = ("gene_name", "gene", "gene_id", "transcript_id", "locus_tag")
_ANCESTORS = 5


class ScatteredRows(Exception):
    """The rows of a chromosome do not follow one another."""


def group_rows(rows: Iterable[Row]) -> Parsed:
    """Group rows into features.

    Exons, CDS and UTRs become the blocks of the transcript that they are parts of; a gene is shown through its
    transcripts, or by itself where it has none (then with the CDS of a bacterial gene as its thick part). Rows that
    stand for a whole chromosome are left out, unless there is nothing else. Parts whose transcript has no row of its
    own are joined all the same.

    Parameters
    ----------
    rows : iterable of Row
        In the order of the file.

    Returns
    -------
    Parsed
        Features named by their gene, to be found under every name of transcript and gene.
    """
    return _grouped([list(rows)])


def group_rows_in_turn(rows: Iterable[Row]) -> Parsed:
    """Group rows as :func:`group_rows` does, one chromosome after the other, which takes less memory.

    Raises
    ------
    ScatteredRows
        If a chromosome comes again after another one.
    """
    return _grouped(_by_chromosome(rows))


def _by_chromosome(rows: Iterable[Row]) -> Iterator[list[Row]]:
    seen: set[str] = set()
    for chrom, run in groupby(rows, key=attrgetter("chrom")):
        if chrom in seen:
            raise ScatteredRows
        seen.add(chrom)
        yield list(run)


def _grouped(parts: Iterable[list[Row]]) -> Parsed:
    parsed, landmarks = Parsed(), list[Row]()
    for rows in parts:
        kept, whole = _without_landmarks(rows)
        landmarks += whole
        _Tree(kept).add_all(parsed)
    if not len(parsed.features):
        _Tree(landmarks).add_all(parsed)
    return parsed


def group_rows_of_region(rows: Iterable[Row]) -> Parsed:
    """Group the rows of one region, where a row for the whole chromosome may be the only one."""
    return group_rows(row for row in rows if not _is_landmark(row))


def extent_of_rows(rows: Iterable[Row]) -> tuple[int, int] | None:
    """Tell how far the features reach that some rows belong to; None if only the whole file tells.

    That is so where parts have no row that they belong to, and for alignments of several rows.
    """
    kept = [row for row in rows if not _is_landmark(row)]
    if _Tree(kept).missing or any("match" in row.kind and not row.parents for row in kept):
        return None
    if not kept:
        return 0, 0
    return min(row.start for row in kept), max(row.end for row in kept)


class _Tree:
    """Rows by identifier, with their parts and children."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = [row for row in rows if not (row.kind in _PROTEINS and "Derives_from" in row.attributes)]
        self.of_id: dict[Key, Row] = {}
        for row in self.rows:
            if row.id and not _is_part(row):
                self.of_id.setdefault((row.chrom, row.id), row)
        self.parts: dict[Key, list[Row]] = {}
        self.children: dict[Key, list[Row]] = {}
        self.missing: dict[Key, Row] = {}
        for row in self.rows:
            self._attach(row)
        self._same: dict[tuple[str, str, str], list[Row]] = {}
        for row in self.rows:
            if row.id and not row.parents and (row.chrom, row.id) not in self.parts:
                self._same.setdefault((row.chrom, row.id, row.kind), []).append(row)

    def shown(self) -> list[Row]:
        """Return the rows that become features."""
        own = [row for row in self.rows if not _is_part(row) and not self._is_told_by_transcripts(row)]
        first = [row for row in own if self._twins(row)[0] is row]
        return [*first, *self.missing.values()]

    def add_all(self, parsed: Parsed) -> None:
        """Make features of all that is shown."""
        for row in self.shown():
            self.add_to(parsed, row)

    def add_to(self, parsed: Parsed, row: Row) -> None:
        """Make a feature of a row and its parts."""
        parts, attributes = self.parts.get((row.chrom, row.id), []), self._attributes(row)
        gene = self._gene_of(row)
        above = read_attributes(gene.attributes) if gene is not None else {}
        coding = [part for part in parts if part.kind in _CODING]
        below = read_attributes(coding[0].attributes) if coding else {}
        text = row.attributes
        if row.kind.endswith("gene") and below:
            merged = {key: value for key, value in {**below, **attributes}.items() if key != "Parent"}
            text = ";".join(f"{key}={value.replace(';', ',').replace('%', '%25')}" for key, value in merged.items())
        blocks = _blocks(row, parts, self._twins(row))
        thick = (min(part.start for part in coding), max(part.end for part in coding)) if coding else None
        feature = Feature(
            chrom=row.chrom,
            start=min(row.start, blocks[0][0], *(thick or ())),
            end=max(row.end, blocks[-1][1], *(thick or ())),
            name=_name(row, attributes, gene, above),
            strand=row.strand,
            kind=row.kind,
            blocks=blocks,
            thick=thick,
            score=row.score,
            color=_color(attributes),
            attributes=text,
        )
        parsed.add(feature, [feature.name, *names_of(attributes), *names_of(above), *_proteins(below)])

    def _attributes(self, row: Row) -> Attributes:
        """Read a row's attributes; of a stand-in those that its part has from the transcript."""
        found = read_attributes(row.attributes)
        if self.missing.get((row.chrom, row.id)) is not row:
            return found
        return {"ID": row.id, **{key: found[key] for key in _SHARED if key in found}}

    def _attach(self, row: Row) -> None:
        if not row.parents:
            return
        keys = [(row.chrom, parent) for parent in row.parents]
        known = [key for key in keys if key in self.of_id]
        if not _is_part_kind(row.kind):
            for key in known:
                self.children.setdefault(key, []).append(row)
            return
        if not known:
            self._stand_in(row)
        for key in known or keys[:1]:
            self.parts.setdefault(key, []).append(row)

    def _stand_in(self, part: Row) -> None:
        """Let a row stand for the transcript that has none, as wide as its parts."""
        key = (part.chrom, part.parents[0])
        old = self.missing.get(key)
        start, end = (part.start, part.end) if old is None else (min(old.start, part.start), max(old.end, part.end))
        base = replace(part, kind="transcript", id=part.parents[0], parents=(), score=None) if old is None else old
        self.missing[key] = replace(base, start=start, end=end)

    def _is_told_by_transcripts(self, row: Row) -> bool:
        if not row.kind.endswith("gene"):
            return False
        children = self.children.get((row.chrom, row.id), []) if row.id else []
        return any((child.chrom, child.id) in self.parts or _is_transcript(child.kind) for child in children)

    def _twins(self, row: Row) -> list[Row]:
        """Return the rows that describe one feature in several places: those with the same identifier."""
        return self._same.get((row.chrom, row.id, row.kind), [row]) if row.id and not row.parents else [row]

    def _gene_of(self, row: Row) -> Row | None:
        for _ in range(_ANCESTORS):
            parents = [self.of_id.get((row.chrom, parent)) for parent in row.parents]
            above = next((parent for parent in parents if parent is not None), None)
            if above is None or above.kind.endswith("gene"):
                return above
            row = above
        return None


def _is_part(row: Row) -> bool:
    return bool(row.parents) and _is_part_kind(row.kind)


@lru_cache(1024)
def _is_part_kind(kind: str) -> bool:
    return kind in _HIDDEN or kind == "CDS" or _is_exon(kind) or _is_minor(kind)


@lru_cache(1024)
def _is_exon(kind: str) -> bool:
    return kind == "match_part" or kind.lower().endswith("exon")


def _is_minor(kind: str) -> bool:
    return "UTR" in kind.upper() or kind.endswith("splice_site")


def _is_transcript(kind: str) -> bool:
    return "RNA" in kind or "transcript" in kind


def _blocks(row: Row, parts: Sequence[Row], twins: Sequence[Row]) -> Spans:
    exons = [part for part in parts if _is_exon(part.kind)]
    if exons:
        return merged((part.start, part.end) for part in exons)
    drawn = [part for part in parts if part.kind in _CODING or "UTR" in part.kind.upper()]
    if not drawn:
        return merged((twin.start, twin.end) for twin in twins)
    spans = list(merged((part.start, part.end) for part in drawn))
    # what the row has beyond its coding sequence is exon too
    spans[0] = (min(row.start, spans[0][0]), spans[0][1])
    spans[-1] = (spans[-1][0], max(row.end, spans[-1][1]))
    return tuple(spans)


def _name(row: Row, attributes: Attributes, gene: Row | None, above: Attributes) -> str:
    for key in ("gene_name", "gene"):
        if attributes.get(key):
            return row.label({key: attributes[key]})
    if gene is not None and gene is not row:
        return gene.label(above) or row.label(attributes)
    return row.label(attributes)


def _color(attributes: Attributes) -> str | None:
    given = next((value for key, value in attributes.items() if key.lower() in ("color", "colour")), None)
    return read_color(given)


def _proteins(attributes: Attributes) -> list[str]:
    return [attributes[key] for key in ("protein_id", "Name") if attributes.get(key)]


def _is_landmark(row: Row) -> bool:
    return row.kind in _LANDMARKS and row.start == 0


def _without_landmarks(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Part the rows that stand for whole chromosomes from the others, which come first."""
    reach: dict[str, int] = {}
    for row in rows:
        if row.end > reach.get(row.chrom, 0):
            reach[row.chrom] = row.end
    whole = [row for row in rows if _is_landmark(row) and row.end == reach[row.chrom]]
    left_out = {id(row) for row in whole}
    return [row for row in rows if id(row) not in left_out] if whole else rows, whole
