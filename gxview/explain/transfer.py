"""Moving relevance between tokens and bases.

Token t covers the bases S_t with |S_t| = l_t; the S_t partition the sequence. R_t is the relevance of a token, r_p that
of a base. The two defaults undo each other and both keep the sum. A uniform split makes the vector piecewise constant,
so its entropy differs from the tokens' by construction: with p_t = |R_t| / sum |R|, H_base = H_token + sum p_t ln l_t.
Compare models on one level only.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gxview.errors import GxviewError, UsageError

Disaggregation = Literal["uniform", "copy", "guided"]
Aggregation = Literal["sum", "mean", "max_abs", "max"]

DISAGGREGATIONS: tuple[str, ...] = get_args(Disaggregation)
AGGREGATIONS: tuple[str, ...] = get_args(Aggregation)


def to_bases(
    relevance: ArrayLike, spans: ArrayLike, rule: str = "uniform", weights: ArrayLike | None = None
) -> NDArray[np.float32]:
    """Spread the relevance of tokens over their bases (disaggregation).

    Parameters
    ----------
    relevance : array_like
        R, shape (T,).
    spans : array_like
        First and past-the-last base of each token, shape (T, 2); they partition ``[0, L)`` in order.
    rule : str
        ``'uniform'``: r_p = R_t / l_t (keeps the sum); ``'copy'``: r_p = R_t (favours long tokens, does not keep the
        sum); ``'guided'``: r_p = R_t w_p / sum of w in the token, uniform where the weights of a token are all zero.
    weights : array_like, optional
        w >= 0, shape (L,), for ``'guided'`` only, for instance the absolute relevance of another model.

    Returns
    -------
    ndarray
        r, float32, shape (L,).

    Raises
    ------
    UsageError
        For an unknown rule, or weights that are missing, negative or of another length.
    GxviewError
        If the spans do not partition the sequence.
    """
    values, lengths = np.asarray(relevance, dtype=np.float64), _lengths(spans, len(np.asarray(relevance)))
    if rule == "copy":
        return np.repeat(values, lengths).astype(np.float32)
    if rule == "guided":
        return (np.repeat(values, lengths) * _shares(weights, lengths)).astype(np.float32)
    if rule != "uniform":
        raise _unknown(rule, DISAGGREGATIONS)
    return np.repeat(values / lengths, lengths).astype(np.float32)


def flat_to_bases(relevance: NDArray[np.float32], lengths: NDArray[np.int64], rule: str) -> NDArray[np.float32]:
    """Do what `to_bases` does by ``uniform`` or ``copy`` for many sequences at once.

    Parameters
    ----------
    relevance : ndarray
        R of the tokens of all sequences, one after another, (T,).
    lengths : ndarray
        Bases of each token, (T,).
    rule : str
        ``'uniform'`` or ``'copy'``.
    """
    values = relevance.astype(np.float64)
    return np.repeat(values / lengths if rule == "uniform" else values, lengths).astype(np.float32)


def to_tokens(relevance: ArrayLike, spans: ArrayLike, rule: str = "sum") -> NDArray[np.float32]:
    """Collect the relevance of bases in tokens (aggregation).

    Parameters
    ----------
    relevance : array_like
        r, shape (L,).
    spans : array_like
        First and past-the-last base of each token, shape (T, 2); they partition ``[0, L)`` in order.
    rule : str
        ``'sum'`` (keeps the sum), ``'mean'``, ``'max_abs'`` (the signed value of the largest size, the first of
        several) or ``'max'``.

    Returns
    -------
    ndarray
        R, float32, shape (T,).

    Raises
    ------
    UsageError
        For an unknown rule.
    GxviewError
        If the spans do not partition the sequence.
    """
    values = np.asarray(relevance, dtype=np.float64)
    lengths = _lengths(spans, None)
    if lengths.sum() != len(values):
        raise GxviewError(f"The tokens cover {lengths.sum():,} bases, but there are {len(values):,} values.")
    if not len(lengths):
        return np.zeros(0, dtype=np.float32)
    starts = np.cumsum(lengths) - lengths
    if rule in ("sum", "mean"):
        total = np.add.reduceat(values, starts)
        return (total / lengths if rule == "mean" else total).astype(np.float32)
    if rule == "max":
        return np.maximum.reduceat(values, starts).astype(np.float32)
    if rule != "max_abs":
        raise _unknown(rule, AGGREGATIONS)
    return _signed_max_abs(values, starts, lengths)


def _signed_max_abs(
    values: NDArray[np.float64], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.float32]:
    token = np.repeat(np.arange(len(lengths)), lengths)
    order = np.lexsort((-np.abs(values), token))  # stable: the first of equal sizes leads its token
    return values[order[starts]].astype(np.float32)


def _lengths(spans: ArrayLike, count: int | None) -> NDArray[np.int64]:
    borders = np.asarray(spans, dtype=np.int64).reshape(-1, 2)
    if count is not None and count != len(borders):
        raise GxviewError(f"There are {count:,} relevance values for {len(borders):,} tokens.")
    lengths = borders[:, 1] - borders[:, 0]
    if np.any(lengths < 1) or (len(borders) and borders[0, 0] != 0) or np.any(borders[1:, 0] != borders[:-1, 1]):
        raise GxviewError("The spans of the tokens do not partition the sequence.")
    return lengths


def _shares(weights: ArrayLike | None, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    if weights is None:
        raise UsageError("The guided transfer needs weights: one number >= 0 for each base.")
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (lengths.sum(),) or not np.all(given >= 0):
        raise UsageError(f"The guided transfer needs {lengths.sum():,} weights >= 0, one for each base.")
    total = np.repeat(np.add.reduceat(given, np.cumsum(lengths) - lengths), lengths) if len(lengths) else given
    uniform = 1 / np.repeat(lengths, lengths)
    return np.divide(given, total, out=uniform, where=total > 0)


def _unknown(rule: str, known: tuple[str, ...]) -> UsageError:
    return UsageError(f"There is no transfer rule '{rule}'; use one of {', '.join(known)}.")
