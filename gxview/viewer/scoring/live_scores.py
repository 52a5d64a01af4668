"""Scores the variants on screen with a model while a person browses."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from psygnal import Signal

from gxview.genome import Reference
from gxview.tracks import Variant
from gxview.viewer.data.track_data import TrackData
from gxview.viewer.data.variant_blocks import VariantBlock, variant_key
from gxview.viewer.explaining.device import DeviceThread, Priority
from gxview.viewer.explaining.engine import EngineProtocol
from gxview.viewer.explaining.explanations import Explanations
from gxview.viewer.explaining.live import ExplainState
from gxview.viewer.places.camera import View
from gxview.viewer.scoring.effects import ScoredVariant
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.paced import Paced
from gxview.viewer.work.workers import AskCancelled, Outcome, Progress, Task

TOGETHER = 8
"""Variants of a request: the first colours come soon, and a cancelled pan wastes little."""
LEAST, MOST = 32, 2_000
"""Variants on screen up to which they are scored while browsing, for the slowest and for the fastest model."""
PATIENCE = 60.0
"""Seconds that a screen may cost."""
KEPT = 20_000
"""Scored variants kept; the least recently used go first."""
WITH_PROBABILITY = ("logit", "probability")
"""Scores of the same passes: both are kept when one is asked for."""

Key: TypeAlias = tuple[str, int, str, tuple[str, ...]]
"""Chromosome, place, REF and ALT."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about each variant."""

    model: str
    scores: tuple[str, ...]
    device: str
    threads: int


@dataclass(eq=False, slots=True)
class _Batch:
    question: Question
    keys: tuple[Key, ...]
    task: Task


@dataclass(frozen=True, slots=True)
class _Timed:
    found: Sequence[ScoredVariant]
    seconds: float


def key_of(variant: Variant) -> Key:
    """Return what tells a variant from all others of a genome."""
    return variant.chrom, variant.start, variant.ref, variant.alts


