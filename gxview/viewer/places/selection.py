"""The bases that a person selected, to change them or to ask what they are."""

from __future__ import annotations

from psygnal import Signal

from gxview.genome import Region


class BaseSelection:
    """A stretch of one chromosome, or nothing; `changed` tells that it is another one."""

    changed = Signal()

    def __init__(self) -> None:
        self._region: Region | None = None
        self._is_typing = False

    @property
    def region(self) -> Region | None:
        """The selected bases."""
        return self._region

    @property
    def is_typing(self) -> bool:
        """Whether keys with letters change the selected bases: after a click on the sequence."""
        return self._is_typing and self._region is not None

    def select(self, region: Region | None, typing: bool = False) -> None:
        """Select bases, or none.

        Parameters
        ----------
        region
            The bases, without strand.
        typing
            Whether keys with letters change them.
        """
        if (region, typing) != (self._region, self._is_typing):
            self._region, self._is_typing = region, typing
            self.changed.emit()

    def clear(self) -> None:
        """Select nothing."""
        self.select(None)

    def move(self, by: int, size: int) -> None:
        """Select the base that lies so many bases beside the first selected one, on a chromosome of `size` bases."""
        if self._region is not None:
            start = max(0, min(size - 1, self._region.start + by))
            self.select(Region(self._region.chrom, start, start + 1), self._is_typing)
