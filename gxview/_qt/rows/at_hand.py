"""What is at hand of variants and reads around a view."""

from __future__ import annotations

from gxview._qt.rows.scene import Scene
from gxview.viewer.data.alignment_blocks import AlignmentBlock, alignment_key
from gxview.viewer.data.variant_blocks import VariantBlock, variant_key
from gxview.viewer.places.camera import View as CameraView
from gxview.viewer.tracks.kinds import AlignmentTrack, VariantTrack


def variants_at_hand(track: VariantTrack, scene: Scene) -> VariantBlock | None:
    """Return the variants around the view, or the last ones that overlap it while those are read."""
    return scene.viewer.data.block(track.id, variant_key(track, scene.camera), scene.camera, VariantBlock)


def alignments_at_hand(track: AlignmentTrack, scene: Scene, camera: CameraView | None = None) -> AlignmentBlock | None:
    """Return the reads around a view, or the last ones that overlap it while those are read."""
    view = camera or scene.camera
    return scene.viewer.data.block(track.id, alignment_key(track, view), view, AlignmentBlock)
