"""Undo and redo of every change of the tracks, groups, regions and their look."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from psygnal import Signal

from gxview.viewer.sessions.state import State, apply, capture
from gxview.viewer.sessions.steps import Edit, difference, name_of
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.loop import Call, Loop

LIMIT = 200
"""Steps that are kept."""
GLIDE = 1.0
"""Seconds between two moves of one drag, or two letters of one word."""


@dataclass(frozen=True, slots=True)
class Step:
    """A way back or forward.

    Parameters
    ----------
    name
        What a person calls it, such as 'remove coverage'.
    state
        Where it leads.
    glide, at
        What was changed in small moves, and when last; a further such change belongs to the same step.
    """

    name: str
    state: State
    glide: frozenset[Edit] | None = None
    at: float = 0.0


class Undo:
    """The way back through all changes of a viewer.

    All that changes in one turn of the main loop is one step, and so are the many small moves of a drag. Changes made
    within `ViewerModel.unrecorded` belong to the step before. Opening another genome clears everything. `changed`
    tells that there is another step; `settled` that the state may be another one; `restored` that one was put back.

    Parameters
    ----------
    model
        What is changed.
    loop
        Main thread.
    clock
        Seconds.
    """

    changed = Signal()
    settled = Signal()
    restored = Signal()

    def __init__(self, model: ViewerModel, loop: Loop, clock: Callable[[], float] = time.monotonic) -> None:
        self._model = model
        self._loop = loop
        self._clock = clock
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._state = capture(model)
        self._timer: Call | None = None
        self._name = ""
        self._recorded = self._fresh = self._applying = False
        tracks = model.tracks
        signals = (tracks.inserted, tracks.removed, tracks.edited, tracks.reordered, tracks.groups_changed)
        tables = model.regions.changed, model.peaks.changed, model.edits.changed
        for signal in (*signals, *tables, tracks.shown_changed, model.settings.events):
            signal.connect(self._touch)
        model.reference_changed.connect(lambda _reference: self.clear())

    @property
    def state(self) -> State:
        """The state now."""
        self.settle()
        return self._state

    @property
    def undo_name(self) -> str:
        """What would be undone; empty for nothing."""
        return self._undo[-1].name if self._undo else ""

    @property
    def redo_name(self) -> str:
        """What would be redone; empty for nothing."""
        return self._redo[-1].name if self._redo else ""

    def undo(self) -> None:
        """Take the last step back."""
        self.settle()
        self._travel(self._undo, self._redo)

    def redo(self) -> None:
        """Take the step that was taken back once more."""
        self.settle()
        self._travel(self._redo, self._undo)

    def call(self, name: str) -> None:
        """Say what the changes of this turn of the loop are called together."""
        self.settle()
        self._name = name
        self._touch()

    def clear(self) -> None:
        """Forget all steps; what else changes in this turn of the loop makes none."""
        self._fresh = True
        self._touch()

    def settle(self) -> None:
        """End the step that is being made."""
        if self._timer is None:
            return
        self._timer()
        self._timer = None
        state, before = capture(self._model), self._state
        self._state = state
        if self._fresh:
            self._undo.clear()
            self._redo.clear()
        elif self._recorded and state != before:
            self._record(before, state)
        self._recorded = self._fresh = False
        self._name = ""
        self.changed.emit()
        self.settled.emit()

    def _touch(self, *_what: object) -> None:
        if self._applying:
            return
        self._recorded = self._recorded or self._model.is_recording
        if self._timer is None:
            self._timer = self._loop.later(0, self.settle)

    def _record(self, before: State, state: State) -> None:
        glide, now = None if self._name else difference(before, state).glide, self._clock()
        last = self._undo[-1] if self._undo else None
        self._redo.clear()
        if last is None or glide is None or last.glide != glide or now - last.at > GLIDE:
            self._undo.append(Step(self._name or name_of(before, state), before, glide, now))
            del self._undo[:-LIMIT]
        elif last.state == state:
            self._undo.pop()
        else:
            self._undo[-1] = replace(last, at=now)

    def _travel(self, source: list[Step], other: list[Step]) -> None:
        if not source:
            return
        step = source.pop()
        before = self._state
        other.append(Step(step.name, before))
        self._applying = True
        try:
            apply(self._model, step.state)
            self._select(difference(before, step.state).whole)
            self.restored.emit()
        finally:
            self._applying = False
            self._state = capture(self._model)
        self.changed.emit()
        self.settled.emit()

    def _select(self, ids: Sequence[str]) -> None:
        """Select the tracks that came back, so that a person sees them."""
        tracks = self._model.tracks
        if ids:
            tracks.selection = [track for track in tracks if track.id in ids]
