"""Many edits, a shard at a time, each kept on disk when it is finished.

The store of an evaluation (`gxview.store`) holds the shards, not the engine of the batch export: that one cuts a genome
into windows of a grid and pours values of bases in genome order into files, while here each variant has windows of its
own and the result is a table.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gxview.assess.variants.engine import BLOCK, Engine, Found, joined
from gxview.errors import Cancelled
from gxview.genome import Edit
from gxview.store import Store

Tell = Callable[[Mapping[str, Any]], None]
KIND = "shard"
SHARD = 8 * BLOCK
"""Edits of a shard: a whole number of blocks, so that no block depends on where shards begin."""


def plan_of(engine: Engine) -> str:
    """Return text that is the same for the same question to the same model about the same genome on one machine."""
    asking, model = engine.asking, engine.model
    facts = {
        "version": 1,
        "model": model.content_hash,
        "device": model.device.type,
        "genome": engine.reference.checksum,
        "asking": asking.facts(),
        "explaining": repr(asking.explaining),
    }
    return json.dumps(facts, sort_keys=True)


def score_in_shards(
    engine: Engine,
    edits: Sequence[Edit],
    store: Store,
    tell: Tell,
    shard: int = SHARD,
) -> Found:
    """Score edits; finished shards are taken from the store.

    Parameters
    ----------
    engine : Engine
        Who is asked.
    edits : sequence of Edit
        In the order of the file.
    store : Store
        Keeps finished shards.
    tell : callable
        Gets the events ``start`` and ``progress``; they count edits.
    shard : int
        Edits of a shard, a multiple of `BLOCK`; the numbers do not depend on it.

    Raises
    ------
    Cancelled
        When the engine was asked to stop; finished shards are kept.
    """
    if shard < 1 or shard % BLOCK:
        raise ValueError(f"a shard is a whole number of blocks of {BLOCK}, not {shard}")
    plan = plan_of(engine)
    parts = [edits[start : start + shard] for start in range(0, len(edits), shard)]
    keys = [_key(plan, part) for part in parts]
    kept = [store.get(KIND, key) for key in keys]
    pace = _Pace(len(edits), sum(len(part) for part, one in zip(parts, kept, strict=True) if one), tell)
    found = []
    for part, key, content in zip(parts, keys, kept, strict=True):
        if content is None:
            content = pack(_scored(engine, part, pace))
            store.put(KIND, key, content)
        found.append(unpack(content))
    return joined(found, len(engine.asking.scores))


def _scored(engine: Engine, edits: Sequence[Edit], pace: _Pace) -> Found:
    parts = []
    try:
        for part in engine.found(edits):
            parts.append(part)
            pace.step(len(part))
    except Cancelled:
        raise Cancelled("stopped; what is finished is kept, the same command goes on from there.") from None
    return joined(parts, len(engine.asking.scores))


def _key(plan: str, edits: Sequence[Edit]) -> str:
    digest = hashlib.sha256(plan.encode())
    for edit in edits:
        digest.update(f"\n{edit.facts()}".encode())
    return digest.hexdigest()


def pack(found: Found) -> bytes:
    """Return effects as bytes; the numbers come back to the bit."""
    stream = io.BytesIO()
    reasons = np.array(found.reasons, dtype=np.str_)
    np.savez(stream, values=found.values, windows=found.windows, shifted=found.shifted, reasons=reasons)
    return stream.getvalue()


def unpack(content: bytes) -> Found:
    """Return what `pack` wrote."""
    with np.load(io.BytesIO(content)) as arrays:
        reasons = tuple(arrays["reasons"].tolist())
        return Found(arrays["values"], arrays["windows"], arrays["shifted"], reasons)


class _Pace:
    """Counts edits and says how long the rest takes."""

    def __init__(self, total: int, done: int, tell: Tell) -> None:
        self._total, self._done, self._first, self._tell = total, done, done, tell
        self._began = time.monotonic()
        tell({"event": "start", "tasks": total, "finished": done})

    def step(self, count: int) -> None:
        """Tell that so many more are finished."""
        self._done += count
        left = (time.monotonic() - self._began) / (self._done - self._first) * (self._total - self._done)
        told = {"state": "running", "done": self._done, "total": self._total, "seconds_left": left}
        self._tell({"event": "progress", **told, "work": "variants"})
