"""From a line of VCF to an edit."""

from __future__ import annotations

from dataclasses import dataclass

from gxview.errors import GxviewError
from gxview.genome import Edits, Reference, Region
from gxview.tracks import Variant
from gxview.tracks.variants import Allele

BASES = ("snv", "mnv", "insertion", "deletion", "replacement")
"""Kinds of alleles whose bases are known."""


@dataclass(frozen=True, slots=True)
class VariantChoice:
    """One allele of a variant that can be applied.

    Parameters
    ----------
    variant
        The line of the file.
    allele
        What it changes.
    """

    variant: Variant
    allele: Allele

    @property
    def name(self) -> str:
        """ID of the variant, or its place, and the alleles: ``rs12 A>G``."""
        variant, place = self.variant, self.variant.alleles.index(self.allele)
        ref, alt = (text if len(text) <= 12 else f"{len(text):,} bp" for text in (variant.ref, variant.alts[place]))
        return f"{variant.name or f'{variant.chrom}:{variant.start + 1:,}'} {ref}>{alt}"


def choices(variant: Variant) -> list[VariantChoice]:
    """Return the alleles of a variant that change bases, those that cannot be applied too."""
    return [VariantChoice(variant, allele) for allele in variant.alleles if allele.kind != "reference"]


def applied(edits: Edits, reference: Reference, choice: VariantChoice) -> Edits:
    """Return the edits with an allele of a variant.

    Raises
    ------
    GxviewError
        If the bases of the allele are not known, or REF is not what the genome has there.
    """
    variant, allele = choice.variant, choice.allele
    chrom = reference.resolve(variant.chrom)
    if allele.kind not in (*BASES, "DEL"):
        raise GxviewError(f"{choice.name} names no bases, so it cannot be applied.")
    if allele.kind == "DEL" and variant.end - variant.start <= len(variant.ref):
        raise GxviewError(f"{choice.name} does not say where it ends (END or SVLEN), so it cannot be applied.")
    if variant.start + len(variant.ref) > reference.sizes[chrom]:
        raise GxviewError(f"{choice.name} lies beyond the end of {chrom}, which has {reference.sizes[chrom]:,} bases.")
    there = reference.fetch(Region(chrom, variant.start, variant.start + len(variant.ref))).upper()
    if there != variant.ref.upper():
        shown = there if len(there) <= 12 else f"{there[:12]}..."
        raise GxviewError(
            f"The REF of {choice.name} is not what the genome has at {chrom}:{variant.start + 1:,} ({shown}); "
            "the file may belong to another assembly."
        )
    text = "" if allele.kind == "DEL" else allele.text
    return edits.put(reference, chrom, allele.start, allele.end, text, choice.name)
