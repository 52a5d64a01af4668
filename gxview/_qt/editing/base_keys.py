"""Keys on selected bases: letters, Delete and arrows after a click on the sequence, Escape to select nothing."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeyEvent

from gxview.genome import Region
from gxview.viewer.viewer import Viewer

LETTERS = {Qt.Key.Key_A: "A", Qt.Key.Key_C: "C", Qt.Key.Key_G: "G", Qt.Key.Key_T: "T", Qt.Key.Key_N: "N"}
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
GONE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class BaseKeys:
    """Turns keys into edits while the sequence is being written in.

    Parameters
    ----------
    viewer
        Whose sequence is edited.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key means the selected bases, and no action of a menu."""
        bases = self._viewer.model.bases
        if bases.region is None:
            return False
        if event.key() == Qt.Key.Key_Escape:
            return True
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        return bases.is_typing and plain and (event.key() in LETTERS or event.key() in STEPS or event.key() in GONE)

    def press(self, event: QKeyEvent) -> bool:
        """Take a pressed key; False when it means something else."""
        if not self.wants(event):
            return False
        bases, key = self._viewer.model.bases, event.key()
        region = bases.region
        assert region is not None
        if key == Qt.Key.Key_Escape:
            bases.clear()
        elif key in STEPS:
            bases.move(STEPS[Qt.Key(key)], self._size(region))
        elif key in GONE:
            self._viewer.editing.delete(region)
            bases.move(-1 if key == Qt.Key.Key_Backspace else region.length, self._size(region))
        else:
            self._write(region, LETTERS[Qt.Key(key)])
        return True

    def _write(self, region: Region, letter: str) -> None:
        """Write a letter in place of the first selected base and go on to the next one."""
        first = Region(region.chrom, region.start, region.start + 1)
        self._viewer.editing.write(first, letter, f"write {letter}")
        if region.length > 1:
            self._viewer.model.bases.select(Region(region.chrom, region.start + 1, region.end), typing=True)
        else:
            self._viewer.model.bases.move(1, self._size(region))

    def _size(self, region: Region) -> int:
        reference = self._viewer.model.reference
        return reference.sizes[region.chrom] if reference is not None else region.end
