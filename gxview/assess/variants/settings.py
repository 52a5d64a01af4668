"""How variants are asked: scores, target, strands, offsets, window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gxview.assess.variants.native import Asked, NativeLanguageModel
from gxview.assess.variants.scores import settle_scores
from gxview.errors import UsageError
from gxview.explain.settings import Settings, settle
from gxview.explain.tiling import Tiling

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
    model: Asked,
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
    model : Model or NativeLanguageModel
        The model.
    scores : sequence of str, optional
        See `gxview.assess.variants.scores.SCORES`; by default logit and probability, of a language model cosine and
        llr.
    strand : str
        ``both`` (default), ``+`` or ``-``.
    offsets : sequence of int, optional
        By default 0, for DNABERT-2 -16, 0 and 16 (for words of other language models -17, 0 and 17): where a window
        begins, tokens begin anew.
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
    length = _window(model, window)
    half = length // 2
    usual = [one for one in _offsets(model) if -half <= one < length - half]
    found = tuple(sorted(set(usual if offsets is None else offsets))) or (0,)
    if not -half <= found[0] <= found[-1] < length - half:
        raise UsageError(f"With a window of {length:,} bases offsets go from {-half:,} to {length - half - 1:,}.")
    strands = ("+", "-") if strand == "both" else (strand,)
    return Asking(chosen, strands, found, length, _explaining(model, method, target))


def _explaining(model: Asked, method: str | None, target: int | str | None) -> Settings | None:
    if isinstance(model, NativeLanguageModel) or not model.num_labels:
        if target is not None or method is not None:
            raise UsageError(f"{model.name} has no outputs that could be explained; leave target and method out.")
        return None
    return settle(model, method, target, {})


def _window(model: Asked, wanted: int | None) -> int:
    if isinstance(model, NativeLanguageModel):
        return model.check_window(model.window_length if wanted is None else wanted)
    length = Tiling.settle(model, wanted, None, "mean", "+", 1).window
    if model.kind == "cnn":
        model.codes(["N" * length])  # says which lengths it takes
    return length


def _offsets(model: Asked) -> tuple[int, ...]:
    return model.offsets if isinstance(model, NativeLanguageModel) else _OFFSETS.get(model.kind, (0,))
