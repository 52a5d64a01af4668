"""When the canvas draws: at once what is complete, else after a short wait for data that mostly come within it."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtWidgets import QWidget

from gxview._qt.drawing.coalesce import Coalesced

SOON = 110
"""Milliseconds that a picture waits for its data before it is drawn with what is at hand."""


class Patience:
    """Draws a moved view when its data are there, or after a moment, but waits only once for a slow source.

    Parameters
    ----------
    draw
        Asks for a picture.
    is_complete
        Whether all that shows is at hand.
    owner
        Its end is the end of this.
    """

    def __init__(self, draw: Callable[[], None], is_complete: Callable[[], bool], owner: QWidget) -> None:
        self._draw = draw
        self._is_complete = is_complete
        self._is_late = False
        self._soon = Coalesced(self._draw_late, owner, SOON)
        self._in_part = Coalesced(draw, owner)

    def moved(self) -> None:
        """Draw another view; at once also while the last one still lacks data, so that a drag goes on."""
        if self._is_late or self._is_complete():
            self._draw()
        else:
            self._soon.trigger()

    def data_came(self) -> None:
        """Draw at once when nothing is missing any more; before that now and then, which leaves time for reading."""
        if self._is_complete():
            self._is_late = False
            self._soon.cancel()
            self._draw()
        else:
            (self._in_part if self._is_late else self._soon).trigger()

    def _draw_late(self) -> None:
        self._is_late = not self._is_complete()
        self._draw()
