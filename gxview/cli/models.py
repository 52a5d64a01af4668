"""``gxview models``: what ``--model`` accepts and what can be trained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer


def listing() -> dict[str, list[dict[str, Any]]]:
    """Return embedded models, kinds of models, and presets of the CNN."""
    from gxview.models.loading import SAMPLES
    from gxview.models.presets import PRESETS
    from gxview.models.registry import KINDS

    return {
        "embedded": [_embedded(name) for name in SAMPLES],
        "kinds": [{"name": kind.name, "summary": kind.summary} for kind in KINDS.values()],
        "presets": [
            {"name": one.name, "summary": one.summary, "fixed_length": one.fixed_length} for one in PRESETS.values()
        ],
    }


def _embedded(name: str) -> dict[str, Any]:
    from gxview.models.folder import ModelFolder
    from gxview.models.loading import resolve_folder
    from gxview.models.registry import kind_of
    from gxview.models.weights import weight_files

    folder = ModelFolder.open(resolve_folder(name))
    return {
        "name": name,
        "kind": kind_of(folder).name,
        "window_length": folder.window_length,
        "targets": folder.block.get("targets", []),
        "bytes": sum(path.stat().st_size for path in weight_files(folder.path)),
    }


def _lines(found: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    yield "Embedded models (--model NAME)"
    for one in found["embedded"]:
        size = f"{one['bytes'] / 1e6:.1f} MB"
        yield f"  {one['name']:<18} {one['kind']:<9} {one['window_length']} bases  {size}  {', '.join(one['targets'])}"
    yield "Kinds of models (--model FOLDER or a hub name such as zhihan1996/DNABERT-2-117M)"
    yield from (f"  {one['name']:<18} {one['summary']}" for one in found["kinds"])
    yield "Presets of a new CNN (gxview train --kind cnn --preset NAME)"
    yield from (f"  {one['name']:<18} {one['summary']}" for one in found["presets"])


def register(app: typer.Typer) -> None:
    """Add the command ``models``."""

    @app.command()
    def models(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
        """List the embedded models, the kinds of models, and the presets for training."""
        found = listing()
        typer.echo(json.dumps(found, indent=2) if as_json else "\n".join(_lines(found)))
