"""What an explanation holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region


@dataclass(frozen=True, eq=False)
class Explanation:
    """The explanation of one sequence of L bases.

    Attributes
    ----------
    sequence : str
        The sequence as given.
    values : ndarray
        Relevance per base, float32 (L,), in the orientation of `sequence`.
    token_relevance : ndarray
        Relevance of the T tokens that stand for bases, float32 (T,); for a model on bases each base is its own token.
    token_spans : ndarray
        The bases [start, end) of each token, int64 (T, 2); they partition the sequence.
    special_relevance : float
        Relevance of [CLS] and [SEP] together, signed: with `token_relevance` it adds up to the sum of relevance. 0 for
        a model on bases.
    logits : ndarray
        All logits of the sequence, float32 (num_labels,).
    hypothetical : ndarray or None
        What each of A, C, G, T would contribute in its place if the model stayed as it is, float32 (4, L), for
        TF-MoDISco; `values` is its entry at the base that is there. None where the method does not score them.
    diagnostics : dict of str to float
        ``explained``: the explained logit or difference of logits; ``relevance_sum``: over all tokens, special ones
        included; ``special_share``: of [CLS] and [SEP] in the absolute relevance, 0 to 1; ``remainder``: explained
        minus relevance_sum, and what the method adds (``baseline``: the explained quantity of the baseline or, on
        average, of the references; ``largest_entropy``). AttnLRP does not conserve relevance at the softmax, so the
        remainder informs; it is no test. Of a language model nothing is explained, so that neither is there.
    provenance : dict
        How the numbers came about, in a form that JSON can hold.
    spread : ndarray or None
        Standard deviation of `values` between the members of an ensemble, float32 (L,); None for a single model.
    """

    sequence: str
    values: NDArray[np.float32]
    token_relevance: NDArray[np.float32]
    token_spans: NDArray[np.int64]
    special_relevance: float
    logits: NDArray[np.float32]
    hypothetical: NDArray[np.float32] | None
    diagnostics: dict[str, float]
    provenance: dict[str, Any] = field(repr=False)
    spread: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A token on the genome.

    Neighbouring windows cut tokens differently; where one window takes over from the next, a token is shown up to the
    border, so that the tokens of a lane never overlap.

    Attributes
    ----------
    start, end : int
        The part that is shown, 0-based half-open.
    relevance : float
        Relevance of the whole token.
    text : str
        The whole token as the model read it; on the minus strand the reverse complement of the reference.
    partial : bool
        Whether the border of a window hides a part of the token.
    """

    start: int
    end: int
    relevance: float
    text: str
    partial: bool = False


@dataclass(frozen=True, eq=False)
class RegionExplanation:
    """The explanation of a stretch of a genome, L bases long.

    Attributes
    ----------
    region : Region
        The stretch, without strand; all arrays run along the reference, whichever strand was explained.
    values : ndarray
        Relevance per base, float32 (L,); NaN where there is none.
    spread : ndarray or None
        Standard deviation between the phases, or between the members of an ensemble, float32 (L,); None where there is
        one of each.
    hypothetical : ndarray or None
        What each of A, C, G, T of the reference strand would contribute, float32 (4, L); None where the method does
        not score them.
    score : ndarray
        Probability of the positive class, stitched by mean from the windows, float32 (L,); NaN where there is none,
        everywhere for a language model.
    tokens : tuple of TokenSpan
        Tokens in genome order, each from the window whose centre is nearest, of the unshifted grid, on the plus strand
        unless the minus strand alone was explained; empty for a model on bases.
    notes : tuple of str
        Sentences a person should read: clipping, N, windows without a value.
    provenance : dict
        How the numbers came about, in a form that JSON can hold.
    """

    region: Region
    values: NDArray[np.float32]
    spread: NDArray[np.float32] | None
    hypothetical: NDArray[np.float32] | None
    score: NDArray[np.float32]
    tokens: tuple[TokenSpan, ...]
    notes: tuple[str, ...]
    provenance: dict[str, Any] = field(repr=False)
