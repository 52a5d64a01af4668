"""One widget that draws all tracks and turns the mouse into moves of the camera."""

from __future__ import annotations

from qtpy.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from gxview._qt.hover import Hover, describe
from gxview._qt.layout import HEADER_WIDTH, GroupRow, Layout, Row, lay_out
from gxview._qt.painters import RULER_HEIGHT, Style, paint_cursor
from gxview._qt.picture import paint_frame, paint_rows
from gxview._qt.rows import Scene
from gxview.viewer.tracks import MAX_HEIGHT, MIN_HEIGHT, Track
from gxview.viewer.viewer import Viewer

WHEEL_ZOOM = 1.0015
"""Zoom factor per unit of wheel angle; a notch has 120."""
EDGE = 4
"""Pixels around the lower edge of a track that resize it."""


class Canvas(QWidget):
    """All tracks below a ruler.

    Wheel: zoom at the pointer; Shift+wheel or a horizontal wheel: move; Ctrl+wheel or a wheel over the names: scroll
    the tracks. Drag: move. Double click: zoom in. Drag on the ruler: zoom to that stretch. Drag the lower edge of a
    name: height of the track. Click on the line of a group: fold it. Ctrl or Shift and click on names: select several.
    """

    hovered = Signal(Hover)
    scrolled = Signal(int)
    heights_changed = Signal()
    menu_wanted = Signal(object, QPoint)

    def __init__(self, viewer: Viewer, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._style = style
        self._offset = 0
        self._drag: _Drag | None = None
        self._pointer: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(HEADER_WIDTH + 160, 160)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._listen()

    def _listen(self) -> None:
        model = self._viewer.model
        model.loci.moved.connect(lambda _view: self.update())
        model.tracks.shown_changed.connect(self._rows_changed)
        model.tracks.edited.connect(lambda _track, _field: self._rows_changed())
        model.tracks.groups_changed.connect(self._rows_changed)
        model.tracks.selection_changed.connect(lambda _tracks: self.update())
        model.models_changed.connect(lambda: self.update())
        self._viewer.data.changed.connect(lambda _owner: self.update())
        self._viewer.live.changed.connect(lambda _owner: self.update())

    @property
    def scene(self) -> Scene:
        """What is drawn now."""
        loci = self._viewer.model.loci
        return Scene(self._viewer, loci.active.view, self._style, tuple(loci.views))

    @property
    def content_height(self) -> int:
        """Height of all rows and the ruler."""
        return round(self._layout().height)

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._style = style
        self.update()

    def set_offset(self, offset: int) -> None:
        """Scroll the tracks; the ruler stays."""
        if offset != self._offset:
            self._offset = offset
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(900, 500)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        scene = self.scene
        painter.fillRect(self.rect(), scene.style.color("canvas"))
        painter.fillRect(QRectF(0, 0, HEADER_WIDTH, self.height()), scene.style.color("panel"))
        if self._viewer.model.camera.is_open:
            self._paint(painter, scene)
        else:
            self._invite(painter, scene.style)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._viewer.model.camera.resize(max(1, self.width() - HEADER_WIDTH))
        self.heights_changed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        angle, x = event.angleDelta(), event.position().x()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier or x < HEADER_WIDTH:
            self.scrolled.emit(-round(angle.y() / 2))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or angle.x():
            # with Shift some platforms turn the wheel's y into x themselves
            self._viewer.model.camera.pan(-(angle.x() or angle.y()) / 1.5)
        elif angle.y():
            self._viewer.model.camera.zoom(WHEEL_ZOOM ** -angle.y(), x - HEADER_WIDTH)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        edge, row = self._edge_at(at), self._row_at(at)
        if isinstance(row, GroupRow) and at.x() < HEADER_WIDTH:
            row.group.folded = not row.group.folded
            return
        if edge is not None:
            self._drag = _Drag("height", at, track=edge.track, height=edge.track.height)
        elif at.y() < RULER_HEIGHT and at.x() >= HEADER_WIDTH:
            self._drag = _Drag("band", at)
        elif at.x() >= HEADER_WIDTH:
            self._drag = _Drag("pan", at)
        if isinstance(row, Row) and edge is None:
            self._select(row.track, event.modifiers() if at.x() < HEADER_WIDTH else Qt.KeyboardModifier.NoModifier)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        self._pointer = at
        if self._drag is not None:
            self._drag_to(at)
        self._set_cursor(at)
        self._tell(event.globalPosition().toPoint())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and drag.kind == "band" and abs(drag.x - drag.start.x()) > 3:
            camera = self._viewer.model.camera
            left, right = sorted((drag.start.x(), drag.x))
            first, last = (camera.view.position(x - HEADER_WIDTH) for x in (left, right))
            camera.show(camera.view.chrom, camera.view.chrom_length, max(0, first), last)
        self._set_cursor(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if event.button() == Qt.MouseButton.LeftButton and x >= HEADER_WIDTH:
            self._viewer.model.camera.zoom(0.5, x - HEADER_WIDTH)

    def leaveEvent(self, event: object) -> None:
        self._pointer = None
        self.hovered.emit(Hover())
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self._row_at(QPointF(event.pos()))
        tracks = self._viewer.model.tracks
        if isinstance(row, GroupRow):
            tracks.selection = tracks.members(row.group)
        elif row is not None:
            if row.track not in tracks.selection:
                tracks.selected = row.track
            self.menu_wanted.emit(row.track, event.globalPos())

    def _paint(self, painter: QPainter, scene: Scene) -> None:
        tracks = self._viewer.model.tracks
        selected = {one.id for one in (*tracks.selection, *tracks.selected_groups)}
        painter.save()
        painter.setClipRect(QRectF(0, RULER_HEIGHT, self.width(), self.height()))
        painter.translate(0, -self._offset)
        paint_rows(painter, self._shown(), scene, selected)
        painter.restore()
        paint_frame(painter, self.width(), scene)
        line = scene.style.color("line")
        painter.fillRect(QRectF(HEADER_WIDTH - 1, 0, 1, self.height()), line)
        self._paint_pointer(painter, scene)

    def _paint_pointer(self, painter: QPainter, scene: Scene) -> None:
        rect = QRectF(HEADER_WIDTH, 0, self.width() - HEADER_WIDTH, self.height())
        if self._drag is not None and self._drag.kind == "band":
            left, right = sorted((self._drag.start.x(), self._drag.x))
            painter.fillRect(QRectF(left, 0, right - left, self.height()), scene.style.color("accent", 0.22))
        elif self._pointer is not None and self._pointer.x() >= HEADER_WIDTH and self._drag is None:
            base = scene.camera.base_at(self._pointer.x() - HEADER_WIDTH)
            if base is not None:
                paint_cursor(painter, rect, scene.view, base, scene.style)

    def _invite(self, painter: QPainter, style: Style) -> None:
        rect = QRectF(HEADER_WIDTH, 0, self.width() - HEADER_WIDTH, self.height())
        painter.setFont(style.font(bold=True, scale=1.4))
        painter.setPen(style.color("text"))
        middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, -30, 0, -30), middle, "Drop a genome here")
        painter.setFont(style.font(scale=1.1))
        painter.setPen(style.color("muted"))
        painter.drawText(rect.adjusted(0, 8, 0, 8), middle, "FASTA, plain or bgzip; or File > Open genome (Ctrl+G)")

    def _layout(self) -> Layout:
        return lay_out(self._viewer.model.tracks, self.width())

    def _shown(self) -> Layout:
        return self._layout().between(self._offset + RULER_HEIGHT, self._offset + self.height())

    def _select(self, track: Track, modifiers: Qt.KeyboardModifier) -> None:
        tracks = self._viewer.model.tracks
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            tracks.toggle(track)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            tracks.extend_to(track)
        else:
            tracks.selected = track

    def _rows_changed(self) -> None:
        self.heights_changed.emit()
        self.update()

    def _row_at(self, at: QPointF) -> Row | GroupRow | None:
        return self._shown().at(at.y() + self._offset) if at.y() >= RULER_HEIGHT else None

    def _edge_at(self, at: QPointF) -> Row | None:
        if at.x() >= HEADER_WIDTH or at.y() < RULER_HEIGHT:
            return None
        y = at.y() + self._offset
        return next((row for row in self._shown().rows if abs(row.top + row.height - y) <= EDGE), None)

    def _drag_to(self, at: QPointF) -> None:
        assert self._drag is not None
        if self._drag.kind == "pan":
            self._viewer.model.camera.pan(self._drag.x - at.x())
        elif self._drag.kind == "height" and self._drag.track is not None:
            height = self._drag.height + round(at.y() - self._drag.start.y())
            self._drag.track.height = max(MIN_HEIGHT, min(MAX_HEIGHT, height))
        self._drag.x = at.x()

    def _set_cursor(self, at: QPointF) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._drag is not None and self._drag.kind == "pan":
            shape = Qt.CursorShape.ClosedHandCursor
        elif (self._drag is not None and self._drag.kind == "height") or self._edge_at(at) is not None:
            shape = Qt.CursorShape.SizeVerCursor
        elif at.y() < RULER_HEIGHT and at.x() >= HEADER_WIDTH:
            shape = Qt.CursorShape.CrossCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _tell(self, where: QPoint) -> None:
        assert self._pointer is not None
        if not self._viewer.model.camera.is_open or self._pointer.x() < HEADER_WIDTH:
            self.hovered.emit(Hover())
            return
        scene = self.scene
        row = self._row_at(self._pointer)
        track: Track | None = row.track if isinstance(row, Row) else None
        hover = describe(scene, track, scene.camera.base_at(self._pointer.x() - HEADER_WIDTH))
        self.hovered.emit(hover)
        if hover.tip and self._drag is None:
            QToolTip.showText(where, hover.tip, self)
        else:
            QToolTip.hideText()


class _Drag:
    """A drag under way."""

    def __init__(self, kind: str, start: QPointF, track: Track | None = None, height: int = 0) -> None:
        self.kind = kind
        self.start = start
        self.x = start.x()
        self.track = track
        self.height = height
