"""``gxview methods``: what each method assumes, costs and leaves to choose."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gxview.explain.methods import Method


def _kind_of_value(method: Method) -> str:
    sign = "signed" if method.signed else "unsigned"
    what = {"logit": "explains the chosen logit", "tokens": "explains what the model expects, no class"}
    bases = "; scores all four bases of each position" if method.hypothetical else ""
    return f"{sign}; {what.get(method.explains, 'explains no output: the same for every target')}{bases}"


def register(app: typer.Typer) -> None:
    """Add the command ``methods``."""

    @app.command()
    def methods(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
        """List the methods that explain models, the default of each kind of model first."""
        from gxview.explain.methods import METHODS

        if as_json:
            typer.echo(json.dumps([method.to_dict() for method in METHODS], indent=2, ensure_ascii=False))
            return
        for method in METHODS:
            typer.echo(f"{method.name}  ({method.label}, for {method.kind}, about {method.cost_text})")
            typer.echo(f"    {method.assumptions}")
            typer.echo(f"    {_kind_of_value(method)}")
            for option in method.options:
                others = ", ".join(choice for choice in option.choices if choice != option.default)
                typer.echo(f"    --{option.name} {option.default} (default), {others}")
            typer.echo(f"    {method.reference}")
