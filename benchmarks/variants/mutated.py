"""All substitutions of held-out promoters of the sample, against a loop over single windows and the method ``ism``."""

from __future__ import annotations

import importlib.resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.assess.variants import score_variants
from gxview.explain import explain
from gxview.genome import Reference, Region
from gxview.models.base import Model
from gxview.models.loading import SAMPLES, load_model
from gxview.tracks import FeatureSource, open_source
from gxview.tracks.variant_lines import read_variant

BASES = "ACGT"
HELD_OUT = "plasmid"


def measured(output: Path, count: int = 10) -> dict[str, Any]:
    """Return the largest differences over the first promoters of the sequence that no sample model saw."""
    folder = importlib.resources.files("gxview.resources")
    sample = Reference(str(folder / "sample.fa.gz"))
    truth = open_source(Path(str(folder / "truth.bed.gz")), sample)
    assert isinstance(truth, FeatureSource)
    middles = [(one.start + one.end) // 2 for one in truth.features(Region(HELD_OUT, 1_000, 199_000))][:count]
    return {
        "promoters": len(middles),
        **{name: _compared(load_model(name), sample, middles, output) for name in SAMPLES},
    }


def _compared(model: Model, sample: Reference, middles: list[int], output: Path) -> dict[str, Any]:
    window = model.window_length
    starts = [middle - window // 2 for middle in middles]
    promoters = [sample.fetch(Region(HELD_OUT, start, start + window)).upper() for start in starts]
    path = output / "held-out.fa"
    path.write_text("".join(f">p{number}\n{text}\n" for number, text in enumerate(promoters)), encoding="ascii")
    lines = [
        f"p{number}\t{at + 1}\t.\t{letter}\t{','.join(base for base in BASES if base != letter)}"
        for number, text in enumerate(promoters)
        for at, letter in enumerate(text)
    ]
    variants = [read_variant(line, "") for line in lines]
    found = score_variants(model, Reference(path), variants, scores=["logit"], strand="+", offsets=[0])
    ours = np.array([one.effects["logit"].value for one in found]).reshape(len(promoters), window, 3)
    loop = np.array([_loop(model, promoter) for promoter in promoters])
    ism = np.array([_by_method(model, promoter) for promoter in promoters])
    return {
        "substitutions": int(ours.size),
        "largest_effect": float(np.abs(loop).max()),
        "largest_difference_from_loop": float(np.abs(ours - loop).max()),
        "largest_difference_from_ism": float(np.abs(ours - ism).max()),
    }


def _loop(model: Model, promoter: str) -> NDArray[np.float64]:
    """Return the effects (L, 3), one window at a time."""

    def logit(text: str) -> float:
        return float(model.logits([text])[0][model.positive])

    before = logit(promoter)
    return np.array(
        [
            [logit(promoter[:at] + base + promoter[at + 1 :]) - before for base in BASES if base != letter]
            for at, letter in enumerate(promoter)
        ]
    )


def _by_method(model: Model, promoter: str) -> NDArray[np.float64]:
    hypothetical = explain(model, [promoter], "ism")[0].hypothetical
    assert hypothetical is not None
    there = np.array([BASES.index(letter) for letter in promoter])
    effects = (hypothetical - hypothetical[there, np.arange(len(promoter))]).T
    others = np.array([[row for row in range(4) if row != base] for base in there])
    return np.take_along_axis(effects, others, axis=1).astype(np.float64)
