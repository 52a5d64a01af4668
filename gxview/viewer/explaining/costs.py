"""What a method costs, in words."""

from __future__ import annotations

from gxview.viewer.explaining.engine import MethodInfo, ModelInfo

SLOW = 10
"""Forward passes for a window from which a person is told that a method is slow."""


def passes_text(method: MethodInfo, window: int) -> str:
    """Return the cost of one window of so many bases, as in ``360 passes``."""
    passes = method.passes(window)
    return "1 pass" if passes == 1 else f"{_rounded(passes)} passes"


def slow_text(method: MethodInfo, window: int) -> str:
    """Return a sentence about a slow method, nothing about a quick one."""
    passes = method.passes(window)
    return f"Slow: about {_rounded(passes)} passes of the model for each window." if passes >= SLOW else ""


def titled(method: MethodInfo, info: ModelInfo | None) -> str:
    """Return the name of a method on the screen, with its cost where it is slow."""
    if info is None or method.passes(info.window_length) < SLOW:
        return method.label
    return f"{method.label} ({passes_text(method, info.window_length)})"


def _rounded(passes: float) -> str:
    return f"{passes:.3g}" if passes < SLOW else f"{passes:,.0f}"
