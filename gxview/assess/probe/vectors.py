"""What is read of a layer, and how it is put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from gxview.assess.probe.settings import Pool

BATCH, CELLS = 64, 16 * 1024
"""Most sequences and tokens that go through a network together."""

Floats = NDArray[np.float32]
Piece = tuple[int, Pool]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a model.

    Attributes
    ----------
    number
        0 for the embeddings of words, then from the input on.
    name
        For people.
    width
        Numbers of a vector.
    pools
        What can be taken of it.
    """

    number: int
    name: str
    width: int
    pools: tuple[Pool, ...]


def empty(count: int, pool: Pool, slots: int, width: int) -> Floats:
    """Return room for a pool of sequences, zeros (N, width), or (N, slots, width) for ``full``."""
    return np.zeros((count, slots, width) if pool == "full" else (count, width), dtype=np.float32)


def put(place: Floats, rows: Sequence[int], values: Tensor) -> None:
    """Put the vectors of some sequences where they belong; those of ``full`` may be fewer than the slots."""
    found = values.float().cpu().numpy()
    if found.ndim == 2:
        place[rows] = found
    else:
        place[rows, : found.shape[1]] = found
