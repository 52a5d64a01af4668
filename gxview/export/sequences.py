"""Explanations of sequences that belong to no genome, as a table or as arrays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError, UsageError
from gxview.explain.explanation import Explanation
from gxview.explain.sequences import NamedSequence
from gxview.export.staging import check_folder, staged
from gxview.export.tables import NO_TOKEN, texts_of
from gxview.export.writers.npz import write_arrays
from gxview.export.writers.rows import Row

COLUMNS = ("id", "position", "base", "token", "token_relevance", "relevance")
_FORMATS = (".tsv", ".npz")


def check_sequence_request(path: Path, sequences: Sequence[NamedSequence]) -> None:
    """Refuse what cannot be written before any long work.

    Raises
    ------
    UsageError
        For a suffix that stands for no format.
    GxviewError
        If no file can be put there, or sequences of several lengths are to become one array.
    """
    if path.suffix.lower() not in _FORMATS:
        raise UsageError(f"{path} has no suffix that names a format for sequences; use one of {', '.join(_FORMATS)}.")
    check_folder(path)
    if path.suffix.lower() == ".npz":
        first = sequences[0]
        for one in sequences:
            if len(one.sequence) != len(first.sequence):
                raise GxviewError(
                    f"An npz file needs sequences of one length, but '{first.id}' (line {first.line}) has "
                    f"{len(first.sequence):,} bases and '{one.id}' (line {one.line}) {len(one.sequence):,}; cut them "
                    "to one length, or write a .tsv file."
                )


def export_sequences(
    path: Path, sequences: Sequence[NamedSequence], explanations: Sequence[Explanation], source: dict[str, Any]
) -> list[Path]:
    """Write explanations of sequences; all files are there whole, or none is.

    ``X.tsv`` has one line for each base: ``id``, ``position`` (counted from 1), ``base`` (as the model read it),
    ``token`` and ``token_relevance`` (``.`` and ``NaN`` for a model on bases), ``relevance``, and for an ensemble
    ``spread``, its standard deviation between the members. ``X.npz`` holds the
    sequences in the order of TF-MoDISco: ``one_hot`` int8 and ``contributions`` float32 (N, 4, L), with a method that
    has them ``hypothetical`` float32 (N, 4, L), then ``id`` (N,), ``label`` int64 (N,), -1 where there is none,
    ``logits`` float32 (N, num_labels) and ``base_order``. ``X.provenance.json`` lies beside both.

    Parameters
    ----------
    path : Path
        Ends in ``.tsv`` or ``.npz``.
    sequences, explanations : sequence
        Of one model and method, in the same order.
    source : dict
        What the provenance says of the file that the sequences come from.

    Returns
    -------
    list of Path
        The files written, the main one first.
    """
    check_sequence_request(path, sequences)
    beside = path.with_suffix(".provenance.json")
    content = {
        **explanations[0].provenance,
        "sequences": {**source, "count": len(sequences)},
        "files": [path.name],
    }
    write = _write_tsv if path.suffix.lower() == ".tsv" else _write_npz
    with staged() as aside:
        write(aside(path), sequences, explanations)
        aside(beside).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return [path, beside]


def _write_tsv(path: Path, sequences: Sequence[NamedSequence], explanations: Sequence[Explanation]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        spread = explanations[0].spread is not None
        file.write("\t".join((*COLUMNS, "spread") if spread else COLUMNS) + "\n")
        for named, one in zip(sequences, explanations, strict=True):
            aside = () if one.spread is None else (texts_of(one.spread),)
            rows = zip(named.sequence, *_tokens(one), texts_of(one.values), *aside, strict=True)
            for position, row in enumerate(rows, start=1):
                file.write(f"{named.id}\t{position}\t" + "\t".join(row) + "\n")


def _tokens(one: Explanation) -> tuple[list[str], list[str]]:
    """Return text and relevance of the token of each base."""
    if one.provenance["model"]["kind"] != "dnabert2":
        return [NO_TOKEN] * len(one.values), ["NaN"] * len(one.values)
    lengths = one.token_spans[:, 1] - one.token_spans[:, 0]
    texts = [one.sequence[start:end] for start, end in one.token_spans]
    spread = [text for text, length in zip(texts, lengths, strict=True) for _ in range(length)]
    return spread, texts_of(np.repeat(one.token_relevance, lengths))


def _write_npz(path: Path, sequences: Sequence[NamedSequence], explanations: Sequence[Explanation]) -> None:
    def rows() -> Iterator[Row]:
        for named, one in zip(sequences, explanations, strict=True):
            yield Row(named.sequence, one.values, one.hypothetical)

    shape = (len(sequences), len(sequences[0].sequence))
    fixed: dict[str, NDArray[np.generic]] = {
        "id": np.array([one.id for one in sequences]),
        "label": np.array([-1 if one.label is None else one.label for one in sequences], dtype=np.int64),
        "logits": np.stack([one.logits for one in explanations]),
    }
    write_arrays(path, shape, rows, fixed, hypothetical=explanations[0].hypothetical is not None)
