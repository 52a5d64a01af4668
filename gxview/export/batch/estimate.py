"""What a batch export would take, measured on a few windows: time, its uncertainty, and room on the disk."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from gxview.explain.batch import DeviceFull
from gxview.explain.launch import compute, encode
from gxview.explain.region import default_batch_size
from gxview.export.batch.arrays import check_arrays
from gxview.export.batch.control import TimeLeft, interval
from gxview.export.batch.places import Failure, find_places
from gxview.export.batch.plan import Plan
from gxview.export.batch.runs import Group
from gxview.export.batch.settle import Track, settle_job
from gxview.export.batch.units import BASE_ROWS, Workshop
from gxview.genome import Reference
from gxview.job_file import JobFile

PROBE_SECONDS = 2.0
_BYTES = {"values": 5.4, "spread": 5.4, "score": 1.1}
"""Bytes of a bigWig file for each base, as measured on the genome of E. coli."""
_SHARD_BYTES = 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a job would take.

    Attributes
    ----------
    windows, bases, regions : int
        Windows of all tracks; bases, each once; regions asked for.
    time : TimeLeft
        Seconds of computing, from a measured probe.
    size, free : int
        Bytes that the results and what is kept meanwhile take on the disk, and that are free there.
    tracks : tuple of str
        Names of the tracks.
    failures : tuple of Failure
        What could not be explained.
    notes : tuple of str
        Sentences.
    """

    windows: int
    bases: int
    regions: int
    time: TimeLeft
    size: int
    free: int
    tracks: tuple[str, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]


def estimate(job: JobFile, folder: Path) -> Estimate:
    """Settle a job, compute a few windows of each track and tell what all of it would take; nothing is written.

    Raises
    ------
    UsageError, GxviewError
        As `gxview.export.batch.run.run_job` would.
    """
    reference = Reference(job.genome.path, aliases=job.genome.aliases)
    settled = settle_job(job, reference)
    found = find_places(settled.job.places, reference)
    plan = Plan.make(settled, found)
    check_arrays(plan)
    workshop = Workshop(plan, settled.models)
    parts = [_time(plan, workshop, track) for track in settled.tracks]
    return Estimate(
        plan.total_windows,
        plan.bases,
        len(plan.places),
        TimeLeft(*(sum(getattr(one, name) for one in parts) for name in ("seconds", "low", "high"))),
        _size(plan, workshop),
        shutil.disk_usage(_existing(folder)).free,
        tuple(track.name for track in settled.tracks),
        tuple(found.failures),
        tuple(found.notes),
    )


def _time(plan: Plan, workshop: Workshop, track: Track) -> TimeLeft:
    """Measure one track; several devices share its work."""
    windows = sum(plan.windows(track, shard.parts) for shard in plan.shards)
    rates = list(_rates(plan, workshop, track))
    if not rates:
        return TimeLeft(0.0, 0.0, 0.0)
    mean = sum(rates) / len(rates) * len(plan.settled.devices)
    return interval(windows / mean, [rate * len(plan.settled.devices) for rate in rates])


def _rates(plan: Plan, workshop: Workshop, track: Track) -> Iterator[float]:
    """Yield windows per second of some blocks; the first block only warms the device up."""
    members = workshop.members(track)
    size = plan.settled.job.batch_size or default_batch_size(members[0])
    began, warm = time.perf_counter(), False
    for groups in _blocks(plan, workshop, track, 1 if track.settings.alone else size):
        start = time.perf_counter()
        model = members[groups[0].member]
        encoded = encode(model, [group.sequences for group in groups])
        try:
            compute(model, encoded, track.settings, size=size, hypothetical=workshop.has_bases(track))
        except DeviceFull:
            return
        if warm:
            yield encoded.windows / (time.perf_counter() - start)
        warm = True
        if time.perf_counter() - began > PROBE_SECONDS:
            return


def _blocks(plan: Plan, workshop: Workshop, track: Track, size: int) -> Iterator[list[Group]]:
    for shard in plan.shards[:4]:
        unit = workshop.unit(track, shard, size)
        for _, groups in groupby(workshop.groups(unit), key=lambda group: group.member):
            yield from _cut(groups, size)


def _cut(groups: Iterable[Group], size: int) -> Iterator[list[Group]]:
    block: list[Group] = []
    windows = 0
    for group in groups:
        block.append(group)
        windows += len(group.rows)
        if windows >= size:
            yield block
            block, windows = [], 0
    if block:
        yield block


def _size(plan: Plan, workshop: Workshop) -> int:
    job, total = plan.settled.job, 0.0
    for track in plan.settled.tracks:
        total += _SHARD_BYTES * len(workshop.row_names(track)) * plan.bases
        if "bigwig" in job.outputs:
            total += _BYTES["values"] * plan.bases
        if "spread" in job.outputs:
            total += _BYTES["spread"] * plan.bases
        arrays = sum(place.region.length for place in plan.places) * 4
        per_value = len(BASE_ROWS) * (2 if workshop.has_bases(track) else 1)
        total += sum(arrays * per_value for name in ("npz", "h5") if name in job.outputs)
    scores = {track.score_name for track in plan.settled.tracks} if "score" in job.outputs else set()
    return int(total + len(scores) * _BYTES["score"] * plan.bases)


def _existing(folder: Path) -> Path:
    path = folder.resolve()
    while not path.exists():
        path = path.parent
    return path
