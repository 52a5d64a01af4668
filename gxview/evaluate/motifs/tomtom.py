"""TOMTOM: which motifs of a database look like a pattern, and how surprising that is.

Gupta, Stamatoyannopoulos, Bailey and Noble (2007), Quantifying similarity between motifs, Genome Biology 8:R24, with
the complete score of Tanaka et al. (2011): unaligned columns of the query count with their median score. The numbers
come from memelite (Schreiber, MIT licence): Euclidean distance of columns, both strands. A p-value compares with
columns drawn from the database itself, so it belongs to that database.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from gxview.errors import GxviewError
from gxview.evaluate.motifs.formats import read_motifs
from gxview.evaluate.motifs.motif import Motif, check_matrix, information

FEW = 25
LEAST_OVERLAP, LEAST_BITS = 5, 4.0
# memelite's p-value of a single column can be wrong by far, and one site has no meaning.
NARROWEST, WIDEST = 2, 60
# memelite's kernels run in numba's pool of threads, which two threads must not use at once everywhere.
ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Least:
    """What an alignment needs to count as a match at all.

    The p-value of memelite compares whole columns with whatever the database holds, so that a few vague letters at the
    rim of a wide motif can have a tiny one. MEME's own TOMTOM has the same guard, as an option that is off.

    Attributes
    ----------
    overlap
        Aligned columns.
    bits
        Information of the query in them, against equally common bases. Of JASPAR2026 CORE, as queries, 99 in 100 have 5
        columns and 4 bits.
    """

    overlap: int = LEAST_OVERLAP
    bits: float = LEAST_BITS


LEAST = Least()


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """One motif of a database that a query was compared with.

    Attributes
    ----------
    query
        Place of the query in the list that was asked about, from 0.
    motif
        The motif of the database.
    p_value
        Chance that the best alignment with a motif of this width, of columns drawn from the database, scores as well.
    q_value
        Benjamini-Hochberg over all motifs of the database, for this query.
    offset
        Position on the motif (read on `strand`) where the first column of the query lies; below 0 when it hangs over.
    overlap
        Number of aligned columns.
    bits
        Information of the query in those columns.
    strand
        ``+``, or ``-`` when the reverse complement of the motif matched.
    """

    query: int
    motif: Motif
    p_value: float
    q_value: float
    offset: int
    overlap: int
    bits: float
    strand: str


@dataclass(frozen=True, slots=True, eq=False)
class MotifDatabase:
    """Motifs to compare with.

    Attributes
    ----------
    motifs
        All of them.
    name
        Name of the file or of the release with its selection, as ``JASPAR2026 CORE vertebrates``.
    release
        ``JASPAR2026``; empty when a file does not say.
    left_out
        A sentence for each motif of a file that cannot be one.
    """

    motifs: tuple[Motif, ...]
    name: str = ""
    release: str = ""
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.motifs:
            raise GxviewError(f"{self.name or 'The motif database'} holds no motif.")

    @classmethod
    def read(cls, path: str | Path) -> MotifDatabase:
        """Read a MEME, JASPAR, TRANSFAC or rows-of-ACGT file, plain or gzip.

        Raises
        ------
        GxviewError
            Naming file and line when it is none of these.
        """
        left_out: list[str] = []
        motifs = tuple(read_motifs(path, left_out.append))
        return cls(motifs, Path(path).name, motifs[0].release, tuple(left_out))

    def __len__(self) -> int:
        return len(self.motifs)

    @property
    def note(self) -> str:
        """What a person must know: what was left out, and whether p-values can be relied on; empty when nothing."""
        few = (
            f"{self.name or 'The database'} holds {len(self.motifs)} motifs; p-values against fewer than {FEW} depend "
            "strongly on which they are."
        )
        return " ".join([*self.left_out, *([few] if len(self.motifs) < FEW else [])])


def tomtom(
    queries: Sequence[Motif | NDArray[np.floating]],
    database: MotifDatabase,
    *,
    top: int | None = 10,
    threads: int | None = None,
    least: Least = LEAST,
) -> list[list[Match]]:
    """Compare every query with every motif of a database, on both strands.

    Parameters
    ----------
    queries
        Motifs, or matrices (4, W) of counts or probabilities; a column of zeros is an unknown base.
    database
        What to compare with.
    top
        Number of matches to return for each query, None for all.
    threads
        Threads to use; None for all.
    least
        Alignments with less are left out; they still count among the comparisons that q-values correct for.

    Returns
    -------
    list of list of Match
        One list per query, smallest p-value first, then in the order of the database; empty where the query is too
        short or too vague, see :func:`too_little`.

    Raises
    ------
    GxviewError
        When a query is no such matrix, or has fewer than 2 or more than 60 columns.

    Notes
    -----
    The first call on a machine compiles memelite, which takes about a minute; the result is kept beside the package.
    """
    if not queries:
        return []
    matrices = [_query(query, number) for number, query in enumerate(queries, start=1)]
    found = _compare(matrices, [motif.probabilities for motif in database.motifs], threads)
    q_values = false_discovery_control(np.clip(found[0], 0.0, 1.0), axis=1)
    return [
        list(islice(_matches(number, query, database, found[:, number], q_values[number], least), top))
        for number, query in enumerate(matrices)
    ]


def too_little(query: Motif | NDArray[np.floating], least: Least = LEAST) -> str:
    """Return why no motif can match a query, ``4 positions with 3.1 bits; ...``, or nothing where one can."""
    bits = information(_query(query, 1))
    if len(bits) >= least.overlap and bits.sum() >= least.bits:
        return ""
    return (
        f"{len(bits)} positions with {bits.sum():.1f} bits are too little to compare; "
        f"{least.overlap} positions and {least.bits:g} bits are needed"
    )


def match_now(pfm: Motif | NDArray[np.floating], database: MotifDatabase, *, top: int = 5) -> list[Match]:
    """Return the best matches of one pattern: milliseconds for a database as large as JASPAR CORE, once compiled.

    See :func:`tomtom`, and :func:`warm_up` for the first time.
    """
    return tomtom([pfm], database, top=top, threads=1)[0]


def warm_up() -> None:
    """Load memelite, and compile it where this machine has not yet (about a minute): then :func:`match_now` is fast."""
    column = np.eye(4)
    _compare([column], [np.roll(column, shift, axis=1) for shift in range(4)], 1)


def selection(letters: str, relevance: NDArray[np.floating] | None = None) -> NDArray[np.float64]:
    """Return bases as a query (4, W), weighted by how much they matter.

    Parameters
    ----------
    letters
        Bases of either case; anything but A, C, G, T is an unknown base.
    relevance
        Per base (W,). A base counts as itself with weight ``|relevance| / max |relevance|`` and as any base with the
        rest, so that flanks without relevance decide nothing. None counts every base fully.

    Raises
    ------
    GxviewError
        When there is no base, or another number of relevance values.
    """
    if not letters or (relevance is not None and len(relevance) != len(letters)):
        raise GxviewError("Select one or more bases, with one relevance value for each.")
    known = np.frombuffer(letters.upper().encode("ascii", "replace"), "S1") == np.array(
        [[b"A"], [b"C"], [b"G"], [b"T"]]
    )
    weight = np.ones(len(letters))
    if relevance is not None:
        size = np.nan_to_num(np.abs(np.asarray(relevance, dtype=np.float64)))
        weight = size / size.max() if size.max() > 0 else weight
    weight = weight * known.any(axis=0)
    return np.asarray(known * weight + (1 - weight) / 4, dtype=np.float64)


def _query(query: Motif | NDArray[np.floating], number: int) -> NDArray[np.float64]:
    pfm = np.array(query.pfm if isinstance(query, Motif) else query, dtype=np.float64)
    if pfm.ndim == 2 and pfm.shape[0] == 4:
        pfm[:, (pfm == 0).all(axis=0)] = 0.25
    wrong = check_matrix(pfm)
    if not wrong and not NARROWEST <= pfm.shape[1] <= WIDEST:
        wrong = f"it has {pfm.shape[1]} columns; compare {NARROWEST} to {WIDEST}"
    if wrong:
        raise GxviewError(f"Query {number} cannot be compared with motifs: {wrong}.")
    return np.asarray(pfm / pfm.sum(axis=0), dtype=np.float64)


def _compare(
    queries: list[NDArray[np.float64]], targets: list[NDArray[np.float64]], threads: int | None
) -> NDArray[np.float64]:
    """Return (5, queries, targets): p-values, scores, offsets, overlaps, strands (1: reverse complement)."""
    from memelite import tomtom as memelite_tomtom

    with ONE_AT_A_TIME, warnings.catch_warnings():
        # MotifDatabase.note says it in our words.
        warnings.filterwarnings("ignore", message="tomtom was given", category=UserWarning)
        return np.asarray(memelite_tomtom(queries, targets, n_jobs=threads or -1), dtype=np.float64)


def _matches(
    number: int,
    query: NDArray[np.float64],
    database: MotifDatabase,
    found: NDArray[np.float64],
    q_values: NDArray[np.float64],
    least: Least,
) -> Iterator[Match]:
    bits = np.append(0.0, np.cumsum(information(query)))
    # Where no alignment scores above 0 memelite leaves offset and overlap as they were in memory.
    aligned_somewhere = found[1] > 0
    for index in np.argsort(found[0], kind="stable").tolist():
        if not aligned_somewhere[index]:
            continue
        offset, overlap = int(found[2, index]), int(found[3, index])
        first = max(0, -offset)
        aligned = float(bits[first + overlap] - bits[first])
        if overlap >= least.overlap and aligned >= least.bits:
            yield Match(
                query=number,
                motif=database.motifs[index],
                p_value=float(found[0, index]),
                q_value=float(q_values[index]),
                offset=offset,
                overlap=overlap,
                bits=aligned,
                strand="-" if found[4, index] else "+",
            )
