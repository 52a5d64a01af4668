"""Whether the patterns of several models look like known motifs, and like the same ones.

Each pattern is compared with a database by TOMTOM, whole and in its parts. What a database of this size matches by
accident is measured, not taken from q-values: the same comparison with the same threshold against databases with
permuted columns. Wide patterns of A and T match many of those too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.errors import UsageError
from gxview.evaluate.motifs.databases import permuted
from gxview.evaluate.motifs.discovery import Discovery, Pattern
from gxview.evaluate.motifs.motif import Motif
from gxview.evaluate.motifs.tomtom import Match, MotifDatabase, tomtom, too_little

THRESHOLD = 0.05
TOP = 3
PERMUTATIONS = 39


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One row of the table: a pattern (or its part) and one of its best matches.

    Attributes
    ----------
    model, pattern, sign, seqlets
        The pattern.
    query
        ``pattern 1``, or a part of it, ``pattern 1, part 2``.
    consensus
        IUPAC letters of the query.
    rank
        1 for the best match.
    motif, name, motif_consensus
        The motif of the database; the consensus on the matching strand.
    p_value, q_value, offset, overlap, bits, strand
        See :class:`gxview.evaluate.motifs.tomtom.Match`.
    permuted_p
        (1 + permuted databases whose best match of this query has as small a p-value) / (1 + permuted databases).
    """

    model: str
    pattern: str
    sign: str
    seqlets: int
    query: str
    consensus: str
    rank: int
    motif: str
    name: str
    motif_consensus: str
    p_value: float
    q_value: float
    offset: int
    overlap: int
    bits: float
    strand: str
    permuted_p: float


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """What one model's patterns matched.

    Attributes
    ----------
    model
        Its name.
    sequences, seqlets, patterns
        Numbers; seqlets of both signs.
    matched
        Patterns of which the whole or a part has a match with q up to the threshold.
    beyond_null
        Patterns of which the whole or a part has such a match that few permuted databases reach (permuted_p up to the
        threshold).
    fraction
        matched / patterns; NaN without patterns.
    null_fraction, null_low, null_high
        Mean, least and largest fraction against the permuted databases; NaN without patterns.
    names
        Names of the best matches that count for beyond_null.
    reason
        Why there are no patterns.
    """

    model: str
    sequences: int
    seqlets: int
    patterns: int
    matched: int
    beyond_null: int
    fraction: float
    null_fraction: float
    null_low: float
    null_high: float
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Names of both models' summaries: shared ones, and shared over all (Jaccard; NaN when neither has any)."""

    first: str
    second: str
    shared: tuple[str, ...]
    jaccard: float


@dataclass(frozen=True, slots=True)
class MotifReport:
    """Patterns of all models against one database.

    Attributes
    ----------
    rows
        The best matches of every query.
    models
        One line per model.
    overlaps
        One per pair of models.
    database, release, motifs
        Name, release and size of the database.
    threshold, permutations, seed
        Largest q of a match; number of permuted databases and their seed.
    notes
        What a person must know.
    """

    rows: tuple[MatchRow, ...]
    models: tuple[ModelSummary, ...]
    overlaps: tuple[Overlap, ...]
    database: str
    release: str
    motifs: int
    threshold: float
    permutations: int
    seed: int
    notes: tuple[str, ...]

    def to_json(self) -> str:
        """Return everything as JSON; a missing number is null."""
        return json.dumps(_without_nan(asdict(self)), indent=2, ensure_ascii=False, allow_nan=False)


