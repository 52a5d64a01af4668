"""Explaining changed sequences and changed models: stability, sanity checks, in-silico mutagenesis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from gxview.errors import Cancelled, GxviewError
from gxview.evaluate.composition import partial_mutagenesis_records
from gxview.evaluate.faithfulness import mutagenesis_records
from gxview.evaluate.mutagenesis import mutagenesis
from gxview.evaluate.noise import noise_records
from gxview.evaluate.records import Record, failure
from gxview.evaluate.run.explained import Explained
from gxview.evaluate.run.subjects import Subject
from gxview.evaluate.sanity import cascade_records
from gxview.evaluate.scorer import Scorer
from gxview.evaluate.stability import stability_records
from gxview.explain import Explanation, explain
from gxview.explain.methods import find_method
from gxview.models.base import Model

MOST_PASSES = 100
"""Forward passes of one explanation up to which a method is explained again and again."""

_TAKE_NOISE = ("attnlrp", "cplrp", "lrp", "gradient_x_input", "corrected_saliency")

Block = Sequence[Explained]
Part = TypeVar("Part")
Ask = Callable[[], bool]


def affordable(subject: Subject, method: str, bases: int) -> bool:
    """Whether a method is cheap enough to explain each sequence some twenty times."""
    return find_method(subject.model.kind, method).passes(bases) <= MOST_PASSES


def stabilities(
    subject: Subject, method: str, block: Block, set_name: str, seed: int, cancelled: Ask
) -> Iterator[Record]:
    """Yield how explanations change with shift, phase, strand, substitutions and noise.

    Parameters
    ----------
    subject, method
        What explains.
    block
        Explanations of the sequences as they are.
    set_name
        ``real`` or a control.
    seed
        Of fillers, substitutions and noise.
    cancelled
        Asked now and then.
    """
    columns = {"set": set_name, "model": subject.name, "method": method}

    def work(some: Block) -> list[Record]:
        names = [one.item.id for one in some]
        flanks = [one.item.flanks for one in some if one.item.flanks is not None]
        found = stability_records(
            lambda letters: explain(subject.model, letters, method, subject.target, cancelled=cancelled),
            [one.explanation() for one in some],
            names,
            flanks=flanks if len(flanks) == len(some) else None,
            masks=[one.item.mask_or_none() for one in some],
            seed=seed,
        )
        if method in _TAKE_NOISE:
            letters = [one.item.letters for one in some]
            found += noise_records(subject.model, letters, names, method=method, target=subject.target, seed=seed)
        return [_with(one, columns) for one in found]

    yield from _one_by_one(work, block, "shift_similarity", columns)


def cascades(subject: Subject, method: str, block: Block, set_name: str, seed: int, cancelled: Ask) -> Iterator[Record]:
    """Yield how explanations change while the model is made random from the top; parameters as of `stabilities`."""
    columns = {"set": set_name, "model": subject.name, "method": method}

    def by(model: Model, letters: Sequence[str]) -> list[Explanation]:
        return explain(model, letters, method, subject.target, cancelled=cancelled)

    def work(some: Block) -> list[Record]:
        names = [one.item.id for one in some]
        found = cascade_records(by, subject.model, [one.explanation() for one in some], names, seed=seed)
        return [replace(_with(one, columns), other_model="") for one in found]

    yield from _one_by_one(work, block, "randomised_similarity", columns)


def mutations(subject: Subject, by_method: Mapping[str, Block], cancelled: Ask, **columns: Any) -> Iterator[Record]:
    """Yield how each method agrees with in-silico mutagenesis of the same sequences.

    Parameters
    ----------
    subject
        The model.
    by_method
        Explanations of the same sequences; in-silico mutagenesis itself is left out.
    cancelled
        Asked now and then.
    columns
        Columns of the records: set, model.
    """
    scorer = Scorer(subject.model, subject.target, cancelled=cancelled)
    rows = list(zip(*by_method.values(), strict=True))

    def work(some: Sequence[tuple[Explained, ...]]) -> list[Record]:
        found: list[Record] = []
        for row, drops in zip(some, mutagenesis(scorer, [row[0].item.letters for row in some]), strict=True):
            for method, one in zip(by_method, row, strict=True):
                if method != "ism" and not one.failed:
                    given = {**columns, "sequence": one.item.id, "method": method}
                    found += mutagenesis_records(one.values, drops, **given)
                    partial = partial_mutagenesis_records(one.values, drops, one.item.letters)
                    found += [replace(other, **given) for other in partial]
        return found

    def told(row: tuple[Explained, ...], error: GxviewError) -> Record:
        return failure("ism_spearman", error, sequence=row[0].item.id, **columns)

    yield from attempted(work, rows, told)


def attempted(
    work: Callable[[Sequence[Part]], list[Record]], parts: Sequence[Part], told: Callable[[Part, GxviewError], Record]
) -> Iterator[Record]:
    """Yield the records of some parts; where that fails, those of each part, or why there are none.

    Parameters
    ----------
    work
        Makes the records of several parts, or raises :class:`~gxview.errors.GxviewError`.
    parts
        What there is to do.
    told
        Makes a record of a part that failed.
    """
    if not parts:
        return
    try:
        yield from work(parts)
    except Cancelled:
        raise
    except GxviewError as error:
        if len(parts) == 1:
            yield told(parts[0], error)
        else:
            for part in parts:
                yield from attempted(work, [part], told)


def _with(one: Record, columns: Mapping[str, Any]) -> Record:
    return replace(one, **columns)


def _one_by_one(
    work: Callable[[Block], list[Record]], block: Block, metric: str, columns: Mapping[str, Any]
) -> Iterator[Record]:
    def told(one: Explained, error: GxviewError | str) -> Record:
        return failure(metric, error, sequence=one.item.id, **columns)

    yield from (told(one, one.reason) for one in block if one.failed)
    yield from attempted(work, [one for one in block if not one.failed], told)
