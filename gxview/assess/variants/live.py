"""Scores of the variants that a window shows: a few at a time, each by itself, with the words of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gxview.assess.variants.effects import Effect, effects_of
from gxview.assess.variants.engine import Engine
from gxview.assess.variants.records import Record, candidates
from gxview.assess.variants.scores import SCORES, Score, default_scores, settle_scores
from gxview.assess.variants.settings import settle_asking
from gxview.errors import GxviewError
from gxview.explain.attribution.work import never
from gxview.genome import Reference
from gxview.models.base import Model
from gxview.tracks.variants import Variant


@dataclass(frozen=True, slots=True)
class Scored:
    """What a model says about one variant.

    Attributes
    ----------
    alleles : tuple of mapping
        `Effect` by the name of the score, for each ALT.
    reasons : tuple of str
        Why an ALT has no effect, for each; empty where it has.
    """

    alleles: tuple[Mapping[str, Effect], ...]
    reasons: tuple[str, ...]


class LiveScorer:
    """Scores variants for the engine of a window, with the choices that `gxview variants` makes by itself."""

    def infos(self, model: Model) -> tuple[Score, ...]:
        """Return the scores that a model gives, those first that are computed when nobody chooses."""
        first = default_scores(model)
        rest = [name for name in SCORES if name not in first and _gives(model, name)]
        return tuple(SCORES[name] for name in (*first, *rest))

    def score(
        self,
        model: Model,
        reference: Reference,
        variants: Sequence[Variant],
        *,
        scores: Sequence[str] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[Scored]:
        """Score every ALT of some variants; one whose REF is not that of the genome says so.

        Raises
        ------
        GxviewError
            If the model does not give such a score.
        Cancelled
            When `cancelled` said so.
        """
        asking = settle_asking(model, scores)
        engine = Engine(model, reference, asking, cancelled or never)
        return [self._one(engine, variant) for variant in variants]

    def _one(self, engine: Engine, variant: Variant) -> Scored:
        """Score one variant alone: the bits of its effects depend on nothing else."""
        record = Record(1, "", variant)
        try:
            found = candidates([record], engine.reference)
        except GxviewError as error:
            reason = str(error).removeprefix(": ").partition(" If the assembly")[0]
            return Scored(tuple({} for _ in variant.alleles), (reason,) * len(variant.alleles))
        part = engine.block([one.edit for one in found if one.edit is not None])
        effects = list(effects_of(found, engine.asking, part))
        return Scored(tuple(one.effects for one in effects), tuple(one.reason for one in effects))


def _gives(model: Model, name: str) -> bool:
    try:
        settle_scores(model, [name])
    except GxviewError:
        return False
    return True
