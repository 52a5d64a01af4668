"""Variants on their way in: the lines of VCF or BCF, held against the reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pysam

from gxview.errors import GxviewError
from gxview.genome import Edit, Edits, Reference, Region
from gxview.tracks.htslib import tame
from gxview.tracks.text import head_of, line_in, read_lines
from gxview.tracks.variant_lines import fields_of, read_variant
from gxview.tracks.variants import Allele, Variant
from gxview.words import counted

KNOWN = ("snv", "mnv", "insertion", "deletion", "replacement")
"""Kinds of alleles whose bases are written out."""
SHOWN = 12
NO_CHANGE = "there is no alternative to the reference"
AMBIGUOUS = {
    "R": "AG",
    "Y": "CT",
    "S": "CG",
    "W": "AT",
    "K": "GT",
    "M": "AC",
    "B": "CGT",
    "D": "AGT",
    "H": "ACT",
    "V": "ACG",
}
"""Codes of several bases that a reference may have (IUPAC)."""
_TO_N = str.maketrans("RYSWKMBDHVXU-", "NNNNNNNNNNNTN")
_LETTERS = frozenset("ACGTN")


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a file.

    Attributes
    ----------
    line : int
        Number of the line, from 1; of BCF and of variants from no file number of the record.
    where : str
        The place for messages: ``x.vcf, line 12``.
    variant : Variant
        As in the file, with its own chromosome name, without INFO and samples.
    """

    line: int
    where: str
    variant: Variant


@dataclass(frozen=True, slots=True)
class Candidate:
    """One ALT allele: what it changes, or why it cannot be scored.

    Attributes
    ----------
    record : Record
        Its line.
    allele : int
        Which ALT, from 0.
    chrom : str
        The reference's own name; that of the file where the reference has none.
    edit : Edit or None
        The change, shared letters left out.
    reason : str
        Why there is no edit; empty where there is one.
    """

    record: Record
    allele: int
    chrom: str
    edit: Edit | None
    reason: str = ""

    @property
    def kind(self) -> str:
        """What the allele is."""
        return self.record.variant.alleles[self.allele].kind

    @property
    def alt(self) -> str:
        """ALT as written."""
        variant = self.record.variant
        return variant.alts[self.allele] if variant.alts else "."


def is_bcf(path: Path) -> bool:
    """Whether a file is BCF."""
    return head_of(path, 1 << 12).startswith(b"BCF")


