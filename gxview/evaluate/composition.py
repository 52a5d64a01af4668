"""Is it only composition? Relevance against the local share of G and C."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gxview.errors import GxviewError
from gxview.evaluate.records import Record, record
from gxview.measures.partial import partial_spearman
from gxview.measures.similarity import spearman

WIDTH = 21
"""Bases around each base whose G and C are counted."""


def local_gc(letters: str, width: int = WIDTH) -> NDArray[np.float64]:
    """Return the share of G and C around each base.

    Parameters
    ----------
    letters : str
        DNA of either case.
    width : int
        Bases counted, the base itself in the middle; fewer at the ends. Unknown bases do not count.

    Returns
    -------
    ndarray
        float64 (L,), 0 to 1; NaN where no base around is known.
    """
    if width < 1 or width % 2 == 0:
        raise GxviewError(f"The share of G and C is counted in an odd number of bases, not {width}.")
    codes = np.frombuffer(letters.upper().encode("ascii"), dtype=np.uint8)
    strong = _sums(np.isin(codes, np.frombuffer(b"GC", np.uint8)), width)
    known = _sums(np.isin(codes, np.frombuffer(b"ACGT", np.uint8)), width)
    return np.asarray(np.divide(strong, known, out=np.full(len(codes), np.nan), where=known > 0))


def composition_records(relevance: ArrayLike, letters: str, **columns: str) -> list[Record]:
    """Return ``gc_spearman``: how relevance follows the local share of G and C of its sequence."""
    return [record("gc_spearman", spearman(relevance, local_gc(letters)), **columns)]


def partial_similarity_records(first: ArrayLike, second: ArrayLike, letters: str, **columns: str) -> list[Record]:
    """Return ``gc_partial_spearman``: how two explanations of a sequence agree beyond what local GC explains."""
    return [record("gc_partial_spearman", partial_spearman(first, second, local_gc(letters)), **columns)]


def partial_mutagenesis_records(relevance: ArrayLike, drops: ArrayLike, letters: str, **columns: str) -> list[Record]:
    """Return ``gc_partial_ism``: how relevance follows in-silico mutagenesis beyond what local GC explains."""
    return [record("gc_partial_ism", partial_spearman(relevance, drops, local_gc(letters)), **columns)]


def _sums(flags: NDArray[np.bool_], width: int) -> NDArray[np.float64]:
    half = width // 2
    total = np.append(0.0, np.cumsum(np.pad(flags.astype(np.float64), half)))
    return np.asarray(total[width:] - total[:-width])
