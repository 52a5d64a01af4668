"""Starts evaluations from the window and reads what they found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from psygnal import Signal

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.batch.defaults import results_folder
from gxview.viewer.evaluating.request import (
    Places,
    Request,
    Subject,
    limited,
    subjects_around,
    subjects_in,
    write_request,
)
from gxview.viewer.evaluating.results import Results, read_results
from gxview.viewer.explaining.engine import ModelInfo
from gxview.viewer.places.region_files import read_regions
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.child import PROGRAM
from gxview.viewer.work.command import CommandRun
from gxview.viewer.work.jobs import JobState
from gxview.viewer.work.notices import Notices, Offer
from gxview.viewer.work.programs import Programs
from gxview.viewer.work.workers import Outcome


class Evaluating:
    """The evaluation of a window, one at a time, and the results that show.

    `changed` tells that another evaluation runs, ended, or other results show.

    Parameters
    ----------
    model
        State of the viewer.
    programs
        Runs the command.
    notices
        Where failures are shown.
    """

    changed = Signal()

    def __init__(self, model: ViewerModel, programs: Programs, notices: Notices) -> None:
        self.program: Sequence[str] = PROGRAM
        self.show_path: Callable[[Path], bool] = lambda _path: False
        self.run: CommandRun | None = None
        self.results: Results | None = None
        self.failure = ""
        self._reading: object = None
        self._model = model
        self._programs = programs
        self._notices = notices

    @property
    def is_reading(self) -> bool:
        """Whether results are being read."""
        return self._reading is not None

    @property
    def is_running(self) -> bool:
        """Whether an evaluation runs."""
        return self.run is not None and not self.run.has_ended

    @property
    def models(self) -> dict[str, ModelInfo]:
        """The loaded models that can be evaluated, by key."""
        return {key: info for key, info in self._model.loaded_models.items() if key in self._model.offered_models}

    def subjects(self, places: Places, path: Path | None, models: Sequence[str]) -> list[Subject]:
        """Return the sequences of a choice: windows as long as the longest of the models.

        Parameters
        ----------
        places
            'visible': what is on screen, cut into windows; 'regions': the middles of the table's regions; 'file':
            those of a file of regions.
        path
            The file.
        models
            Keys of loaded models.

        Raises
        ------
        GxviewError
            Nothing is open, nothing is chosen, or the file cannot be read.
        """
        reference = self._model.reference
        known = [info for key, info in self.models.items() if key in models]
        if reference is None or not reference.has_letters:
            raise GxviewError("Open a genome before explanations are evaluated.")
        if not known:
            raise GxviewError("Check at least one model to evaluate.")
        length = max(info.window_length for info in known)
        if places == "visible":
            regions = [view.region for view in self._model.loci.views if view.chrom]
            found = [one for region in regions for one in subjects_in(region, length, reference)]
        elif places == "regions":
            found = subjects_around(self._model.regions.rows, length, reference)
        elif path is None:
            raise GxviewError("Choose a file of regions.")
        else:
            found = subjects_around(read_regions(path, reference), length, reference)
        return limited(found)

    def start(self, request: Request, folder: Path) -> CommandRun:
        """Evaluate as a program of its own, or go on with the same evaluation in its folder.

        Raises
        ------
        GxviewError
            One runs already, the request makes no sense, or the system starts no program.
        """
        if self.is_running:
            raise GxviewError("An evaluation is running already; see the Jobs panel.")
        reference = self._model.reference
        assert reference is not None, "the request was made without a genome"
        wanted = arguments(write_request(folder, request, reference), folder)
        run = self._programs.start(wanted, folder, f"Evaluation into {folder.name}", "Evaluate", self.program)
        run.ended.connect(lambda: self._finish(run))
        self.run = run
        self.changed.emit()
        return run

    def open(self, folder: Path) -> None:
        """Read the results of an evaluation and show them, unless others are asked for meanwhile."""
        mark = self._reading = object()

        def done(outcome: Outcome) -> None:
            if mark is not self._reading:
                return
            self._reading, self.failure = None, outcome.error
            if outcome.ok:
                self.results = outcome.value
                self.changed.emit()
            elif outcome.error:
                self._notices.error(outcome.error)

        self._programs.read(lambda: read_results(folder), done)

    def show_report(self) -> None:
        """Open the report outside of the program."""
        report = self.results.report if self.results is not None else None
        if report is not None and not self.show_path(report):
            self._notices.info(f"Nothing on this computer opens it; look at {report}.")

    def free_folder(self) -> Path:
        """Return a new folder for results, beside the genome where that takes one."""
        return results_folder(self._model, "evaluation")

    def around(self, region: Region) -> Region:
        """Return what to show of a sequence: itself with as much on each side."""
        reference = self._model.reference
        size = reference.sizes[region.chrom] if reference is not None else region.end
        side = region.length // 2
        return Region(region.chrom, max(0, region.start - side), min(size, region.end + side))

    def _finish(self, run: CommandRun) -> None:
        for note in list(dict.fromkeys(run.notes))[:3]:
            self._notices.info(note)
        if run.job.state is JobState.DONE:
            self.open(run.folder)
            self._notices.info(run.job.message, Offer("Report", lambda: self._show(run.folder)))
        elif run.job.state is JobState.FAILED:
            self._notices.error(f"Evaluation into {run.folder.name}: {run.job.message}")
        self.changed.emit()

    def _show(self, folder: Path) -> None:
        self.show_path(folder / "report.html")


def arguments(config: Path, folder: Path) -> list[str]:
    """Return the arguments of the program that evaluates and reports."""
    return ["evaluate", "--config", str(config), "--output", str(folder), "--progress", "json"]
