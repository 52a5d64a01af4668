"""Explanations side by side, on one level; and how concentrated one is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.evaluate.records import Record, record
from gxview.explain.explanation import Explanation
from gxview.explain.transfer import to_tokens
from gxview.measures.concentration import entropy, gini, normalised_entropy
from gxview.measures.number import Number
from gxview.measures.similarity import (
    Floats,
    chance_level,
    continuous_jaccard,
    continuous_jaccards,
    spearman,
    spearmans,
    top_overlap,
    top_overlaps,
)

Values = NDArray[np.float32]

LEVELS = ("base", "token")

_CHANCE: dict[str, Callable[[Floats, Floats], Floats]] = {
    "jaccard": continuous_jaccards,
    "jaccard_unsigned": lambda a, b: continuous_jaccards(a, b, signed=False),
    "spearman": spearmans,
    "top_overlap": top_overlaps,
}


def on_one_level(first: Explanation, second: Explanation, level: str) -> tuple[Values, Values]:
    """Return the relevance of two explanations of the same sequence at the same positions.

    Parameters
    ----------
    first, second : Explanation
        Of the same sequence, by any models.
    level : str
        ``'base'``: relevance of tokens is spread over their bases, as the explanation says. ``'token'``: on the tokens
        of the model that has fewer; the other's bases are summed over each of them.

    Raises
    ------
    GxviewError
        If the sequences differ, or the level does not exist.
    """
    if first.sequence.upper() != second.sequence.upper():
        lengths = f"{len(first.sequence):,} and {len(second.sequence):,} bases"
        raise GxviewError(f"The two explanations are of different sequences ({lengths}); explain the same one by both.")
    if level == "base":
        return first.values, second.values
    if level != "token":
        raise GxviewError(f"There is no level '{level}'; use base or token.")
    spans = min((first.token_spans, second.token_spans), key=len)
    return _at(first, spans), _at(second, spans)


def similarity_records(
    first: Explanation, second: Explanation, level: str, rng: np.random.Generator | None = None, **columns: str
) -> list[Record]:
    """Compare two explanations of the same sequence.

    Parameters
    ----------
    first, second : Explanation
        Of the same sequence.
    level : str
        ``'base'`` or ``'token'``, see `on_one_level`.
    rng : numpy.random.Generator, optional
        Adds the chance level of each number: its mean over 100 permutations of the positions of the second.
    columns
        Columns of the records: model, method, other_model, other_method ...

    Returns
    -------
    list of Record
        ``jaccard``, ``jaccard_unsigned``, ``spearman``, ``top_overlap``; by chance with ``detail='chance=permuted'``.
    """
    a, b = on_one_level(first, second, level)
    found = [record(name, value, level=level, **columns) for name, value in similarities(a, b).items()]
    if rng is not None:
        for name, measure in _CHANCE.items():
            chance = chance_level(measure, a, b, rng)
            found.append(record(name, chance, detail={"chance": "permuted"}, level=level, **columns))
    return found


def similarities(first: Values, second: Values) -> dict[str, Number]:
    """Return the four similarities of two vectors on the same positions, by name of the metric."""
    return {
        "jaccard": continuous_jaccard(first, second),
        "jaccard_unsigned": continuous_jaccard(first, second, signed=False),
        "spearman": spearman(first, second),
        "top_overlap": top_overlap(first, second),
    }


def concentration_records(explanation: Explanation, **columns: str) -> list[Record]:
    """Return Gini index and entropies of an explanation, at bases and, for a model on tokens, at tokens."""
    levels = {"base": explanation.values}
    if len(explanation.token_relevance) < len(explanation.values):
        levels["token"] = explanation.token_relevance
    return [
        record(name, measure(values), level=level, **columns)
        for level, values in levels.items()
        for name, measure in (("gini", gini), ("entropy", entropy), ("normalised_entropy", normalised_entropy))
    ]


def _at(explanation: Explanation, spans: NDArray[np.int64]) -> Values:
    if np.array_equal(explanation.token_spans, spans):
        return explanation.token_relevance
    return to_tokens(explanation.values, spans)
