"""Draws what the places side by side show: titles, rulers, rows, the bands of regions, and what lies between them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import BETWEEN, HEADER_WIDTH, TITLE_HEIGHT, Column, Layout, columns, frame_height
from gxview._qt.look.icons import draw_icon
from gxview._qt.painters import RULER_HEIGHT, Style, paint_ruler
from gxview._qt.painters.edits import paint_edit_bands, paint_selection
from gxview._qt.painters.places import Spans, paint_band_edges, paint_bands, paint_ruler_marks
from gxview._qt.painters.shapes import draw_text, elided, text_width, within
from gxview._qt.rows import Scene, axis_place, paint_data, paint_group_row, paint_head
from gxview.viewer.places.navigator import TableName
from gxview.viewer.viewer import Viewer

ROLES: dict[TableName, str] = {"regions": "warning", "peaks": "accent"}
"""Colour of the bands of each table."""


def places(scene: Scene, width: float) -> list[tuple[Column, Scene]]:
    """Return the columns of a picture, left to right, each with what it shows; scales are fitted once for all."""
    views = scene.views or (scene.camera,)
    shown = (replace(scene, camera=view) for view in views)
    return list(zip(columns(width, len(views)), shown, strict=True))


def paint_frame(painter: QPainter, width: float, scene: Scene, active: int | None = None) -> None:
    """Draw the rulers and, above those of several places, their titles.

    Parameters
    ----------
    painter, width, scene
        On what, how wide, and what.
    active
        The place that is marked; the titles have buttons then. None for a picture on paper.
    """
    shown = places(scene, width)
    height = frame_height(len(shown))
    painter.fillRect(QRectF(0, 0, width, height), scene.style.color("panel"))
    for place, (column, part) in enumerate(shown):
        ruler = column.part(height - RULER_HEIGHT, RULER_HEIGHT)
        paint_ruler(painter, ruler, part.view, part.style)
        for role, spans, _ in tables(part.viewer, part.camera.chrom):
            paint_ruler_marks(painter, ruler, part.view, spans, part.style, role)
        if len(shown) > 1:
            _paint_title(painter, column, part, place == active)
            if active is not None:
                cross = column.close_rect.adjusted(2, 2, -2, -2)
                draw_icon(painter, cross, "close", part.style.color("muted"))


def paint_rows(painter: QPainter, layout: Layout, scene: Scene, width: float, selected: Collection[str] = ()) -> None:
    """Draw the lines of groups and the rows of tracks, with a mark at those of which the identifier is selected."""
    shown = places(scene, width)
    for row in layout.rows:
        painter.fillRect(QRectF(0, row.top, HEADER_WIDTH, row.height), scene.style.color("panel"))
        paint_head(painter, row, scene, row.track.id in selected)
        # all places share their scales, so the axis of one is that of all
        axis = axis_place(row.track, scene)
        for place, (column, part) in enumerate(shown):
            beside = [row.axis_rect] if place == axis else []
            with within(painter, column.part(row.top, row.height), *beside):
                paint_data(painter, column.of(row), part)
        painter.fillRect(QRectF(0, row.top + row.height, row.width, 1), scene.style.color("grid"))
    for line in layout.groups:
        paint_group_row(painter, line, scene, line.group.id in selected)


def paint_shades(painter: QPainter, top: float, bottom: float, scene: Scene, width: float) -> None:
    """Shade the regions of the tables; before the rows."""
    for column, part in places(scene, width):
        for role, spans, current in tables(part.viewer, part.camera.chrom):
            paint_bands(painter, column.part(top, bottom - top), part.view, spans, part.style, role, current)
        paint_edit_bands(painter, column.part(top, bottom - top), part.view, part.edits, part.style)


def paint_selected(painter: QPainter, top: float, bottom: float, scene: Scene, width: float) -> None:
    """Frame the selected bases; after the rows, and never on paper."""
    bases = scene.viewer.model.bases
    for column, part in places(scene, width):
        if bases.region is not None and bases.region.chrom == part.camera.chrom:
            span, rect = (bases.region.start, bases.region.end), column.part(top, bottom - top)
            paint_selection(painter, rect, part.view, span, part.style, bases.is_typing)


def paint_borders(painter: QPainter, top: float, bottom: float, scene: Scene, width: float) -> None:
    """Draw the edges of the regions, and what parts the places; after the rows."""
    shown = places(scene, width)
    for column, part in shown:
        for role, spans, _ in tables(part.viewer, part.camera.chrom):
            paint_band_edges(painter, column.part(top, bottom - top), part.view, spans, part.style, role)
    paint_gaps(painter, [column for column, _ in shown], bottom, scene.style)


def paint_gaps(painter: QPainter, parts: Sequence[Column], bottom: float, style: Style) -> None:
    """Draw what lies between the places."""
    for column in parts[1:]:
        gap = QRectF(column.left - BETWEEN, 0, BETWEEN, bottom)
        painter.fillRect(gap, style.color("panel"))
        painter.fillRect(QRectF(gap.left(), 0, 1, bottom), style.color("line"))
        painter.fillRect(QRectF(gap.right() - 1, 0, 1, bottom), style.color("line"))


def tables(viewer: Viewer, chrom: str) -> Iterator[tuple[str, Spans, tuple[int, int] | None]]:
    """Yield the colour of each table that shows, its regions on a chromosome, and the current one of these."""
    names: tuple[TableName, ...] = ("regions", "peaks") if viewer.navigator.active == "peaks" else ("regions",)
    for name in names:
        table = viewer.navigator.of(name)
        row = table.current_row if name == viewer.navigator.active else None
        current = (row.start, row.end) if row is not None and row.chrom == chrom else None
        yield ROLES[name], table.spans(chrom), current


def _paint_title(painter: QPainter, column: Column, scene: Scene, active: bool) -> None:
    style, rect = scene.style, column.part(0, TITLE_HEIGHT)
    if active:
        painter.fillRect(rect, style.color("raised"))
        painter.fillRect(QRectF(rect.left(), 0, rect.width(), 2), style.color("accent"))
    region, room = scene.camera.region, column.close_rect.left() - rect.left() - 12
    whole, short = str(region), f"{region.start + 1:,}-{region.end:,}"
    text = elided(style, whole if text_width(style, whole, bold=active) <= room else short, room, bold=active)
    color = style.color("text" if active else "muted")
    draw_text(painter, rect.left() + 7, TITLE_HEIGHT / 2 + 0.5, text, style, color, bold=active)
