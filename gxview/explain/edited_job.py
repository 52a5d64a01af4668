"""Explaining a stretch of a genome as its edits make it, told along the reference."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gxview.explain.edited_windows import EditedBatches, EditedWindows
from gxview.explain.explanation import RegionExplanation, TokenSpan
from gxview.explain.grid_batches import GridBatches
from gxview.explain.job import RegionJob
from gxview.explain.methods import find_method
from gxview.explain.windows import Windows
from gxview.genome import EditedReference, Reference, Region
from gxview.genome.edited import edited_region

RULE = "windows keep the first base of the reference's grid; a further one every stride within insertions"
"""How the windows of an edited sequence lie, in one line for provenance."""


@dataclass(slots=True, eq=False)
class EditedJob(RegionJob):
    """Explains one region of an edited sequence; `region` and the result are in coordinates of that sequence."""

    def grids(self) -> tuple[Windows, ...]:
        """Return the windows of each phase."""
        reference, chrom = self.edited, self.region.chrom
        places = reference.coordinates(chrom)
        return tuple(EditedWindows(grid, places) for grid in self.tiling.grids(reference.original.sizes[chrom]))

    def source(self, grid: Windows, strand: str, size: int) -> EditedBatches:
        """Return what computes the windows of a grid."""
        assert isinstance(grid, EditedWindows)
        shared, rest = (self.model, self.settings), (self.tiling.letters, self.cancelled)

        def batches(reference: Reference) -> GridBatches:
            return GridBatches(*shared, reference, self.region.chrom, grid.grid, strand, size, self.cache, *rest)

        return EditedBatches(grid, batches(self.edited.original), batches(self.edited))

    def _place(self, start: int) -> Region:
        """Return where on the reference a window lies, about: from its first base on."""
        begin = min(
            self.edited.coordinates(self.region.chrom).anchor(start),
            self.edited.original.sizes[self.region.chrom] - 1,
        )
        return Region(self.region.chrom, begin, begin + self.tiling.window)

    @property
    def edited(self) -> EditedReference:
        """The sequence."""
        assert isinstance(self.reference, EditedReference)
        return self.reference


def explain_edited(job: EditedJob, region: Region, size: int) -> RegionExplanation:
    """Run a job for a region of the reference.

    Parameters
    ----------
    job : EditedJob
        Its region is replaced.
    region : Region
        On the reference.
    size : int
        Windows in a batch.

    Returns
    -------
    RegionExplanation
        Along the reference: NaN at deleted bases; what inserted bases are worth is told in the notes, their values are
        in the explanation of the edited stretch itself.
    """
    reference = job.edited
    stretch = edited_region(reference, region)
    if stretch is None:
        return _nothing(job, region, size)
    job.region = replace(stretch, strand=".")
    return along_reference(job.run(size), reference, region)


def along_reference(found: RegionExplanation, reference: EditedReference, region: Region) -> RegionExplanation:
    """Return the explanation of an edited stretch in coordinates of the reference."""
    places = reference.coordinates(region.chrom)
    at = places.positions(region.start, region.end)
    kept = at >= 0
    inner = at[kept] - found.region.start

    def moved(values: np.ndarray | None) -> np.ndarray | None:
        if values is None:
            return None
        row = np.full((*values.shape[:-1], region.length), np.nan, np.float32)
        row[..., kept] = values[..., inner]
        return row

    values, score = moved(found.values), moved(found.score)
    assert values is not None
    assert score is not None
    tokens = tuple(token for one in found.tokens if (token := _moved_token(one, reference, region)) is not None)
    inserted = np.ones(found.region.length, bool)
    inserted[inner] = False
    notes = (*found.notes, *_told(found, inserted))
    return RegionExplanation(
        replace(region, strand="."),
        values,
        moved(found.spread),
        moved(found.hypothetical),
        score,
        tokens,
        notes,
        found.provenance,
    )


def _told(found: RegionExplanation, inserted: np.ndarray) -> list[str]:
    if not inserted.any():
        return []
    total, count = float(np.nansum(found.values[inserted])), int(inserted.sum())
    bases = "base has" if count == 1 else "bases have"
    return [f"{count:,} inserted {bases} no place on the reference; relevance of {total:+.3g} there is not drawn."]


def _moved_token(token: TokenSpan, reference: EditedReference, region: Region) -> TokenSpan | None:
    """Return a token where its bases stand on the reference; None for one of inserted bases alone."""
    places = reference.coordinates(region.chrom)
    start, end = places.anchor(token.start), places.anchor(token.end)
    return replace(token, start=start, end=end) if start < end else None


def _nothing(job: EditedJob, region: Region, size: int) -> RegionExplanation:
    """Return the explanation of a region that is deleted altogether."""
    empty = np.full(region.length, np.nan, np.float32)
    on_bases = find_method(job.model.kind, job.settings.method).hypothetical
    hypothetical = np.full((4, region.length), np.nan, np.float32) if on_bases else None
    spread = empty.copy() if job.tiling.phases > 1 else None
    notes = (*job.notes, f"All of {region} is deleted.")
    return RegionExplanation(
        replace(region, strand="."), empty, spread, hypothetical, empty.copy(), (), notes, job.provenance(size)
    )
