"""Explanations as bytes and back, bit for bit, and what names one before it is computed; for a cache on disk."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any
from zipfile import BadZipFile

import numpy as np

from gxview.explain.explanation import RegionExplanation, TokenSpan
from gxview.explain.provenance import region_provenance
from gxview.explain.settings import settle
from gxview.explain.tiling import Tiling
from gxview.genome import EditedReference, Edits, Reference, Region
from gxview.models.base import Model

ARRAYS = ("values", "spread", "hypothetical", "score")


def expected_provenance(
    model: Model,
    reference: Reference,
    batch_size: int,
    *,
    method: str | None = None,
    target: int | str | None = None,
    window: int | None = None,
    stride: int | None = None,
    stitching: str = "mean",
    strand: str = "+",
    phases: int = 1,
    letters: str | None = None,
    precision: str | None = None,
    edits: Edits | None = None,
    **options: str | None,
) -> dict[str, Any]:
    """Return the provenance that :func:`~gxview.explain.region.explain_region` would give, without computing.

    Parameters
    ----------
    model, reference, method, target, window, stride, stitching, strand, phases, letters, precision, edits
        See :func:`~gxview.explain.region.explain_region`.
    batch_size : int
        Windows in a batch; where memory is short it becomes less, and the provenance another.
    options : str, optional
        Options of the method.
    """
    settings = settle(model, method, target, options, precision)
    tiling = Tiling.settle(model, window, stride, stitching, strand, phases, letters)
    read = EditedReference(reference, edits) if edits else reference
    return region_provenance(model, settings, batch_size, read, tiling.to_dict())


def fingerprint(provenance: dict[str, Any], region: Region) -> str:
    """Return 64 letters that name the explanation of a region: equal ones mean equal numbers on one machine."""
    # Notes grow while a device is in use and change no number.
    lasting = {name: value for name, value in provenance.items() if name != "launch_notes"}
    text = json.dumps([lasting, region.chrom, region.start, region.end], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def pack(explanation: RegionExplanation) -> bytes:
    """Return an explanation as bytes: a compressed npz without pickled objects."""
    known = {name: value for name in ARRAYS if (value := getattr(explanation, name)) is not None}
    tokens, region = explanation.tokens, explanation.region
    head = {
        "region": [region.chrom, region.start, region.end],
        "notes": list(explanation.notes),
        "provenance": explanation.provenance,
        "texts": [token.text for token in tokens],
    }
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        head=np.frombuffer(json.dumps(head).encode(), np.uint8),
        spans=np.array([(token.start, token.end, token.partial) for token in tokens], np.int64).reshape(-1, 3),
        token_relevance=np.array([token.relevance for token in tokens], np.float64),
        **known,
    )
    return buffer.getvalue()


def unpack(data: bytes) -> RegionExplanation:
    """Return the explanation that :func:`pack` made bytes of.

    Raises
    ------
    ValueError
        The bytes are no such explanation.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            known = {name: file[name] for name in file.files}
        head = json.loads(known["head"].tobytes())
        spans, values = known["spans"].tolist(), known["token_relevance"].tolist()
        lines = zip(spans, values, head["texts"], strict=True)
        return RegionExplanation(
            Region(*head["region"]),
            values=known["values"],
            spread=known.get("spread"),
            hypothetical=known.get("hypothetical"),
            score=known["score"],
            tokens=tuple(TokenSpan(start, end, value, text, bool(cut)) for (start, end, cut), value, text in lines),
            notes=tuple(head["notes"]),
            provenance=head["provenance"],
        )
    except (OSError, EOFError, KeyError, AttributeError, BadZipFile) as error:
        raise ValueError("these bytes hold no explanation") from error
