"""``gxview demo``: the main job on the embedded sample, from a genome to files that IGV opens, and the window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gxview.cli.sample import ANNOTATION, COVERAGE, GENOME, MODELS, TRUTH, UNSEEN, sample_file
from gxview.errors import GxviewError

if TYPE_CHECKING:
    from gxview.evaluate.planted import Planted
    from gxview.explain.explanation import RegionExplanation
    from gxview.genome import Reference, Region

FLANK = 100
"""Bases shown on either side of the promoter's middle."""

WHOLE = ("TTGACA", "TATAAT")
"""The -35 and the -10 box without mismatch."""


def sample_locus() -> tuple[Region, list[Planted]]:
    """Return the stretch around the richest plus-strand promoter of the unseen sequence that stands far from others.

    Returns
    -------
    region, boxes
        200 bases around the first promoter with the most elements of those whose boxes have no mismatch and that
        have no other box nearby, and the -35 and -10 boxes planted there.
    """
    from gxview.evaluate.planted import BOXES, PROMOTER, read_truth
    from gxview.genome import Reference, Region

    planted = read_truth(sample_file(TRUTH))[UNSEEN]
    letters = Reference(sample_file(GENOME)).fetch(Region(UNSEEN, 0, max(item.end for item in planted)))
    boxes = [item for item in planted if item.kind in BOXES]
    found: list[tuple[int, int, list[Planted]]] = []
    for promoter in (item for item in planted if item.kind == PROMOTER and item.strand == "+"):
        middle = (promoter.start + promoter.end) // 2
        here = [box for box in boxes if box.end > middle - FLANK and box.start < middle + FLANK]
        whole = [letters[box.start : box.end] for box in here] == list(WHOLE)
        if whole and middle > FLANK and {box.owner for box in here} == {promoter.owner}:
            found.append((sum(item.owner == promoter.owner for item in planted), middle, here))
    if not found:
        raise GxviewError(f"The sample has no lone promoter on {UNSEEN}; install gxview again.")
    _, middle, here = max(found, key=lambda one: one[0])
    return Region(UNSEEN, middle - FLANK, middle + FLANK), here


def _finding(explained: RegionExplanation, boxes: Sequence[Planted], reference: Reference) -> str:
    """Say where the strongest relevance lies against the planted boxes."""
    import numpy as np

    region, values = explained.region, explained.values
    count = sum(box.end - box.start for box in boxes)
    strongest = region.start + np.argsort(-values, kind="stable")[:count]
    inside = [position for position in strongest if any(box.start <= position < box.end for box in boxes)]
    top = int(strongest[0])
    home = next((f"in the {box.kind} box" for box in boxes if box.start <= top < box.end), "outside both boxes")
    letter = reference.fetch(region)[top - region.start].upper()
    return (
        f"strongest base {letter} at {region.chrom}:{top + 1:,}, {home}; of the {count} strongest bases {len(inside)} "
        f"lie in the planted boxes (by chance {count * count / region.length:.1f})"
    )


def _explain(name: str, region: Region, boxes: Sequence[Planted], reference: Reference, folder: Path) -> list[Path]:
    """Explain the locus with one model, write the files, print where the relevance lies."""
    from gxview.explain import explain_region
    from gxview.export import export_explanations
    from gxview.models import load_model

    explained = explain_region(load_model(name), reference, region)
    written = export_explanations(folder / f"{name}.bw", [explained], reference)
    typer.echo(f"{name} ({explained.provenance['method']}): {_finding(explained, boxes, reference)}")
    return written


def _view_arguments(region: Region) -> list[str]:
    files = [str(sample_file(name)) for name in (GENOME, ANNOTATION, COVERAGE)]
    models = [argument for name in MODELS for argument in ("--model", name)]
    return ["view", *files, "--locus", str(region), *models]


def _program(arguments: Sequence[str]) -> None:
    """Run gxview in a process of its own: Qt cannot change from offscreen to a display within one."""
    run = subprocess.run([sys.executable, "-m", "gxview", *arguments], check=False)
    if run.returncode:
        raise GxviewError(f"gxview {arguments[0]} ended with exit code {run.returncode}; run 'gxview doctor'.")


def _has_display() -> bool:
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_demo(folder: Path, window: bool) -> None:
    """Explain the sample locus with both models, write and print everything, and open the window.

    Raises
    ------
    GxviewError
        When a step fails; what was written before stays.
    """
    from gxview.genome import Reference

    folder.mkdir(parents=True, exist_ok=True)
    reference = Reference(sample_file(GENOME))
    region, boxes = sample_locus()
    places = ", ".join(f"{box.kind} box {box.start + 1:,}-{box.end:,}" for box in boxes)
    typer.echo(f"Sample locus {region}; planted there: {places}")
    written = [path for name in MODELS for path in _explain(name, region, boxes, reference, folder)]
    picture = folder / "browser.png"
    _program([*_view_arguments(region), "--screenshot", str(picture)])
    typer.echo("Written: " + ", ".join(str(path) for path in [*written, picture]))
    if not window:
        return
    if _has_display():
        _program(_view_arguments(region))
    else:
        typer.echo("There is no display, so no window opens; the picture shows what it would.")


def register(app: typer.Typer) -> None:
    """Add the command ``demo``."""

    @app.command()
    def demo(
        folder: Annotated[Path, typer.Argument(help="Folder for the results.")] = Path("demo"),
        window: Annotated[bool, typer.Option(help="Open the window at the end.")] = True,
    ) -> None:
        """Explain the sample locus with both models, write bigWig, IGV session and a picture, open the window."""
        run_demo(folder, window)
