"""The trust lane below an explanation: its place in the row, its cells, what it says of a base."""

from __future__ import annotations

import textwrap
from dataclasses import replace

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.painters import State, paint_state
from gxview._qt.painters.shapes import badge, elided
from gxview._qt.painters.trust import CellLook, Strip, paint_trust
from gxview._qt.rows.scene import Scene
from gxview.viewer.explaining.live import NO_WINDOW
from gxview.viewer.tracks.kinds import LANE_HEIGHT, RelevanceTrack
from gxview.viewer.trust.measures import MEASURES, Cell, Judged, count_failing, threshold_of

BELOW = 4
"""Pixels between the cells and the edge of the row."""
WORDS = {"fails": "fails", "holds": "holds", "missing": "no number"}


def explained_part(row: Row) -> Row:
    """Return the part of a row that shows the explanation."""
    return replace(row, height=row.height - LANE_HEIGHT) if shows_lane(row) else row


def shows_lane(row: Row) -> bool:
    """Whether a row has a trust lane."""
    return isinstance(row.track, RelevanceTrack) and row.track.trust


def lane_rect(row: Row) -> QRectF:
    """Return where the cells of a row stand."""
    data = row.data_rect
    return QRectF(data.left(), data.bottom() - LANE_HEIGHT, data.width(), LANE_HEIGHT - BELOW)


def titles(track: RelevanceTrack, scene: Scene) -> tuple[tuple[str, ...], bool]:
    """Return what stands beside the lines of the lane, and whether any window fails."""
    views = scene.views or (scene.camera,)
    windows = [window for view in views for window in scene.viewer.trust.windows(track, view)]
    failing = count_failing(windows)
    counted = f": {failing} of {len(windows)} fail" if windows else ""
    return (f"Trust{counted}", *(measure.title for measure in MEASURES)), failing > 0


def paint_lane(painter: QPainter, row: Row, track: RelevanceTrack, scene: Scene) -> None:
    """Draw the lane, or why it is empty."""
    windows, rect = scene.viewer.trust.windows(track, scene.camera), lane_rect(row)
    state = scene.viewer.trust.state(track, scene.camera)
    if not windows:
        text = NO_WINDOW if state.kind == "done" else state.text
        paint_state(painter, rect, State(state.kind, text, state.done, state.total), scene.style)
        return
    paint_trust(painter, rect, scene.view, [_strip(window) for window in windows], scene.style)
    if state.kind != "done":
        # only a part is there; a count that grows needs no more words
        counted = f"{state.done} of {state.total}" if state.is_busy else ""
        text = elided(scene.style, f"{state.text} {counted}".strip(), rect.width() - 40, scale=0.85)
        badge(painter, rect, text, scene.style, most=1.0)


def describe_lane(scene: Scene, track: RelevanceTrack, base: int, row: Row, y: float) -> tuple[str, str]:
    """Say what the cell at a base and a pixel of the row means: a line, and a text of several."""
    window = next((one for one in scene.viewer.trust.windows(track, scene.camera) if _holds(one, base)), None)
    if window is None:
        return "", ""
    rect = lane_rect(row)
    place = int((y - rect.top()) / rect.height() * (len(MEASURES) + 1)) - 1
    where = f"Window {scene.camera.chrom}:{window.window.start + 1:,}-{window.window.end:,}"
    if not 0 <= place < len(MEASURES):
        return f"{where} {WORDS[window.verdict]}", "\n".join([where, *map(_line, window.cells)])
    cell = window.cells[place]
    return _line(cell).strip(), "\n".join([where, *_explained(cell, scene)])


def is_in_lane(row: Row, y: float) -> bool:
    """Whether a pixel lies in the lane of a row."""
    return shows_lane(row) and y >= lane_rect(row).top()


def _holds(window: Judged, base: int) -> bool:
    return window.window.zone[0] <= base < window.window.zone[1]


def _strip(window: Judged) -> Strip:
    """Return the cells of a window: what they say together, then each."""
    failing = len(window.failing)
    whole = (f"fails {failing} of {len(window.cells) - 1}", f"{failing}") if failing else (WORDS[window.verdict],)
    cells = (CellLook(window.verdict, whole), *(CellLook(cell.verdict, (cell.text,)) for cell in window.cells))
    return Strip(*window.window.zone, cells)


def _line(cell: Cell) -> str:
    mark = "\N{MULTIPLICATION X} " if cell.verdict == "fails" else "   "
    return f"{mark}{cell.measure.title}: {cell.text}"


def _explained(cell: Cell, scene: Scene) -> list[str]:
    threshold = threshold_of(cell.measure, scene.viewer.model.settings)
    ends = {
        "fails": f"Fails: it lies below {threshold:g} (Preferences > Trust).",
        "holds": f"Holds: at least {threshold:g} (Preferences > Trust).",
    }
    lines = [f"{cell.measure.title}: {cell.text}", cell.words, cell.measure.meaning, ends.get(cell.verdict, "")]
    return [wrapped(line) for line in lines if line]


def wrapped(text: str, width: int = 72) -> str:
    """Break a text into lines, as a tool tip of plain text does not."""
    return "\n".join(textwrap.wrap(text, width))
