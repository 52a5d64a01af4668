"""Draws a figure with the painters of the window: the same rows without the window, measured in millimetres."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace

from qtpy.QtCore import QRectF
from qtpy.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication, QPainter

from gxview._qt.drawing.columns import tables
from gxview._qt.figures.layout import LOCUS_HEIGHT, MARGIN, TEXT_PX, TITLE_HEIGHT, Sheet, lay_out_figure
from gxview._qt.look.theme import DARK, LIGHT, SAFE_BASES, Theme
from gxview._qt.painters import OVERVIEW_HEIGHT, RULER_HEIGHT, Style, View, paint_overview, paint_ruler
from gxview._qt.painters.places import paint_band_edges, paint_bands
from gxview._qt.painters.shapes import draw_text, elided, text_width, within
from gxview._qt.painters.ticks import nice_step, span_label
from gxview._qt.rows import Scene, axis_place, details, group_side, paint_data, paint_group_row, paint_head, title
from gxview.errors import GxviewError
from gxview.viewer.figures.figure import FigureOptions
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.viewer import Viewer

PRINT = replace(
    LIGHT, name="print", window="#ffffff", panel="#ffffff", raised="#ffffff", text="#000000", muted="#4a5360"
)
"""The light theme on white paper."""
DETAIL = 2.0
"""How much finer than a screen a figure is looked at."""
BAR_SHARE = 0.2
"""Longest scale bar as a share of the data's width."""


@dataclass(frozen=True, slots=True)
class FigureStyle(Style):
    """The style of a figure: a family of fonts, and letters that are equally wide on every device."""

    family: str = ""

    def font(self, bold: bool = False, scale: float = 1.0) -> QFont:
        """Return the font of labels."""
        font = super(FigureStyle, self).font(bold, scale)
        font.setFamily(self.family or QFontInfo(QGuiApplication.font()).family())
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font


def figure_theme(options: FigureOptions) -> Theme:
    """Return the colours of a figure."""
    theme = DARK if options.theme == "dark" else PRINT
    return replace(theme, bases=SAFE_BASES[options.theme]) if options.colour_blind else theme


