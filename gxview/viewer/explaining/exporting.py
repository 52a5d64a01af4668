"""Writes the relevance of a region to a file, through the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from gxview.genome import Region
from gxview.viewer.explaining.collect import Collector
from gxview.viewer.explaining.device import DeviceThread, Priority
from gxview.viewer.explaining.engine import RegionExplanation
from gxview.viewer.explaining.tiles import TILE
from gxview.viewer.tracks.effect_tracks import MutagenesisTrack
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.jobs import Job, JobList, JobState
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.running import settle
from gxview.viewer.work.workers import Outcome

MAX_REGION = 1_000_000
"""Bases that are explained or written from the window; more is work for a batch export."""
SUFFIXES = {".bw": "bigWig", ".bedgraph": "bedGraph", ".tsv": "Table", ".npz": "NumPy arrays (TF-MoDISco)"}
"""What can be written."""


class Exporter:
    """Explains whole regions on request, for the screen or for a file.

    Parameters
    ----------
    model
        State of the viewer.
    collector
        Explains all tiles of a region.
    device
        Where files are written, by the engine.
    jobs, notices
        Where progress and results are shown.
    """

    def __init__(
        self, model: ViewerModel, collector: Collector, device: DeviceThread, jobs: JobList, notices: Notices
    ) -> None:
        self._model = model
        self._collector = collector
        self._device = device
        self._jobs = jobs
        self._notices = notices

    def explain(self, track: RelevanceTrack | MutagenesisTrack, number: int, region: Region) -> None:
        """Explain a region for the screen."""
        reference = self._model.reference
        if reference is None or not self._fits(region):
            return
        job = self._jobs.start(f"Explaining {region} with {track.name}", unit="bp", each=TILE)
        done = lambda _tiles: self._jobs.end(job, JobState.DONE)  # noqa: E731
        self._collector.collect(job, reference, number, region, Priority.SCREEN, done)

    def export(
        self, track: RelevanceTrack, number: int, region: Region, path: Path, then: Callable[[], None] | None = None
    ) -> None:
        """Explain a region and write it, the suffix names the format; `then` is called when that went well."""
        reference = self._model.reference
        if reference is None or not self._fits(region):
            return
        if path.suffix.lower() not in SUFFIXES:
            self._notices.error(f"{path.name} has no known format; end it in {', '.join(SUFFIXES)}.")
            return
        job = self._jobs.start(f"Exporting {region} to {path.name}", unit="bp", each=TILE)
        self._collector.collect(
            job, reference, number, region, Priority.EXPORT, lambda tiles: self._write(job, tiles, region, path, then)
        )

    def _write(
        self,
        job: Job,
        tiles: Sequence[RegionExplanation],
        region: Region,
        path: Path,
        then: Callable[[], None] | None,
    ) -> None:
        reference = self._model.reference
        if reference is None:
            self._jobs.end(job, JobState.CANCELLED)
            return

        def done(outcome: Outcome) -> None:
            if not settle(self._jobs, self._notices, job, outcome):
                return
            if then is not None:
                then()
            else:
                self._notices.info(f"Wrote {', '.join(written.name for written in outcome.value)}.")

        task = self._device.submit(
            Priority.EXPORT, lambda engine, _tell, _ask: engine.export(path, tiles, region, reference), done
        )
        job.on_cancel(task.cancel)

    def _fits(self, region: Region) -> bool:
        if region.length <= MAX_REGION:
            return True
        self._notices.error(f"{region} is longer than {MAX_REGION:,} bases; zoom in, or use File > Batch export.")
        return False
