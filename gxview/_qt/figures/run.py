"""Figures without a window: opens what is asked for, waits for the data, writes the files."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from gxview._qt.app import application
from gxview._qt.figures.paint import Figure
from gxview._qt.figures.write import check_suffix, write_figure
from gxview._qt.idle import wait_until_idle
from gxview.errors import GxviewError
from gxview.tracks import open_source
from gxview.viewer.explaining.engine import EngineFactory
from gxview.viewer.figures.batch import FigureBatch, FigurePlace, figure_places, is_ready
from gxview.viewer.figures.figure import FigureOptions
from gxview.viewer.figures.stage import Stage
from gxview.viewer.places.region_files import read_regions
from gxview.viewer.sessions.content import Missing
from gxview.viewer.sessions.session import Answer, missing_sentence
from gxview.viewer.viewer import Viewer
from gxview.viewer.work.loop import QueueLoop


@dataclass(frozen=True, slots=True)
class FigureTask:
    """What is drawn.

    Parameters
    ----------
    files
        Genome, tracks or a session.
    out
        File to write; with a table its name is a pattern, see `gxview.viewer.figures.batch.figure_places`.
    options
        How the figure is drawn.
    aliases
        Other names of the chromosomes; the first file is the genome then.
    regions
        Places or names, side by side; the session's or the first one where there is none.
    table
        BED file or table of regions, one figure for each.
    models, method, strand, device
        What to explain with.
    """

    files: tuple[Path, ...]
    out: Path
    options: FigureOptions
    aliases: Path | None = None
    regions: tuple[str, ...] = ()
    table: Path | None = None
    models: tuple[str, ...] = ()
    method: str | None = None
    strand: str = "+"
    device: str = "auto"


def write_figures(
    task: FigureTask,
    engine_factory: EngineFactory,
    known_models: Mapping[str, str],
    tell: Callable[[str], None],
) -> list[Path]:
    """Write one figure, or one for each region of a table.

    Parameters
    ----------
    task
        What is drawn.
    engine_factory, known_models
        See `gxview.viewer.viewer.Viewer`.
    tell
        Called with sentences that a person should read.

    Raises
    ------
    GxviewError
        Something cannot be opened, explained or written.
    """
    check_suffix(task.out)
    application()
    viewer = Viewer(QueueLoop(), engine_factory, open_source, known_models)
    viewer.notices.added.connect(lambda notice: tell(notice.text) if notice.level == "warning" else None)
    try:
        _open(viewer, task)
        return _write_table(viewer, task) if task.table is not None else _write_one(viewer, task, tell)
    finally:
        viewer.close()


def _open(viewer: Viewer, task: FigureTask) -> None:
    viewer.model.settings.device = task.device
    viewer.model.camera.resize(1000)
    missing: list[Missing] = []

    def leave_out(found: Sequence[Missing], answer: Answer) -> None:
        missing.extend(found)
        answer({})

    viewer.session.ask_missing = leave_out
    if task.aliases is not None:
        viewer.opener.open_genome(task.files[0], task.aliases, lambda: viewer.opener.open(task.files[1:]))
    else:
        viewer.opener.open(task.files)
    _wait(viewer)
    if missing:
        # a figure without some of its tracks would look finished
        raise GxviewError(" ".join(missing_sentence(one) for one in missing))
    if viewer.model.reference is None:
        raise GxviewError("There is nothing to draw; name a genome, tracks or a session.")
    if task.regions:
        viewer.go_to("; ".join(task.regions))
        _wait(viewer)
    for key in task.models:
        viewer.explanations.add(key, method=task.method, strand=task.strand)
    _wait(viewer)


def _write_one(viewer: Viewer, task: FigureTask, tell: Callable[[str], None]) -> list[Path]:
    Figure(viewer, task.options)
    _wait(viewer)
    for view in viewer.model.loci.views:
        # more than is explained while browsing
        for track in viewer.model.tracks.relevance():
            if viewer.live.state(track, view).kind == "empty":
                viewer.exporter.explain(track, viewer.live.number(track), view.region)
        for cells in viewer.mutagenesis.tracks():
            number = viewer.mutagenesis.number(cells)
            if number is not None and viewer.mutagenesis.is_able(cells):
                viewer.exporter.explain(cells, number, view.region)
    _wait(viewer)
    for note in write_figure(task.out, Figure(viewer, task.options), task.options):
        tell(note)
    return [task.out]


def _write_table(viewer: Viewer, task: FigureTask) -> list[Path]:
    assert task.table is not None
    rows = read_regions(task.table, viewer.model.reference)
    if not rows:
        raise GxviewError(f"{task.table} holds no region.")
    places = figure_places(rows, task.out.parent, task.out.stem, task.out.suffix)
    written: list[list[Path]] = []
    write_places(viewer, places, task.options, written.append)
    _wait(viewer, lambda: bool(written))
    return written[0]


def read_options(fields: Mapping[str, object]) -> FigureOptions:
    """Return the options of a figure.

    Raises
    ------
    GxviewError
        A field does not exist or is out of range.
    """
    try:
        return FigureOptions.model_validate(dict(fields))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise GxviewError(f"A figure cannot have {where}={first['input']!r}: {first['msg']}.") from error


def write_view(viewer: Viewer, path: Path, options: FigureOptions) -> list[str]:
    """Write a figure of what the cameras of a viewer in a window show; the window stays as it is.

    Returns
    -------
    list of str
        What a person should know about the file.

    Raises
    ------
    GxviewError
        The figure is too small for what it shall hold, or cannot be written.
    """
    check_suffix(path)
    stage = Stage(viewer)
    try:
        stage.copy_loci()
        Figure(stage, options)
        wait_until_idle(_OfStage(stage))
        return write_figure(path, Figure(stage, options), options)
    finally:
        stage.close()


@dataclass(slots=True)
class _OfStage:
    """What waits for a window, for a stage."""

    viewer: Viewer


def write_places(
    viewer: Viewer,
    places: list[FigurePlace],
    options: FigureOptions,
    done: Callable[[list[Path]], None] | None = None,
) -> FigureBatch:
    """Begin to write a figure of every place as a job of the viewer."""

    def fit(stage: Stage) -> None:
        Figure(stage, options)

    def draw(stage: Stage, place: FigurePlace) -> list[str]:
        words = f"{place.title}, {place.region}" if place.title else options.title
        chosen = options.with_(title=words)
        return write_figure(place.path, Figure(stage, chosen), chosen)

    return FigureBatch(viewer, places, fit, draw, done)


def _wait(viewer: Viewer, until: Callable[[], bool] | None = None) -> None:
    """Work until all is there.

    Raises
    ------
    GxviewError
        Something failed.
    """
    loop = viewer.shared.loop
    assert isinstance(loop, QueueLoop)
    loop.run(until or (lambda: is_ready(viewer)), math.inf)
    if problems := viewer.problems():
        raise GxviewError(problems[0])
