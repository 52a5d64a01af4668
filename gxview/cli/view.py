"""``gxview view``: the window, or a picture of it without a display."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gxview.cli.explaining import StrandOption, read_strand
from gxview.errors import UsageError

if TYPE_CHECKING:
    from gxview.viewer.explaining.engine import EngineProtocol
    from gxview.viewer.motifs.matcher import MotifMatcher

GENOME_SUFFIXES = {".fa", ".fasta", ".fna", ".ffn"}
"""Names of genomes, so that one that is missing or no FASTA is refused as a genome and not as a track."""
SAMPLE_MODELS = {name: name for name in ("sample-dnabert2", "sample-cnn")}
"""Models that every window offers, by the name that loads them."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("view")(view)


def view(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[GENOME] [FILES]...",
            help="A FASTA file, plain or bgzip, and tracks of any format; without a genome the files name the"
            " chromosomes. Or a session, of gxview or IGV.",
        ),
    ] = None,
    locus: Annotated[str | None, typer.Option(help="Region, chromosome or gene to show.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Model to explain with; may be given again.")] = None,
    method: Annotated[str | None, typer.Option(help="Method of explanation; default: that of the model.")] = None,
    strand: StrandOption = "plus",
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps; by default as preferred.")] = None,
    screenshot: Annotated[Path | None, typer.Option(help="Write the finished window as PNG or SVG and end.")] = None,
    size: Annotated[str, typer.Option(help="Width x height of the window in pixels.")] = "1600x900",
    theme: Annotated[str | None, typer.Option(help="dark or light; by default as preferred.")] = None,
    aliases: Annotated[Path | None, typer.Option(help="Other names of the chromosomes (UCSC chromAlias).")] = None,
) -> None:
    """Open the window on a genome and tracks, on tracks alone, or empty."""
    width, height = _size(size)
    if theme not in ("dark", "light", None):
        raise UsageError(f"The theme is dark or light, not '{theme}'.")
    if screenshot is not None and screenshot.suffix.lower() not in (".png", ".svg"):
        raise UsageError(f"{screenshot} names no known format of pictures; end it in .png or .svg.")
    from gxview._qt.display import choose_platform

    choose_platform(headless=screenshot is not None)

    from gxview._qt.app import Start, run

    genome, tracks = _split(files or [])
    start = Start(
        genome=genome,
        files=tuple(tracks),
        aliases=aliases,
        locus=locus,
        models=tuple(model or ()),
        method=method,
        strand=read_strand(strand),
        device=device,
        theme=theme,
        size=(width, height),
        screenshot=screenshot,
    )
    code = run(start, make_engine, SAMPLE_MODELS, make_matcher)
    if code:
        raise typer.Exit(code)


def _split(paths: list[Path]) -> tuple[Path | None, list[Path]]:
    """Part the genome from the tracks: the first FASTA, or a first file that is not there but is named like one."""
    from gxview.viewer.opening import is_fasta

    genomes = [path for path in paths if is_fasta(path) or _looks_like_genome(path)]
    if not genomes:
        return None, paths
    return genomes[0], [path for path in paths if path is not genomes[0]]


def _looks_like_genome(path: Path) -> bool:
    return any(suffix.lower() in GENOME_SUFFIXES for suffix in path.suffixes[-2:])


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,5})\s*[xX,]\s*(\d{2,5})", text.strip())
    if match is None:
        raise UsageError(f"The size is width x height in pixels, such as 1600x900, not '{text}'.")
    width, height = int(match[1]), int(match[2])
    if not (400 <= width <= 16_000 and 300 <= height <= 16_000):
        raise UsageError(f"The size {text} is out of range; take 400x300 to 16000x16000.")
    return width, height


def make_engine() -> EngineProtocol:
    """Make the engine; runs in the device thread, long after the window was painted."""
    from gxview.assess.variants.live import LiveScorer
    from gxview.evaluate.windows import WindowEvaluator
    from gxview.explain.engine import Engine
    from gxview.export import export_region

    return Engine(export_region, WindowEvaluator(), LiveScorer())


def make_matcher() -> MotifMatcher:
    """Make what compares bases with motifs; runs in a thread of its own when it is first asked."""
    from gxview.evaluate.motifs.matcher import Matcher

    return Matcher()
