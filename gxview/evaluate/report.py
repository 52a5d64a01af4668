"""The numbers of a promoter model: how well it tells promoters apart, and whether its explanation shows why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.evaluate.localisation import Localisation, localisation, separation
from gxview.evaluate.planted import PROMOTER, RANDOM, Planted, Window, WindowDrawer
from gxview.explain.api import explain
from gxview.models import Model

SEED = 20_240
RANDOM_WINDOWS = 1_000
_BATCH = 64


@dataclass(frozen=True, slots=True)
class PlantedReport:
    """How a model does on windows with planted truth.

    Attributes
    ----------
    model, method
        Name of the model and of the method that explained it.
    auroc_random, auroc_decoys, auroc_both
        AUROC of the score (logit 1 minus logit 0, or the only logit) of promoters against random windows, against
        decoys, and against both together.
    relevance
        Localisation of the relevance of the positive logit at the -35 and -10 bases, true promoters only.
    counts
        Number of windows of each kind.
    """

    model: str
    method: str
    auroc_random: float
    auroc_decoys: float
    auroc_both: float
    relevance: Localisation
    counts: dict[str, int]


def evaluation_windows(
    letters: str, planted: Iterable[Planted], length: int, *, seed: int = SEED, count: int = RANDOM_WINDOWS
) -> list[Window]:
    """Return one window per promoter and per decoy at a random offset, and `count` random ones, always the same."""
    draw = WindowDrawer(letters, planted, length, np.random.default_rng(seed))
    return [*draw.promoters(), *draw.decoys(), *draw.random(count)]


def report(
    model: Model, windows: Sequence[Window], progress: Callable[[int, int], None] | None = None
) -> PlantedReport:
    """Score all windows and explain the promoters with the model's default method.

    Parameters
    ----------
    model
        A classifier with one or two logits.
    windows
        Promoters, decoys and random windows.
    progress
        Told as ``progress(done, total)`` while promoters are explained.

    Raises
    ------
    GxviewError
        When a kind of window is missing or the model has three or more classes.
    """
    model.require_classifier()
    kinds = np.array([window.kind for window in windows])
    scores = _scores(model, [window.letters for window in windows])
    promoters = [window for window in windows if window.kind == PROMOTER]
    explained = explain(model, [window.letters for window in promoters], progress=progress)
    true, random = scores[kinds == PROMOTER], scores[kinds == RANDOM]
    decoys = scores[(kinds != PROMOTER) & (kinds != RANDOM)]
    return PlantedReport(
        model=model.name,
        method=str(explained[0].provenance["method"]),
        auroc_random=separation(true, random),
        auroc_decoys=separation(true, decoys),
        auroc_both=separation(true, np.concatenate([random, decoys])),
        relevance=localisation([one.values for one in explained], [window.mask for window in promoters]),
        counts={str(kind): int((kinds == kind).sum()) for kind in dict.fromkeys(kinds)},
    )


def _scores(model: Model, sequences: Sequence[str]) -> NDArray[np.float32]:
    if model.num_labels not in (1, 2):
        raise GxviewError(
            f"{model.name} has {model.num_labels} classes; promoters need a model with one or two logits."
        )
    parts = [model.logits(sequences[start : start + _BATCH]) for start in range(0, len(sequences), _BATCH)]
    logits = np.concatenate(parts)
    return logits[:, 0] if model.num_labels == 1 else np.asarray(logits[:, 1] - logits[:, 0])
