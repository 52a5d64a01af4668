"""Keeps the trust lanes of all visible explanations up with the camera."""

from __future__ import annotations

from collections import OrderedDict
from itertools import count

from psygnal import Signal

from gxview.viewer.explaining.explanations import Explanations
from gxview.viewer.explaining.live import ExplainState
from gxview.viewer.explaining.tiles import centre_first
from gxview.viewer.places.camera import View
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.settings.settings import Settings
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.trust.evaluations import STRETCH, Evaluations, StretchKey, TrustSource, stretches_of
from gxview.viewer.trust.evaluator import WindowTrust
from gxview.viewer.trust.measures import MEASURES, Judged, judge
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.paced import Paced

LEAST, MOST = 1_000, 20_000
"""Bases on screen up to which windows are evaluated, for the slowest and for the fastest model."""
PATIENCE = 90.0
"""Seconds of work that a screen may cost."""
SECOND = ("occlusion", "ism", "corrected_saliency", "gradient_x_input")
"""Methods that an explanation is compared with unless a person chose one, the more independent first."""
THRESHOLDS = tuple(measure.threshold for measure in MEASURES if measure.threshold)
_names = count(1)


class TrustLanes:
    """Evaluates the windows that show below explanations with a trust lane, after everything else.

    Parameters
    ----------
    model
        State of the viewer.
    evaluations
        Where numbers come from.
    explanations
        Knows the methods of models.
    loop
        Main thread.
    """

    changed = Signal(str)

    def __init__(self, model: ViewerModel, evaluations: Evaluations, explanations: Explanations, loop: Loop) -> None:
        self._model = model
        self._evaluations = evaluations
        self._explanations = explanations
        self._name = f"lane {next(_names)}"
        self._pace = Paced(loop, self._schedule, self._tell)
        self._version = 0
        self._recent: OrderedDict[object, tuple[Judged, ...]] = OrderedDict()
        self._connect()

    def _connect(self) -> None:
        model = self._model
        self._evaluations.changed.connect(self._on_numbers)
        model.loci.moved.connect(lambda _view: self.refresh())
        model.loci.changed.connect(self.refresh)
        model.tracks.shown_changed.connect(self.refresh)
        model.tracks.removed.connect(lambda _index, track: self._evaluations.release(self._watcher(track.id)))
        model.tracks.edited.connect(lambda _track, field: self.refresh() if field in ("options", "trust") else None)
        model.settings.events.connect(lambda _info: self._on_settings())
        model.models_changed.connect(self.refresh)
        model.reference_changed.connect(lambda _reference: self._on_reference())

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and all was told."""
        return self._pace.is_idle and not self._evaluations.pending

    def refresh(self) -> None:
        """Look again at what is wanted, after the debounce."""
        self._pace.refresh()

    def close(self) -> None:
        """Ask for nothing more."""
        self._pace.close()
        self._evaluations.changed.disconnect(self._on_numbers, missing_ok=True)
        for track in self._model.tracks.relevance():
            self._evaluations.release(self._watcher(track.id))

    def limit(self, track: RelevanceTrack) -> int:
        """Return how many bases on screen are evaluated: what takes `PATIENCE` seconds."""
        seconds = self._evaluations.seconds(self.number(track))
        if not seconds:
            return MOST
        return max(LEAST, min(MOST, int(PATIENCE / seconds) * STRETCH // 1000 * 1000))

    def second(self, track: RelevanceTrack) -> str | None:
        """Return the method that an explanation is compared with; None where its model has no other."""
        info, now = self._explanations.info(track), self._explanations.method(track)
        if info is None or now is None:
            return None
        settings = self._model.settings
        wanted = settings.second_token_method if info.has_tokens else settings.second_base_method
        names = [method.name for method in info.methods if method.name != now.name]
        return next((name for name in (wanted, *SECOND, *names) if name in names), None)

    def windows(self, track: RelevanceTrack, view: View) -> tuple[Judged, ...]:
        """Return the windows at hand whose zones show, judged, in genome order."""
        if track.options.edited:
            return ()
        region = view.region
        stamp = (self._version, track.id, self.number(track), region)
        if stamp not in self._recent:
            self._recent[stamp] = tuple(judge(window, self._settings) for window in self._at_hand(track, view))
            while len(self._recent) > 8 * MAX_LOCI:
                self._recent.popitem(last=False)
        return self._recent[stamp]

    def state(self, track: RelevanceTrack, view: View) -> ExplainState:
        """Say where the evaluation of a view stands."""
        key = track.options.model
        if not key or key in self._model.failed_models:
            return ExplainState("empty", "No explanation to evaluate")
        if track.options.edited:
            return ExplainState("empty", "The trust lane is about the reference, not about an edited sequence")
        reference = self._model.reference
        if reference is None or not reference.has_letters or self._model.model(key) is None:
            return ExplainState("waiting", "Waits for the explanation")
        if view.region.length > self.limit(track):
            return ExplainState("empty", f"Zoom in below {self.limit(track) // 1000} kb to evaluate")
        keys = self._keys(track, view)
        done = sum(self._evaluations.get(one) is not None for one in keys)
        if failed := next((text for one in keys if (text := self._evaluations.failure(one))), ""):
            return ExplainState("failed", failed, done, len(keys))
        if done == len(keys):
            return ExplainState("done", "", done, done)
        if not self._settings.live:
            return ExplainState("empty", "Explain while browsing is off", done, len(keys))
        running = done or any(self._evaluations.is_running(one) for one in keys)
        return ExplainState("running" if running else "waiting", "Evaluating", done, len(keys))

    def number(self, track: RelevanceTrack) -> int:
        """Return the number of the source whose evaluations a track shows."""
        settings = self._settings
        source = TrustSource(track.options, self.second(track), settings.device, settings.threads)
        return self._evaluations.number(source)

    @property
    def _settings(self) -> Settings:
        return self._model.settings

    def _watcher(self, track_id: str) -> str:
        return f"{self._name} {track_id}"

    def _at_hand(self, track: RelevanceTrack, view: View) -> list[WindowTrust]:
        region = view.region
        if region.length > MOST:
            return []
        found = (self._evaluations.get(key) for key in self._keys(track, view))
        windows = [window for stretch in found for window in stretch or ()]
        return [window for window in windows if window.zone[0] < region.end and window.zone[1] > region.start]

    def _keys(self, track: RelevanceTrack, view: View) -> list[StretchKey]:
        """Return the stretches in which zones begin that may show: some begin before the screen does."""
        info, number, region = self._explanations.info(track), self.number(track), view.region
        window = track.options.window or (info.window_length if info is not None else 0)
        # a zone is as long as the stride, at the ends of a sequence up to three quarters of the window
        return [(number, region.chrom, index) for index in stretches_of(region.start - window, region.end)]

    def _schedule(self) -> None:
        reference = self._model.reference
        if reference is None or not reference.has_letters:
            return
        for track in self._model.tracks.relevance():
            wanted = self._wanted(track)
            self._evaluations.release(self._watcher(track.id), wanted)
            for key in wanted:
                self._evaluations.request(key, reference, self._watcher(track.id))
            self.changed.emit(track.id)

    def _wanted(self, track: RelevanceTrack) -> list[StretchKey]:
        ready = self._settings.live and not track.options.edited and self._model.model(track.options.model) is not None
        if not (track.trust and ready and self._model.tracks.is_shown(track)):
            return []
        views = [view for view in self._model.loci.views if view.chrom and view.region.length <= self.limit(track)]
        keys = [key for view in views for key in centre_first(self._keys(track, view))]
        return list(dict.fromkeys(keys))

    def _on_settings(self) -> None:
        self._version += 1
        self.refresh()
        self._tell_soon()

    def _on_reference(self) -> None:
        self._evaluations.clear()
        self._version += 1
        self.refresh()

    def _on_numbers(self, _key: StretchKey) -> None:
        self._version += 1
        self._tell_soon()

    def _tell_soon(self) -> None:
        self._pace.tell_soon()

    def _tell(self) -> None:
        for track in self._model.tracks.relevance():
            if track.trust:
                self.changed.emit(track.id)
