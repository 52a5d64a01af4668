"""The bare engine: windows that were cut beforehand, encoded and computed in one loop; nothing is read or written."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from benchmarks.engine.networks import load, random_sequence
from gxview.explain.launch import compute, encode, group_size
from gxview.explain.region import default_batch_size
from gxview.explain.settings import settle
from gxview.explain.tiling import Tiling
from gxview.genome import Reference, Region

AT_ONCE = 512
_WARM_UP = 4


def explain(model: str, windows: tuple[str, ...], size: int) -> dict[str, Any]:
    """Explain windows of one length with the default method; about `AT_ONCE` in a call, `size` computed together.

    Returns
    -------
    dict
        ``windows``, ``seconds`` in all, ``encode`` and ``compute`` seconds.
    """
    loaded = load(model)
    settings = settle(loaded, None, None, {})
    step = group_size(loaded, settings, size)
    groups = [windows[start : start + step] for start in range(0, len(windows), step)]
    calls = max(1, AT_ONCE // step)
    took = {"encode": 0.0, "compute": 0.0}
    for first in range(0, len(groups), calls):
        start = time.perf_counter()
        encoded = encode(loaded, groups[first : first + calls])
        middle = time.perf_counter()
        compute(loaded, encoded, settings, size=size)
        took["encode"] += middle - start
        took["compute"] += time.perf_counter() - middle
    return {"windows": len(windows), "seconds": sum(took.values()), **took}


@lru_cache(maxsize=4)
def random_windows(number: int, length: int) -> tuple[str, ...]:
    """Return random windows."""
    letters = random_sequence(number * length, 3)
    return tuple(letters[start : start + length] for start in range(0, len(letters), length))


@lru_cache(maxsize=4)
def genome_windows(model: str, genome: str, region: str) -> tuple[tuple[str, ...], int]:
    """Return the windows of the grid that touch a region, in the order of the grid, and the bases of the region."""
    reference = Reference(genome)
    where, _ = reference.region(region)
    (grid,) = Tiling.settle(load(model), None, None, "mean", "+", 1).grids(reference.sizes[where.chrom])
    letters = reference.fetch(Region(where.chrom, 0, reference.sizes[where.chrom])).upper()
    starts = [grid.start(index) for index in grid.touching(where.start, where.end)]
    reference.close()
    return tuple(letters[start : start + grid.window] for start in starts), where.length


@lru_cache(maxsize=64)
def _warm(model: str, length: int, size: int) -> None:
    explain(model, random_windows(_WARM_UP * size, length), size)


def on_random(model: str, windows: int, length: int, size: int) -> dict[str, Any]:
    """Measure on random windows."""
    _warm(model, length, size)
    return explain(model, random_windows(windows, length), size)


def on_genome(model: str, genome: str, region: str) -> dict[str, Any]:
    """Measure on the windows that an export of a region computes, as many together as an export takes by itself.

    Returns
    -------
    dict
        That of `explain`, with the number of ``bases`` of the region.
    """
    windows, bases = genome_windows(model, genome, region)
    size = default_batch_size(load(model))
    _warm(model, len(windows[0]), size)
    return {"bases": bases, **explain(model, windows, size)}
