"""What a press of the mouse on the data begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from qtpy.QtCore import QPointF, Qt

from gxview._qt.drawing.gestures import Band, Gesture, Pan, whole_bases
from gxview._qt.drawing.layout import Column, Row
from gxview._qt.rows import Scene
from gxview._qt.rows.variants import variant_under
from gxview.viewer.places.camera import Camera
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.kinds import SequenceTrack
from gxview.viewer.viewer import Viewer


class Place(NamedTuple):
    """One of the places side by side."""

    camera: Camera
    column: Column


def data_gesture(
    viewer: Viewer, place: Place, at: QPointF, modifiers: Qt.KeyboardModifier, row: Row | None, scene: Scene, y: float
) -> Gesture:
    """Return the drag that begins on the data of a row, or below all of them; `y` is the pixel as rows count.

    Shift marks a region for the table, Ctrl selects bases; otherwise the picture moves, and a click on the sequence
    selects a base that keys with letters change, one on a variant shows its alternative.
    """
    camera, column = place
    track = row.track if row is not None else None
    view, bases = camera.view, viewer.model.bases

    def select(typing: bool) -> Callable[[float, float], None]:
        return lambda first, last: bases.select(whole_bases(view.chrom, first, last), typing)

    def click(position: float) -> None:
        if 0 <= position < view.chrom_length:
            bases.select(whole_bases(view.chrom, int(position), int(position) + 1), isinstance(track, SequenceTrack))

    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        add = viewer.navigator.add
        return Band(camera, column, at, lambda first, last: add(whole_bases(view.chrom, first, last)))
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return Band(camera, column, at, select(isinstance(track, SequenceTrack)), click)
    if isinstance(track, SequenceTrack):
        return Pan(camera, at, lambda x: click(camera.view.position(x - column.left)))
    if isinstance(track, VariantTrack) and row is not None:
        here = replace(scene, camera=camera.view)
        found = variant_under(column.of(row), track, here, at.x(), y)
        if found is not None:
            return Pan(camera, at, lambda _x: viewer.variants.toggle(track, found))
    return Pan(camera, at)
