"""gxview: a desktop viewer for genome tracks in which a model's explanation is a track like any other."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from gxview.version import __version__

if TYPE_CHECKING:
    from gxview.scripting import Viewer, run

__all__ = ["Viewer", "__version__", "run"]


def __getattr__(name: str) -> object:
    # Qt is imported when a window is wanted, not with the package
    if name in ("Viewer", "run"):
        return getattr(import_module("gxview.scripting"), name)
    raise AttributeError(f"module 'gxview' has no attribute '{name}'")
