"""The canonical grid of windows on a sequence.

The grid depends on the length of the sequence, the window and the stride only, never on where somebody looks. Then the
value of a base is one value, whoever asks for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from gxview.errors import UsageError


class Windows(ABC):
    """Windows of one length on one sequence, in ascending order of their starts.

    Attributes
    ----------
    window : int
        Bases of one window.
    """

    window: int

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of windows."""

    @abstractmethod
    def start(self, index: int) -> int:
        """Return the first base of the window with this index."""

    def touching(self, start: int, end: int) -> range:
        """Return the indices of the windows that share a base with ``[start, end)``."""
        indices = range(len(self))
        first = bisect_right(indices, start - self.window, key=self.start)
        return range(first, max(first, bisect_left(indices, end, key=self.start)))

    def zone(self, index: int) -> tuple[int, int]:
        """Return the bases [start, end) of a window whose nearest window centre is its own (the left one of two)."""
        here = self.start(index)
        start = self._border(index - 1) if index else here
        end = self._border(index) if index + 1 < len(self) else here + self.window
        return start, end

    def _border(self, index: int) -> int:
        return (self.start(index) + self.start(index + 1) + self.window + 1) // 2


@dataclass(frozen=True)
class WindowGrid(Windows):
    """Windows of one length on one sequence, in ascending order.

    Window k starts at ``offset + k * stride``. The last window is flush with the end of the sequence, and with an
    offset the first one is flush with its start, so that every base is covered.

    Attributes
    ----------
    length : int
        Bases of the sequence.
    window : int
        Bases of one window.
    stride : int
        Bases between the starts of neighbours, from 1 to `window`.
    offset : int
        Shift of the grid (phase averaging), from 0 to `stride` - 1.

    Raises
    ------
    UsageError
        For values out of these ranges.
    """

    length: int
    window: int
    stride: int
    offset: int = 0

    def __post_init__(self) -> None:
        if self.window < 1:
            raise UsageError(f"A window has at least one base, not {self.window}.")
        if not 1 <= self.stride <= self.window:
            raise UsageError(
                f"The stride must lie between 1 and the window ({self.window:,} bases), not {self.stride:,}."
            )
        if not 0 <= self.offset < self.stride:
            raise UsageError(f"The offset of the grid must lie between 0 and the stride - 1, not {self.offset}.")

    def __len__(self) -> int:
        """Return the number of windows; 0 on a sequence shorter than the window."""
        return 0 if self._last < 0 else self._head + self._regular + self._tail

    @property
    def _last(self) -> int:
        return self.length - self.window

    @property
    def _head(self) -> int:
        return int(self.offset > 0)

    @property
    def _regular(self) -> int:
        return max(0, (self._last - self.offset) // self.stride + 1)

    @property
    def _tail(self) -> int:
        reached = self.offset + (self._regular - 1) * self.stride if self._regular else 0
        return int(reached < self._last)

    @property
    def regular(self) -> tuple[int, int]:
        """First index and end of the windows that lie a stride apart: without a head at 0 and a flush tail."""
        return self._head, self._head + self._regular

    def start(self, index: int) -> int:
        """Return the first base of the window with this index."""
        if not 0 <= index < len(self):
            raise IndexError(f"window {index} of {len(self)}")
        if index < self._head:
            return 0
        index -= self._head
        return self.offset + index * self.stride if index < self._regular else self._last
