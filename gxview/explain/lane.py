"""The tokens of a stretch of a genome, each from the window whose centre is nearest."""

from __future__ import annotations

from collections.abc import Iterator

from gxview.explain.explanation import TokenSpan
from gxview.explain.relevance import Relevance
from gxview.explain.windows import Windows
from gxview.genome import Region, reverse_complement


def window_tokens(region: Region, grid: Windows, index: int, window: Relevance, strand: str) -> Iterator[TokenSpan]:
    """Yield the tokens of one window that touch a region and lie in the window's zone, in genome order.

    Parameters
    ----------
    region : Region
        The stretch that is shown.
    grid : Windows
        The grid of the window.
    index : int
        Place of the window on the grid.
    window : Relevance
        Its explanation, along the reference.
    strand : str
        The strand that the model read.
    """
    start, (first, last) = grid.start(index), grid.zone(index)
    for (begin, end), relevance in zip(window.spans.tolist(), window.tokens.tolist(), strict=True):
        shown = max(start + begin, first), min(start + end, last)
        if shown[0] < shown[1] and shown[0] < region.end and shown[1] > region.start:
            text = window.sequence[begin:end]
            partial = shown != (start + begin, start + end)
            yield TokenSpan(*shown, relevance, reverse_complement(text) if strand == "-" else text, partial)
