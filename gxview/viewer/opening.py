"""Opens genomes, files and models, whatever kind a path turns out to be."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Protocol

from psygnal import Signal

from gxview.errors import Cancelled, GxviewError
from gxview.genome import Reference
from gxview.tracks import AlignmentSource, EffectSource, FeatureSource, SignalSource, VariantSource
from gxview.tracks.places import url_of
from gxview.viewer.bare import Opened, grown, open_bare
from gxview.viewer.data.track_data import Source, TrackData
from gxview.viewer.explaining.explanations import Explanations
from gxview.viewer.places.camera import View
from gxview.viewer.sessions.file import is_session
from gxview.viewer.sessions.igv_session import is_igv_session
from gxview.viewer.tracks.effect_tracks import HeatmapTrack, VariantTrack
from gxview.viewer.tracks.kinds import AlignmentTrack, FeatureTrack, FileTrack, SequenceTrack, SignalTrack
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.jobs import Job, JobList
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.running import run_job, settle
from gxview.viewer.work.workers import AskCancelled, Outcome, Progress, Workers

KINDS: tuple[tuple[type[FileTrack], Callable[[Source], bool]], ...] = (
    (FeatureTrack, lambda source: isinstance(source, FeatureSource)),
    (SignalTrack, lambda source: isinstance(source, SignalSource)),
    (VariantTrack, lambda source: isinstance(source, VariantSource)),
    (AlignmentTrack, lambda source: isinstance(source, AlignmentSource)),
    (HeatmapTrack, lambda source: isinstance(source, EffectSource)),
)
"""Kinds of tracks of files, and which sources are theirs; the first one that fits is taken."""
LETTERS_HEIGHT = 110
"""Pixels of a signal that is drawn as letters."""
FIRST_LOOK_PIXELS_PER_BASE = 8
"""Zoom of the first look at a genome: letters appear."""


class OpenSource(Protocol):
    """Opens a file of any kind, see `gxview.tracks.open_source`."""

    def __call__(
        self,
        path: Path,
        reference: Reference | None = None,
        *,
        progress: Progress | None = None,
        cancelled: AskCancelled | None = None,
    ) -> Source:
        """Return the source of the data in a file."""


class Opener:
    """Opens what a person names, off the main thread, and adds the tracks.

    `session_wanted(path, then)` tells that a path is a session; whoever opens it calls `then`. `opened(path)` tells
    that a genome or a file was added.

    Parameters
    ----------
    model
        State of the viewer.
    data
        Learns where the data of new tracks come from.
    explanations
        Adds models.
    workers
        Threads that read.
    jobs, notices
        Where progress and failures are shown.
    open_source
        Opens a file of features or signals.
    """

    session_wanted = Signal(object, object)
    opened = Signal(Path)

    def __init__(
        self,
        model: ViewerModel,
        data: TrackData,
        explanations: Explanations,
        workers: Workers,
        jobs: JobList,
        notices: Notices,
        open_source: OpenSource,
    ) -> None:
        self._model = model
        self._data = data
        self._explanations = explanations
        self._workers = workers
        self._jobs = jobs
        self._notices = notices
        self._open_source = open_source
        self._asked = count()
        self._order: dict[str, int] = {}

    def open(self, paths: Sequence[Path], then: Callable[[], None] | None = None) -> None:
        """Open files of any kind, a genome among them first; `then` is called when all were tried."""
        sessions = [path for path in paths if is_session(path) or is_igv_session(path)]
        if sessions:
            for extra in sessions[1:]:
                self._notices.warning(f"Only one session can be open; {extra.name} was left out.")
            rest = [path for path in paths if path not in sessions]
            self.session_wanted.emit(sessions[0], lambda: self.open(rest, then))
            return
        genomes = [path for path in paths if is_fasta(path)]
        others = [path for path in paths if path not in genomes]
        if not genomes:
            self._open_others(others, then)
            return
        for extra in genomes[1:]:
            self._notices.warning(f"Only one genome can be open; {extra.name} was left out.")
        self.open_genome(genomes[0], then=lambda: self._open_others(others, then))

    def open_genome(self, path: Path, aliases: Path | None = None, then: Callable[[], None] | None = None) -> None:
        """Open a genome in FASTA format; `then` is called when that went well."""

        def done(reference: Reference | None) -> None:
            if reference is not None:
                self._show_genome(reference)
                if then is not None:
                    then()

        self.read_genome(path, aliases, done)

    def read_genome(self, path: Path, aliases: Path | None, done: Callable[[Reference | None], None]) -> None:
        """Read a genome without showing it; `done` gets it, or None where that failed, which is told."""
        job = self._jobs.start(f"Opening {path.name}", unit="B")

        def work(tell: Progress, cancelled: AskCancelled) -> Reference:
            def progress(done: int, total: int) -> None:
                if cancelled():
                    raise Cancelled(f"Opening {path.name} was stopped.")
                tell(done, total)

            return Reference(path, aliases=aliases, progress=progress)

        def ended(outcome: Outcome) -> None:
            done(outcome.value if self._ended(job, outcome) else None)

        run_job(self._workers, self._jobs, job, work, ended)

    def open_track(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Open a file of features or signals as a track; `then` is called when that was tried."""
        order = next(self._asked)
        self._read(path, lambda source: self._add_track(path, source, order), None, then)

    def reattach(self, track: FileTrack, then: Callable[[], None] | None = None) -> None:
        """Open the file of a track that is in the list already; `then` is called when that was tried."""

        def done(source: Source) -> None:
            if kind_of(source) is type(track):
                self._data.attach(track, source)
                self._data.refresh()
            else:
                fail(f"{track.path} holds no {track.kind} any more; remove the track {track.name}.")

        def fail(reason: str) -> None:
            self._data.fail(track, reason)

        self._read(Path(track.path), done, fail, then)

    def reattach_lost(self) -> None:
        """Open the files of tracks that came back when their sources were forgotten."""
        for track in self._model.tracks:
            if isinstance(track, FileTrack) and not self._data.source(track) and not self._data.failure(track):
                self.reattach(track)

    def _read(
        self,
        path: Path,
        take: Callable[[Source], None],
        fail: Callable[[str], None] | None,
        then: Callable[[], None] | None,
    ) -> None:
        reference = self._model.reference
        job = self._jobs.start(f"Opening {path.name}", unit="B")

        def done(outcome: Outcome) -> None:
            if self._ended(job, outcome) and self._still(reference) and self._extend(path, outcome.value):
                take(outcome.value.source)
            elif fail is not None and outcome.error:
                fail(outcome.error)
            if then is not None:
                then()

        def work(tell: Progress, cancelled: AskCancelled) -> Opened:
            return open_bare(partial(self._open_source, progress=tell, cancelled=cancelled), path, reference)

        run_job(self._workers, self._jobs, job, work, done)

    def open_model(self, path: Path) -> None:
        """Add an explanation by the model in a folder."""
        key = str(path)
        self._model.add_model(key, path.name)
        self._explanations.add(key)

    def _open_others(self, paths: Sequence[Path], then: Callable[[], None] | None = None) -> None:
        files = [path for path in paths if not path.is_dir()]
        for folder in (path for path in paths if path.is_dir()):
            self.open_model(folder)
        left = len(files)

        def tried() -> None:
            nonlocal left
            left -= 1
            if left == 0 and then is not None:
                then()

        for path in files:
            self.open_track(path, tried)
        if not files and then is not None:
            then()

    def _ended(self, job: Job, outcome: Outcome) -> bool:
        return settle(self._jobs, self._notices, job, outcome)

    def _still(self, reference: Reference | None) -> bool:
        """Whether a file that was opened for a reference still fits what is open now."""
        now = self._model.reference
        without = (reference is None or not reference.has_letters) and (now is None or not now.has_letters)
        return now is reference or without

    def _extend(self, path: Path, opened: Opened) -> bool:
        """Without a genome, take over the chromosomes of a file; False when it has none."""
        if opened.sizes is None:
            return True
        before, camera = self._model.reference, self._model.camera
        try:
            reference = grown(before, path, opened.sizes)
        except GxviewError as error:
            self._notices.error(str(error))
            return False
        self._model.reference = reference
        if before is None:
            self.look_at(reference, whole=True)
        elif (view := camera.view).chrom_length != reference.sizes[view.chrom]:
            camera.show(view.chrom, reference.sizes[view.chrom], view.start, view.end)
        return True

    def _show_genome(self, reference: Reference) -> None:
        tracks, before = self._model.tracks, self._model.reference
        files = [track for track in tracks if isinstance(track, FileTrack)]
        bare = before is not None and not before.has_letters
        for track in [] if bare else files:
            tracks.remove(track)
        self._model.reference = reference
        if not any(isinstance(track, SequenceTrack) for track in tracks):
            tracks.insert(0, SequenceTrack())
        view = self._model.camera.view
        # the other places, and the peaks, are those of the genome before
        self._model.loci.only(self._model.camera)
        self._model.peaks.clear()
        self.look_at(reference)
        self.opened.emit(reference.path)
        if bare:
            self._reopen(files, reference, view)
        elif files:
            self._notices.info(f"The tracks of the genome before were closed: {len(files)}.")

    def _reopen(self, files: Sequence[FileTrack], reference: Reference, view: View) -> None:
        """Open the files that were there before the genome once more, now with its names, and stay at the place."""
        for track in files:
            self.reattach(track)
        chrom = reference.find(view.chrom)
        if chrom is not None and view.start < reference.sizes[chrom]:
            self._model.camera.show(chrom, reference.sizes[chrom], view.start, view.end)

    def look_at(self, reference: Reference, whole: bool = False) -> None:
        """Show the start of the first sequence, or all of it."""
        name = reference.names[0]
        length = reference.sizes[name]
        span = length if whole else min(length, self._model.camera.view.width // FIRST_LOOK_PIXELS_PER_BASE)
        self._model.camera.clear()
        self._model.camera.show(name, length, 0, span)

    def _add_track(self, path: Path, source: Source, order: int) -> None:
        track = track_of(source, path)
        self._data.attach(track, source)
        tracks = self._model.tracks
        # files stand above the explanations in the order in which they were asked for, however long each one took
        self._order[track.id] = order
        above = [isinstance(known, SequenceTrack) or self._order.get(known.id, order) < order for known in tracks]
        tracks.insert(max((place for place, first in enumerate(above) if first), default=-1) + 1, track)
        self.opened.emit(path)
        for note in source.notes:
            self._notices.warning(note)


def track_of(source: Source, path: Path) -> FileTrack:
    """Return a new track for the data of a file, by what the source can do."""
    kind = kind_of(source)
    track = kind(name=source.name or path.name, path=url_of(path) or str(path))
    if isinstance(track, SignalTrack):
        track.color = source.color
        if is_relevance(path):
            track.style, track.height = "letters", LETTERS_HEIGHT
    return track


def is_relevance(path: Path) -> bool:
    """Whether a signal was exported as relevance: the record of how it was made lies beside it."""
    return path.with_name(f"{path.stem}.provenance.json").is_file()


def kind_of(source: Source) -> type[FileTrack]:
    """Return the kind of track that shows what a source has."""
    return next(kind for kind, can in KINDS if can(source))


def is_fasta(path: Path) -> bool:
    """Whether a file, plain or compressed, begins like a FASTA file; False when it cannot be read."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            return file.read(4096).lstrip().startswith(b">")
    except (OSError, EOFError, ValueError, zlib.error):
        return False
