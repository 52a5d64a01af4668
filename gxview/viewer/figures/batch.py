"""A figure of every region of a table: goes from place to place on a stage, waits for the data, writes a file each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.figures.stage import Stage
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.viewer import Viewer
from gxview.viewer.work.jobs import Job, JobState
from gxview.viewer.work.loop import Call

LOOK = 0.02
"""Seconds between two looks whether all data are there."""
PATTERN = "{n}_{name}"
"""Names of files unless the person says otherwise."""
FIELDS = ("n", "name", "chrom", "start", "end", "strand")
_UNSAFE = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True, slots=True)
class FigurePlace:
    """One figure of many.

    Parameters
    ----------
    region
        What it shows.
    title
        What it is called; empty for the region.
    path
        Its file.
    """

    region: Region
    title: str
    path: Path


def figure_places(rows: Sequence[RegionRow], folder: Path, pattern: str, suffix: str) -> list[FigurePlace]:
    """Name a file for each row of a table.

    Parameters
    ----------
    rows
        The regions.
    folder
        Where the files go.
    pattern
        Name of a file without suffix; ``{n}`` stands for the number of the row, ``{name}``, ``{chrom}``, ``{start}``
        (1-based), ``{end}`` and ``{strand}`` for what it holds.
    suffix
        '.png', '.svg' or '.pdf'.

    Raises
    ------
    GxviewError
        The pattern holds another field or gives two regions the same name.
    """
    digits = len(str(len(rows)))
    places: dict[str, FigurePlace] = {}
    for number, row in enumerate(rows, 1):
        stem = _stem(pattern, row, f"{number:0{digits}d}")
        if stem.lower() in places:
            raise GxviewError(f"The pattern '{pattern}' names two figures {stem}{suffix}; put {{n}} into it.")
        places[stem.lower()] = FigurePlace(row.region, row.name, folder / f"{stem}{suffix}")
    return list(places.values())


def _stem(pattern: str, row: RegionRow, number: str) -> str:
    name = row.name or f"{row.chrom}_{row.start + 1}-{row.end}"
    values = (number, name, row.chrom, row.start + 1, row.end, {"+": "plus", "-": "minus"}.get(row.strand, "none"))
    try:
        stem = pattern.format(**dict(zip(FIELDS, values, strict=True)))
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        known = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise GxviewError(f"The pattern '{pattern}' is not valid; it may hold {known}.") from error
    safe = _UNSAFE.sub("_", stem).strip("._")[:150]
    if not safe:
        raise GxviewError(f"The pattern '{pattern}' gives a file no name; put {{n}} into it.")
    return safe


def is_ready(stage: Viewer) -> bool:
    """Whether all that the cameras of a stage show is there, or has failed."""
    known = {*stage.model.loaded_models, *stage.model.failed_models, ""}
    models = {track.options.model for track in stage.model.tracks.relevance()}
    return stage.is_idle and models <= known


class FigureBatch:
    """Writes a figure of every place, one after the other, as a job.

    Parameters
    ----------
    viewer
        Whose tracks are shown, and whose jobs and notices tell of the work.
    places
        What is written where.
    fit
        Gives the cameras of a stage the width that figures have for data.
    draw
        Writes the figure of what a stage shows; returns what a person should know about it.
    done
        Called with the written files when all is over, however it ended.
    """

    def __init__(
        self,
        viewer: Viewer,
        places: Iterable[FigurePlace],
        fit: Callable[[Stage], None],
        draw: Callable[[Stage, FigurePlace], list[str]],
        done: Callable[[list[Path]], None] | None = None,
    ) -> None:
        self._viewer = viewer
        self._places = list(places)
        self._fit = fit
        self._draw = draw
        self._done = done
        self._stage = Stage(viewer)
        self._written: list[Path] = []
        self._timer: Call | None = None
        self._job: Job = viewer.jobs.start(f"Writing {len(self._places):,} figures", self.cancel, "figures")
        viewer.model.reference_changed.connect(self._on_reference)
        self._next()

    def cancel(self) -> None:
        """Write no more; what was written stays."""
        self._end(JobState.CANCELLED)

    def _on_reference(self, _reference: object) -> None:
        self.cancel()

    def _next(self) -> None:
        self._viewer.jobs.run(self._job, len(self._written), len(self._places))
        if len(self._written) == len(self._places):
            self._end(JobState.DONE)
            return
        try:
            self._go(self._places[len(self._written)].region)
        except GxviewError as error:
            self._end(JobState.FAILED, str(error))

    def _go(self, region: Region) -> None:
        reference = self._stage.model.reference
        if reference is None or region.chrom not in reference.sizes:
            raise GxviewError(f"The open genome has no {region.chrom}, which {region} asks for.")
        self._fit(self._stage)
        self._stage.show(region)
        self._wait()

    def _wait(self) -> None:
        self._timer = self._viewer.shared.loop.later(LOOK, self._look)

    def _look(self) -> None:
        self._timer = None
        try:
            self._fit(self._stage)
            if not is_ready(self._stage):
                self._wait()
                return
            place = self._places[len(self._written)]
            for note in self._draw(self._stage, place):
                self._viewer.notices.warning(note)
        except GxviewError as error:
            self._end(JobState.FAILED, str(error))
            return
        self._written.append(place.path)
        self._next()

    def _end(self, state: JobState, message: str = "") -> None:
        """Let the stage go and tell how it went."""
        if self._timer is not None:
            self._timer()
            self._timer = None
        if self._job.has_ended:
            return
        self._viewer.model.reference_changed.disconnect(self._on_reference, missing_ok=True)
        self._stage.close()
        self._viewer.jobs.end(self._job, state, message)
        if message:
            self._viewer.notices.error(message)
        elif state is JobState.DONE:
            self._viewer.notices.info(f"Wrote {len(self._written):,} figures to {self._places[0].path.parent}.")
        if self._done is not None:
            self._done(self._written)
