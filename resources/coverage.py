"""Simulated read coverage: what an RNA-seq track downstream of the planted promoters would look like."""

from __future__ import annotations

import numpy as np
from gxview.resources.elements import BOX_10, BOX_35
from gxview.resources.simulate import Simulated, letters_of

BIN = 10
READ = 75


def strengths(rng: np.random.Generator, sequence: Simulated) -> dict[str, float]:
    """Mean depth behind each promoter: mismatches in the boxes weaken it, an UP element doubles it."""
    log_depth = {item.owner: float(rng.normal(4.0, 0.6)) for item in sequence.of("promoter")}
    for item in sequence.of("-35", "-10", "UP"):
        if item.owner not in log_depth:
            continue
        if item.kind == "UP":
            log_depth[item.owner] += np.log(2.0)
        else:
            consensus = BOX_35 if item.kind == "-35" else BOX_10
            log_depth[item.owner] -= 0.6 * sum(
                a != b for a, b in zip(letters_of(sequence, item), consensus, strict=True)
            )
    return {owner: float(np.exp(value)) for owner, value in log_depth.items()}


def coverage(rng: np.random.Generator, sequence: Simulated) -> np.ndarray:
    """Depth per bin of `BIN` bases, whole numbers as float32; both strands together."""
    expected = np.full(-(-len(sequence.letters) // BIN), 0.4)
    starts = {item.owner: item for item in sequence.of("TSS")}
    ends = {item.owner: item for item in sequence.of("terminator")}
    for owner, depth in strengths(rng, sequence).items():
        first, last = starts[owner].start // BIN, ends[owner].end // BIN
        if starts[owner].strand == "-":
            first, last = ends[owner].start // BIN, starts[owner].end // BIN
        expected[first : last + 1] += _profile(last + 1 - first, depth, starts[owner].strand)
    noise = np.convolve(rng.gamma(6.0, 1 / 6.0, expected.size + 4), np.full(5, 0.2), mode="valid")
    return rng.poisson(expected * noise).astype(np.float32)


def _profile(bins: int, depth: float, strand: str) -> np.ndarray:
    """Rises over one read length behind the start and falls slowly towards the terminator."""
    position = np.arange(bins) * BIN
    profile = depth * np.minimum(1.0, (position + BIN) / READ) * np.exp(-position / 4000.0)
    profile *= np.minimum(1.0, (position[::-1] + BIN) / READ)
    return profile if strand == "+" else profile[::-1]
