"""What is at hand of variants, reads and effects of substitutions around a view."""

from __future__ import annotations

from gxview._qt.rows.scene import Scene
from gxview.viewer.data.alignment_blocks import AlignmentBlock, alignment_key
from gxview.viewer.data.effect_matrix import EffectMatrix
from gxview.viewer.data.heatmap_blocks import HeatmapBlock, heatmap_key
from gxview.viewer.data.variant_blocks import VariantBlock, variant_key
from gxview.viewer.places.camera import View as CameraView
from gxview.viewer.tracks.effect_tracks import HeatmapTrack, MutagenesisTrack, VariantTrack
from gxview.viewer.tracks.kinds import AlignmentTrack


def variants_at_hand(track: VariantTrack, scene: Scene) -> VariantBlock | None:
    """Return the variants around the view, or the last ones that overlap it while those are read."""
    return scene.viewer.data.block(track.id, variant_key(track, scene.camera), scene.camera, VariantBlock)


def alignments_at_hand(track: AlignmentTrack, scene: Scene, camera: CameraView | None = None) -> AlignmentBlock | None:
    """Return the reads around a view, or the last ones that overlap it while those are read."""
    view = camera or scene.camera
    return scene.viewer.data.block(track.id, alignment_key(track, view), view, AlignmentBlock)


def matrix_at_hand(
    track: MutagenesisTrack | HeatmapTrack, scene: Scene, camera: CameraView | None = None
) -> EffectMatrix | None:
    """Return the effects at hand around a view."""
    view = camera or scene.camera
    if isinstance(track, MutagenesisTrack):
        return scene.viewer.mutagenesis.matrix(track, view)
    block = scene.viewer.data.block(track.id, heatmap_key(view), view, HeatmapBlock)
    return block.matrix if block is not None else None
