"""Shows what is explained while browsing as jobs: how far each track is, and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable

from gxview.viewer.explaining.live import ExplainState, LiveRelevance
from gxview.viewer.explaining.mutagenesis import Mutagenesis
from gxview.viewer.explaining.tiles import TILE
from gxview.viewer.tracks.effect_tracks import MutagenesisTrack
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.tracks.tracklist import TrackList
from gxview.viewer.work.jobs import Job, JobList, JobState


class LiveJobs:
    """Keeps a job for each track that is being explained.

    Parameters
    ----------
    tracks
        All tracks.
    live, mutagenesis
        Who explains.
    jobs
        Where it is shown.
    """

    def __init__(self, tracks: TrackList, live: LiveRelevance, mutagenesis: Mutagenesis, jobs: JobList) -> None:
        self._tracks = tracks
        self._live = live
        self._mutagenesis = mutagenesis
        self._jobs = jobs
        self._open: dict[str, Job] = {}
        live.changed.connect(self._show)
        mutagenesis.changed.connect(self._show)

    def _show(self, track_id: str) -> None:
        track, state = self._tracks.get(track_id), None
        if isinstance(track, RelevanceTrack):
            state, stop, text = self._live.state(track), lambda: self._live.stop(track), f"Explaining: {track.name}"
        elif isinstance(track, MutagenesisTrack):
            state, stop, text = self._mutagenesis.state(track), lambda: self._mutagenesis.stop(track), track.name
        if state is not None and state.is_busy:
            self._run(track_id, text, state, stop)
        elif (job := self._open.pop(track_id, None)) is not None:
            if state is not None and state.kind == "failed":
                self._jobs.end(job, JobState.FAILED, state.text)
            else:
                self._jobs.remove(job)

    def _run(self, track_id: str, text: str, state: ExplainState, stop: Callable[[], None]) -> None:
        if track_id not in self._open:
            self._open[track_id] = self._jobs.start(text, stop, "bp", TILE)
        self._jobs.run(self._open[track_id], state.done, state.total)
