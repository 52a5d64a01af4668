"""The regions of a job as arrays for motif discovery."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gxview.export.batch.gather import Gatherer
from gxview.export.batch.plan import Plan
from gxview.export.batch.settle import Track
from gxview.export.batch.shards import ShardStore
from gxview.export.batch.units import BASE_ROWS
from gxview.export.writers.h5 import write_rows_h5
from gxview.export.writers.npz import write_rows_npz
from gxview.export.writers.rows import Row, check_lengths

_WRITERS = {"npz": write_rows_npz, "h5": write_rows_h5}


def check_arrays(plan: Plan) -> None:
    """Raise GxviewError if arrays are wanted of regions that differ in length."""
    if any(kind in plan.settled.job.outputs for kind in _WRITERS):
        check_lengths([place.region for place in plan.places])


def write_arrays(plan: Plan, store: ShardStore, track: Track, kind: str, path: Path) -> None:
    """Write the places of a job, in the order they were asked for, as ``npz`` or ``h5``.

    Raises
    ------
    GxviewError, OSError
        If the file cannot be written.
    """
    names = [place.name for place in plan.places] if any(place.name for place in plan.places) else None
    record = store.records[track.index, 0]
    has_bases = BASE_ROWS[0] in record.rows
    values, first = record.rows.index("values"), record.rows.index(BASE_ROWS[0]) if has_bases else 0
    gatherer = Gatherer(plan, store)

    def rows() -> Iterator[Row]:
        for place in plan.places:
            letters = plan.settled.reference.fetch(place.region)
            array = gatherer.read(track.index, place.region)
            yield Row(letters, array[values], array[first : first + len(BASE_ROWS)] if has_bases else None)

    try:
        _WRITERS[kind](path, [place.region for place in plan.places], rows, hypothetical=has_bases, names=names)
    finally:
        gatherer.close()