class Figure:
    """A figure of what a viewer's cameras show.

    Parameters
    ----------
    viewer
        Where the data are; its cameras get the width that the figure has for data.
    options
        What the person chose.

    Raises
    ------
    GxviewError
        The figure is too small for what it shall hold, or this machine lacks its font.
    """

    def __init__(self, viewer: Viewer, options: FigureOptions) -> None:
        if options.font and options.font not in QFontDatabase.families():
            usual = QFontInfo(QGuiApplication.font()).family()
            raise GxviewError(f"This machine has no font '{options.font}'; choose another, such as '{usual}'.")
        self._viewer = viewer
        self._options = options
        self._style = FigureStyle(figure_theme(options), TEXT_PX, DETAIL, family=options.font)
        lines = figure_lines(viewer, options)
        cameras = viewer.model.loci.cameras
        self.sheet: Sheet = lay_out_figure(options, lines, self._names_width(lines), len(cameras))
        for camera, (_, width) in zip(cameras, self.sheet.places, strict=True):
            camera.resize(width)

    def paint(self, painter: QPainter) -> None:
        """Draw everything in pixels of the sheet."""
        sheet, style = self.sheet, self._style
        # a little more than the page, whose size some formats round
        painter.fillRect(QRectF(-2, -2, sheet.width + 4, sheet.height + 4), style.color("canvas"))
        views = tuple(camera.view for camera in self._viewer.model.loci.cameras)
        whole = Scene(self._viewer, views[0], style, views)
        scenes = [replace(whole, camera=view) for view in views]
        self._paint_title(painter, scenes)
        if self._options.show_names:
            for row in sheet.rows(0):
                paint_head(painter, row, scenes[0], False)
        self._paint_bands(painter, scenes, paint_bands)
        for place, scene in enumerate(scenes):
            self._paint_frame(painter, scene, place)
            for row in sheet.rows(place):
                # all places share their scales, so the axis of one is that of all
                axis = [row.axis_rect] if place == axis_place(row.track, whole) else []
                with within(painter, row.data_rect, *axis) if len(scenes) > 1 else nullcontext():
                    paint_data(painter, row, scene)
        self._paint_bands(painter, scenes, paint_band_edges)
        for line in sheet.group_rows():
            paint_group_row(painter, line, scenes[0])

    def _paint_bands(self, painter: QPainter, scenes: list[Scene], paint: Callable[..., None]) -> None:
        """Shade the regions, or draw their edges; no region of a figure is the current one."""
        if not self._options.show_regions or not (self.sheet.tracks or self.sheet.groups):
            return
        top, bottom = self.sheet.body
        for place, scene in enumerate(scenes):
            rect = self.sheet.part(top, bottom - top, place)
            for role, spans, _ in tables(self._viewer, scene.camera.chrom):
                paint(painter, rect, scene.view, spans, self._style, role)

    def _names_width(self, lines: list[Track | TrackGroup]) -> float:
        scene = Scene(self._viewer, self._viewer.model.camera.view, self._style)
        groups = [line for line in lines if isinstance(line, TrackGroup)]
        tracks = [line for line in lines if not isinstance(line, TrackGroup)]
        widths = [text_width(self._style, title(track, scene), bold=True) + 18 for track in tracks]
        widths += [text_width(self._style, f"{g.name} {group_side(g, scene)}", bold=True) + 34 for g in groups]
        widths += [text_width(self._style, line) + 26 for track in tracks for line in details(track, scene)]
        return max(widths, default=0.0)

    def _paint_title(self, painter: QPainter, scenes: list[Scene]) -> None:
        top, style = self.sheet.title, self._style
        if top is None:
            return
        own = self._options.title or (str(scenes[0].camera.region) if len(scenes) == 1 else "")
        text = elided(style, own, self.sheet.width - 2 * MARGIN, bold=True, scale=1.2)
        middle = top + TITLE_HEIGHT / 2 - 2
        draw_text(painter, MARGIN + 2, middle, text, style, style.color("text"), bold=True, scale=1.2)

    def _paint_frame(self, painter: QPainter, scene: Scene, place: int) -> None:
        sheet, view = self.sheet, scene.view
        if sheet.overview is not None:
            rect = sheet.part(sheet.overview, OVERVIEW_HEIGHT, place)
            paint_overview(painter, rect, scene.camera.chrom_length, view, self._style)
        if sheet.loci is not None:
            rect = sheet.part(sheet.loci, LOCUS_HEIGHT, place)
            text = elided(self._style, str(scene.camera.region), rect.width(), bold=True)
            draw_text(painter, rect.left(), rect.center().y(), text, self._style, self._style.color("text"), bold=True)
        if sheet.ruler is not None:
            paint_ruler(painter, sheet.part(sheet.ruler, RULER_HEIGHT, place), view, self._style)
        if sheet.scale_bar is not None:
            _paint_scale_bar(painter, sheet.part(sheet.scale_bar, 22, place), view, self._style)


def figure_tracks(viewer: Viewer, options: FigureOptions) -> list[Track]:
    """Return the tracks that a figure draws, top to bottom."""
    if options.tracks is None:
        return list(viewer.model.tracks.shown())
    return [track for track in viewer.model.tracks if track.id in options.tracks]


def figure_lines(viewer: Viewer, options: FigureOptions) -> list[Track | TrackGroup]:
    """Return the tracks that a figure draws and, where names show, the groups above theirs, top to bottom."""
    if options.show_names and options.tracks is None:
        return viewer.model.tracks.lines()
    lines: list[Track | TrackGroup] = []
    last = ""
    for track in figure_tracks(viewer, options):
        group = viewer.model.tracks.group(track.group)
        if options.show_names and group is not None and group.id != last and not group.folded:
            lines.append(group)
            last = group.id
        lines.append(track)
    return lines


def _paint_scale_bar(painter: QPainter, rect: QRectF, view: View, style: Style) -> None:
    """Draw a bar of a round number of bases at the right end, its length above it."""
    longest = rect.width() * BAR_SHARE * view.bases_per_pixel
    bases = max(1.0, nice_step(longest / 2.5))
    width = bases / view.bases_per_pixel
    text, right, foot = span_label(bases), rect.right() - 2, rect.bottom() - 4
    ink = style.color("text")
    painter.fillRect(QRectF(right - width, foot - 2, width, 2), ink)
    for x in (right - width, right - 1):
        painter.fillRect(QRectF(x, foot - 5, 1, 8), ink)
    x = right - width / 2 - text_width(style, text) / 2
    x = min(x, rect.right() - text_width(style, text))
    draw_text(painter, x, rect.top() + 6, text, style, ink)