def vcf_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of VCF with their numbers from 1, or those that BCF prints: header lines with 0, then records.

    Raises
    ------
    GxviewError
        If the file cannot be read, is cut off or damaged.
    """
    tame()
    if not is_bcf(path):
        yield from read_lines(path)
        return
    try:
        with pysam.VariantFile(str(path)) as file:
            yield from ((0, line) for line in str(file.header).splitlines())
            yield from ((number, str(record).rstrip("\n")) for number, record in enumerate(file, 1))
    except (OSError, ValueError) as error:
        raise GxviewError(f"{path} is cut off or damaged; copy or download it again.") from error


def is_record(line: str) -> bool:
    """Whether a line of VCF holds a variant."""
    return not line.startswith("#") and bool(line) and not line.isspace()


def read_records(path: str | Path) -> list[Record]:
    """Read the variants of VCF (plain, gzip, bgzip) or BCF.

    Raises
    ------
    GxviewError
        If the file is missing, damaged, malformed or without any variant, or a record is at POS 0; the line is named.
    """
    path = Path(path)
    place, found, last = line_in(path), [], ""
    for number, line in vcf_lines(path):
        last = line
        if is_record(line):
            where = place(number)
            _check_position(line, where)
            found.append(Record(number, where, replace(read_variant(line, where), info="", calls="")))
    if not found:
        whole = last.startswith("#CHROM")
        raise GxviewError(
            f"{path} holds no variants{', only a header; name another file.' if whole else '; is it VCF?'}"
        )
    return found


def _check_position(line: str, where: str) -> None:
    """Refuse POS 0, which is before the first base."""
    chrom, position = fields_of(line, where)[:2]
    if position.strip().isdecimal() and int(position) == 0:
        raise GxviewError(
            f"{where}: the record is at {chrom}:0, but positions of VCF count from 1, and 0 is the telomere, where "
            "there is no base to change. Leave the record out; if all positions count from 0, the file must be made "
            "anew."
        )


def records_of(variants: Iterable[Variant]) -> list[Record]:
    """Return variants that come from no file with numbers."""
    return [Record(number, f"variant {number}", variant) for number, variant in enumerate(variants, 1)]


def candidates(records: Iterable[Record], reference: Reference) -> list[Candidate]:
    """Hold records against the reference: one candidate for each ALT, in the order of the file.

    Raises
    ------
    GxviewError
        If the REF of a record is not what the reference has: the first such record is named, the others counted.
    """
    found: list[Candidate] = []
    wrong: list[GxviewError] = []
    count = 0
    for record in records:
        count += 1
        try:
            found += _of_record(record, reference)
        except GxviewError as error:
            wrong.append(error)
    if wrong:
        more = f" {len(wrong):,} of {count:,} records differ." if len(wrong) > 1 else ""
        raise GxviewError(
            f"{wrong[0]}{more} If the assembly is the right one, leave such records out with: "
            f"bcftools norm --check-ref x -f {reference.path.name}"
        )
    return found


def _of_record(record: Record, reference: Reference) -> Iterator[Candidate]:
    variant = record.variant
    chrom = reference.find(variant.chrom)
    if chrom is None:
        reason = f"the genome {reference.title} has no chromosome {variant.chrom}"
        return ((Candidate(record, number, variant.chrom, None, reason)) for number in range(len(variant.alleles)))
    _check_ref(record, reference, chrom)
    return iter([_candidate(record, number, reference, chrom) for number in range(len(variant.alleles))])


def _check_ref(record: Record, reference: Reference, chrom: str) -> None:
    variant = record.variant
    end, size = variant.start + len(variant.ref), reference.sizes[chrom]
    named = f"{record.where}: {variant.chrom}:{variant.start + 1:,} {variant.label}"
    if end > size:
        raise GxviewError(
            f"{named} lies beyond the end of {chrom}, which has {counted(size, 'base')} in {reference.title}."
        )
    there = reference.fetch(Region(chrom, variant.start, end)).upper()
    if not _agrees(there, variant.ref.upper()):
        raise GxviewError(
            f"{named}: REF is {_shown(variant.ref)}, but {reference.title} has {_shown(there)} there; the file belongs "
            "to another assembly, or is damaged."
        )


def _agrees(there: str, ref: str) -> bool:
    """Whether REF is what the reference has; VCF 4.3 writes one base where a code for several is."""
    return all(
        cleaned(base) == cleaned(given) or given in AMBIGUOUS.get(base, "")
        for base, given in zip(there, ref, strict=True)
    )


def _candidate(record: Record, number: int, reference: Reference, chrom: str) -> Candidate:
    allele = record.variant.alleles[number]
    reason = _reason(allele)
    if reason:
        return Candidate(record, number, chrom, None, reason)
    try:
        edits = Edits().put(reference, chrom, allele.start, allele.end, allele.text)
    except GxviewError as error:
        return Candidate(record, number, chrom, None, str(error).rstrip("."))
    if not len(edits):
        return Candidate(record, number, chrom, None, NO_CHANGE)
    (edit,) = edits
    return Candidate(record, number, chrom, edit)


def _reason(allele: Allele) -> str:
    if allele.kind == "reference":
        gone = allele.text == "*"
        return "the allele * is deleted by another record" if gone else NO_CHANGE
    if allele.kind == "BND":
        return "a breakend; only alleles whose bases are written out have an effect"
    if allele.kind not in KNOWN:
        return f"the symbolic allele {_shown(allele.text)}; only alleles whose bases are written out have an effect"
    strange = set(allele.text) - _LETTERS
    return f"the letter {min(strange)} of ALT is no base" if strange else ""


def cleaned(letters: str) -> str:
    """Return capitals A, C, G, T and N as a model reads them."""
    return letters.upper().translate(_TO_N)


def _shown(letters: str) -> str:
    return letters if len(letters) <= SHOWN else f"{letters[:SHOWN]}\N{HORIZONTAL ELLIPSIS}"
