"""Where relevance lies along aligned sequences, and how often chance alone would put it there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Target:
    """An interval where biology expects the relevance: indices ``first`` to ``last``, both included."""

    first: int
    last: int
    width: int

    def placements(self, length: int) -> tuple[int, int]:
        """Return how many windows of ``width`` lie wholly inside the interval, and how many there are in all."""
        return self.last - self.first + 2 - self.width, length - self.width + 1

    def holds(self, starts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each window start whether all its bases lie inside the interval."""
        return (starts >= self.first) & (starts + self.width - 1 <= self.last)


@dataclass(frozen=True)
class Hits:
    """How many of ``n`` sequences have their top window inside the interval.

    Attributes
    ----------
    chance
        Window placements inside the interval over all placements.
    permuted
        Mean share after the values of each sequence were permuted among its positions.
    """

    n: int
    inside: int
    chance: float
    permuted: float

    @property
    def share(self) -> float:
        """Share of the sequences; NaN without any."""
        return self.inside / self.n if self.n else float("nan")


def top_window(values: Values, width: int) -> NDArray[np.int64]:
    """Return for each row (N, L) where its ``width`` neighbouring values with the largest signed sum start.

    Of equal sums one is taken at random (seeded): an explanation that is constant over a long token must not gain
    from its left end being met first.
    """
    sums = np.lib.stride_tricks.sliding_window_view(values.astype(np.float64), width, axis=1).sum(axis=-1)
    largest = sums.max(axis=1, keepdims=True)
    tied = sums >= largest - 1e-9 * np.abs(largest)
    return (np.random.default_rng(0).random(sums.shape) * tied).argmax(axis=1).astype(np.int64)


def hits(values: Values, target: Target, draws: int = 20, seed: int = 0) -> Hits:
    """Count the rows of ``values`` (N, L) whose top window lies inside the interval."""
    inside, placements = target.placements(values.shape[1])
    rng = np.random.default_rng(seed)
    shuffled = [
        target.holds(top_window(rng.permuted(values, axis=1), target.width)).mean() if len(values) else np.nan
        for _ in range(draws)
    ]
    found = int(target.holds(top_window(values, target.width)).sum())
    return Hits(len(values), found, inside / placements, float(np.mean(shuffled)))


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    if n == 0:
        return float("nan"), float("nan")
    z = 1.959964
    share, spread = successes / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z * np.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return float(centre - half), float(centre + half)


def from_tss(index: int, plus_one: int) -> int:
    """Return the position relative to the transcription start: index ``plus_one`` is +1, the one before it is -1."""
    return index - plus_one + (1 if index >= plus_one else 0)
