"""Several regions of one genome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from gxview.explain.cache import BatchCache
from gxview.explain.explanation import RegionExplanation
from gxview.explain.region import explain_region
from gxview.genome import Reference, Region
from gxview.models.base import Model


def union(regions: Sequence[Region], reference: Reference) -> list[Region]:
    """Return the stretches that the regions cover together, without strand, in the order of the reference.

    Regions that overlap or touch become one stretch; names and ends must be those of the reference.
    """
    order = {name: index for index, name in enumerate(reference.names)}
    stretches: list[Region] = []
    for region in sorted(regions, key=lambda region: (order[region.chrom], region.start, region.end)):
        last = stretches[-1] if stretches else None
        if last is not None and last.chrom == region.chrom and region.start <= last.end:
            stretches[-1] = replace(last, end=max(last.end, region.end))
        else:
            stretches.append(replace(region, strand="."))
    return stretches


def explain_regions(
    model: Model,
    reference: Reference,
    regions: Sequence[Region],
    *,
    batch_size: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **rules: Any,
) -> list[RegionExplanation]:
    """Explain the stretches that several regions cover together, each base once.

    Parameters
    ----------
    model, reference
        See :func:`~gxview.explain.region.explain_region`.
    regions : sequence of Region
        With names and ends of the reference.
    batch_size : int, optional
        Windows in a batch. Where memory runs short on the way, everything is computed anew with the smaller size, so
        that all values of one job came about in the same way.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of bases.
    rules
        Further arguments of :func:`~gxview.explain.region.explain_region`.

    Returns
    -------
    list of RegionExplanation
        In the order of the reference.
    """
    stretches, cache = union(regions, reference), BatchCache()
    total = sum(stretch.length for stretch in stretches)
    size, found, done = batch_size, list[RegionExplanation](), 0
    while len(found) < len(stretches):
        stretch = stretches[len(found)]

        def tell(part: int, whole: int, before: int = done, length: int = stretch.length) -> None:
            if progress is not None:
                progress(before + length * part // whole, total)

        one = explain_region(model, reference, stretch, batch_size=size, cache=cache, progress=tell, **rules)
        used = int(one.provenance["batch_size"])
        if found and used != size:
            found, done = [], 0
        else:
            found.append(one)
            done += stretch.length
        size = used
    return found
