"""Keys that move the picture for as long as they are held."""

from __future__ import annotations

import time

from qtpy.QtCore import QKeyCombination, QObject, Qt, QTimer
from qtpy.QtGui import QKeyEvent, QKeySequence
from qtpy.QtWidgets import QWidget

from gxview.viewer.places.glide import MOTIONS, Glide
from gxview.viewer.places.loci import Loci

FRAME = 16
"""Milliseconds between two steps of a movement."""
FLICKER = 0.05
"""Seconds: X11 may tell the repetition of a held key as a release and a press that follow each other at once."""


class HeldKeys(QObject):
    """Moves the active locus while keys are held.

    Which keys do what is told by the actions of the widget, so that changed shortcuts hold here too.

    Parameters
    ----------
    widget
        Gets the keys, and has the actions.
    loci
        Whose active camera moves.
    """

    def __init__(self, widget: QWidget, loci: Loci) -> None:
        super().__init__(widget)
        self._widget = widget
        self._loci = loci
        self._glide = Glide()
        self._keys: dict[int, str] = {}
        self._let_go: dict[int, float] = {}
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._tick)

    @property
    def is_moving(self) -> bool:
        """Whether the picture is on its way."""
        return self._timer.isActive()

    def motion(self, event: QKeyEvent) -> str | None:
        """Return the motion that a key makes, if it makes one."""
        pressed = _sequence(event)
        for action in self._widget.actions():
            name = action.objectName().removeprefix("gxview.")
            if name in MOTIONS and pressed in action.shortcuts():
                return name
        return None

    def press(self, event: QKeyEvent) -> bool:
        """Take a pressed key; False when it makes no motion."""
        name = self.motion(event)
        if name is None:
            return False
        if not event.isAutoRepeat():
            self._keys[event.key()] = name
            self._glide.press(name, time.monotonic() - self._let_go.pop(event.key(), -1.0) < FLICKER)
            self._begin()
        return True

    def release(self, event: QKeyEvent) -> bool:
        """Take a released key; False when it made no motion."""
        if event.isAutoRepeat():
            return event.key() in self._keys
        name = self._keys.pop(event.key(), None)
        if name is not None and name not in self._keys.values():
            self._glide.release(name)
            self._let_go[event.key()] = time.monotonic()
        return name is not None

    def stop(self) -> None:
        """Stand still, whatever is held."""
        self._keys.clear()
        self._glide.stop()
        self._timer.stop()

    def _begin(self) -> None:
        if not self._timer.isActive():
            # the first step is made at once: a key that waits for its frame feels slow
            self._last = time.monotonic() - FRAME / 1000
            self._timer.start()
            self._tick()

    def _tick(self) -> None:
        now = time.monotonic()
        self._glide.tick(now - self._last, self._loci.active)
        self._last = now
        if not self._glide.is_moving:
            self._timer.stop()


def _sequence(event: QKeyEvent) -> QKeySequence:
    """Return the key as shortcuts name it: without the mark of the keypad, and without the Shift that '+' may need."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.text().isprintable() and event.text().strip() and not event.text().isalnum():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key())))
