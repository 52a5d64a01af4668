"""What a script asks about trust: the numbers of the trust lane, and an evaluation of many places."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gxview._qt.idle import wait_until
from gxview.errors import GxviewError
from gxview.viewer.evaluating.request import Places, Request
from gxview.viewer.evaluating.results import Results
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.trust.evaluator import WindowTrust
from gxview.viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gxview._qt.window import MainWindow


class TrustingViewer:
    """The part of `gxview._qt.facade.WindowViewer` that is about trust."""

    window: MainWindow

    @property
    def model(self) -> ViewerModel:
        """All state."""
        return self.window.viewer.model

    def wait(self) -> None:
        """Let the window work until all that was asked for is there."""
        raise NotImplementedError

    def trust(self, track: RelevanceTrack | None = None) -> list[WindowTrust]:
        """Show the trust lane of an explanation and return the numbers of the windows on screen.

        Parameters
        ----------
        track
            The explanation; None for the selected or the first one.

        Returns
        -------
        list of WindowTrust
            Each with ``start``, ``end``, ``values`` by the name of the measure, and ``words`` about them.

        Raises
        ------
        GxviewError
            There is no explanation, or it cannot be evaluated.
        """
        chosen = track or self.window.viewer.current_explanation()
        if chosen is None:
            raise GxviewError("There is no explanation yet; add one with add_relevance(model=...).")
        chosen.trust = True
        self.wait()
        found = self.window.viewer.trust.windows(chosen, self.model.camera.view)
        return [judged.window for judged in found]

    def evaluate(
        self,
        folder: str | Path,
        regions: str | Path = "visible",
        models: Sequence[str] = (),
        methods: Sequence[str] = (),
        families: Sequence[str] = (),
        *,
        full: bool = False,
    ) -> Results:
        """Evaluate explanations as a program of its own and wait for the numbers; show them in the panel Evaluate.

        Parameters
        ----------
        folder
            Where the results go; the same request in the same folder goes on where it was.
        regions
            'visible' cuts what is on screen into windows, 'regions' takes those of the table, else a file of regions.
        models
            Keys of loaded models; empty for all that explain here.
        methods, families
            By name; empty for the usual ones.
        full
            Everything that fits the models.

        Returns
        -------
        Results
            ``results.worst_first(kind)`` for each of ``results.kinds``.

        Raises
        ------
        GxviewError
            The request makes no sense, or the evaluation failed.
        """
        evaluating = self.window.viewer.evaluating
        known = evaluating.models
        chosen = tuple(models) or tuple(known)
        named: Places = "visible" if regions == "visible" else "regions" if regions == "regions" else "file"
        subjects = evaluating.subjects(named, Path(regions) if named == "file" else None, chosen)
        fitting = {key: {one.name for one in known[key].methods} for key in chosen if key in known}
        wanted = tuple((key, tuple(name for name in methods if name in names)) for key, names in fitting.items())
        request = Request(tuple(subjects), chosen, wanted, tuple(families), full, self.model.settings.device)
        run = evaluating.start(request, Path(folder).expanduser().absolute())
        wait_until(lambda: run.has_ended and not evaluating.is_reading)
        if run.end is None or run.end.status != "complete":
            raise GxviewError(run.job.message)
        if evaluating.results is None or evaluating.failure:
            # results of before are not those of this call
            raise GxviewError(evaluating.failure)
        self.wait()
        return evaluating.results
