"""What each edit does to the prediction; computed on the device thread, kept while nothing changes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from psygnal import Signal

from gxview.genome import Edit, Edits
from gxview.viewer.editing.alternative import Alternative
from gxview.viewer.explaining.device import DeviceThread, Priority
from gxview.viewer.explaining.engine import EditEffect, EngineProtocol
from gxview.viewer.tracks.kinds import RelevanceTrack, Track
from gxview.viewer.tracks.options import ExplainOptions
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.loop import Call, Loop
from gxview.viewer.work.workers import AskCancelled, Outcome, Progress, Task

MOST = 50
"""Edits that are looked at; of more the first ones."""
KEPT = 400


@dataclass(frozen=True, slots=True)
class _Key:
    edit: Edit
    edits: Edits
    options: ExplainOptions
    device: str
    threads: int


class EditEffects:
    """Asks the engine what each edit does; `changed` tells that there is news.

    Parameters
    ----------
    model
        State of the viewer.
    alternative
        Names the explanation that is asked about.
    device
        Where models are.
    loop
        Main thread.
    """

    changed = Signal()

    def __init__(self, model: ViewerModel, alternative: Alternative, device: DeviceThread, loop: Loop) -> None:
        self._model = model
        self._alternative = alternative
        self._device = device
        self._loop = loop
        self._known: OrderedDict[_Key, EditEffect | str] = OrderedDict()
        self._tasks: dict[_Key, Task] = {}
        self._timer: Call | None = None
        self._watched = self._closed = False
        for signal in (model.edits.changed, model.models_changed, model.tracks.selected_changed):
            signal.connect(self._refresh)
        model.tracks.edited.connect(self._on_edit)
        model.tracks.removed.connect(lambda _index, _track: self._refresh())
        model.reference_changed.connect(lambda _reference: self._forget())

    @property
    def is_idle(self) -> bool:
        """Whether every answer is there."""
        return not self._tasks and self._timer is None

    def watch(self, watched: bool = True) -> None:
        """Say whether anybody looks: only then the engine is asked."""
        if watched != self._watched:
            self._watched = watched
            self._refresh()

    def of(self, edit: Edit, alone: bool = False) -> EditEffect | None:
        """Return what all edits do together around one of them, or what it does alone, once that is known."""
        found = self._answer(edit, alone)
        return found if not isinstance(found, str) else None

    def state(self, edit: Edit) -> str:
        """Say why the effect of an edit is not known; empty when it is."""
        track = self.track
        if track is None:
            return "Choose a model in the Explain panel to see what the edit does."
        if reason := self._model.failed_models.get(track.options.model):
            return reason
        found = self._answer(edit)
        return found if isinstance(found, str) else "" if found is not None else "Explaining"

    @property
    def track(self) -> RelevanceTrack | None:
        """The explanation that is asked about."""
        return self._alternative.explained()

    def close(self) -> None:
        """Ask for nothing more."""
        self._closed = True
        self._drop(list(self._tasks))
        if self._timer is not None:
            self._timer()
            self._timer = None

    def _answer(self, edit: Edit, alone: bool = False) -> EditEffect | str | None:
        track = self.track
        return None if track is None else self._known.get(self._key(edit, track, alone))

    def _key(self, edit: Edit, track: RelevanceTrack, alone: bool) -> _Key:
        settings = self._model.settings
        options = track.options.with_(edited=False)
        edits = Edits((edit,)) if alone else self._model.edits.value
        return _Key(edit, edits, options, settings.device, settings.threads)

    def _on_edit(self, track: Track, field: str) -> None:
        if field == "options":
            self._refresh()

    def _refresh(self, *_what: object) -> None:
        # together, after everything that belongs to a change was made
        if self._timer is None and not self._closed:
            self._timer = self._loop.later(0, self._ask)

    def _ask(self) -> None:
        self._timer = None
        track, reference = self.track, self._model.reference
        edits = self._model.edits.value.items[:MOST] if self._watched else ()
        ready = track is not None and reference is not None and self._model.model(track.options.model) is not None
        asked = [(edit, alone) for edit in edits for alone in (False, True)] if ready else []
        wanted = list(dict.fromkeys(self._key(edit, track, alone) for edit, alone in asked if track is not None))
        self._drop([key for key in self._tasks if key not in wanted])
        for key in wanted:
            if key not in self._known and key not in self._tasks:
                self._submit(key)
        self.changed.emit()

    def _submit(self, key: _Key) -> None:
        reference = self._model.reference
        assert reference is not None

        def work(engine: EngineProtocol, _tell: Progress, _ask: AskCancelled) -> EditEffect:
            engine.set_threads(key.threads)
            engine.load(key.options.model, key.device)
            return engine.edit_effect(reference, key.edits, key.edit, model=key.options.model, **key.options.rules())

        def done(outcome: Outcome) -> None:
            self._tasks.pop(key, None)
            if outcome.ok or outcome.error:
                self._known[key] = outcome.value if outcome.ok else outcome.error
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
            self.changed.emit()

        self._tasks[key] = self._device.submit(Priority.SCREEN, work, done)

    def _drop(self, keys: list[_Key]) -> None:
        for key in keys:
            self._tasks.pop(key).drop()

    def _forget(self) -> None:
        self._drop(list(self._tasks))
        self._known.clear()


def effect_words(effect: EditEffect) -> str:
    """Say what an edit does to the prediction, in the window where it does most: ``P(promoter) 0.98 -> 0.12 ...``."""
    if not effect.score:
        return "This model predicts no class; the change of its tokens' relevance is below."
    if not effect.windows:
        return "No window of the model holds both sides of this edit."
    most = effect.windows[0]
    arrow = "\N{RIGHTWARDS ARROW}"
    chance = f"P({effect.score}) {most.before:.3g} {arrow} {most.after:.3g}"
    logit = f"logit {effect.target} {signed(most.logit_before)} {arrow} {signed(most.logit_after)}"
    where = f"{effect.edit.chrom}:{most.start + 1:,}-{most.end:,}"
    rest = len(effect.windows) - 1
    more = f"; the largest change of {rest + 1} windows" if rest else ""
    return f"{chance}, {logit} in the window {where}{more}."


def signed(value: float) -> str:
    """Write a number with its sign and two digits after the point."""
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
