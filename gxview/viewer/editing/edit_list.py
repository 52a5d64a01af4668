"""The edits of the open genome, as state."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from psygnal import Signal

from gxview.genome import Edit, Edits
from gxview.viewer.data.blocks import LetterBlock

DELETED = "-"
"""Stands for a deleted base among letters along the reference."""


class EditList:
    """The edits; `changed` tells that they are others."""

    changed = Signal()

    def __init__(self) -> None:
        self._value = Edits()

    @property
    def value(self) -> Edits:
        """The edits; setting them replaces all."""
        return self._value

    @value.setter
    def value(self, edits: Edits) -> None:
        if edits != self._value:
            self._value = edits
            self.changed.emit()

    def restore(self, items: Iterable[Edit]) -> None:
        """Replace the edits by those of a session or of a step back."""
        self.value = Edits(tuple(items))


@lru_cache(maxsize=32)
def edited_letters(block: LetterBlock, edits: Edits) -> str:
    """Return the letters of a stretch of the reference with substitutions made and `DELETED` for deleted bases.

    Inserted bases have no place on the reference; marks between bases show them.
    """
    start, text = block.region.start, np.array(list(block.text))
    for edit in edits.of(block.region.chrom):
        row = edit.text[: edit.common] + DELETED * (len(edit.before) - edit.common)
        low, high = max(edit.start, start), min(edit.end, block.region.end)
        if low < high:
            text[low - start : high - start] = list(row[low - edit.start : high - edit.start])
    return "".join(text.tolist())
