"""Whether there is a display to open a window on; asked before Qt is imported."""

from __future__ import annotations

import os
import sys

from gxview.errors import GxviewError


def choose_platform(headless: bool) -> None:
    """Let Qt draw into memory where there is no display and none is needed.

    Parameters
    ----------
    headless
        Whether pictures are all that is wanted.

    Raises
    ------
    GxviewError
        If a window is wanted and there is no display.
    """
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    if shown or not sys.platform.startswith("linux"):
        return
    if not headless:
        raise GxviewError("There is no display to open a window on; --screenshot out.png makes a picture without one.")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
