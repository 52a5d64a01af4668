"""The window as a script or the console drives it: every call waits until what it asked for is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from qtpy.QtGui import QImage

from gxview._qt.assessing.facade import AssessingViewer
from gxview._qt.drawing.picture import save_window
from gxview._qt.idle import wait_until, wait_until_idle
from gxview._qt.scoring.facade import ScoringViewer
from gxview._qt.window import MainWindow
from gxview.errors import GxviewError
from gxview.genome import Edit, Region
from gxview.viewer.batch.scripted import choose
from gxview.viewer.explaining.engine import EditEffect
from gxview.viewer.motifs.matcher import MotifMatch
from gxview.viewer.tracks.kinds import RelevanceTrack, Track
from gxview.viewer.tracks.tracklist import TrackList
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.notices import Level


class WindowViewer(ScoringViewer, AssessingViewer):
    """Drives a window from Python; tracks, settings and loci are plain objects that the window listens to.

    Parameters
    ----------
    window
        The window.
    """

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self._told = len(self._problems())

    @property
    def model(self) -> ViewerModel:
        """All state: reference, tracks, loci, settings."""
        return self.window.viewer.model

    @property
    def tracks(self) -> TrackList:
        """The tracks, top to bottom; their fields can be set."""
        return self.model.tracks

    @property
    def region(self) -> Region:
        """What shows, 0-based and half-open.

        Raises
        ------
        GxviewError
            Nothing is open.
        """
        if not self.model.camera.is_open:
            raise GxviewError("Nothing is open yet; open a genome or a track first.")
        return self.model.camera.view.region

    def open(self, *paths: str | Path) -> list[Track]:
        """Open a genome, tracks, folders of models, sessions; return the tracks that came.

        Raises
        ------
        GxviewError
            A file cannot be opened.
        """
        before = {track.id for track in self.tracks}
        with self.window.session.unasked():
            self.window.viewer.opener.open([Path(path) for path in paths])
            self.wait()
        return [track for track in self.tracks if track.id not in before]

    def go_to(self, place: str | Region) -> None:
        """Go to a region ('chr1:1,001-2,000', 1-based), a chromosome, a gene, or a `Region` (0-based).

        Raises
        ------
        GxviewError
            There is no such place.
        """
        if isinstance(place, Region):
            self.window.viewer.show(place)
        else:
            self.window.viewer.go_to(place)
        self.wait()

    def add_relevance(self, model: str | Path, method: str | None = None, **options: Any) -> RelevanceTrack:
        """Add the explanation of a model and wait until what is on screen is explained.

        Parameters
        ----------
        model
            'sample-cnn', 'sample-dnabert2', a folder, or the name of a repository.
        method
            Method of explanation; None for the default of the model.
        options
            Further fields of `gxview.viewer.tracks.options.ExplainOptions`: target, strand, phases, ...

        Raises
        ------
        GxviewError
            The model cannot be loaded or fails.
        """
        track = self.window.viewer.explanations.add(str(model), method=method, **options)
        self.wait()
        return track

    def relevance(self, track: RelevanceTrack | None = None) -> NDArray[np.float32]:
        """Return the relevance of the bases on screen, shape (L,), NaN where there is none.

        Parameters
        ----------
        track
            The explanation; None for the selected or the first one.

        Raises
        ------
        GxviewError
            There is no explanation, or the bases are too many to be held one by one.
        """
        chosen, region = track or self.window.viewer.current_explanation(), self.region
        if chosen is None:
            raise GxviewError("There is no explanation yet; add one with add_relevance(model=...).")
        values = np.full(region.length, np.nan, np.float32)
        found = self.window.viewer.live.slice(chosen, self.model.camera.view)
        if found is None:
            return values
        if not isinstance(found.values, np.ndarray):
            raise GxviewError(f"{region} is too long to give the relevance of each base; zoom in.")
        offset = found.start - region.start
        first, last = max(0, offset), min(region.length, offset + len(found.values))
        values[first:last] = found.values[first - offset : last - offset]
        return values

    def edit(self, place: str | Region, letters: str) -> list[Edit]:
        """Put letters in place of bases of the reference, show what the model makes of it, and return all edits.

        The file of the genome stays as it is; ``run('undo')`` and ``run('clear_edits')`` take edits back.

        Parameters
        ----------
        place
            The bases, as text (1-based) or `Region` (0-based).
        letters
            What stands there instead; empty deletes. Longer or shorter than the place for insertions and deletions.

        Raises
        ------
        GxviewError
            There is no such place, the letters are no DNA, or an earlier insertion or deletion would be cut.
        """
        reference, notices = self.model.reference, self.window.viewer.notices
        if reference is None:
            raise GxviewError("Open a genome before the sequence is edited.")
        region, _ = reference.region(place)
        before = len(notices.history)
        self.window.viewer.editing.write(region, letters)
        self.wait()
        if told := [notice.text for notice in notices.history[before:] if notice.level is Level.WARNING]:
            raise GxviewError(" ".join(told))
        return list(self.model.edits.value)

    def effects(self) -> list[EditEffect]:
        """Return what each edit does: predictions before and after, and aligned letters with their relevance.

        Raises
        ------
        GxviewError
            The model fails.
        """
        effects = self.window.viewer.effects
        effects.watch()
        self.wait()
        return [found for edit in self.model.edits.value if (found := effects.of(edit)) is not None]

    def motifs(self, place: str | Region, path: str | Path) -> Sequence[MotifMatch]:
        """Return the motifs of a file that bases look like, weighted by relevance where it is on screen; best first.

        Parameters
        ----------
        place
            The bases, at most 60.
        path
            JASPAR, MEME or TRANSFAC file.

        Raises
        ------
        GxviewError
            There is no such place, or the file cannot be read.
        """
        search, reference = self.window.viewer.motifs, self.model.reference
        if reference is None:
            raise GxviewError("Open a genome before bases are compared with motifs.")
        self.model.bases.select(reference.region(place)[0])
        self.model.settings.motif_file = str(Path(path).absolute())
        search.search(self.window.viewer.current_explanation())
        wait_until(lambda: search.is_idle)
        if search.found is None:
            raise GxviewError(search.status)
        return search.found.answer.matches

    def run(self, action: str) -> None:
        """Run any action of the menus by its name, such as 'zoom_bases'; `actions` lists them."""
        self.window.run(action)
        self.wait()

    @property
    def actions(self) -> Sequence[str]:
        """Names of all actions."""
        return sorted(key.removeprefix("gxview.") for key, _ in self.window.actions_model.commands)

    def wait(self) -> None:
        """Let the window work until all that was asked for is there and painted.

        Raises
        ------
        GxviewError
            Something failed since the last call.
        """
        wait_until_idle(self.window)
        problems = self._problems()
        new, self._told = problems[self._told :], len(problems)
        if new:
            raise GxviewError(" ".join(new))

    def save_session(self, path: str | Path | None = None) -> None:
        """Write what is open into a session file, by default the one that is open; `open` brings it back.

        Raises
        ------
        GxviewError
            No session is open and no path given, or the file cannot be written.
        """
        session = self.window.viewer.session
        if path is None and session.path is None:
            raise GxviewError("No session is open; say where to save it, as in save_session('mine.gxview.json').")
        session.save(Path(path) if path is not None else None)
        self.wait()

    def screenshot(self, path: str | Path | None = None) -> NDArray[np.uint8]:
        """Return a picture of the window, shape (height, width, 3), and write it as PNG or SVG if a path is given.

        Raises
        ------
        GxviewError
            The file cannot be written.
        """
        self.wait()
        if path is not None:
            save_window(Path(path), self.window)
        return _pixels(self.window.grab().toImage())

    def figure(self, path: str | Path, **options: Any) -> list[str]:
        """Write what the window shows as a figure in millimetres: PNG, SVG or PDF, without the window.

        Parameters
        ----------
        path
            File ending in .png, .svg or .pdf.
        options
            Fields of `gxview.viewer.figures.figure.FigureOptions`, such as ``width_mm=85``.

        Returns
        -------
        list of str
            What a person should know about the file, such as parts of a vector file that are made of pixels.

        Raises
        ------
        GxviewError
            An option does not exist or is out of range, the figure is too small, or the file cannot be written.
        """
        from gxview._qt.figures.run import read_options, write_view

        self.wait()
        return write_view(self.window.viewer, Path(path), read_options(options))

    def batch_export(self, folder: str | Path, *, wait: bool = True, **choices: Any) -> list[Path]:
        """Export what the window shows, or what is named, into a folder; or go on with the same export there.

        It runs as a program of its own: the Jobs panel shows it, and a break costs nothing that was finished.

        Parameters
        ----------
        folder
            Where the results go.
        wait
            Wait until it is done; else it runs on while the window is used, and an empty list is returned.
        choices
            Fields of `gxview.viewer.batch.recipe.Recipe`: places (``whole_genome``, ``chromosomes``, ``files``,
            ``regions``), ``models`` by name or as `gxview.job_file.ModelChoice`, ``outputs``, ``phases``, ... What is
            not named is as in the dialog: the explanations and the regions of the window.

        Returns
        -------
        list of Path
            The written files.

        Raises
        ------
        GxviewError
            The choices are no export, it failed, or not everything is there.
        """
        draft = self.window.viewer.new_batch()
        try:
            choose(draft, Path(folder), choices)
            self.wait()
            run = self.window.viewer.batch.start(draft.job(), Path(folder).absolute())
        finally:
            draft.close()
        if not wait:
            return []
        wait_until(lambda: run.has_ended)
        self.wait()
        return run.files

    def close(self) -> None:
        """Close the window and end its threads."""
        with self.window.session.unasked():
            self.window.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _problems(self) -> list[str]:
        return self.window.viewer.problems()


def _pixels(image: QImage) -> NDArray[np.uint8]:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    bits = plain.constBits()
    bits.setsize(plain.sizeInBytes())
    rows = np.frombuffer(bits, np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()
