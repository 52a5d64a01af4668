"""How variants are asked: scores, target, strands, offsets, window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gxview.assess.variants.scores import settle_scores
from gxview.errors import UsageError
from gxview.explain.settings import Settings, settle
from gxview.explain.tiling import Tiling
from gxview.models.base import Model

STRANDS = ("both", "+", "-")
_OFFSETS = {"dnabert2": (-16, 0, 16)}
RELEVANCE = ("relevance", "relevance_base")


@dataclass(frozen=True, slots=True)
class Asking:
    """Choices, settled for one model.

    Attributes
    ----------
    scores : tuple of str
        Names from `SCORES`.
    strands : tuple of str
        ``+``, ``-``, or both.
    offsets : tuple of int
        By how many bases the variant stands right of the middle of the window, ascending.
    window : int
        Bases of a window.
    explaining : Settings or None
        Target, and the method of the relevance scores; None for a model without outputs.
    """

    scores: tuple[str, ...]
    strands: tuple[str, ...]
    offsets: tuple[int, ...]
    window: int
    explaining: Settings | None

    def facts(self) -> dict[str, Any]:
        """Return the choices as JSON can hold them."""
        return {
            "scores": list(self.scores),
            "strands": list(self.strands),
            "offsets": list(self.offsets),
            "window": self.window,
        }


def settle_asking(
    model: Model,
    scores: Sequence[str] | None = None,
    *,
    strand: str = "both",
    offsets: Sequence[int] | None = None,
    window: int | None = None,
    target: int | str | None = None,
    method: str | None = None,
) -> Asking:
    """Settle the choices for a model, defaults filled in.

    Parameters
    ----------
    model : Model
        The model.
    scores : sequence of str, optional
        See `gxview.assess.variants.scores.SCORES`; by default logit and probability, of a language model cosine and
        llr.
    strand : str
        ``both`` (default), ``+`` or ``-``.
    offsets : sequence of int, optional
        By default 0, for DNABERT-2 -16, 0 and 16: where a window begins, byte-pair tokens begin anew.
    window : int, optional
        By default that of the model.
    target, method
        As for :func:`gxview.explain.explain`.

    Raises
    ------
    UsageError
        For choices that do not exist.
    GxviewError
        If the model lacks the head that a score asks.
    """
    chosen = settle_scores(model, scores)
    if strand not in STRANDS:
        raise UsageError(f"The strand is both, + or -, not '{strand}'.")
    length = Tiling.settle(model, window, None, "mean", "+", 1).window
    if model.kind == "cnn":
        model.codes(["N" * length])  # says which lengths it takes
    found = tuple(sorted(set(_OFFSETS.get(model.kind, (0,)) if offsets is None else offsets))) or (0,)
    half = length // 2
    if not -half <= found[0] <= found[-1] < length - half:
        raise UsageError(f"With a window of {length:,} bases offsets go from {-half:,} to {length - half - 1:,}.")
    strands = ("+", "-") if strand == "both" else (strand,)
    explaining = settle(model, method, target, {}) if model.num_labels else None
    return Asking(chosen, strands, found, length, explaining)
