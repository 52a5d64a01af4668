"""How few positions carry an explanation: sparsity (Gini) and complexity (entropy), on absolute relevance.

Both depend on the level. With p_t = |R_t| / sum |R| and l_t bases in token t, a uniform split of tokens over their
bases gives H_base = H_token + sum_t p_t ln l_t (see `split_entropy`): compare models on one level only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from gxview.errors import GxviewError
from gxview.measures.number import NO_RELEVANCE, NOTHING_KNOWN, Number, missing


def gini(relevance: ArrayLike) -> Number:
    """Return the Gini index of the absolute relevance.

    ``G = sum_k (2k - n - 1) v_k / (n sum v)`` over the ascending absolute values v_k (Chalasani et al. 2020,
    Hurley and Rickard 2009); 0 where all are equal, (n - 1) / n where one position has everything.

    Parameters
    ----------
    relevance : array_like, shape (n,)
        Relevance per position; NaN does not take part.
    """
    sizes, reason = _sizes(relevance)
    if reason:
        return missing(reason)
    count = len(sizes)
    weights = 2 * np.arange(1, count + 1) - count - 1
    return Number(max(0.0, float(weights @ np.sort(sizes) / (count * sizes.sum()))))


def entropy(relevance: ArrayLike) -> Number:
    """Return the entropy of the shares of absolute relevance in nats.

    ``H = -sum p_i ln p_i`` with ``p_i = |a_i| / sum |a|`` (Bhatt et al. 2020); 0 where one position has everything,
    ln n where all are equal.

    Parameters
    ----------
    relevance : array_like, shape (n,)
        Relevance per position; NaN does not take part.
    """
    sizes, reason = _sizes(relevance)
    return missing(reason) if reason else Number(_entropy(sizes / sizes.sum()))


def normalised_entropy(relevance: ArrayLike) -> Number:
    """Return `entropy` divided by its largest value ln n, 0 to 1; n differs between levels and sequences."""
    sizes, reason = _sizes(relevance)
    if reason:
        return missing(reason)
    if len(sizes) < 2:
        return missing("one position alone has no spread")
    return Number(min(1.0, _entropy(sizes / sizes.sum()) / float(np.log(len(sizes)))))


def split_entropy(relevance: ArrayLike, lengths: ArrayLike) -> Number:
    """Return the entropy at the bases that the tokens have by a uniform split: H_token + sum_t p_t ln l_t.

    Parameters
    ----------
    relevance : array_like, shape (T,)
        Relevance of tokens.
    lengths : array_like, shape (T,)
        Bases of each token.

    Raises
    ------
    GxviewError
        If there is not one length of at least 1 for each token.
    """
    values, bases = np.asarray(relevance, np.float64), np.asarray(lengths)
    if values.shape != bases.shape or np.any(bases < 1):
        raise GxviewError(f"{values.size:,} tokens need as many lengths of at least one base.")
    known = np.isfinite(values)
    sizes, reason = _sizes(values)
    if reason:
        return missing(reason)
    shares = sizes / sizes.sum()
    return Number(_entropy(shares) + float(shares @ np.log(bases[known])))


def _sizes(relevance: ArrayLike) -> tuple[NDArray[np.float64], str]:
    sizes = np.abs(np.asarray(relevance, np.float64).ravel())
    sizes = sizes[np.isfinite(sizes)]
    if not sizes.size:
        return sizes, NOTHING_KNOWN
    return sizes, "" if sizes.any() else NO_RELEVANCE


def _entropy(shares: NDArray[np.float64]) -> float:
    return float(abs(xlogy(shares, shares).sum()))
