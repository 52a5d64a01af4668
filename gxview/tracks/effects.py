"""The effects of all substitutions over regions, from a file of arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region


@runtime_checkable
class EffectSource(Protocol):
    """What each base would do in its place, where that was computed."""

    name: str
    path: Path
    color: str | None
    notes: tuple[str, ...]
    sizes: dict[str, int]

    def effects(self, region: Region) -> NDArray[np.float32]:
        """Return the effect of each base at each place, (4, L), rows A, C, G, T; NaN where none is known."""

    def places(self, region: Region) -> list[Region]:
        """Return the stretches that hold effects and overlap a region, by start."""
