"""What an edit does to the prediction and to the relevance, reference and alternative side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.explain.cache import BatchCache
from gxview.explain.edited_job import EditedJob
from gxview.explain.edited_windows import EditedWindows
from gxview.explain.job import BatchSource, RegionJob
from gxview.explain.relevance import Relevance
from gxview.explain.settings import Settings, positive_class, probability, settle, target_name
from gxview.explain.tiling import Tiling
from gxview.genome import Coordinates, Edit, EditedReference, Edits, Reference, Region
from gxview.models.base import Model

FLANK = 30
"""Bases beside the edit that are set side by side."""
MOST_WINDOWS = 100
"""Windows that are compared; of an edit that touches more the first ones."""
MOST_COLUMNS = 400
"""Columns that are set side by side; of a longer edit the first ones."""
GAP = "-"


@dataclass(frozen=True, slots=True)
class WindowEffect:
    """What the model predicts for one window before and after.

    Attributes
    ----------
    start, end : int
        The window on the reference, 0-based half-open.
    before, after : float
        Probability of the class of the score.
    logit_before, logit_after : float
        The explained logit, or difference of logits.
    """

    start: int
    end: int
    before: float
    after: float
    logit_before: float
    logit_after: float


@dataclass(frozen=True, eq=False)
class EditEffect:
    """Reference and alternative around one edit, column by column.

    Attributes
    ----------
    edit : Edit
        The edit.
    region : Region
        Bases of the reference that the columns show.
    score, target : str
        Names of the class of the probability (empty where a language model has none) and of the explained logit.
    windows : tuple of WindowEffect
        The windows of the reference's grid that the edit touches, the largest change of the logit first.
    reference_letters, edited_letters : str
        Aligned: ``-`` where the other has an inserted base or this one a deleted base.
    reference_values, edited_values : ndarray
        Relevance of each column, float32 (C,); NaN at ``-``.
    """

    edit: Edit
    region: Region
    score: str
    target: str
    windows: tuple[WindowEffect, ...]
    reference_letters: str
    edited_letters: str
    reference_values: NDArray[np.float32]
    edited_values: NDArray[np.float32]


def edit_effect(
    model: Model,
    reference: Reference,
    edits: Edits,
    edit: Edit,
    *,
    batch_size: int,
    cache: BatchCache | None = None,
    method: str | None = None,
    target: int | str | None = None,
    window: int | None = None,
    stride: int | None = None,
    stitching: str = "mean",
    strand: str = "+",
    phases: int = 1,
    letters: str | None = None,
    precision: str | None = None,
    **options: str | None,
) -> EditEffect:
    """Compare the explanations of reference and edited sequence around one of the edits.

    Parameters
    ----------
    model, reference, batch_size, cache, method, target, window, stride, stitching, strand, phases, letters
    precision, options
        See :func:`~gxview.explain.region.explain_region`. Windows are compared on the unshifted grid, and on the plus
        strand unless the minus strand alone is explained.
    edits : Edits
        All edits: the others are made in the alternative too.
    edit : Edit
        The one that is looked at.
    """
    settings = settle(model, method, target, options, precision)
    tiling = Tiling.settle(model, window, stride, stitching, strand, phases, letters)
    edited, size = EditedReference(reference, edits), reference.sizes[edit.chrom]
    region = Region(edit.chrom, max(0, edit.start - FLANK), min(size, max(edit.end, edit.start + 1) + FLANK))
    pairs = _columns(edited.coordinates(edit.chrom), region)[:MOST_COLUMNS]
    kept = cache if cache is not None else BatchCache()
    plain = RegionJob(model, settings, tiling, reference, region, [], False, kept)
    changed = EditedJob(model, settings, tiling, edited, region, [], False, kept)
    sides = [_side(job, places, batch_size) for job, places in zip((plain, changed), pairs.T, strict=True)]
    windows = sorted(
        _windows(plain, changed, edit, batch_size), key=lambda one: -abs(one.logit_after - one.logit_before)
    )
    label = positive_class(model, settings.target)
    (bases, values), (other_bases, other_values) = sides
    named = "" if label is None else model.targets[label], target_name(model, settings.target)
    return EditEffect(edit, region, *named, tuple(windows), bases, other_bases, values, other_values)


def _columns(places: Coordinates, region: Region) -> NDArray[np.int64]:
    """Return the places on the reference and in the edited sequence of each column, int64 (C, 2); -1 for none."""
    at = places.positions(region.start, region.end)
    kept = at[at >= 0]
    begin = 0 if region.start == 0 or not len(kept) else int(kept[0])
    columns: list[tuple[int, int]] = []
    for base, place in zip(range(region.start, region.end), at.tolist(), strict=True):
        if place >= 0:
            columns += [(-1, inserted) for inserted in range(begin, place)]
            begin = place + 1
        columns.append((base, place))
    if region.end == places.size:
        columns += [(-1, inserted) for inserted in range(begin, places.length)]
    return np.array(columns, np.int64).reshape(-1, 2)


def _side(job: RegionJob, places: NDArray[np.int64], size: int) -> tuple[str, NDArray[np.float32]]:
    """Return letters and relevance of one side, a gap where it has no base."""
    own = places[places >= 0]
    values, letters = np.full(len(places), np.nan, np.float32), np.full(len(places), GAP)
    if len(own):
        job.region = Region(job.region.chrom, int(own[0]), int(own[-1]) + 1)
        values[places >= 0] = job.run(size).values[own - own[0]]
        letters[places >= 0] = np.array(list(job.reference.fetch(job.region).upper()))[own - own[0]]
    return "".join(letters.tolist()), values


def _windows(plain: RegionJob, changed: EditedJob, edit: Edit, size: int) -> Iterator[WindowEffect]:
    """Yield the windows that an edit touches and that have a prediction before and after."""
    grid, strand = changed.grids()[0], plain.tiling.strands[0]
    assert isinstance(grid, EditedWindows)
    touched = grid.touched(edit)[:MOST_WINDOWS]
    after = [grid.touching(place, place + 1)[-1] for place in map(grid.lifted, touched)] if len(grid) else []
    old = _relevance(plain.source(grid.grid, strand, size), touched)
    new = _relevance(changed.source(grid, strand, size), after)
    settings, label = plain.settings, positive_class(plain.model, plain.settings.target)
    for index, other in zip(touched, after, strict=False):
        one, two = old.get(index), new.get(other)
        if one is not None and two is not None:
            start = grid.grid.start(index)
            yield WindowEffect(start, start + grid.window, *_told(plain.model, settings, label, one, two))


def _relevance(source: BatchSource, indices: Sequence[int]) -> dict[int, Relevance]:
    if not indices:
        return {}
    steps = source.steps(range(min(indices), max(indices) + 1))
    found = (pair for step in steps for pair in source.windows(step))
    return {index: window for index, window in found if window is not None and window.finite}


def _told(
    model: Model, settings: Settings, label: int | None, one: Relevance, two: Relevance
) -> tuple[float, float, float, float]:
    before, after = (probability(side.logits, label, model.problem_type) for side in (one, two))
    return (before, after, settings.explained(one.logits), settings.explained(two.logits))
