"""Moving while keys are held: smooth, at an even speed that grows a little, whatever the keyboard repeats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gxview.viewer.places.camera import Camera


class Motion(NamedTuple):
    """What a held key does: screens moved, and doublings of the bases on screen, in a second at the first speed."""

    pan: float
    zoom: float


MOTIONS: Mapping[str, Motion] = {
    "left": Motion(-0.8, 0.0),
    "right": Motion(0.8, 0.0),
    "zoom_in": Motion(0.0, -2.0),
    "zoom_out": Motion(0.0, 2.0),
}
"""Actions whose keys can be held."""
FASTER, RAMP = 2.5, 1.5
"""How many times the first speed is reached, and after how many seconds."""
TAP = 0.1
"""Seconds of movement that the shortest press makes."""
LONGEST_FRAME = 0.1
"""Seconds: after a longer pause, as when the machine was busy, the picture does not leap."""


class Glide:
    """Held keys and the movement they make; someone calls `tick` about sixty times in a second."""

    def __init__(self) -> None:
        self._held: dict[str, float] = {}
        self._ending: dict[str, float] = {}
        self._ended: dict[str, float] = {}

    @property
    def is_moving(self) -> bool:
        """Whether a tick would move anything."""
        return bool(self._held or self._ending)

    def press(self, name: str, resumed: bool = False) -> None:
        """Begin one of the `MOTIONS`, or resume it at the speed it had; pressing what is held changes nothing."""
        if name not in self._held:
            before = self._ended.get(name, 0.0) if resumed else 0.0
            self._held[name] = self._ending.pop(name, before)

    def release(self, name: str) -> None:
        """End a motion; a short press still moves for `TAP` seconds in all."""
        held = self._held.pop(name, None)
        if held is not None:
            self._ended[name] = held
            if held < TAP:
                self._ending[name] = held

    def stop(self) -> None:
        """End all motions at once."""
        self._held.clear()
        self._ending.clear()

    def tick(self, seconds: float, camera: Camera) -> None:
        """Move a camera as the held keys say for the time since the last tick."""
        pan = zoom = 0.0
        for times in (self._held, self._ending):
            for name, held in list(times.items()):
                part = min(seconds, LONGEST_FRAME)
                if times is self._ending:
                    part = min(part, TAP - held)
                times[name] = held + part
                pan += MOTIONS[name].pan * part * _speed(held)
                zoom += MOTIONS[name].zoom * part * _speed(held)
        for name in [name for name, held in self._ending.items() if held >= TAP]:
            del self._ending[name]
        if zoom:
            camera.zoom(2.0**zoom)
        if pan:
            camera.pan_by(pan)


def _speed(held: float) -> float:
    """Return how many times the first speed is reached after some seconds."""
    return 1.0 + (FASTER - 1.0) * min(1.0, held / RAMP)
