"""How a cost grows: the exponent of a power, and how far a straight line misses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Growth:
    """Cost against size.

    Attributes
    ----------
    exponent
        b of ``cost = a * size ** b``: 1 is linear.
    fixed, slope
        Of the line ``fixed + slope * size`` that has the least relative errors.
    residual
        Largest relative error of that line.
    """

    exponent: float
    fixed: float
    slope: float
    residual: float

    def to_dict(self) -> dict[str, float]:
        """Return everything in a form that JSON can hold."""
        return {name: float(f"{getattr(self, name):.4g}") for name in ("exponent", "fixed", "slope", "residual")}


def growth(sizes: Sequence[float], costs: Sequence[float]) -> Growth:
    """Fit a power and a line.

    Parameters
    ----------
    sizes, costs
        Positive numbers, at least two different sizes.

    Raises
    ------
    ValueError
        For less.
    """
    x, y = np.asarray(sizes, dtype=float), np.asarray(costs, dtype=float)
    if len(x) != len(y) or len(set(sizes)) < 2 or min(x.min(), y.min()) <= 0:
        raise ValueError("A fit needs a positive cost for each of at least two different positive sizes.")
    exponent = np.polyfit(np.log(x), np.log(y), 1)[0]
    slope, fixed = np.polyfit(x, y, 1, w=1 / y)
    return Growth(float(exponent), float(fixed), float(slope), float(np.abs((fixed + slope * x - y) / y).max()))
