"""``gxview explain --sequences``: sequences of a file, without a genome."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gxview.cli.explaining import open_model, progress_bar
from gxview.errors import UsageError

if TYPE_CHECKING:
    from gxview.explain import Explanation
    from gxview.explain.sequences import NamedSequence

RULES = ("method", "target", "precision")
"""What can be said about sequences as about regions."""

_DEFAULTS = {"strand": "+", "stitching": "mean", "phases": 1, "letters": "reference"}
_SHOWN = 10


def refuse(given: Mapping[str, Any]) -> None:
    """Raise :class:`~gxview.errors.UsageError` for an option that means nothing for sequences."""
    for name, value in given.items():
        if name not in RULES and value not in (None, False, [], _DEFAULTS.get(name)):
            raise UsageError(f"--{name.replace('_', '-')} means nothing with --sequences; leave it out.")


def run_sequences(
    source: Path,
    model: str,
    output: Path,
    device: str,
    options: Mapping[str, Any],
    rules: Mapping[str, Any],
    *,
    as_json: bool,
) -> None:
    """Explain and write; bad files and requests are refused before any long work."""
    from gxview.explain import explain
    from gxview.explain.sequences import read_sequences
    from gxview.export.sequences import check_sequence_request, export_sequences

    named = read_sequences(source)
    check_sequence_request(output, named)
    with source.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    loaded = open_model(model, device, rules["method"], options)
    letters = [one.sequence for one in named]
    chosen = {**options, **{name: rules[name] for name in RULES}}
    with progress_bar("explaining") as progress:
        found = explain(loaded, letters, progress=progress, **chosen)
    paths = export_sequences(output, named, found, {"file": source.name, "sha256": digest})
    _report(paths, named, found, as_json=as_json)


def _report(
    paths: Sequence[Path], named: Sequence[NamedSequence], found: Sequence[Explanation], *, as_json: bool
) -> None:
    """Print what was written and where the strongest relevance lies."""
    rows = [_summary(name, one) for name, one in zip(named, found, strict=True)]
    if as_json:
        content = {"files": list(map(str, paths)), "sequences": rows, "provenance": found[0].provenance}
        typer.echo(json.dumps(content, indent=2, allow_nan=False))
        return
    for row in rows[:_SHOWN]:
        top = row["top"]
        typer.echo(
            f"{row['id']}: sum {row['relevance_sum']:.4g}, strongest {top['base']} at {top['position']:,} "
            f"({top['relevance']:.4g})"
        )
    if len(rows) > _SHOWN:
        typer.echo(f"... and {len(rows) - _SHOWN:,} more sequences")
    for path in paths:
        typer.echo(f"wrote {path}")


def _summary(named: NamedSequence, one: Explanation) -> dict[str, Any]:
    top = int(one.values.argmax())
    return {
        "id": named.id,
        "label": named.label,
        "length": len(named.sequence),
        "logits": one.logits.tolist(),
        "relevance_sum": float(one.values.sum(dtype=float)),
        "top": {"position": top + 1, "base": named.sequence[top], "relevance": float(one.values[top])},
    }
