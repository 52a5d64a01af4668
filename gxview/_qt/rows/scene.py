"""What every row is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field

from gxview._qt.painters import Letters, Scale, Style, View
from gxview.viewer.camera import View as CameraView
from gxview.viewer.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Scene:
    """What a row needs to be drawn; made anew for each frame.

    Parameters
    ----------
    viewer, style
        What is drawn, and how.
    camera
        What the row shows.
    views
        All places that show side by side: scales hold the values of all of them; the camera's alone when empty.
        Scenes of one frame are made with `dataclasses.replace(scene, camera=view)`, so that they share `fits`.
    fits
        Scales that were fitted for this frame, by the identifier of the track or group.
    """

    viewer: Viewer
    camera: CameraView
    style: Style
    views: tuple[CameraView, ...] = ()
    fits: dict[str, Scale] = field(default_factory=dict, compare=False, repr=False)

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
