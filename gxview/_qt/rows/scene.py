"""What every row is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

from gxview._qt.painters import Letters, Style, View
from gxview.viewer.camera import View as CameraView
from gxview.viewer.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Scene:
    """What a row needs to be drawn: the viewer, what a camera sees, the style."""

    viewer: Viewer
    camera: CameraView
    style: Style

    @property
    def view(self) -> View:
        """The camera's view as painters know it."""
        c = self.camera
        return View(c.chrom, c.origin, c.offset, c.bases_per_pixel, c.width)

    @property
    def letters(self) -> Letters | None:
        """The letters of the reference at hand."""
        block = self.viewer.data.letters(self.camera)
        return Letters(block.region.start, block.text) if block is not None else None
