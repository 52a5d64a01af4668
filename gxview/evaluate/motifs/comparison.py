"""Whether the patterns of several models look like known motifs, and like the same ones.

Each pattern is compared with a database by TOMTOM, whole and in its parts. What a database of this size matches by
accident is measured: the same comparison with the same threshold against the database with permuted columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from gxview.errors import UsageError
from gxview.evaluate.motifs.databases import permuted
from gxview.evaluate.motifs.discovery import Discovery, Pattern
from gxview.evaluate.motifs.tomtom import MotifDatabase, tomtom

THRESHOLD = 0.05
TOP = 3


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
    p_value, q_value, offset, overlap, strand
        See :class:`gxview.evaluate.motifs.tomtom.Match`.
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
    strand: str


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
    fraction
        matched / patterns; NaN without patterns.
    null_fraction, null_low, null_high
        Mean, least and largest fraction against the permuted databases; NaN without patterns.
    names
        Names of the best matches of the matched patterns.
    reason
        Why there are no patterns.
    """

    model: str
    sequences: int
    seqlets: int
    patterns: int
    matched: int
    fraction: float
    null_fraction: float
    null_low: float
    null_high: float
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Names that two models' patterns matched: shared ones, and shared over all (Jaccard; NaN when neither matched)."""

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
    permutations: int = 10,
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
        Permuted databases that measure matches by accident.
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
    rng = np.random.default_rng(seed)
    nulls = [permuted(database, rng) for _ in range(permutations)]
    rows: list[MatchRow] = []
    summaries = []
    for model, found in discoveries.items():
        table = [row for pattern in found.patterns for row in _rows(model, pattern, database, top)]
        rows += table
        fractions = [_fraction(found.patterns, null, threshold) for null in nulls] if found.patterns else [np.nan]
        summaries.append(_summary(model, found, table, threshold, fractions))
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
        notes=tuple(
            dict.fromkeys([*filter(None, [database.note]), *(n for d in discoveries.values() for n in d.notes)])
        ),
    )


def _rows(model: str, pattern: Pattern, database: MotifDatabase, top: int) -> list[MatchRow]:
    queries = pattern.motifs()
    return [
        MatchRow(
            model=model,
            pattern=pattern.name,
            sign=pattern.sign,
            seqlets=len(pattern.seqlets),
            query=queries[number].name,
            consensus=queries[number].consensus,
            rank=rank,
            motif=match.motif.id,
            name=match.motif.name,
            motif_consensus=(match.motif if match.strand == "+" else match.motif.reverse_complement()).consensus,
            p_value=match.p_value,
            q_value=match.q_value,
            offset=match.offset,
            overlap=match.overlap,
            strand=match.strand,
        )
        for number, matches in enumerate(tomtom(queries, database, top=top))
        for rank, match in enumerate(matches, start=1)
    ]


def _fraction(patterns: Sequence[Pattern], database: MotifDatabase, threshold: float) -> float:
    queries = [(number, motif) for number, pattern in enumerate(patterns) for motif in pattern.motifs()]
    best = tomtom([motif for _, motif in queries], database, top=1)
    hit = {number for (number, _), matches in zip(queries, best, strict=True) if matches[0].q_value <= threshold}
    return len(hit) / len(patterns)


def _summary(
    model: str, found: Discovery, rows: Sequence[MatchRow], threshold: float, fractions: Sequence[float]
) -> ModelSummary:
    best = [row for row in rows if row.rank == 1 and row.q_value <= threshold]
    matched = len({row.pattern for row in best})
    return ModelSummary(
        model=model,
        sequences=found.sequences,
        seqlets=found.positive + found.negative,
        patterns=len(found.patterns),
        matched=matched,
        fraction=matched / len(found.patterns) if found.patterns else float("nan"),
        null_fraction=float(np.mean(fractions)),
        null_low=float(np.min(fractions)),
        null_high=float(np.max(fractions)),
        names=tuple(sorted({row.name for row in best})),
        reason=found.reason,
    )


def _overlap(one: ModelSummary, two: ModelSummary) -> Overlap:
    shared, either = sorted({*one.names} & {*two.names}), {*one.names} | {*two.names}
    return Overlap(one.model, two.model, tuple(shared), len(shared) / len(either) if either else float("nan"))


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and np.isnan(value) else value
