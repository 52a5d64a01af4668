"""The whole application without a window: the one object that the window, a script and the tests drive."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from psygnal import Signal

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.assessing.alternatives import TableAlternatives
from gxview.viewer.assessing.assessing import Assessing
from gxview.viewer.batch.draft import Draft
from gxview.viewer.batch.exports import BatchExports
from gxview.viewer.data.fetch import Fetcher
from gxview.viewer.data.track_data import TrackData
from gxview.viewer.editing.alternative import Alternative
from gxview.viewer.editing.editing import Editing
from gxview.viewer.editing.effects import EditEffects
from gxview.viewer.evaluating.evaluating import Evaluating
from gxview.viewer.explaining.collect import Collector
from gxview.viewer.explaining.compare import Comparisons
from gxview.viewer.explaining.device import DeviceThread
from gxview.viewer.explaining.engine import EngineFactory
from gxview.viewer.explaining.explanations import Explanations
from gxview.viewer.explaining.exporting import Exporter
from gxview.viewer.explaining.live import LiveRelevance
from gxview.viewer.explaining.live_jobs import LiveJobs
from gxview.viewer.explaining.mutagenesis import Mutagenesis
from gxview.viewer.explaining.tiles import TileCache
from gxview.viewer.igv.hand_over import HandOver
from gxview.viewer.motifs.matcher import MatcherFactory
from gxview.viewer.motifs.motif_search import MotifSearch
from gxview.viewer.opening import Opener, OpenSource
from gxview.viewer.places.camera import Camera
from gxview.viewer.places.locus import Completer, Place, find_all
from gxview.viewer.places.navigator import Navigator
from gxview.viewer.places.peak_finder import PeakFinder
from gxview.viewer.scoring.browsing import VariantBrowser
from gxview.viewer.scoring.colouring import Colouring
from gxview.viewer.scoring.live_scores import LiveScores
from gxview.viewer.sessions.autosave import Autosave
from gxview.viewer.sessions.recent import Recent
from gxview.viewer.sessions.session import Sessions
from gxview.viewer.sessions.undo import Undo
from gxview.viewer.settings.applied import AppliedSettings
from gxview.viewer.settings.preferences import Preferences
from gxview.viewer.tracks.combine import Combiner
from gxview.viewer.tracks.effect_tracks import MutagenesisTrack
from gxview.viewer.tracks.file_facts import FileFacts
from gxview.viewer.tracks.kinds import CombinedTrack, FileTrack, RelevanceTrack, Track, sources_of
from gxview.viewer.trust.controls import Controls
from gxview.viewer.trust.evaluations import Evaluations
from gxview.viewer.trust.lanes import TrustLanes
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.jobs import JobList
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.programs import Programs
from gxview.viewer.work.workers import Outcome, Task, Workers

IO_THREADS = 3


@dataclass(frozen=True, slots=True)
class Machinery:
    """What several viewers of the same files share: threads, explained tiles, the way to open a file."""

    loop: Loop
    io: Workers
    device: DeviceThread
    tiles: TileCache
    evaluations: Evaluations
    open_source: OpenSource


class Viewer:
    """State, workers and everything a person can ask for.

    Parameters
    ----------
    loop
        Main thread.
    engine_factory
        Makes the engine, called in the device thread on first use.
    open_source
        Opens a file of features or signals.
    known_models
        Shown name of each model that can be chosen, by key.
    matcher_factory
        Makes what compares bases with motifs, called in a thread of its own on first use; None for none.
    """

    arrived = Signal(Region)

    def __init__(
        self,
        loop: Loop,
        engine_factory: EngineFactory,
        open_source: OpenSource,
        known_models: Mapping[str, str] | None = None,
        matcher_factory: MatcherFactory | None = None,
    ) -> None:
        device = DeviceThread(engine_factory, loop)
        io = Workers("gxview-io", IO_THREADS, loop)
        shared = Machinery(loop, io, device, TileCache(device), Evaluations(device), open_source)
        self._set_up(shared, ViewerModel(known_models))
        self.motifs = MotifSearch(self.model, self.live, self.undo, self.notices, loop, matcher_factory)
        self.applied = AppliedSettings(self.model.settings, shared.tiles, loop, self.notices)
        self.batch = BatchExports(self.opener, self.model.tracks, self.jobs, self.notices, loop)
        self.programs = Programs(self.jobs, loop)
        self.assess = Assessing(self.model, self.programs, self.notices)
        self.evaluating = Evaluating(self.model, self.programs, self.notices)

    def _set_up(self, shared: Machinery, model: ViewerModel) -> None:
        self.model = model
        self.jobs = JobList()
        self.notices = Notices()
        self.shared = shared
        loop, open_source = shared.loop, shared.open_source
        self._io, self._device, self._cache = shared.io, shared.device, shared.tiles
        self._fetcher = Fetcher(self._io)
        self._searches: set[Task] = set()
        self.data = TrackData(self.model, self._fetcher)
        self.live = LiveRelevance(self.model, self._cache, loop)
        self.explanations = Explanations(self.model, self._device, self.jobs, self.notices)
        self.controls = Controls(self.model, self.explanations)
        self.mutagenesis = Mutagenesis(self.model, self._cache, loop)
        self.trust = TrustLanes(self.model, shared.evaluations, self.explanations, loop)
        self.exporter = Exporter(self.model, Collector(self._cache, self.jobs), self._device, self.jobs, self.notices)
        self.opener = Opener(self.model, self.data, self.explanations, self._io, self.jobs, self.notices, open_source)
        self.combiner = Combiner(self.model.tracks, self.data, self.live)
        self.scores = LiveScores(self.model, self.data, self.explanations, self._device, loop)
        self.facts = FileFacts(self._io, self.data)
        self.comparisons = Comparisons(self.model, self.explanations, self.live)
        self.completer = Completer(self._io)
        self.undo = Undo(self.model, loop)
        self.undo.restored.connect(self.explanations.fit)
        self.undo.restored.connect(self.opener.reattach_lost)
        self.alternative = Alternative(self.model, self.explanations, self.current_explanation)
        self.editing = Editing(self.model, self.alternative, self.undo, self._io, self.notices)
        self.scores.refused.connect(self.notices.warning)
        self.colouring = Colouring(self.model, self.data, self.scores)
        self.variants = VariantBrowser(self.model, self.data, self.editing, self.explanations, self._io, self.notices)
        self.table_alternatives = TableAlternatives(
            self.model, self.variants, self.alternative, self.explanations, self.notices
        )
        self.effects = EditEffects(self.model, self.alternative, self._device, loop)
        self.session = Sessions(self.model, self.undo, self.opener, self._io, self.jobs, self.notices)
        self.session.opened.connect(lambda _path: self.editing.check())
        self.recent = Recent()
        self.session.opened.connect(self.recent.add)
        self.opener.opened.connect(self.recent.add)
        self.autosave: Autosave | None = None
        self.preferences: Preferences | None = None
        self.navigator = Navigator(self.model, self._io, self.jobs, self.notices, self.show_side_by_side)
        self.peaks = PeakFinder(
            self.model, self.data, self.live, self._cache, self._io, self.jobs, self.notices, self.navigator
        )
        self.hand_over = HandOver(self.model, self.live, self.exporter, self._io, self.jobs, self.notices)
        self.live_jobs = LiveJobs(self.model.tracks, self.live, self.mutagenesis, self.jobs)
        self._fetcher.failed.connect(lambda _owner, reason: self.notices.error(reason))

    def keep(self, folder: Path) -> None:
        """Keep the list of recent files, and what is shown for the case of a crash, in a folder of the user."""
        self.recent.path = folder / "recent.json"
        self.autosave = Autosave(folder / "autosave", self.model, self.undo, self.session, self._io, self.shared.loop)
        self.autosave.failed.connect(self.notices.warning)

    def remember(self, path: Path, overrides: Mapping[str, object] | None = None) -> None:
        """Read the settings from a file of the user and keep it up to date; see `Preferences`."""
        self.preferences = Preferences(path, self.model.settings, self.shared.loop, overrides)
        for problem in self.preferences.problems:
            self.notices.warning(problem)

    @property
    def is_idle(self) -> bool:
        """Whether everything that was asked for is there."""
        explained = all(one.is_idle for one in (self.live, self.trust, self.mutagenesis, self.scores))
        quiet = self._fetcher.is_idle and explained and self.completer.is_idle and self.facts.is_idle
        edited = self.editing.is_idle and self.effects.is_idle and self.variants.is_idle
        return quiet and edited and not self._searches and not self.jobs.awaited

    def drawing(self) -> AbstractContextManager[None]:
        """Return the context to draw in: threads that read begin nothing until the picture is done."""
        return self._io.held()

    def go_to(self, text: str) -> None:
        """Go to a region, a chromosome or a name of an open file; several, parted by ';' or 'vs', side by side."""
        reference = self.model.reference
        if reference is None:
            self.notices.error("Open a genome first with File > Open genome.")
            return
        sources = self.data.feature_sources()

        def done(outcome: Outcome) -> None:
            self._searches.discard(task)
            if outcome.ok:
                self._arrive(outcome.value)
            elif outcome.error:
                self.notices.error(outcome.error)

        for search in self._searches:
            search.drop()
        self._searches.clear()
        task = Task(lambda _progress, _cancelled: find_all(text, reference, sources), done)
        self._searches.add(task)
        self._io.submit(task)

    def show(self, region: Region) -> None:
        """Go to a region of the reference."""
        self._show_in(self.model.camera, region)

    def show_side_by_side(self, regions: Sequence[Region]) -> None:
        """Show several regions next to each other, at most `MAX_LOCI`; a single one in the active place."""
        if len(regions) > 1:
            self.model.loci.resize(len(regions))
            self.model.loci.activate(self.model.loci.cameras[0])
        for camera, region in zip(self.model.loci.cameras, regions, strict=False):
            self._show_in(camera if len(regions) > 1 else self.model.camera, region)

    def step_chromosome(self, by: int) -> None:
        """Go to the next (1) or previous (-1) chromosome of the reference, the first one after the last."""
        reference, view = self.model.reference, self.model.camera.view
        if reference is not None and view.chrom in reference.sizes:
            names = reference.names
            name = names[(names.index(view.chrom) + by) % len(names)]
            span = min(view.span, reference.sizes[name])
            self.show(Region(name, 0, max(1, round(span))))

    def current_explanation(self) -> RelevanceTrack | None:
        """Return the explanation that the Explain panel edits: the selected one, of a control its own, or the first."""
        selected = self.model.tracks.owner(self.model.tracks.selected)
        if selected is not None:
            return self.controls.original(selected)
        return next(iter(self.model.tracks.relevance()), None)

    def remove(self, track: Track) -> None:
        """Take a track away; what no file brings back, the sequence and the parts of an explanation, is hidden.

        Of several such tracks that show the same all but the last are taken away.
        """
        tracks = self.model.tracks
        twins = [one for one in tracks if one.kind == track.kind and sources_of(one) == sources_of(track)]
        if isinstance(track, FileTrack | CombinedTrack | RelevanceTrack | MutagenesisTrack) or len(twins) > 1:
            tracks.remove(track)
        else:
            track.visible = False

    def explain_region(self) -> None:
        """Explain all that is on screen with the current explanation, however long it is.

        Where its substitutions are selected, they are computed.
        """
        track, chosen = self._needed_explanation(), self.model.tracks.selected
        if track is not None and isinstance(chosen, MutagenesisTrack):
            self.mutagenesis.retry(chosen)
            if (number := self.mutagenesis.number(chosen)) is not None:
                self.exporter.explain(chosen, number, self.model.camera.view.region)
        elif track is not None:
            self.live.retry(track)
            self.exporter.explain(track, self.live.number(track), self.model.camera.view.region)

    def export_region(self, path: Path) -> None:
        """Write the relevance of what is on screen: of the selected track, a control too, or of the current one."""
        needed, selected = self._needed_explanation(), self.model.tracks.owner(self.model.tracks.selected)
        track = needed and (selected or needed)
        if track is not None and self._may_export(track):
            self.exporter.export(track, self.live.number(track), self.model.camera.view.region, path)

    def new_batch(self) -> Draft:
        """Return a batch export of what the window shows, to be changed and started."""
        return Draft(self.model, self.explanations, self._io)

    def problems(self) -> list[str]:
        """Return every sentence about something that failed, each once."""
        states = [self.live.state(track) for track in self.model.tracks.relevance()]
        if self.model.camera.is_open:
            view = self.model.camera.view
            states += [self.trust.state(track, view) for track in self.model.tracks.relevance() if track.trust]
            states += [self.mutagenesis.state(track, view) for track in self.mutagenesis.tracks()]
            states += [self.scores.state(track, view) for track in self.scores.tracks()]
        failed = [state.text for state in states if state.kind == "failed"]
        return list(dict.fromkeys([*self.notices.errors(), *failed]))

    def close(self, timeout: float = 2.0) -> bool:
        """Stop all work and wait for the threads; False when one did not end in time."""
        limit = time.monotonic() + timeout
        self.batch.stop()
        self.programs.stop()
        self.live.close()
        self.mutagenesis.close()
        self.scores.close()
        self.trust.close()
        self.effects.close()
        self.motifs.close()
        self._cache.clear()
        self.shared.evaluations.clear()
        self._io.stop()
        self._device.stop()
        ended = self._io.join(timeout)
        if self.autosave is not None:
            self.autosave.close()
        if self.preferences is not None:
            self.preferences.close()
        ended = self._device.join(max(0.0, limit - time.monotonic())) and ended
        ended = self.motifs.join(max(0.0, limit - time.monotonic())) and ended
        self.applied.close()
        ended = self.batch.join(max(0.0, limit - time.monotonic())) and ended
        return self.programs.join(max(0.0, limit - time.monotonic())) and ended

    def _show_in(self, camera: Camera, region: Region) -> None:
        reference = self.model.reference
        if reference is None:
            raise GxviewError("Open a genome before a region is shown.")
        camera.show(region.chrom, reference.sizes[region.chrom], region.start, region.end)

    def _needed_explanation(self) -> RelevanceTrack | None:
        track = self.current_explanation()
        reference = self.model.reference
        if reference is None or not reference.has_letters:
            self.notices.warning("Open a genome first with File > Open genome.")
        elif track is None or not track.options.model:
            self.notices.warning("Choose a model in the Explain panel first.")
        else:
            return track
        return None

    def _may_export(self, track: RelevanceTrack) -> bool:
        """Tell whether a file along the reference can hold an explanation: not one of inserted or deleted bases."""
        if track.options.edited and not self.model.edits.value.keep_length:
            self.notices.warning(
                f"{track.name} has insertions or deletions, which a file along the reference cannot hold; "
                "take them back, or save the session, which keeps them."
            )
            return False
        return True

    def _arrive(self, places: Sequence[Place]) -> None:
        self.show_side_by_side([place.region for place in places])
        for place in places:
            if place.note:
                self.notices.info(place.note)
        self.arrived.emit(places[0].region)
