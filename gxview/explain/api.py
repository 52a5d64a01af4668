"""Explaining sequences that belong to no genome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.explain.attribution.work import never
from gxview.explain.batch import DeviceFull, Diagnostics, explain_batch
from gxview.explain.ensemble import explain_members
from gxview.explain.explanation import Explanation
from gxview.explain.provenance import model_facts, model_provenance
from gxview.explain.relevance import Relevance
from gxview.explain.settings import Settings, settle
from gxview.models.base import Model
from gxview.models.batching import equal_length_batches, similar_length_batches
from gxview.models.cnn import CNN
from gxview.models.ensemble import Ensemble
from gxview.models.sequences import clean_sequences

_LARGEST_BATCH = 16
_BATCH_BASES = 16 * 1024


def explain(
    model: Model,
    sequences: Sequence[str],
    method: str | None = None,
    target: int | str | None = None,
    *,
    alibi: str | None = None,
    glu: str | None = None,
    transfer: str | None = None,
    precision: str | None = None,
    diagnostics: Diagnostics = "basic",
    composite: str | None = None,
    batch_size: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Explanation]:
    """Explain whole sequences; none is ever cut.

    Sequences of similar length share a batch, so the last bits of a value depend on its neighbours in the list. Where
    memory is short, the batch is halved and the work goes on with the smaller size.

    Parameters
    ----------
    model : Model
        The model; of an ensemble every member is explained, see :mod:`gxview.explain.ensemble`.
    sequences : sequence of str
        DNA of either case and of any length that the model takes; N and IUPAC codes are unknown bases.
    method : str, optional
        ``attnlrp`` (default) for DNABERT-2, ``lrp`` (default) for a CNN, or another name from
        :data:`gxview.explain.methods.METHODS`; a pre-trained DNABERT-2 without classifier takes ``delta_entropy``.
    target : int or str, optional
        By default the positive logit: index 1 of two, 0 of one. An index or the name of a target; ``'contrast'`` is
        logit 1 minus logit 0. A CNN with one logit gives log-odds: compare it with the contrast of a two-logit
        DNABERT-2, not with its positive logit.
    alibi : str, optional
        ALiBi rule of AttnLRP: ``epsilon`` (default), ``uniform`` or ``identity``.
    glu : str, optional
        GLU rule of AttnLRP: ``uniform`` (default) or ``cp``.
    transfer : str, optional
        From tokens to bases: ``uniform`` (default) or ``copy``, see :mod:`gxview.explain.transfer`.
    precision : str, optional
        Of the matrix products: ``float32`` (default), or on a GPU ``tf32`` or, for DNABERT-2, ``bf16``, which are
        faster; their measured error is in the provenance.
    diagnostics : str
        ``basic``, or ``full`` (slower, DNABERT-2 only, in float32): where the remainder went.
    composite : str, optional
        Composite of LRP: ``epsilon`` (default), ``epsilon_plus`` or ``gamma``.
    batch_size : int, optional
        Largest number of sequences in a batch, 16 by default.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of sequences.
    cancelled : callable, optional
        Asked before every batch; true stops the work.

    Returns
    -------
    list of Explanation
        In input order. Options that the method does not have are ignored.

    Raises
    ------
    UsageError
        For choices that do not exist.
    GxviewError
        For a sequence that is empty, no DNA or of a length the model does not take, or that the model answers with
        NaN or infinity; the sentence names its number.
    Cancelled
        When `cancelled` said so.
    """
    if diagnostics not in get_args(Diagnostics):
        raise UsageError(f"diagnostics is {' or '.join(get_args(Diagnostics))}, not '{diagnostics}'.")
    if batch_size is not None and batch_size < 1:
        raise UsageError(f"A batch has at least one sequence, not {batch_size}.")
    options: dict[str, Any] = {"alibi": alibi, "glu": glu, "composite": composite, "transfer": transfer}
    settings = settle(model, method, target, options, precision)
    if diagnostics == "full" and settings.alone:
        raise UsageError(f"Full diagnostics split what LRP absorbs on its way; {settings.method} propagates nothing.")
    if diagnostics == "full" and settings.precision != "float32":
        raise UsageError(f"Full diagnostics are in float32 only; leave the precision {settings.precision} out.")
    if isinstance(model, Ensemble):
        rules: dict[str, Any] = {**options, "precision": precision, "diagnostics": diagnostics}
        rules |= {"batch_size": batch_size, "cancelled": cancelled}

        def each(member: Model, told: Callable[[int, int], None] | None) -> list[Explanation]:
            return explain(member, sequences, method, target, progress=told, **rules)

        return explain_members(model, each, model_facts(model), progress)
    cleaned = clean_sequences(sequences)
    _check_lengths(model, cleaned)
    work = _Work(model, settings, cleaned, diagnostics, cancelled or never)
    found: dict[int, Explanation] = {}
    for batch in _buckets(model, cleaned, batch_size or _LARGEST_BATCH):
        for index, relevance, size in work.explain(batch):
            found[index] = _explanation(model, settings, sequences[index], relevance, size)
        if progress is not None:
            progress(len(found), len(cleaned))
    return [found[index] for index in range(len(cleaned))]


class _Work:
    """Explains batches; after the memory ran out every later batch is small enough from the start."""

    def __init__(
        self,
        model: Model,
        settings: Settings,
        sequences: Sequence[str],
        diagnostics: Diagnostics,
        cancelled: Callable[[], bool],
    ) -> None:
        self._model, self._settings, self._sequences = model, settings, sequences
        self._diagnostics, self._cancelled = diagnostics, cancelled
        self._largest = len(sequences)

    def explain(self, batch: list[int]) -> list[tuple[int, Relevance, int]]:
        """Return index, relevance and batch size of each sequence of a batch."""
        results: list[tuple[int, Relevance, int]] = []
        while len(results) < len(batch):
            part = batch[len(results) : len(results) + self._largest]
            if self._cancelled():
                raise Cancelled("The explanation was cancelled.")
            try:
                found = explain_batch(
                    self._model,
                    [self._sequences[index] for index in part],
                    self._settings,
                    self._diagnostics,
                    self._cancelled,
                )
            except DeviceFull as error:
                self._halve(part, error)
                continue
            results += [
                (index, self._checked(index, relevance), len(part))
                for index, relevance in zip(part, found, strict=True)
            ]
        return results

    def _halve(self, part: list[int], error: DeviceFull) -> None:
        if len(part) == 1:
            raise GxviewError(
                f"Sequence {part[0] + 1} of {len(self._sequences[part[0]]):,} bases does not fit into the memory of "
                f"{self._model.device} ({str(error).splitlines()[0]}); use a shorter sequence or the CPU."
            ) from None
        self._largest = len(part) // 2

    def _checked(self, index: int, relevance: Relevance) -> Relevance:
        if not relevance.finite:
            raise GxviewError(
                f"{self._model.name} gave NaN or infinity for sequence {index + 1}; its weights may be damaged."
            )
        return relevance


def _buckets(model: Model, sequences: Sequence[str], largest: int) -> list[list[int]]:
    # A network on bases has no padding that would leave the numbers alone; a transformer masks it.
    bucket = similar_length_batches if model.kind == "dnabert2" else equal_length_batches
    return list(bucket([len(sequence) for sequence in sequences], largest, _BATCH_BASES))


def _check_lengths(model: Model, sequences: Sequence[str]) -> None:
    if not isinstance(model.network, CNN):
        return
    config = model.network.config
    least, most = config.input_length or config.minimum_length, config.input_length
    for number, sequence in enumerate(sequences, start=1):
        if len(sequence) < least or (most is not None and len(sequence) > most):
            wanted = f"at least {least:,}" if most is None else f"exactly {most:,}"
            raise GxviewError(f"Sequence {number} has {len(sequence):,} bases, but {model.name} takes {wanted}.")


def _explanation(model: Model, settings: Settings, sequence: str, relevance: Relevance, size: int) -> Explanation:
    return Explanation(
        sequence,
        relevance.values,
        relevance.tokens,
        relevance.spans,
        relevance.special,
        relevance.logits,
        relevance.hypothetical,
        relevance.diagnostics,
        model_provenance(model, settings, size),
    )
