"""What every row is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from gxview._qt.painters import Letters, Scale, Style, View
from gxview.genome import Edit, reverse_complement
from gxview.viewer.editing.edit_list import edited_letters
from gxview.viewer.places.camera import View as CameraView
from gxview.viewer.tracks.kinds import SequenceTrack
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
        """The letters of the reference at hand, of the forward strand."""
        block = self.viewer.data.letters(self.camera)
        return Letters(block.region.start, block.text) if block is not None else None

    @property
    def edited_letters(self) -> Letters | None:
        """The letters at hand as the edits make them, along the reference: '-' for deleted bases."""
        block = self.viewer.data.letters(self.camera)
        edits = self.viewer.model.edits.value
        return Letters(block.region.start, edited_letters(block, edits)) if block is not None else None

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of the chromosome that shows."""
        return self.viewer.model.edits.value.of(self.camera.chrom)

    def letters_of(self, edited: bool) -> Letters | None:
        """Return the letters of the strand that the sequence row shows, of the edited sequence or the reference."""
        return self._on_strand(self.edited_letters if edited else self.letters)

    @property
    def strand_letters(self) -> Letters | None:
        """The letters of the strand that the sequence row shows: what is drawn as letters shows the same."""
        return self._on_strand(self.letters)

    def _on_strand(self, letters: Letters | None) -> Letters | None:
        tracks = self.viewer.model.tracks
        if letters is None or not any(isinstance(track, SequenceTrack) and track.reverse for track in tracks):
            return letters
        return Letters(letters.start, _complement(letters.text))


@lru_cache(maxsize=16)
def _complement(text: str) -> str:
    """Return the other strand, each letter in its own place; several rows of a frame ask for the same."""
    return reverse_complement(text)[::-1]
