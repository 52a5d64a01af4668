"""Words that every part says alike."""

from __future__ import annotations


def counted(count: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun: '1 file', '1,200 files'.

    Parameters
    ----------
    count
        How many.
    noun
        Of one, perhaps with a verb (``allele has``).
    nouns
        Of several, where that is not `noun` and an s (``alleles have``).
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {nouns or f'{noun}s'}"
