"""The motif under the cursor: selected bases of an explanation against a motif file of the person's choice."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from gxview.errors import GxviewError
from gxview.genome import Edits, Reference, Region
from gxview.viewer.data.blocks import LetterBlock
from gxview.viewer.editing.edit_list import edited_letters
from gxview.viewer.explaining.live import LiveRelevance
from gxview.viewer.explaining.relevance_slice import Bins
from gxview.viewer.motifs.matcher import MatcherFactory, MotifAnswer, MotifMatch, MotifMatcher
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.sessions.undo import Undo
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.workers import Outcome, Task, Workers

WIDEST = 60
"""Most bases that are compared."""
TOP = 10
"""Matches that are shown."""
NO_FILE = "Choose a motif file first: JASPAR, MEME, TRANSFAC or rows of A, C, G, T."


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An answer and what was asked.

    Parameters
    ----------
    region
        The selected bases.
    letters
        As they were compared, '-' for a deleted base.
    of
        Name of the explanation whose relevance weighted them; empty where every base counted the same.
    answer
        The matches.
    seconds
        How long the comparison took.
    """

    region: Region
    letters: str
    of: str
    answer: MotifAnswer
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    region: Region
    relevance: NDArray[np.float32] | None
    edits: Edits
    of: str


class MotifSearch:
    """Compares the selected bases with the motifs of a file, in a thread of its own.

    `changed` tells that there is another answer, or another reason why there is none.

    Parameters
    ----------
    model
        State of the viewer; the file is one of its settings.
    live
        The relevance at hand.
    undo
        Names the step of an annotation.
    notices
        Where it is told what was added.
    loop
        Main thread.
    factory
        Makes what compares, on first use; None where there is none.
    """

    changed = Signal()

    def __init__(
        self,
        model: ViewerModel,
        live: LiveRelevance,
        undo: Undo,
        notices: Notices,
        loop: Loop,
        factory: MatcherFactory | None,
    ) -> None:
        self._model = model
        self._live = live
        self._undo = undo
        self._notices = notices
        self._factory = factory
        self._matcher: MotifMatcher | None = None
        self._workers = Workers("gxview-motifs", 1, loop)
        self._task: Task | None = None
        self.found: Found | None = None
        self.status = ""
        model.reference_changed.connect(lambda _reference: self._end(None, ""))
        model.bases.changed.connect(self._bases_changed)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being compared."""
        return self._task is None

    @property
    def path(self) -> Path | None:
        """The motif file."""
        text = self._model.settings.motif_file
        return Path(text) if text else None

    def choose(self, path: Path) -> None:
        """Compare with another file from now on, also at the next start; it is read at once, and errors are told."""
        self._model.settings.motif_file = str(path.absolute())
        self._run(
            lambda matcher: matcher.prepare(path),
            lambda count: self._chosen(path, count),
            f"Reading {path.name}; the first time on a machine takes a minute",
        )

    def warm(self) -> None:
        """Read the file and load what compares, where that is not done: then the first search is as fast as any.

        Told when bases are selected and when the panel shows; the first time on a machine it compiles for a minute.
        """
        path = self.path
        if self._matcher is None and self._task is None and self._factory is not None and path is not None:
            self._run(lambda matcher: matcher.prepare(path), lambda _count: self._end(self.found, ""), "")

    def search(self, track: RelevanceTrack | None) -> None:
        """Compare the selected bases, weighted by the relevance of an explanation where it is at hand."""
        self._drop()
        region, path, reference = self._model.bases.region, self.path, self._model.reference
        if region is None:
            self._end(None, "Select some bases first: drag over them with Ctrl held.")
        elif region.length > WIDEST:
            self._end(None, f"{region.length:,} bases are selected; select at most {WIDEST}.")
        elif reference is None or not reference.has_letters:
            self._end(None, "Open a genome first; without letters there is nothing to compare.")
        elif path is None:
            self._end(None, NO_FILE)
        else:
            query = self._query(track, region)

            def done(answer: tuple[str, MotifAnswer, float]) -> None:
                letters, found, seconds = answer
                self._end(Found(region, letters, query.of, found, seconds), "")

            self._run(lambda matcher: _compare(matcher, reference, query, path), done, f"Comparing {region}")

    def place(self, match: MotifMatch) -> Region:
        """Return where a motif lies on the reference, with its strand.

        Raises
        ------
        GxviewError
            It hangs over the start of the chromosome.
        """
        assert self.found is not None
        start = self.found.region.start - match.offset
        if start < 0:
            raise GxviewError(f"{match.motif.label} hangs over the start of {self.found.region.chrom}.")
        return Region(self.found.region.chrom, start, start + match.motif.width, match.strand)

    def annotate(self, match: MotifMatch) -> RegionRow | None:
        """Add a motif to the table of regions, at its place and on its strand."""
        if self.found is None:
            return None
        try:
            region = self.place(match)
        except GxviewError as error:
            self._notices.warning(str(error))
            return None
        of = f" on relevance of {self.found.of}" if self.found.of else ""
        note = f"{match.motif.id}, TOMTOM q {match.q_value:.2g}{of}, {self.path.name if self.path else ''}"
        row = RegionRow.of(region, match.motif.name or match.motif.id, score=match.q_value, note=note)
        self._undo.call(f"annotate {row.name}")
        self._model.regions.add([row])
        self._notices.info(f"Added {row.name} at {region} to the table of regions.")
        return row

    def close(self) -> None:
        """Take no more work."""
        self._workers.stop()

    def join(self, timeout: float) -> bool:
        """Wait for the thread after `close`; False when it did not end in time."""
        return self._workers.join(timeout)

    def _query(self, track: RelevanceTrack | None, region: Region) -> _Query:
        edited = track is not None and track.options.edited
        relevance = self._relevance(track, region) if track is not None else None
        edits = self._model.edits.value if edited else Edits()
        return _Query(region, relevance, edits, track.name if track is not None and relevance is not None else "")

    def _relevance(self, track: RelevanceTrack, region: Region) -> NDArray[np.float32] | None:
        """Return the relevance of the bases, NaN where it is not at hand; None where none of it is."""
        view = next((view for view in self._model.loci.views if _shows(view.region, region)), None)
        found = self._live.slice(track, view) if view is not None else None
        if found is None or isinstance(found.values, Bins):
            return None
        values = np.full(region.length, np.nan, np.float32)
        low, high = max(region.start, found.start), min(region.end, found.start + len(found.values))
        if low < high:
            values[low - region.start : high - region.start] = found.values[low - found.start : high - found.start]
        return values if np.isfinite(values).any() else None

    def _run(self, work: Any, done: Any, status: str) -> None:
        factory = self._factory
        if factory is None:
            self._end(None, "This window was opened without the part that compares motifs.")
            return
        self._drop()
        self.status = status

        def call(_tell: Any, _ask: Any) -> Any:
            if self._matcher is None:
                self._matcher = factory()
            return work(self._matcher)

        def ended(outcome: Outcome) -> None:
            self._task = None
            if outcome.ok:
                done(outcome.value)
            elif outcome.error:
                self._end(None, outcome.error)

        self._task = Task(call, ended)
        self._workers.submit(self._task)
        self.changed.emit()

    def _bases_changed(self) -> None:
        bases = self._model.bases
        if bases.region is not None and not bases.is_typing:
            self.warm()

    def _drop(self) -> None:
        """Hear no more of what was asked before."""
        if self._task is not None:
            self._task.drop()
            self._task = None

    def _chosen(self, path: Path, count: int) -> None:
        self._end(None, f"{path.name}: {count:,} motifs. Select bases of an explanation, then press M.")

    def _end(self, found: Found | None, status: str) -> None:
        self.found, self.status = found, status
        self.changed.emit()


def _shows(shown: Region, region: Region) -> bool:
    return shown.chrom == region.chrom and shown.start < region.end and region.start < shown.end


def _compare(matcher: MotifMatcher, reference: Reference, query: _Query, path: Path) -> tuple[str, MotifAnswer, float]:
    """Return letters, answer and the seconds of the comparison itself, without what is loaded before the first one."""
    block = LetterBlock(query.region, reference.fetch(query.region).upper())
    letters = edited_letters(block, query.edits)
    matcher.prepare(path)
    began = time.monotonic()
    answer = matcher.match(letters, query.relevance, path, TOP)
    return letters, answer, time.monotonic() - began
