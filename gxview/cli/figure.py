"""``gxview figure``: figures in millimetres without a window, the twin of the figure dialog."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gxview.cli.explaining import AliasesOption, DeviceOption, MethodOption, StrandOption, read_strand
from gxview.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("figure")(figure)


def figure(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            help="File ending in .png, .svg or .pdf; with --regions a pattern such as figs/{n}_{name}.pdf.",
        ),
    ],
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[GENOME] [FILES]...", help="A genome, tracks, or a session.")
    ] = None,
    session: Annotated[Path | None, typer.Option(help="Session to draw (.gxview.json, or IGV's .xml).")] = None,
    region: Annotated[
        list[str] | None, typer.Option("--region", "-r", help="Region or gene; given again, side by side.")
    ] = None,
    regions: Annotated[Path | None, typer.Option(help="BED file: one figure for each of its regions.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Model to explain with; may be given again.")] = None,
    method: MethodOption = None,
    strand: StrandOption = "plus",
    device: DeviceOption = "auto",
    aliases: AliasesOption = None,
    width_mm: Annotated[float, typer.Option(help="Width in millimetres; journals ask for 85, 120 or 180.")] = 180.0,
    height_mm: Annotated[
        float | None, typer.Option(help="Height in millimetres; by default that of the tracks.")
    ] = None,
    dpi: Annotated[int, typer.Option(help="Pixels per inch of a PNG.")] = 300,
    theme: Annotated[str, typer.Option(help="light, for print, or dark.")] = "light",
    colour_blind: Annotated[bool, typer.Option("--colour-blind", help="Colour-blind-safe bases.")] = False,
    font: Annotated[str, typer.Option(help="Family of the font; by default that of the window.")] = "",
    font_pt: Annotated[float, typer.Option(help="Size of the font in points.")] = 7.0,
    title: Annotated[str, typer.Option(help="Title; by default the region.")] = "",
    overview: Annotated[bool, typer.Option(help="Where the region lies in its chromosome.")] = False,
    ruler: Annotated[bool, typer.Option(help="Positions above the tracks.")] = True,
    scale_bar: Annotated[bool, typer.Option(help="A bar of a round length below the tracks.")] = False,
    names: Annotated[bool, typer.Option(help="Names of the tracks.")] = True,
    axes: Annotated[bool, typer.Option(help="Axes of the values.")] = True,
    bands: Annotated[bool, typer.Option(help="Bands of the regions of a session.")] = True,
) -> None:
    """Write a figure as PNG, SVG or PDF: what the window shows, without the window, in millimetres."""
    from gxview.viewer.figures.figure import FORMATS

    opened = [*(files or []), *([session] if session is not None else [])]
    if not opened:
        raise UsageError("Name a genome, tracks or a session to draw.")
    if out.suffix.lower() not in FORMATS:
        raise UsageError(f"{out.name} names no known format of figures; end it in {', '.join(FORMATS)}.")
    if region and regions is not None:
        raise UsageError("--region makes one figure and --regions one for each line of a file; give one of them.")
    options = _options(
        width_mm=width_mm,
        height_mm=height_mm,
        dpi=dpi,
        theme=theme,
        colour_blind=colour_blind,
        font=font,
        font_pt=font_pt,
        title=title,
        show_overview=overview,
        show_ruler=ruler,
        show_scale_bar=scale_bar,
        show_names=names,
        show_axes=axes,
        show_regions=bands,
    )
    from gxview._qt.display import choose_platform

    choose_platform(headless=True)

    from gxview._qt.figures.run import FigureTask, write_figures
    from gxview.cli.view import SAMPLE_MODELS, make_engine

    task = FigureTask(
        files=tuple(opened),
        out=out,
        options=options,
        aliases=aliases,
        regions=tuple(region or ()),
        table=regions,
        models=tuple(model or ()),
        method=method,
        strand=read_strand(strand),
        device=device,
    )
    written = write_figures(task, make_engine, SAMPLE_MODELS, lambda text: typer.echo(f"gxview: {text}", err=True))
    typer.echo("\n".join(str(path) for path in written))


def _options(**fields: Any) -> Any:
    """Return the options of a figure; what is out of range is a mistake in the call."""
    from pydantic import ValidationError

    from gxview.viewer.figures.figure import FigureOptions

    try:
        return FigureOptions(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = "-".join(str(part) for part in first["loc"][:1]).replace("_", "-").removeprefix("show-")
        raise UsageError(f"--{name}: {first['msg']}, not '{first['input']}'.") from error
