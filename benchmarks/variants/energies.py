"""Energy matrices of Reg-Seq (Ireland et al. 2020, eLife 9:e55308) against predicted effects of substitutions.

A matrix gives each base of a binding site an energy, inferred from mutated promoters in one growth condition; its sign
depends on what binds there, and the folder does not say which way round it is. So the size of the effects is compared
(per base, one-sided), and the letters with their sign (per cell, two-sided).
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.measures.statistics import benjamini_hochberg

LEAST = 8
"""Bases that a matrix needs; shorter ones say little about a correlation."""
DRAWS = 10_000
_FILE = re.compile(r"(?P<promoter>[^_]+)_(?P<condition>[^_]+)_(?P<first>\d+)_(?P<last>\d+)_energymatrix")

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Matrix:
    """One energy matrix.

    Attributes
    ----------
    promoter, condition : str
        Which promoter, and how the cells grew.
    places : ndarray
        Its bases among the 160 of the promoter, int64 (n,).
    energies : ndarray
        Of A, C, G, T, less the mean of the four, float64 (4, n).
    """

    promoter: str
    condition: str
    places: NDArray[np.int64]
    energies: Floats


def read(archive: Path) -> tuple[list[Matrix], int]:
    """Return all matrices, and how many files are none."""
    found, unused = [], 0
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda one: one.name):
            told, stream = _FILE.fullmatch(PurePosixPath(member.name).name), tar.extractfile(member)
            if told is None or stream is None:
                unused += member.isfile()
                continue
            rows = np.loadtxt(stream, skiprows=1, ndmin=2)
            if rows.shape[1] != 5 or not np.isfinite(rows).all():
                unused += 1
                continue
            energies = rows[:, 1:].T
            places = rows[:, 0].astype(np.int64)
            found.append(Matrix(told["promoter"], told["condition"], places, energies - energies.mean(0)))
    return found, unused


def compared(
    predicted: Mapping[str, Floats], matrices: Sequence[Matrix], first: int, seed: int = 0, *, signed: bool = True
) -> dict[str, Any]:
    """Correlate predicted effects with the matrices of each promoter.

    The statistic of a promoter is the mean over its matrices of Pearson's r; its null is the same with the predicted
    effects turned around by every number of bases. The p value of all promoters is that of the mean of their
    statistics, each turned by a random number of bases.

    Parameters
    ----------
    predicted : mapping of str to ndarray
        By promoter, along its strand: effects (4, L).
    matrices : sequence of Matrix
        Of any promoters.
    first : int
        Which of the 160 bases is the first of the L.
    seed : int
        Of the draws.
    signed : bool
        Whether the effects have a sign, so that letters can be compared.
    """
    kinds = {"size": _size, **({"letters": _letters} if signed else {})}
    rows = {name: _promoter(effects, matrices, name, first, kinds) for name, effects in predicted.items()}
    rows = {name: row for name, row in rows.items() if row is not None}
    return {kind: _summed({name: row[kind] for name, row in rows.items()}, kind, seed) for kind in kinds}


def _size(cells: Floats) -> Floats:
    return np.sqrt((cells**2).mean(0))


def _letters(cells: Floats) -> Floats:
    return cells.reshape(-1)


def _promoter(
    effects: Floats, matrices: Sequence[Matrix], name: str, first: int, kinds: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return by kind r at every turn, (matrices, L); row 0 of the second axis is the real place."""
    length = effects.shape[1]
    centred = effects - effects.mean(0)
    found: dict[str, list[Floats]] = {kind: [] for kind in kinds}
    for one in matrices:
        inside = (one.places >= first) & (one.places < first + length)
        if one.promoter == name and inside.sum() >= LEAST:
            places, energies = one.places[inside] - first, one.energies[:, inside]
            for kind, of in kinds.items():
                turned = [of(centred[:, (places + turn) % length]) for turn in range(length)]
                found[kind].append(np.array([_r(of(energies), row) for row in turned]))
    return {kind: np.array(rows) for kind, rows in found.items()} if found["size"] else None


def _r(one: Floats, two: Floats) -> float:
    a, b = one - one.mean(), two - two.mean()
    return float((a @ b) / np.sqrt((a @ a) * (b @ b)))


def _summed(rows: Mapping[str, Floats], kind: str, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    means = {name: turns.mean(0) for name, turns in rows.items()}
    real = np.array([turns[0] for turns in means.values()])
    sized = np.abs if kind == "letters" else np.asarray
    p = np.array([float((sized(turns) >= sized(turns[:1])).mean()) for turns in means.values()])
    q = benjamini_hochberg(p)
    drawn = np.mean([turns[rng.integers(1, len(turns), DRAWS)] for turns in means.values()], axis=0)
    chance = float((1 + (sized(drawn) >= sized(real.mean())).sum()) / (1 + DRAWS))
    table = {
        name: {
            "matrices": len(rows[name]),
            "r": float(r),
            "null_mean": float(turns[1:].mean()),
            "p": float(one),
            "q": float(two),
        }
        for (name, turns), r, one, two in zip(means.items(), real, p, q, strict=True)
    }
    return {
        "promoters": len(real),
        "matrices": int(sum(map(len, rows.values()))),
        "mean_r": float(real.mean()),
        "median_r": float(np.median(real)),
        "null_mean_r": float(np.mean([turns[1:].mean() for turns in means.values()])),
        "null_sd_of_mean": float(drawn.std()),
        "p": chance,
        "positive": int((real > 0).sum()),
        "q_below_0.05": int((q < 0.05).sum()),
        "by_promoter": table,
    }
