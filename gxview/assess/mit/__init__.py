"""The Mechanistic Invariance Test: whether a model knows what a promoter is, or only its letters."""

from __future__ import annotations

from gxview.assess.mit import baselines, biophysical  # registers what they hold
from gxview.assess.mit.found import MitResult
from gxview.assess.mit.networks import register
from gxview.assess.mit.run import run_into, run_mit
from gxview.assess.mit.scorers import SCORERS, Scorer, make_scorer
from gxview.assess.mit.sets import build_sets
from gxview.assess.mit.settings import MitSettings

__all__ = [
    "SCORERS",
    "MitResult",
    "MitSettings",
    "Scorer",
    "baselines",
    "biophysical",
    "build_sets",
    "make_scorer",
    "register",
    "run_into",
    "run_mit",
]