class LiveScores:
    """Scores of the variants that show in tracks which a model colours.

    Requests are small; those whose variants left the screen are dropped, the one under way is stopped between batches.

    Parameters
    ----------
    model
        State of the viewer.
    data
        Has the variants at hand.
    explanations
        Loads models.
    device
        Where models are.
    loop
        Main thread.
    """

    changed = Signal(str)
    refused = Signal(str)
    """A sentence about the first variant that could not be scored, once for each question."""

    version: int
    """Grows with every answer: what was made of answers is still right while it stays."""

    def __init__(
        self, model: ViewerModel, data: TrackData, explanations: Explanations, device: DeviceThread, loop: Loop
    ) -> None:
        self._model = model
        self._data = data
        self._explanations = explanations
        self._device = device
        self._known: OrderedDict[tuple[Question, Key], ScoredVariant] = OrderedDict()
        self._failed: dict[Question, str] = {}
        self._told: set[Question] = set()
        self._batches: list[_Batch] = []
        self._times: dict[Question, deque[float]] = {}
        self._pace = Paced(loop, self._schedule, self._tell)
        self.version = 0
        self._connect()

    def _connect(self) -> None:
        model = self._model
        model.loci.moved.connect(lambda _view: self.refresh())
        for signal in (model.loci.changed, model.tracks.shown_changed, model.models_changed):
            signal.connect(self.refresh)
        model.settings.events.connect(lambda _info: self.refresh())
        model.tracks.inserted.connect(lambda _index, track: self._load_for(track))
        model.tracks.removed.connect(lambda _index, _track: self._schedule_without())
        model.tracks.edited.connect(self._on_edit)
        model.reference_changed.connect(lambda _reference: self.forget())
        self._data.changed.connect(lambda owner: self._on_data(owner))

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and all was told."""
        return self._pace.is_idle and not self._batches

    def refresh(self) -> None:
        """Look again at what is wanted, after the debounce."""
        if self.tracks():
            self._pace.refresh()

    def tracks(self) -> list[VariantTrack]:
        """Return the tracks that a model colours."""
        return [one for one in self._model.tracks if isinstance(one, VariantTrack) and one.effect.model]

    def forget(self) -> None:
        """Forget everything: another genome, or somebody wants to try again."""
        self._drop(lambda _batch: True)
        self._known.clear()
        self._failed.clear()
        self._told.clear()
        self.version += 1
        self.refresh()

    def close(self) -> None:
        """Ask for nothing more."""
        self._pace.close()
        self._drop(lambda _batch: True)

    def get(self, track: VariantTrack, variant: Variant) -> ScoredVariant | None:
        """Return what the model of a track says about a variant, once that is known."""
        key = self.question(track), key_of(variant)
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    def question(self, track: VariantTrack) -> Question:
        """Return what a track asks."""
        settings, score = self._model.settings, track.effect.score
        scores = WITH_PROBABILITY if score in WITH_PROBABILITY else (score,)
        return Question(track.effect.model, scores, settings.device, settings.threads)

    def limit(self, track: VariantTrack) -> int:
        """Return how many variants on screen are scored while browsing: what takes `PATIENCE` seconds."""
        times = self._times.get(self.question(track))
        if not times:
            return LEAST * 4
        return max(LEAST, min(MOST, int(PATIENCE / max(1e-6, float(np.median(times))))))

    def state(self, track: VariantTrack, view: View) -> ExplainState:
        """Say how far the variants of a view are scored."""
        key = track.effect.model
        if reason := self._model.failed_models.get(key) or self._failed.get(self.question(track), ""):
            return ExplainState("failed", reason)
        if self._model.reference is None or not self._model.reference.has_letters:
            return ExplainState("empty", "Open a genome to score variants")
        if self._model.model(key) is None:
            return ExplainState("waiting", f"Loading {self._model.known_models.get(key, key)}")
        shown = self.shown(track, view)
        done = sum(self.get(track, variant) is not None for variant in shown)
        if done == len(shown):
            return ExplainState("done", "", done, done)
        if not self._model.settings.live:
            return ExplainState("empty", "Explain while browsing is off", done, len(shown))
        if len(shown) > self.limit(track):
            text = f"{len(shown):,} variants on screen; up to {self.limit(track):,} are scored"
            return ExplainState("empty", text, done, len(shown))
        return ExplainState("running", "Scoring", done, len(shown))

    def shown(self, track: VariantTrack, view: View) -> list[Variant]:
        """Return the variants at hand that show in a view."""
        block = self._data.block(track.id, variant_key(track, view), view, VariantBlock)
        region = view.region
        return [one for one in (block.variants if block else ()) if one.start < region.end and region.start < one.end]

    def _schedule(self) -> None:
        reference = self._model.reference
        if reference is None or not reference.has_letters or not self._model.camera.is_open:
            return
        wanted: dict[Question, dict[Key, Variant]] = {}
        for track in self.tracks():
            wanted.setdefault(self.question(track), {}).update(self._wanted(track))
        self._drop(lambda batch: not set(batch.keys) & set(wanted.get(batch.question, {})))
        for question, variants in wanted.items():
            asked = {key for batch in self._batches if batch.question == question for key in batch.keys}
            fresh = [one for key, one in variants.items() if key not in asked and (question, key) not in self._known]
            for begin in range(0, len(fresh), TOGETHER):
                self._ask(question, fresh[begin : begin + TOGETHER], reference)
        self._pace.tell_soon()

    def _wanted(self, track: VariantTrack) -> dict[Key, Variant]:
        ready = self._model.settings.live and self._model.model(track.effect.model) is not None
        if not (ready and self._model.tracks.is_shown(track)) or self.question(track) in self._failed:
            return {}
        found: dict[Key, Variant] = {}
        for view in self._model.loci.views:
            shown = self.shown(track, view) if view.chrom else []
            if len(shown) <= self.limit(track):
                middle = view.start + view.span / 2
                shown.sort(key=lambda one: abs(one.start - middle))
                found |= {key_of(one): one for one in shown}
        return found

    def _ask(self, question: Question, variants: Sequence[Variant], reference: Reference) -> None:
        keys = tuple(key_of(one) for one in variants)

        def work(engine: EngineProtocol, _tell: Progress, cancelled: AskCancelled) -> _Timed:
            engine.set_threads(question.threads)
            engine.load(question.model, question.device)
            began = time.monotonic()
            found = engine.score_variants(
                reference, variants, model=question.model, scores=question.scores, cancelled=cancelled
            )
            return _Timed(found, (time.monotonic() - began) / len(variants))

        def done(outcome: Outcome) -> None:
            self._batches.remove(batch)
            if outcome.ok:
                self._keep(question, keys, outcome.value)
            elif outcome.error:
                self._failed[question] = outcome.error
                self._drop(lambda other: other.question == question)
            self._pace.tell_soon()

        batch = _Batch(question, keys, self._device.submit(Priority.NEAR, work, done))
        self._batches.append(batch)

    def _keep(self, question: Question, keys: Sequence[Key], timed: _Timed) -> None:
        self.version += 1
        for key, found in zip(keys, timed.found, strict=True):
            self._known[question, key] = found
        self._times.setdefault(question, deque(maxlen=20)).append(timed.seconds)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        reasons = [reason for found in timed.found for reason in found.reasons if reason]
        if reasons and question not in self._told:
            self._told.add(question)
            self.refused.emit(f"Not every variant can be scored: {reasons[0].rstrip('.')}.")

    def _drop(self, which: Callable[[_Batch], bool]) -> None:
        for batch in [one for one in self._batches if which(one)]:
            batch.task.drop()
            self._batches.remove(batch)

    def _load_for(self, track: Track) -> None:
        if isinstance(track, VariantTrack) and track.effect.model:
            self._explanations.load(track.effect.model)
            self.refresh()

    def _on_edit(self, track: Track, field: str) -> None:
        if isinstance(track, VariantTrack) and field == "effect":
            self._failed.pop(self.question(track), None)
            self._load_for(track)
            self._schedule_without()
            self.changed.emit(track.id)

    def _schedule_without(self) -> None:
        """Drop what no track asks for any more, also when none is left."""
        asked = {self.question(track) for track in self.tracks()}
        self._drop(lambda batch: batch.question not in asked)

    def _on_data(self, owner: str) -> None:
        if any(track.id == owner for track in self.tracks()):
            self.refresh()

    def _tell(self) -> None:
        for track in self.tracks():
            self.changed.emit(track.id)
