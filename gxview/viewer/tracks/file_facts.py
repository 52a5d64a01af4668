"""What the files of tracks say about themselves, read off the main thread when a person asks."""

from __future__ import annotations

from psygnal import Signal

from gxview.tracks.facts import Fact, facts_of
from gxview.viewer.data.track_data import Source, TrackData
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.work.workers import Outcome, Task, Workers


class FileFacts:
    """Facts of files by track; `changed` tells the identifier of a track of which they came.

    Parameters
    ----------
    workers
        Threads that read.
    data
        Knows where the data of a track come from.
    """

    changed = Signal(str)

    def __init__(self, workers: Workers, data: TrackData) -> None:
        self._workers = workers
        self._data = data
        self._known: dict[str, tuple[Source, list[Fact]]] = {}
        self._pending: dict[str, Task] = {}

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read."""
        return not self._pending

    def of(self, track: Track) -> list[Fact]:
        """Return the facts at hand of the file of a track; where there are none, read them."""
        source = self._data.source(track)
        if source is None:
            return []
        known = self._known.get(track.id)
        if known is not None and known[0] is source:
            return known[1]
        if track.id not in self._pending:
            self._read(track.id, source)
        return []

    def _read(self, track_id: str, source: Source) -> None:
        def done(outcome: Outcome) -> None:
            del self._pending[track_id]
            facts = outcome.value if outcome.ok else [("file", outcome.error)]
            self._known[track_id] = source, facts
            self.changed.emit(track_id)

        self._pending[track_id] = Task(lambda _tell, _ask: facts_of(source), done)
        self._workers.submit(self._pending[track_id])
