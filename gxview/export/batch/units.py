"""One shard of one track: what is computed for it, and how its windows become values of bases."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from gxview.explain.launch import WindowArrays, group_size
from gxview.explain.methods import find_method
from gxview.explain.phases import combine
from gxview.explain.settings import positive_class, probabilities
from gxview.explain.stitch_runs import stitch_run
from gxview.explain.windows import WindowGrid
from gxview.export.batch.plan import Plan, Shard
from gxview.export.batch.runs import Group, Run, groups_of, spans_of
from gxview.export.batch.settle import Track
from gxview.genome import Region
from gxview.models.base import Model
from gxview.models.ensemble import single_models

BASE_ROWS = ("A", "C", "G", "T")


@dataclass(slots=True, eq=False)
class Unit:
    """A shard of a track on its way.

    Attributes
    ----------
    track, shard
        Which one.
    parts : tuple of Region
        Those of the shard, or some of them.
    size : int
        Windows computed together.
    runs : list of Run
        Windows and their results.
    borrowed : list of (Run, Run)
        Runs of this unit and the earlier ones that have some of their windows.
    windows : int
        Windows that touch the parts.
    """

    track: Track
    shard: Shard
    parts: tuple[Region, ...]
    size: int
    windows: int
    runs: list[Run] = field(default_factory=list)
    borrowed: list[tuple[Run, Run]] = field(default_factory=list)
    _by_grid: dict[tuple[int, str, int, str], list[Run]] = field(default_factory=dict)

    def add(self, run: Run) -> None:
        """Add a run; those of one grid, strand and member come in ascending order."""
        self.runs.append(run)
        self._by_grid.setdefault(run.span.key, []).append(run)

    def run_of(self, key: tuple[int, str, int, str], window: int) -> Run:
        """Return the run that holds a window of a grid, see `Span.key`."""
        runs = self._by_grid[key]
        return runs[bisect_right(runs, window, key=lambda run: run.span.first) - 1]


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """What came of a unit.

    Attributes
    ----------
    rows : tuple of str
        Names of the rows.
    array : ndarray
        float32 (rows, bases of the shard), NaN where there is no value.
    failures : tuple
        Pairs of a region and a reason.
    """

    rows: tuple[str, ...]
    array: NDArray[np.float32]
    failures: tuple[tuple[str, str], ...]


class Workshop:
    """Makes units of a plan and turns their windows into values, for one device.

    Parameters
    ----------
    plan : Plan
        The job.
    models : sequence of Model
        Its models on this device.
    """

    def __init__(self, plan: Plan, models: Sequence[Model]) -> None:
        self.plan, self.models = plan, models
        self._kept: dict[object, tuple[int, list[Run]]] = {}
        outputs = plan.settled.job.outputs
        self._wants_bases = "npz" in outputs or "h5" in outputs

    def model(self, track: Track) -> Model:
        """Return the model of a track."""
        return self.models[track.model]

    def members(self, track: Track) -> tuple[Model, ...]:
        """Return the models that compute a track: its own, or those of its ensemble."""
        return single_models(self.model(track))

    def has_bases(self, track: Track) -> bool:
        """Whether the hypothetical scores of a track are kept."""
        return self._wants_bases and find_method(self.model(track).kind, track.settings.method).hypothetical

    def row_names(self, track: Track) -> tuple[str, ...]:
        """Return what the rows of a finished shard are."""
        spread = ("spread",) if "spread" in self.plan.settled.job.outputs else ()
        return ("values", "score", *spread, *(BASE_ROWS if self.has_bases(track) else ()))

    def unit(self, track: Track, shard: Shard, size: int, parts: tuple[Region, ...] | None = None) -> Unit:
        """Return the unit of a shard, or of some of its parts, without results."""
        chosen = shard.parts if parts is None else parts
        unit = Unit(track, shard, chosen, size, self.plan.windows(track, chosen))
        sizes, model = self.plan.settled.reference.sizes, self.model(track)
        grids = {chrom: track.tiling.grids(sizes[chrom]) for chrom in {part.chrom for part in chosen}}
        rows = 5 if self.has_bases(track) else 1
        spans = spans_of(chosen, grids, track.tiling.strands, group_size(model, track.settings, size))
        for member in range(len(self.members(track))):
            for span, grid in spans:
                unit.add(Run.empty(replace(span, member=member), grid, rows, model.num_labels))
        return unit

    def groups(self, unit: Unit) -> Iterator[Group]:
        """Yield what has to be computed for a unit, member by member; windows of units before it are there already."""
        key = (unit.track.model, unit.track.settings, unit.track.tiling.window, unit.track.tiling.stride, unit.size)
        before, kept = self._kept.get(key, (unit.shard.index, []))
        size = group_size(self.model(unit.track), unit.track.settings, unit.size)
        for run in unit.runs:
            sources = [other for other in kept if _shares(run, other)]
            unit.borrowed += [(run, other) for other in sources]
            yield from groups_of(run, size, sources, self.plan.settled.reference)
        # Two shards reach back far enough, and tracks of one shard may share windows ('mean' has both strands).
        self._kept[key] = (unit.shard.index, unit.runs + (kept if before == unit.shard.index else []))

    def forget(self) -> None:
        """Compute everything anew from now on."""
        self._kept.clear()

    def place(self, groups: Sequence[Group], arrays: WindowArrays) -> None:
        """Put computed windows, in the order of the groups, where they belong."""
        at = 0
        for _, neighbours in groupby(groups, key=lambda group: id(group.run)):
            those = list(neighbours)
            run, rows = those[0].run, [row for group in those for row in group.rows]
            here, turned = slice(at, at + len(rows)), run.span.strand == "-"
            values = arrays.values[here]
            run.values[rows, 0] = values[:, ::-1] if turned else values
            run.logits[rows] = arrays.logits[here]
            if arrays.hypothetical is not None:
                bases = arrays.hypothetical[here]
                # A, C, G, T backwards are their complements.
                run.values[rows, 1:] = bases[:, ::-1, ::-1] if turned else bases
            at = here.stop

    def finish(self, unit: Unit) -> Finished:
        """Stitch the windows of a unit."""
        pieces = [self._part(unit, part) for part in unit.parts]
        array = np.concatenate([array for array, _ in pieces], axis=1)
        failures = tuple(one for _, lost in pieces for one in lost)
        return Finished(self.row_names(unit.track), array, failures)

    def _part(self, unit: Unit, part: Region) -> tuple[NDArray[np.float32], list[tuple[str, str]]]:
        found, failures = [], list[tuple[str, str]]()
        for number, model in enumerate(self.members(unit.track)):
            rows, spread, broken = self._member(unit, part, number)
            found.append(rows)
            failures += [self._broken(broken, part, model)] if broken else []
        # As `gxview.explain.ensemble` does: a member by itself, then mean and spread over them.
        rows, apart = combine(found)
        spread = spread if apart is None else apart
        order = [rows[1], rows[0]]
        if "spread" in self.plan.settled.job.outputs:
            order.append(np.full(part.length, np.nan, np.float32) if spread is None else spread[1])
        return np.stack([*order, *rows[2:]]), failures

    def _member(
        self, unit: Unit, part: Region, member: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None, list[Region]]:
        """Return the rows of one model, their spread between phases, and windows in which it failed."""
        tiling, size = unit.track.tiling, self.plan.settled.reference.sizes[part.chrom]
        phases, broken = list[NDArray[np.float32]](), list[Region]()
        for phase, grid in enumerate(tiling.grids(size)):
            layers = []
            for strand in tiling.strands:
                rows, lost = self._layer(unit, part, grid, (member, part.chrom, phase, strand))
                layers.append(rows)
                broken += lost
            phases.append(combine(layers)[0])
        return *combine(phases), broken

    def _layer(
        self, unit: Unit, part: Region, grid: WindowGrid, key: tuple[int, str, int, str]
    ) -> tuple[NDArray[np.float32], list[Region]]:
        """Return score and relevance rows, float32 (2 or 6, L), and windows in which the model failed."""
        model, settings = self.members(unit.track)[key[0]], unit.track.settings
        touching = grid.touching(part.start, part.end)
        if not touching:
            return np.full((6 if self.has_bases(unit.track) else 2, part.length), np.nan, np.float32), []
        run = unit.run_of(key, touching.start)
        here = slice(touching.start - run.span.first, touching.stop - run.span.first)
        values, logits, known = run.values[here], run.logits[here], run.known[here]
        finite = np.isfinite(values[:, 0]).all(axis=1) & np.isfinite(logits).all(axis=1)
        valid = known & finite
        label, known_logits = positive_class(model, settings.target), np.where(valid[:, None], logits, np.float32(0))
        scores = probabilities(known_logits, label, model.problem_type)
        place, window = (part.start, part.end), run.grid.window
        flat = np.broadcast_to(scores.astype(np.float32)[:, None, None], (len(scores), 1, window))
        score = stitch_run(run.grid, touching.start, flat, valid, scores, place)
        relevance = stitch_run(run.grid, touching.start, values, valid, scores, place, unit.track.tiling.stitching)
        lost = [run.grid.start(touching.start + int(index)) for index in np.flatnonzero(known & ~finite)]
        return np.concatenate([score, relevance]), [Region(part.chrom, start, start + window) for start in lost]

    def _broken(self, windows: list[Region], part: Region, model: Model) -> tuple[str, str]:
        first, last = min(one.start for one in windows), max(one.end for one in windows)
        where = Region(part.chrom, max(first, part.start), min(last, part.end))
        count = f"{len(windows):,} windows" if len(windows) > 1 else "1 window"
        return str(where), f"{model.name} gave NaN or infinity in {count}; its weights may be damaged."


def _shares(run: Run, other: Run) -> bool:
    one, two = run.span, other.span
    return one.key == two.key and one.first < two.last and two.first < one.last
