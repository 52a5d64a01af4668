"""From a stretch of a genome to relevance per base."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gxview.errors import UsageError
from gxview.explain.cache import BatchCache
from gxview.explain.edited_job import EditedJob, explain_edited
from gxview.explain.ensemble import explain_members_of_region
from gxview.explain.explanation import RegionExplanation
from gxview.explain.job import IsCancelled, Progress, RegionJob
from gxview.explain.provenance import model_facts
from gxview.explain.settings import settle
from gxview.explain.tiling import Tiling
from gxview.genome import EditedReference, Edits, Reference, Region
from gxview.models.base import Model
from gxview.models.ensemble import Ensemble

_BATCH = {("dnabert2", "cpu"): 8, ("cnn", "cpu"): 16, ("dnabert2", "cuda"): 64, ("cnn", "cuda"): 256}


def default_batch_size(model: Model) -> int:
    """Return the number of windows in a batch for a kind of model on a kind of device."""
    return _BATCH.get((model.kind, model.device.type), 16)


def explain_region(
    model: Model,
    reference: Reference,
    region: Region | str,
    *,
    method: str | None = None,
    target: int | str | None = None,
    window: int | None = None,
    stride: int | None = None,
    stitching: str = "mean",
    strand: str = "+",
    phases: int = 1,
    letters: str | None = None,
    alibi: str | None = None,
    glu: str | None = None,
    composite: str | None = None,
    transfer: str | None = None,
    precision: str | None = None,
    tokens: bool = True,
    edits: Edits | None = None,
    batch_size: int | None = None,
    cache: BatchCache | None = None,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> RegionExplanation:
    """Explain every base of a stretch of a genome.

    The windows lie on a grid that depends on the chromosome, the window and the stride only; all windows that touch
    the region take part, with their real flanks. A base has the same value, to the bit, in every region that holds it
    (one device, one batch size, one number of threads).

    Parameters
    ----------
    model : Model
        The model; of an ensemble every member is explained, see :mod:`gxview.explain.ensemble`.
    reference : Reference
        The genome.
    region : Region or str
        The stretch; its strand is not used, see `strand`.
    method : str, optional
        ``attnlrp`` (default), ``cplrp`` or ``gradient_x_input`` for DNABERT-2; ``lrp`` (default),
        ``gradient_x_input`` or ``corrected_saliency`` for a CNN.
    target : int or str, optional
        See :func:`~gxview.explain.settings.resolve_target`; by default the positive logit.
    window, stride : int, optional
        Bases; by default the model's window and half of it.
    stitching : str
        ``mean``, ``centre``, ``max_abs`` or ``score``, see :class:`~gxview.explain.stitching.Stitcher`.
    strand : str
        ``'+'``; ``'-'``: the reverse complement is explained and mapped back; ``'mean'`` of both.
    phases : int
        Number of grids, shifted evenly over the stride, whose values are averaged; with more than one the spread
        between them is kept.
    letters : str, optional
        ``reference`` (default), or as a control ``dinucleotide`` or ``mononucleotide``: each window of the grid is
        shuffled with a seed of its own before the model reads it, see :mod:`gxview.explain.letters`.
    alibi, glu, composite, transfer : str, optional
        Options of the method; those it does not have are ignored.
    precision : str, optional
        Of the matrix products: ``float32`` (default), or on a GPU ``tf32`` or, for DNABERT-2, ``bf16``, which are
        faster; their measured error is in the provenance.
    tokens : bool
        Whether to collect the tokens, which take more memory than everything else on long stretches.
    edits : Edits, optional
        Explain the sequence with these edits laid over the reference. `region` and the result stay in coordinates of
        the reference; see :mod:`gxview.explain.edited_windows` for where the windows lie.
    batch_size : int, optional
        Windows in a batch. Where memory is short it is halved and everything is computed anew with the smaller size.
    cache : BatchCache, optional
        Keeps finished batches for the next call.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of windows.
    cancelled : callable, optional
        Asked before every batch; true stops the work.

    Returns
    -------
    RegionExplanation
        With float32 arrays along the reference.

    Raises
    ------
    UsageError
        For choices that do not exist.
    GxviewError
        For a region that does not exist, or a model that gives NaN or infinity in every window.
    Cancelled
        When `cancelled` said so.
    """
    options: dict[str, Any] = {"alibi": alibi, "glu": glu, "composite": composite, "transfer": transfer}
    settings = settle(model, method, target, options, precision)
    tiling = Tiling.settle(model, window, stride, stitching, strand, phases, letters)
    if batch_size is not None and batch_size < 1:
        raise UsageError(f"A batch has at least one window, not {batch_size}.")
    if isinstance(model, Ensemble):
        rules: dict[str, Any] = {
            "method": method,
            "target": target,
            "window": window,
            "stride": stride,
            "stitching": stitching,
        }
        rules |= {"strand": strand, "phases": phases, "letters": letters, **options, "precision": precision}
        rules |= {"tokens": tokens, "edits": edits, "batch_size": batch_size, "cache": cache, "cancelled": cancelled}

        def each(member: Model, told: Progress | None) -> RegionExplanation:
            return explain_region(member, reference, region, progress=told, **rules)

        return explain_members_of_region(model, each, model_facts(model), progress)
    place, clipped = reference.region(region)
    notes = [clipped] if clipped else []
    if place.strand != ".":
        notes.append(f"The strand of {place} is not used; the explained strand is '{strand}'.")
    place, size = replace(place, strand="."), batch_size or default_batch_size(model)
    given = {"cache": cache, "progress": progress, "cancelled": cancelled}
    parts: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if edits:
        edited = EditedReference(reference, edits)
        return explain_edited(EditedJob(model, settings, tiling, edited, place, notes, tokens, **parts), place, size)
    return RegionJob(model, settings, tiling, reference, place, notes, tokens, **parts).run(size)
