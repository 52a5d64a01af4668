"""What is to be known about a metric."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

Family = Literal[
    "prediction", "similarity", "concentration", "faithfulness", "localisation", "stability", "sanity", "composition"
]
Direction = Literal["higher", "lower", "none"]

FAMILIES: dict[str, str] = {
    "prediction": "What the model says",
    "similarity": "Similarity",
    "concentration": "Sparsity and complexity",
    "faithfulness": "Faithfulness",
    "localisation": "Localisation",
    "stability": "Stability",
    "sanity": "Sanity",
    "composition": "Composition",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of explanations.

    Attributes
    ----------
    name : str
        Name in tables.
    label : str
        Name on the screen.
    family : str
        Key of `FAMILIES`.
    definition : str
        What it is, in one line.
    direction : str
        Which values speak for the explanation: ``higher``, ``lower``, or ``none`` where neither does by itself.
    low, high : float
        Least and largest value; infinite where there is no bound.
    levels : tuple of str
        ``base``, ``token``; empty for a number about predictions.
    reference : str
        Where it comes from.
    """

    name: str
    label: str
    family: Family
    definition: str
    direction: Direction
    low: float
    high: float
    levels: tuple[str, ...]
    reference: str

    @property
    def range_text(self) -> str:
        """The range as people write it, for instance ``0 to 1`` or ``any``."""
        low, high = math.isfinite(self.low), math.isfinite(self.high)
        if low and high:
            return f"{self.low:g} to {self.high:g}"
        return f"{self.low:g} or more" if low else f"{self.high:g} or less" if high else "any"

    def to_dict(self) -> dict[str, Any]:
        """Return everything in a form that JSON can hold."""
        return {
            "name": self.name,
            "label": self.label,
            "family": self.family,
            "definition": self.definition,
            "direction": self.direction,
            "range": self.range_text,
            "levels": list(self.levels),
            "reference": self.reference,
        }
