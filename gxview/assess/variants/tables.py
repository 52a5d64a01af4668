"""Effects as a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from gxview.assess.variants.effects import Effect, VariantEffect

MISSING = "NaN"
_FIRST = ("chrom", "pos", "id", "ref", "alt", "kind")
_LAST = ("windows", "shifted", "line", "reason")
_SIDED = {"logit", "probability", "llr", "pll", "relevance_base"}


def columns_of(scores: Sequence[str]) -> list[str]:
    """Return the columns of the table."""
    return [*_FIRST, *(name for score in scores for name in _columns(score)), *_LAST]


def _columns(score: str) -> list[str]:
    sides = [f"{score}_ref", f"{score}_alt"] if score in _SIDED else []
    return [score, f"{score}_sd", *sides]


def write_table(path: Path, scores: Sequence[str], effects: Iterable[VariantEffect]) -> None:
    """Write one line for each allele, tab-separated.

    ``chrom`` (the reference's name), ``pos`` (from 1), ``id``, ``ref``, ``alt``, ``kind``; for each score ``SCORE``,
    ``SCORE_sd`` (spread over the windows) and, where it has two sides, ``SCORE_ref`` and ``SCORE_alt``; ``windows``,
    ``shifted``, ``line`` and ``reason``. A missing number is ``NaN``.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(columns_of(scores)) + "\n")
        for one in effects:
            numbers = [text for score in scores for text in _texts(score, one.effects[score])]
            known = (one.chrom, one.position + 1, one.name or ".", one.ref, one.alt, one.kind)
            cells = [*known, *numbers, one.windows, one.shifted, one.line, one.reason]
            file.write("\t".join(map(str, cells)) + "\n")


def _texts(score: str, effect: Effect) -> list[str]:
    numbers = [effect.value, effect.spread]
    if score in _SIDED:
        numbers += [effect.reference, effect.alternative]
    return [repr(number) if math.isfinite(number) else MISSING for number in numbers]
