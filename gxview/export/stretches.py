"""Explanations of regions that overlap or touch, joined to stretches of the genome."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.explain.explanation import RegionExplanation, TokenSpan
from gxview.genome import Reference, Region


def join(explanations: Sequence[RegionExplanation], reference: Reference) -> list[RegionExplanation]:
    """Return one explanation for each connected stretch, in the order of the reference.

    Values are those of the window grid, so explanations that overlap agree where they do; nothing is blended here.

    Raises
    ------
    GxviewError
        If there is no explanation, they came about in different ways, they disagree, or the sequence is one with
        insertions or deletions.
    """
    if not explanations:
        raise GxviewError("There is no explanation to write; give at least one region.")
    first = explanations[0]
    if any(other.provenance != first.provenance for other in explanations):
        raise GxviewError("One file holds explanations of one model, method and window grid; these differ.")
    if first.provenance.get("reference", {}).get("same_length") is False:
        raise GxviewError(
            "The edited sequence has insertions or deletions, which a file along the reference cannot hold; "
            "export substitutions only, or explain the edited sequence as a FASTA file."
        )
    order = {name: index for index, name in enumerate(reference.names)}
    joined: list[RegionExplanation] = []
    for one in sorted(explanations, key=lambda one: (order[one.region.chrom], one.region.start, one.region.end)):
        if joined and _touch(joined[-1].region, one.region):
            joined[-1] = _joined(joined[-1], one)
        else:
            joined.append(one)
    return joined


def cut(stretches: Sequence[RegionExplanation], region: Region) -> RegionExplanation:
    """Return the part of the joined stretch that holds a region.

    Raises
    ------
    GxviewError
        If no stretch holds it.
    """
    candidates = [one for one in stretches if one.region.chrom == region.chrom]
    index = bisect_right(candidates, region.start, key=lambda one: one.region.start) - 1
    if index < 0 or candidates[index].region.end < region.end:
        raise GxviewError(f"The region {region} was not explained in full.")
    whole = candidates[index]
    here = slice(region.start - whole.region.start, region.end - whole.region.start)
    return replace(
        whole,
        region=replace(region, strand="."),
        values=whole.values[here],
        score=whole.score[here],
        spread=None if whole.spread is None else whole.spread[here],
        hypothetical=None if whole.hypothetical is None else whole.hypothetical[:, here],
        tokens=tuple(_overlapping(whole.tokens, region)),
    )


def _overlapping(tokens: Sequence[TokenSpan], region: Region) -> Sequence[TokenSpan]:
    first = bisect_right(tokens, region.start, key=lambda token: token.end)
    return tokens[first : bisect_left(tokens, region.end, key=lambda token: token.start)]


def _touch(left: Region, right: Region) -> bool:
    return left.chrom == right.chrom and right.start <= left.end


def _joined(left: RegionExplanation, right: RegionExplanation) -> RegionExplanation:
    region = replace(left.region, end=max(left.region.end, right.region.end))
    offset = right.region.start - left.region.start

    def appended(name: str) -> Any:
        first, second = getattr(left, name), getattr(right, name)
        return None if first is None or second is None else _append(first, second, offset, region)

    known = {(token.start, token.end) for token in left.tokens}
    return replace(
        left,
        region=region,
        values=appended("values"),
        spread=appended("spread"),
        hypothetical=appended("hypothetical"),
        score=appended("score"),
        tokens=left.tokens + tuple(token for token in right.tokens if (token.start, token.end) not in known),
        notes=tuple(dict.fromkeys(left.notes + right.notes)),
    )


def _append(left: NDArray[np.float32], right: NDArray[np.float32], offset: int, region: Region) -> NDArray[np.float32]:
    shared = min(left.shape[-1] - offset, right.shape[-1])
    if not np.array_equal(left[..., offset : offset + shared], right[..., :shared], equal_nan=True):
        raise GxviewError(f"Two explanations disagree within {region}; explain both regions together.")
    return np.concatenate([left, right[..., shared:]], axis=-1)
