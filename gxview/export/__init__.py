"""Out: explanations as files that other programs read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gxview.export.api import FORMATS, check_request, export_explanations, export_region
    from gxview.export.writers.rows import check_lengths

__all__ = ["FORMATS", "check_lengths", "check_request", "export_explanations", "export_region"]


def __getattr__(name: str) -> object:
    # the writers, which processes of their own import, need no torch
    if name not in __all__:
        raise AttributeError(f"module 'gxview.export' has no attribute '{name}'")
    home = "gxview.export.writers.rows" if name == "check_lengths" else "gxview.export.api"
    return getattr(import_module(home), name)
