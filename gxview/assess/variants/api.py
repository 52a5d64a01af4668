"""Scoring variants from Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from gxview.assess.variants.effects import VariantEffect, effects_of
from gxview.assess.variants.engine import BLOCK, Engine, joined
from gxview.assess.variants.native import Asked
from gxview.assess.variants.records import candidates, read_records, records_of
from gxview.assess.variants.settings import settle_asking
from gxview.explain.attribution.work import never
from gxview.genome import Reference
from gxview.tracks.variants import Variant


def score_variants(
    model: Asked,
    reference: Reference,
    variants: str | Path | Iterable[Variant],
    *,
    scores: Sequence[str] | None = None,
    strand: str = "both",
    offsets: Sequence[int] | None = None,
    window: int | None = None,
    target: int | str | None = None,
    method: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[VariantEffect]:
    """Score every ALT allele of some variants.

    Parameters
    ----------
    model : Model or NativeLanguageModel
        See :func:`~gxview.models.load_model`, or `load_asked` for language models of `transformers`.
    reference : Reference
        The genome; REF of every variant must be what it has there.
    variants : path or iterable of Variant
        VCF or BCF, or what a `VariantSource` gave.
    scores, strand, offsets, window, target, method
        See :func:`gxview.assess.variants.settings.settle_asking`.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of alleles.
    cancelled : callable, optional
        Asked between batches; true stops the work.

    Returns
    -------
    list of VariantEffect
        One for each ALT, in the order of the variants; the same numbers as ``gxview variants`` gives for the file.

    Raises
    ------
    UsageError
        For choices that do not exist.
    GxviewError
        If a REF differs from the reference, the file is damaged, or the model lacks the head that a score asks.
    Cancelled
        When `cancelled` said so.
    """
    asking = settle_asking(model, scores, strand=strand, offsets=offsets, window=window, target=target, method=method)
    records = read_records(variants) if isinstance(variants, str | Path) else records_of(variants)
    found = candidates(records, reference)
    edits = [one.edit for one in found if one.edit is not None]
    parts = []
    for part in Engine(model, reference, asking, cancelled or never).found(edits):
        parts.append(part)
        if progress is not None:
            progress(min(len(parts) * BLOCK, len(edits)), len(edits))
    return list(effects_of(found, asking, joined(parts, len(asking.scores))))
