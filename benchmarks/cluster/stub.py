"""Workers without a model: a shard takes the time that it is told, and gives arrays of the true size.

Run as ``python -m benchmarks.cluster.stub ADDRESS COUNT`` it is COUNT workers of a scheduler in one process.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time

import numpy as np
import torch
from numpy.typing import NDArray

from gxview.explain.provenance import package_versions
from gxview.export.cluster.orders import Answer, Contract, Identity, Order

SECONDS = "GXVIEW_STUB_SECONDS"
SPREAD, STRAGGLERS, SLOWER = 0.2, 0.01, 5.0
_ROWS = ("values", "score")
_pool: list[NDArray[np.float32]] = []


def identify(_device: str) -> Identity:
    """Say what the worker is."""
    versions = tuple(sorted(package_versions().items()))
    return Identity("cpu", "cpu", torch.backends.cpu.get_cpu_capability(), versions)


def prepare(_contract: Contract) -> str:
    """Load nothing."""
    return "stub"


def work(order: Order) -> list[Answer]:
    """Take the time of a shard: log-normal around the mean, one in a hundred much longer."""
    rng = np.random.default_rng()  # a second worker need not be slow as well
    bases = sum(end - start for _, start, end in order.parts)
    time.sleep(float(os.environ.get(SECONDS, "0")) * _factor(rng))
    return [Answer(track, 16, _ROWS, _array(bases, order.index), ()) for track in order.tracks]


def release() -> None:
    """Hold nothing."""


def _factor(rng: np.random.Generator) -> float:
    usual = float(rng.lognormal(-(SPREAD**2) / 2, SPREAD))
    return usual * (SLOWER if rng.random() < STRAGGLERS else 1.0)


def _array(bases: int, index: int) -> NDArray[np.float32]:
    """Return relevance like noise, and a probability in steps of a stride."""
    if not _pool:
        rng = np.random.default_rng(7)
        noise = rng.normal(0, 0.01, 1 << 22).astype(np.float32)
        _pool.append(np.stack([noise, np.repeat(rng.random(len(noise) // 100 + 1), 100)[: len(noise)]]).astype("f4"))
    at = index * 100_003 % (_pool[0].shape[1] - bases)
    return np.ascontiguousarray(_pool[0][:, at : at + bases])


async def _serve(address: str, count: int) -> None:
    from distributed import Worker

    workers = [Worker(address, nthreads=1, host="127.0.0.1", memory_limit=None, dashboard=False) for _ in range(count)]
    await asyncio.gather(*workers)
    await asyncio.gather(*(worker.finished() for worker in workers))


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2])))
