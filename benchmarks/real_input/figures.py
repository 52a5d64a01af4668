"""The figures of the evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from benchmarks.real_input import ecoli, gue
from benchmarks.real_input.ecoli_data import PLUS_ONE
from benchmarks.real_input.lac import BOXES, Locus, box_target
from benchmarks.real_input.location import Target

MODELS = {"cnn": "CNN, LRP epsilon", "dnabert2": "DNABERT-2, AttnLRP"}
BASES = {"A": "#00a000", "C": "#2060e0", "G": "#e08000", "T": "#e02020"}
_POSITIVE, _NEGATIVE, _SHADE = "#1668b8", "#8a8a8a", "#f2c14e"

mpl.rcParams |= {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "savefig.dpi": 130}


def promoters(results: Sequence[gue.Result], path: Path) -> None:
    """Draw the mean relevance per position of both models on one set, positives and negatives."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    for axes, result in zip(figure.subplots(2, 1, sharex=True), results, strict=True):
        task, shown = result.task, result.numbers["explained"]
        place = _coordinates(len(result.mean), task.plus_one)
        axes.plot(place, result.mean_negative, color=_NEGATIVE, lw=1, label="dev negatives")
        axes.plot(place, result.mean, color=_POSITIVE, lw=1.2, label=f"dev positives (n = {shown})")
        _frame(axes, f"{MODELS[result.kind]}: {task.name}, AUROC {result.numbers['auroc']:.3f}", place)
        if task.target is not None:
            _shade(axes, task.target, task.plus_one, f"indices {task.target.first} to {task.target.last}")
        axes.legend(loc="lower left", frameon=False, ncols=2)
    figure.supxlabel("position from the transcription start (there is no 0)")
    figure.savefig(path)


def ecoli_promoters(results: Sequence[ecoli.Result], path: Path) -> None:
    """Draw the mean relevance per position of both models on the promoters of the test blocks."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    for axes, result in zip(figure.subplots(2, 1, sharex=True), results, strict=True):
        shown, auroc = result.numbers["test_positives"], result.numbers["auroc"]
        place = _coordinates(len(result.mean), PLUS_ONE)
        axes.plot(place, result.mean, color=_POSITIVE, lw=1.2)
        title = f"{MODELS[result.kind]}: {shown} sigma-70 promoters of the test blocks, AUROC {auroc:.3f}"
        _frame(axes, title, place)
        for name, target in ecoli.BOXES.items():
            _shade(axes, target, PLUS_ONE, name)
    figure.supxlabel("position from the transcription start (there is no 0)")
    figure.savefig(path)


def lac(loci: Sequence[Locus], path: Path) -> None:
    """Draw the relevance of every base of lacP1 along the minus strand."""
    figure = Figure(figsize=(11, 2.1 * len(loci)), layout="constrained")
    for axes, locus in zip(figure.subplots(len(loci), 1), loci, strict=True):
        indices = np.arange(len(locus.values))
        axes.bar(indices, locus.values, color=[BASES[base] for base in locus.sequence], width=0.85)
        axes.set_xticks(indices, list(locus.sequence), fontsize=6)
        axes.tick_params(axis="x", length=0)
        for name, word in BOXES.items():
            place = box_target(locus.sequence, word)
            axes.axvspan(place.first - 0.5, place.last + 0.5, color=_SHADE, alpha=0.35, lw=0, zorder=0)
            axes.text((place.first + place.last) / 2, 1.0, name, ha="center", transform=axes.get_xaxis_transform())
        axes.axvline(PLUS_ONE - 0.5, color="black", lw=0.8, ls=":")
        axes.axhline(0, color="black", lw=0.5)
        grids = "1 window grid" if locus.phases == 1 else f"mean of {locus.phases} window grids"
        axes.set_title(f"{MODELS[locus.kind]}, {grids}", fontsize=9, loc="left")
        axes.set_xlim(-0.8, len(indices) - 0.2)
        axes.set_ylabel("relevance")
    figure.supxlabel("lacP1, -60 to +21 along the minus strand; dotted: transcription start")
    figure.savefig(path)


def _coordinates(length: int, plus_one: int) -> NDArray[np.int64]:
    return np.arange(length, dtype=np.int64) - plus_one


def _frame(axes: Axes, title: str, place: NDArray[np.int64]) -> None:
    axes.set_title(title, fontsize=9, loc="left")
    axes.axhline(0, color="black", lw=0.5)
    axes.axvline(0, color="black", lw=0.8, ls=":")
    axes.set_ylabel("mean relevance")
    # The start, +1, is drawn at 0, so labels to the right of it count from one.
    step = 10 if len(place) < 100 else 25
    ticks = [tick for tick in range(-300, 301, step) if tick != 0 and place[0] <= tick <= place[-1]]
    axes.set_xticks([0, *(tick if tick < 0 else tick - 1 for tick in ticks)], ["+1", *map(_signed, ticks)])
    axes.set_xlim(place[0], place[-1])


def _shade(axes: Axes, target: Target, plus_one: int, text: str) -> None:
    axes.axvspan(target.first - plus_one - 0.5, target.last - plus_one + 0.5, color=_SHADE, alpha=0.35, lw=0, zorder=0)
    middle = (target.first + target.last) / 2 - plus_one
    axes.text(middle, 0.97, text, ha="center", va="top", fontsize=8, transform=axes.get_xaxis_transform())


def _signed(value: int) -> str:
    return f"{value:+d}"
