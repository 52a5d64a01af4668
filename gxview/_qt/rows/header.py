"""What stands left of a row: its name, what is known about it, a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import HEADER_WIDTH, Row
from gxview._qt.painters import HEADER_HEIGHT, Style, paint_header
from gxview._qt.painters.kept import paint_kept
from gxview._qt.painters.sequence import BLOCKS_FROM
from gxview._qt.painters.shapes import elided
from gxview._qt.painters.trust import paint_titles
from gxview._qt.rows.groups import paint_member_mark
from gxview._qt.rows.heatmap import unit_of
from gxview._qt.rows.overlay import member_colors
from gxview._qt.rows.scene import Scene
from gxview._qt.rows.trust import explained_part, lane_rect, titles
from gxview.viewer.data.blocks import shows_gc
from gxview.viewer.explaining.live import ExplainState
from gxview.viewer.tracks.effect_tracks import MutagenesisTrack, VariantTrack
from gxview.viewer.tracks.kinds import DifferenceTrack, OverlayTrack, RelevanceTrack, ScoreTrack, SequenceTrack, Track

DETAIL_HEIGHT = 14.0
SWATCH = 8.0
"""Pixels of the colour before a line of a legend."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line below the name; with a colour (``#rrggbb``) an entry of the legend."""

    text: str
    color: str = ""


def paint_head(painter: QPainter, row: Row, scene: Scene, selected: bool) -> None:
    """Draw the header of a row: the name and what stands below it."""
    heading, style = title(row.track, scene), scene.style
    lines = tuple(line for line in lines_below(row.track, scene) if line.text)
    whole, grouped = QRectF(0, row.top, HEADER_WIDTH, row.height), bool(row.track.group)
    lane = titles(row.track, scene) if isinstance(row.track, RelevanceTrack) and row.track.trust else None
    key = heading, lines, style, grouped, selected, row.name_rect.width(), lane

    def draw(on: QPainter) -> None:
        name = row.name_rect
        if grouped:
            paint_member_mark(on, whole, style)
        if row.height < 2 * HEADER_HEIGHT:
            name = QRectF(name.left(), row.top + (row.height - HEADER_HEIGHT) / 2, name.width(), HEADER_HEIGHT)
        paint_header(on, name, heading, style, selected=selected)
        _paint_lines(on, explained_part(row), lines, style)
        if lane is not None:
            rect = lane_rect(row)
            paint_titles(on, QRectF(0, rect.top(), HEADER_WIDTH, rect.height()), lane[0], style, lane[1])

    paint_kept(painter, whole, style.color("panel"), key, draw)


def title(track: Track, scene: Scene) -> str:
    """Return the first line of a header; that of a part leaves the model to the second line."""
    owner = scene.viewer.model.tracks.owner(track)
    if isinstance(track, ScoreTrack | MutagenesisTrack) and owner is not None:
        return track.name.removeprefix(owner.name).strip().capitalize() or track.name
    if (
        isinstance(track, SequenceTrack)
        and track.gc
        and scene.view.pixels_per_base < BLOCKS_FROM
        and shows_gc(scene.camera)
    ):
        return f"{track.name}, GC %"
    if isinstance(track, SequenceTrack):
        arrow = "\N{LEFTWARDS ARROW}" if track.reverse else "\N{RIGHTWARDS ARROW}"
        return f"{track.name} {arrow}"
    return track.name


def details(track: Track, scene: Scene) -> list[str]:
    """Return the words that stand below the name of a track."""
    return [line.text for line in lines_below(track, scene)]


def lines_below(track: Track, scene: Scene) -> list[Line]:
    """Return what stands below the name of a track, with its legend."""
    viewer = scene.viewer
    if isinstance(track, RelevanceTrack):
        lines = [*viewer.explanations.describe(track), _progress(viewer.live.state(track, scene.camera))]
        agreement = viewer.comparisons.describe(track, scene.camera)
        if track.control:
            # its name says what is done; what matters is how far it is from the explanation
            lines = [f"control of {viewer.controls.original(track).name}", agreement.partition(" with ")[0], *lines]
        return [Line(text) for text in (lines if track.control else [*lines, agreement])]
    if isinstance(track, OverlayTrack):
        legend = [Line(member.name, color) for member, color in member_colors(track, scene)]
        return [*legend, Line(viewer.comparisons.describe(track, scene.camera)), Line(_units(track.normalised))]
    if isinstance(track, DifferenceTrack):
        names = [member.name if (member := viewer.model.tracks.get(i)) else "" for i in (track.first, track.second)]
        minus = [Line(names[0]), Line(f"\N{MINUS SIGN} {names[1]}")]
        return [*minus, Line(viewer.comparisons.describe(track, scene.camera)), Line(_units(track.normalised))]
    if isinstance(track, VariantTrack) and track.effect.score:
        return [Line(text) for text in _effect_lines(track, scene)]
    if isinstance(track, MutagenesisTrack) and (owner := viewer.model.tracks.owner(track)) is not None:
        state = viewer.mutagenesis.state(track, scene.camera)
        return [Line(owner.name), Line(unit_of(track, scene)), Line(_progress(state))]
    if isinstance(track, ScoreTrack) and (owner := viewer.model.tracks.owner(track)) is not None:
        return [Line(owner.name), Line(viewer.explanations.score_name(owner))]
    return []


def _paint_lines(painter: QPainter, row: Row, lines: Sequence[Line], style: Style) -> None:
    name = row.name_rect
    for place, line in enumerate(lines):
        top = HEADER_HEIGHT - 3 + place * DETAIL_HEIGHT
        if top + DETAIL_HEIGHT <= row.height:
            # a header without a name leaves 16 pixels before the detail, a name has 8
            aside = SWATCH + 5 if line.color else 0
            left, width = name.left() - 8 + aside, name.width() + 8 - aside
            text = elided(style, line.text, width - 12, middle=bool(line.color))
            paint_header(painter, QRectF(left, name.top() + top, width, HEADER_HEIGHT), "", style, text)
            if line.color:
                middle = name.top() + top + HEADER_HEIGHT / 2
                swatch = QRectF(name.left() + 8, round(middle - SWATCH / 2), SWATCH, SWATCH)
                painter.fillRect(swatch, style.on_canvas(line.color))


def _effect_lines(track: VariantTrack, scene: Scene) -> list[str]:
    """Say which number colours the variants, and whose it is."""
    viewer, choice = scene.viewer, track.effect
    if not choice.model:
        return [viewer.colouring.title(track), "of the file"]
    state = viewer.scores.state(track, scene.camera)
    done = f"{state.done} of {state.total} scored" if state.is_busy else state.text if state.kind == "waiting" else ""
    return [viewer.colouring.title(track), viewer.model.known_models.get(choice.model, choice.model), done]


def _units(normalised: bool) -> str:
    return "each \N{DIVISION SIGN} its largest" if normalised else ""


def _progress(state: ExplainState) -> str:
    if state.kind == "failed":
        return "failed in part" if state.done else ""
    return f"{state.done} of {state.total} explained" if state.is_busy and state.done else ""
