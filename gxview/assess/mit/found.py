"""What a run of the test found, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from gxview.assess.mit.results import Result, row_of
from gxview.assess.mit.scorers import Scorer, facts_of
from gxview.assess.mit.scores import Scores
from gxview.assess.mit.scoring import letters_digest
from gxview.assess.mit.settings import Drawn, MitSettings
from gxview.version import __version__

if TYPE_CHECKING:
    from gxview.assess.mit.relevance import Placement


@dataclass(frozen=True)
class MitResult:
    """What a run found.

    Attributes
    ----------
    settings, drawn
        What was wanted, and the sequences of the main set.
    results
        One for each scorer, in order.
    scores
        All scores, in the same order.
    notes
        What a reader must know; sentences.
    scorers
        The scorers themselves.
    placements
        Where the relevance of their explanations lies, if that was asked for.
    """

    settings: MitSettings
    drawn: Drawn
    results: list[Result]
    scores: list[Scores]
    notes: list[str]
    scorers: list[Scorer] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        """Return ``results`` as in JSON."""
        return [row_of(one) for one in self.results]


def provenance_of(result: MitResult) -> dict[str, Any]:
    """Return how the numbers came about."""
    settings = result.settings
    return {
        "gxview": __version__,
        "packages": {name: version(name) for name in ("numpy", "scipy")},
        "sequences": {**result.drawn.source, "sha256": letters_digest([result.scores[0].items])},
        "seed": settings.seed,
        "seeds": settings.seeds,
        "probing": settings.probing,
        "explain": list(settings.explain),
        "scorers": [dict(facts_of(one)) for one in result.scorers],
    }
