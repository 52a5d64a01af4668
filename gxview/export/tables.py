"""bedGraph and TSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.explain.explanation import RegionExplanation
from gxview.genome import Reference

NO_TOKEN = "."
_COLUMNS = ("chrom", "position", "base", "token", "token_relevance", "relevance")


def write_bedgraph(path: Path, runs: Iterable[tuple[str, int, NDArray[np.float32]]]) -> None:
    """Write a bedGraph: 0-based half-open, one line for each run of equal values, missing bases left out.

    Parameters
    ----------
    path : Path
        Where.
    runs : iterable of (str, int, ndarray)
        Chromosome, 0-based start and float32 values, sorted and without overlap.

    Raises
    ------
    GxviewError
        If there is no value.
    OSError
        If there is no room.
    """
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for chrom, start, values in runs:
            for first, last, value in _equal_runs(values):
                file.write(f"{chrom}\t{start + first}\t{start + last}\t{value}\n")
                count += 1
    if not count:
        raise GxviewError("There is nothing to write: no base of the regions has a value.")


def write_tsv(
    path: Path, stretches: Sequence[RegionExplanation], reference: Reference, extras: Sequence[str] = ()
) -> None:
    """Write one line for each base.

    The columns are ``chrom``, ``position`` (counted from 1), ``base`` (as the reference has it), ``token`` and
    ``token_relevance`` (the whole token that covers the base in the window whose centre is nearest; ``.`` and ``NaN``
    for a model on bases), ``relevance``, then `extras`: ``spread``, ``score``. Missing numbers are ``NaN``.

    Raises
    ------
    OSError
        If there is no room.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join([*_COLUMNS, *extras]) + "\n")
        for one in stretches:
            _write_rows(file, one, reference.fetch(one.region), extras)


def _write_rows(file: TextIO, one: RegionExplanation, letters: str, extras: Sequence[str]) -> None:
    tokens, relevance = _tokens_per_base(one)
    columns = [tokens, texts_of(relevance), texts_of(one.values), *(texts_of(getattr(one, name)) for name in extras)]
    for position, row in enumerate(zip(letters, *columns, strict=True), start=one.region.start + 1):
        file.write(f"{one.region.chrom}\t{position}\t" + "\t".join(row) + "\n")


def _tokens_per_base(one: RegionExplanation) -> tuple[list[str], NDArray[np.float32]]:
    texts = [NO_TOKEN] * one.region.length
    relevance = np.full(one.region.length, np.nan, dtype=np.float32)
    for token in one.tokens:
        first, last = max(token.start, one.region.start), min(token.end, one.region.end)
        here = slice(first - one.region.start, last - one.region.start)
        texts[here] = [token.text] * (last - first)
        relevance[here] = token.relevance
    return texts, relevance


def texts_of(values: NDArray[np.float32]) -> list[str]:
    """Return the shortest text of each number that reads back as the same float32; ``NaN`` where it is missing."""
    return ["NaN" if text == "nan" else text for text in values.astype(np.str_).tolist()]


def _equal_runs(values: NDArray[np.float32]) -> Iterator[tuple[int, int, str]]:
    if not len(values):
        return
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    firsts = np.concatenate([[0], edges])
    for first, last, text in zip(firsts, [*edges, len(values)], texts_of(values[firsts]), strict=True):
        if text != "NaN":
            yield int(first), int(last), text