def compare_patterns(
    discoveries: Mapping[str, Discovery],
    database: MotifDatabase,
    *,
    threshold: float = THRESHOLD,
    top: int = TOP,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> MotifReport:
    """Compare the patterns of models with a database and with its permuted columns.

    Parameters
    ----------
    discoveries
        What TF-MoDISco found, by model.
    database
        Known motifs.
    threshold
        Largest q-value (Benjamini-Hochberg over the database, for each query) of a match.
    top
        Matches listed for each query.
    permutations
        Permuted databases that measure matches by accident; a match can only be beyond them with at least
        1 / threshold - 1 of them (19 for 0.05).
    seed
        Seed of the permutations.

    Raises
    ------
    UsageError
        Without a model, or for a threshold, number of matches or of permutations that make no sense.
    """
    if not discoveries or not 0 < threshold <= 1 or top < 1 or permutations < 1:
        raise UsageError(
            "A comparison needs a model, a threshold between 0 and 1, and at least one match and permutation."
        )
    queries = [
        _Query(model, pattern, motif)
        for model, found in discoveries.items()
        for pattern in found.patterns
        for motif in pattern.motifs()
    ]
    null = _null(queries, database, permutations, np.random.default_rng(seed))
    rows = _rows(queries, database, top, null)
    summaries = [_summary(model, found, queries, rows, null, threshold) for model, found in discoveries.items()]
    return MotifReport(
        rows=tuple(rows),
        models=tuple(summaries),
        overlaps=tuple(_overlap(one, two) for one, two in combinations(summaries, 2)),
        database=database.name,
        release=database.release,
        motifs=len(database),
        threshold=threshold,
        permutations=permutations,
        seed=seed,
        notes=tuple(dict.fromkeys(_notes(discoveries, queries, database))),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    model: str
    pattern: Pattern
    motif: Motif


@dataclass(frozen=True, slots=True, eq=False)
class _Null:
    """p- and q-value of the best match of each query in each permuted database, (permutations, queries); 1: none."""

    p_values: NDArray[np.float64]
    q_values: NDArray[np.float64]


def _notes(discoveries: Mapping[str, Discovery], queries: Sequence[_Query], database: MotifDatabase) -> Iterator[str]:
    if database.note:
        yield database.note
    for found in discoveries.values():
        yield from found.notes
    for query in queries:
        if why := too_little(query.motif):
            yield f"{query.model}, {query.motif.name} ({query.motif.consensus}): {why}."


def _null(queries: Sequence[_Query], database: MotifDatabase, permutations: int, rng: np.random.Generator) -> _Null:
    motifs = [query.motif for query in queries]
    best = [
        [
            (one[0].p_value, one[0].q_value) if one else (1.0, 1.0)
            for one in tomtom(motifs, permuted(database, rng), top=1)
        ]
        for _ in range(permutations)
    ]
    values = np.array(best, dtype=np.float64).reshape(permutations, len(queries), 2)
    return _Null(values[..., 0], values[..., 1])


def _rows(queries: Sequence[_Query], database: MotifDatabase, top: int, null: _Null) -> list[MatchRow]:
    found = tomtom([query.motif for query in queries], database, top=top)
    return [
        _row(query, rank, match, null.p_values[:, number])
        for number, (query, matches) in enumerate(zip(queries, found, strict=True))
        for rank, match in enumerate(matches, start=1)
    ]


def _row(query: _Query, rank: int, match: Match, null: NDArray[np.float64]) -> MatchRow:
    read = match.motif if match.strand == "+" else match.motif.reverse_complement()
    return MatchRow(
        model=query.model,
        pattern=query.pattern.name,
        sign=query.pattern.sign,
        seqlets=len(query.pattern.seqlets),
        query=query.motif.name,
        consensus=query.motif.consensus,
        rank=rank,
        motif=match.motif.id,
        name=match.motif.name,
        motif_consensus=read.consensus,
        p_value=match.p_value,
        q_value=match.q_value,
        offset=match.offset,
        overlap=match.overlap,
        bits=match.bits,
        strand=match.strand,
        permuted_p=float((1 + (null <= match.p_value).sum()) / (1 + len(null))),
    )


def _summary(
    model: str,
    found: Discovery,
    queries: Sequence[_Query],
    rows: Sequence[MatchRow],
    null: _Null,
    threshold: float,
) -> ModelSummary:
    good = [row for row in rows if row.model == model and row.rank == 1 and row.q_value <= threshold]
    sure = [row for row in good if row.permuted_p <= threshold]
    matched, count = len({row.pattern for row in good}), len(found.patterns)
    fractions = _null_fractions(model, found.patterns, queries, null.q_values <= threshold)
    return ModelSummary(
        model=model,
        sequences=found.sequences,
        seqlets=found.positive + found.negative,
        patterns=count,
        matched=matched,
        beyond_null=len({row.pattern for row in sure}),
        fraction=matched / count if count else float("nan"),
        null_fraction=float(fractions.mean()),
        null_low=float(fractions.min()),
        null_high=float(fractions.max()),
        names=tuple(sorted({row.name for row in sure})),
        reason=found.reason,
    )


def _null_fractions(
    model: str, patterns: Sequence[Pattern], queries: Sequence[_Query], matched: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the share of a model's patterns that each permuted database matches (permutations,)."""
    if not patterns:
        return np.array([np.nan])
    columns = [
        [number for number, query in enumerate(queries) if query.model == model and query.pattern is pattern]
        for pattern in patterns
    ]
    return np.asarray(np.mean([matched[:, own].any(axis=1) for own in columns], axis=0), dtype=np.float64)


def _overlap(one: ModelSummary, two: ModelSummary) -> Overlap:
    shared, either = sorted({*one.names} & {*two.names}), {*one.names} | {*two.names}
    return Overlap(one.model, two.model, tuple(shared), len(shared) / len(either) if either else float("nan"))


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and np.isnan(value) else value
