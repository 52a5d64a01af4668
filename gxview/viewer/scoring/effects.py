"""Numbers about alleles: what the engine gives for the variants that show, and what a scored file has in INFO."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gxview.genome import Reference
from gxview.tracks import Variant
from gxview.viewer.work.workers import AskCancelled

PREFIX = "GXV_"
"""How the fields of INFO begin that a scored file has."""
SPREAD = "_SD"
"""How the field with the spread of another one ends."""
NAN = float("nan")


class ScoreInfo(Protocol):
    """A kind of number about an allele."""

    @property
    def name(self) -> str:
        """Name in requests."""

    @property
    def label(self) -> str:
        """Name on the screen."""


class Effect(Protocol):
    """One number about one allele."""

    @property
    def value(self) -> float:
        """The effect; NaN where there is none."""

    @property
    def spread(self) -> float:
        """Standard deviation over strands and offsets; NaN where there is one window only."""

    @property
    def reference(self) -> float:
        """What the model says about the reference; NaN where a score has no sides."""

    @property
    def alternative(self) -> float:
        """What it says about the alternative."""


class ScoredVariant(Protocol):
    """What a model says about one variant."""

    @property
    def alleles(self) -> Sequence[Mapping[str, Effect]]:
        """Effects by the name of the score, of each ALT."""

    @property
    def reasons(self) -> Sequence[str]:
        """Why an ALT has no effect; empty where it has."""


class VariantScorer(Protocol):
    """Scores variants; only the device thread calls it."""

    def score_variants(
        self,
        reference: Reference,
        variants: Sequence[Variant],
        *,
        model: str,
        scores: Sequence[str] | None = None,
        cancelled: AskCancelled | None = None,
    ) -> Sequence[ScoredVariant]:
        """Score each variant; one that cannot be scored says why.

        Raises
        ------
        GxviewError
            If the model does not give such a score.
        """


@dataclass(frozen=True, slots=True)
class InfoEffect:
    """A number that stands in INFO."""

    value: float = NAN
    spread: float = NAN
    reference: float = NAN
    alternative: float = NAN


def info_fields(variants: Iterable[Variant]) -> list[str]:
    """Return the fields of INFO that hold effects, in the order in which they come."""
    found: dict[str, None] = {}
    for variant in variants:
        if PREFIX in variant.info:
            names = (entry.partition("=")[0] for entry in variant.info.split(";"))
            found |= dict.fromkeys(name for name in names if name.startswith(PREFIX) and not name.endswith(SPREAD))
    return list(found)


def info_effects(variant: Variant, field: str) -> list[InfoEffect]:
    """Return the effects of all ALT alleles of a variant in a field of INFO; without a number where there is none."""
    values = dict(entry.partition("=")[::2] for entry in variant.info.split(";"))
    count = len(variant.alleles)
    numbers, spreads = (_numbers(values.get(name, ""), count) for name in (field, field + SPREAD))
    return [InfoEffect(value, spread) for value, spread in zip(numbers, spreads, strict=True)]


def _numbers(text: str, count: int) -> list[float]:
    """Return the numbers of a list with commas; a single one where an allele each is not told stands for all."""
    parts = [_number(part) for part in text.split(",")]
    if len(parts) == count:
        return parts
    return parts * count if len(parts) == 1 else [NAN] * count


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return NAN
    return found if math.isfinite(found) else NAN


def short(field: str) -> str:
    """Return what a field of INFO is called on the screen: ``GXV_RELEVANCE_BASE`` is ``relevance base``."""
    return field.removeprefix(PREFIX).replace("_", " ").lower() if field.startswith(PREFIX) else field


def effect_text(effect: Effect) -> str:
    """Write an effect with its spread and its two sides: ``-2.31 +- 0.12 (4.1 to 1.8)``."""
    if not math.isfinite(effect.value):
        return "no number"
    text = signed(effect.value)
    if math.isfinite(effect.spread):
        text += f" \N{PLUS-MINUS SIGN} {effect.spread:.2g}"
    if math.isfinite(effect.reference) and math.isfinite(effect.alternative):
        text += f" ({_plain(effect.reference)} \N{RIGHTWARDS ARROW} {_plain(effect.alternative)})"
    return text


def signed(value: float) -> str:
    """Write a number with its sign and three digits."""
    return f"{value:+.3g}".replace("-", "\N{MINUS SIGN}")


def _plain(value: float) -> str:
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
