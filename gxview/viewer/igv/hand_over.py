"""File > Show in IGV: writes the relevance on screen, then sends genome, files and locus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs

from gxview.genome import Reference, Region
from gxview.viewer.explaining.exporting import MAX_REGION, Exporter
from gxview.viewer.explaining.live import LiveRelevance
from gxview.viewer.igv.link import PORT, igv_commands, send_to_igv
from gxview.viewer.tracks.kinds import FileTrack, RelevanceTrack
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.jobs import JobList
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.running import run_job, settle
from gxview.viewer.work.workers import AskCancelled, Outcome, Progress, Workers

Files = list[tuple[str, str]]


class HandOver:
    """Hands what is open over to a running IGV.

    Parameters
    ----------
    model
        State of the viewer.
    live, exporter
        Explain and write the relevance of the region on screen.
    workers
        Threads that talk to IGV.
    jobs, notices
        Where progress and failures are shown.
    folder
        Where the bigWig files for IGV are kept; by default in the user's cache.
    """

    def __init__(
        self,
        model: ViewerModel,
        live: LiveRelevance,
        exporter: Exporter,
        workers: Workers,
        jobs: JobList,
        notices: Notices,
        folder: Path | None = None,
    ) -> None:
        self._model = model
        self._live = live
        self._exporter = exporter
        self._workers = workers
        self._jobs = jobs
        self._notices = notices
        self._folder = folder

    def show_in_igv(self, port: int = PORT) -> None:
        """Send genome, shown files, shown explanations as bigWig, and the locus."""
        reference = self._model.reference
        if reference is None or not reference.has_letters:
            self._notices.warning("Open a genome first with File > Open genome; IGV needs it too.")
            return
        region, tracks = self._model.camera.view.region, self._model.tracks.shown()
        edits = self._model.edits.value
        files = [(track.path, track.name) for track in tracks if isinstance(track, FileTrack)]
        relevance = [track for track in tracks if isinstance(track, RelevanceTrack) and track.options.model]
        explained = [track for track in relevance if not track.options.edited or edits.keep_length]
        if len(explained) < len(relevance):
            self._notices.warning("IGV cannot show insertions and deletions along the reference; they are left out.")
        if explained and region.length > MAX_REGION:
            self._notices.warning(f"{region} is too long to explain for IGV; only the files are shown there.")
            explained = []
        self._write(explained, region, files, lambda: self._send(reference, files, region, port))

    def _write(self, tracks: list[RelevanceTrack], region: Region, files: Files, then: Callable[[], None]) -> None:
        """Write the explanations one after the other, note their paths in `files`, then go on."""
        if not tracks:
            then()
            return
        first, rest = tracks[0], tracks[1:]
        try:
            path = self._path(first, region)
        except OSError as error:
            self._notices.error(f"The bigWig for IGV cannot be written: {error}.")
            return

        def written() -> None:
            files.append((str(path), first.name))
            self._write(rest, region, files, then)

        self._exporter.export(first, self._live.number(first), region, path, written)

    def _send(self, reference: Reference, files: Files, region: Region, port: int) -> None:
        job = self._jobs.start("Showing in IGV")
        commands = igv_commands(reference.path, files, region)

        def done(outcome: Outcome) -> None:
            if settle(self._jobs, self._notices, job, outcome):
                self._notices.info(f"IGV shows {region}.")

        def work(tell: Progress, ask: AskCancelled) -> None:
            send_to_igv(commands, port=port, progress=tell, cancelled=ask)

        run_job(self._workers, self._jobs, job, work, done)

    def _path(self, track: RelevanceTrack, region: Region) -> Path:
        folder = self._folder or Path(platformdirs.user_cache_dir("gxview", appauthor=False)) / "igv"
        folder.mkdir(parents=True, exist_ok=True)
        plain = "".join(letter if letter.isalnum() else "-" for letter in f"{track.name} {region.chrom}")
        return folder / f"{plain}-{region.start + 1}-{region.end}.bw"
