"""One widget that draws all tracks and turns the mouse and held keys into moves of the cameras."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from qtpy.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from gxview._qt.drawing.coalesce import Coalesced
from gxview._qt.drawing.columns import paint_borders, paint_frame, paint_rows, paint_selected, paint_shades, places
from gxview._qt.drawing.gestures import Band, Gesture, Resize
from gxview._qt.drawing.held_keys import HeldKeys
from gxview._qt.drawing.hover import Hover, describe
from gxview._qt.drawing.invitation import paint_invitation
from gxview._qt.drawing.layout import (
    HEADER_WIDTH,
    GroupRow,
    Layout,
    Row,
    columns,
    frame_height,
    lay_out,
)
from gxview._qt.drawing.patience import Patience
from gxview._qt.drawing.presses import Place, data_gesture
from gxview._qt.editing.base_keys import BaseKeys
from gxview._qt.painters import RULER_HEIGHT, Style, paint_cursor
from gxview._qt.rows import Scene
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.viewer import Viewer

WHEEL_ZOOM = 1.0015
"""Zoom factor per unit of wheel angle; a notch has 120."""
EDGE = 4
"""Pixels around the lower edge of a track that resize it."""
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class Canvas(QWidget):
    """All tracks below the rulers of one or several places.

    Wheel: zoom at the pointer; Shift+wheel or a horizontal wheel: move; Ctrl+wheel or a wheel over the names: scroll
    the tracks (the settings may swap wheel and Ctrl+wheel). Drag: move. Double click: zoom in. Drag on a ruler: zoom to
    that stretch; click on it: put that base into the middle. Shift and drag: add that stretch to the table of regions.
    Ctrl and drag: select bases; a click on the sequence selects one, which keys with letters change.
    Drag the lower edge of a name: height of the track. Click on the line of a group: fold it. Ctrl or Shift and click
    on names: select several. Arrows, plus, minus and WASD move for as long as they are held. The mouse acts on the
    place under the pointer, keys on the active one; a click makes a place the active one, a double click on its title
    the only one.
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
        self._drag: Gesture | None = None
        self._pointer: QPointF | None = None
        self._patience = Patience(self.update, lambda: viewer.data.is_complete, self)
        self._readout = Coalesced(self._tell_again, self)
        self._held, self._base_keys = HeldKeys(self, viewer.model.loci), BaseKeys(viewer)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(HEADER_WIDTH + 160, 160)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._listen()

    def _listen(self) -> None:
        model = self._viewer.model
        model.loci.moved.connect(lambda _view: self._patience.moved())
        model.loci.moved.connect(lambda _view: self._readout.trigger())
        model.loci.changed.connect(self._places_changed)
        model.tracks.shown_changed.connect(self._rows_changed)
        model.tracks.edited.connect(lambda _track, _field: self._rows_changed())
        model.tracks.groups_changed.connect(self._rows_changed)
        model.tracks.selection_changed.connect(lambda _tracks: self.update())
        model.models_changed.connect(lambda: self.update())
        for signal in (model.edits.changed, model.bases.changed):
            signal.connect(lambda: self.update())
        for table in (model.regions, model.peaks):
            table.changed.connect(lambda: self.update())
            table.current_changed.connect(lambda: self.update())
        self._viewer.navigator.active_changed.connect(lambda _name: self.update())
        self._viewer.data.changed.connect(lambda _owner: self._patience.data_came())
        for source in (self._viewer.live, self._viewer.mutagenesis, self._viewer.trust, self._viewer.scores):
            source.changed.connect(lambda _owner: self.update())

    @property
    def scene(self) -> Scene:
        """What is drawn now."""
        loci = self._viewer.model.loci
        return Scene(self._viewer, loci.active.view, self._style, tuple(loci.views))

    @property
    def content_height(self) -> int:
        """Height of all rows and the rulers."""
        return round(self._layout().height)

    @property
    def places(self) -> list[Place]:
        """The places, left to right, and where they are drawn."""
        cameras = self._viewer.model.loci.cameras
        parts = columns(self.width(), len(cameras))
        return [Place(camera, column) for camera, column in zip(cameras, parts, strict=True)]

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._style = style
        self.update()

    def set_offset(self, offset: int) -> None:
        """Scroll the tracks; the rulers stay."""
        if offset != self._offset:
            self._offset = offset
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(900, 500)

    # -- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        with self._viewer.drawing():
            self._draw()

    def _draw(self) -> None:
        painter = QPainter(self)
        scene = self.scene
        painter.fillRect(self.rect(), scene.style.color("canvas"))
        painter.fillRect(QRectF(0, 0, HEADER_WIDTH, self.height()), scene.style.color("panel"))
        if self._viewer.model.camera.is_open:
            self._paint(painter, scene)
        else:
            paint_invitation(painter, QRectF(HEADER_WIDTH, 0, self.width() - HEADER_WIDTH, self.height()), scene.style)
        painter.end()

    def _paint(self, painter: QPainter, scene: Scene) -> None:
        tracks, loci, frame = self._viewer.model.tracks, self._viewer.model.loci, self._frame
        selected = {one.id for one in (*tracks.selection, *tracks.selected_groups)}
        paint_shades(painter, frame, self.height(), scene, self.width())
        painter.save()
        painter.setClipRect(QRectF(0, frame, self.width(), self.height()))
        painter.translate(0, -self._offset)
        paint_rows(painter, self._shown(), scene, self.width(), selected)
        painter.restore()
        paint_frame(painter, self.width(), scene, loci.cameras.index(loci.active))
        paint_borders(painter, frame, self.height(), scene, self.width())
        paint_selected(painter, frame, self.height(), scene, self.width())
        line = scene.style.color("line")
        painter.fillRect(QRectF(HEADER_WIDTH - 1, 0, 1, self.height()), line)
        if self._drag is not None:
            self._drag.paint(painter, self.height(), scene.style)
        else:
            self._paint_pointer(painter, scene)

    def _paint_pointer(self, painter: QPainter, scene: Scene) -> None:
        if self._pointer is None:
            return
        top = self._frame - RULER_HEIGHT
        for column, part in places(scene, self.width()):
            x = self._pointer.x() - column.left
            base = part.camera.base_at(x) if 0 <= x < column.width else None
            if base is not None:
                paint_cursor(painter, column.part(top, self.height() - top), part.view, base, part.style)

    # -- mouse

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_places()
        self.heights_changed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        angle, modifiers = event.angleDelta(), event.modifiers()
        place = self._place_at(event.position())
        swapped = self._viewer.model.settings.wheel == "scroll"
        if place is None:
            self.scrolled.emit(-round(angle.y() / 2))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or angle.x():
            # with Shift some platforms turn the wheel's y into x themselves
            place.camera.pan(-(angle.x() or angle.y()) / 1.5)
        elif bool(modifiers & Qt.KeyboardModifier.ControlModifier) != swapped:
            self.scrolled.emit(-round(angle.y() / 2))
        elif angle.y():
            place.camera.zoom(WHEEL_ZOOM ** -angle.y(), event.position().x() - place.column.left)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at, place = event.position(), self._place_at(event.position())
        edge, row = self._edge_at(at), self._row_at(at)
        if place is not None:
            self._press(place, at, event.modifiers())
        elif isinstance(row, GroupRow):
            row.group.folded = not row.group.folded
        elif edge is not None:
            self._drag = Resize(edge.track, at)
        if isinstance(row, Row) and edge is None:
            self._select(row.track, event.modifiers() if place is None else NO_MODIFIER)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._drag is not None:
            self._drag.move(self._pointer)
        self._set_cursor(self._pointer)
        self._tell(event.globalPosition().toPoint())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.finish()
        self._set_cursor(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or place is None:
            return
        y = event.position().y()
        if y >= self._frame:
            place.camera.zoom(0.5, event.position().x() - place.column.left)
        elif y >= self._frame - RULER_HEIGHT:
            # its first click has put what lay under the pointer into the middle
            place.camera.zoom(0.5)
        elif not self._closes(place, event.position()):
            self._viewer.model.loci.only(place.camera)

    def leaveEvent(self, event: object) -> None:
        self._pointer = None
        self.hovered.emit(Hover())
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self._row_at(QPointF(event.pos()))
        tracks = self._viewer.model.tracks
        if isinstance(row, GroupRow):
            tracks.selection = tracks.members(row.group)
            self.menu_wanted.emit(row.group, event.globalPos())
        elif row is not None:
            if row.track not in tracks.selection:
                tracks.selected = row.track
            self.menu_wanted.emit(row.track, event.globalPos())

    def _press(self, place: Place, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        loci, view = self._viewer.model.loci, place.camera.view
        if self._closes(place, at):
            loci.remove(place.camera)
            return
        loci.activate(place.camera)
        if not place.camera.is_open or at.y() < self._frame - RULER_HEIGHT:
            return
        if at.y() < self._frame and not modifiers & Qt.KeyboardModifier.ShiftModifier:
            show, center = place.camera.show, place.camera.center
            self._drag = Band(*place, at, lambda first, last: show(view.chrom, view.chrom_length, first, last), center)
        else:
            row = self._row_at(at)
            row = row if isinstance(row, Row) else None
            self._drag = data_gesture(self._viewer, place, at, modifiers, row, self.scene, at.y() + self._offset)

    # -- keys

    def event(self, event: QEvent) -> bool:
        # what is accepted here comes as a key instead of running an action
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            ends_drag = event.key() == Qt.Key.Key_Escape and self._drag is not None
            moves = self._viewer.model.camera.is_open and self._held.motion(event) is not None
            if ends_drag or moves or self._base_keys.wants(event):
                event.accept()
                return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._drag is not None:
            self._drag = None
            self.update()
        elif not (self._base_keys.press(event) or self._held.press(event)):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self._held.release(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._held.stop()
        super().focusOutEvent(event)

    # -- what lies where

    def base_at(self, at: QPoint) -> int | None:
        """Return the base under a point of the widget; None beside the data."""
        place = self._place_at(QPointF(at))
        inside = place is not None and place.camera.is_open and at.y() >= self._frame
        return place.camera.view.base_at(at.x() - place.column.left) if place is not None and inside else None

    @property
    def _frame(self) -> int:
        return frame_height(len(self._viewer.model.loci))

    def _layout(self) -> Layout:
        return lay_out(self._viewer.model.tracks, self.width(), self._frame)

    def _shown(self) -> Layout:
        return self._layout().between(self._offset + self._frame, self._offset + self.height())

    def _place_at(self, at: QPointF) -> Place | None:
        """Return the place under the pointer; between two of them, that on the left."""
        begun = [place for place in self.places if place.column.left <= at.x()]
        return begun[-1] if begun else None

    def _closes(self, place: Place, at: QPointF) -> bool:
        return len(self._viewer.model.loci) > 1 and place.column.close_rect.contains(at)

    def _row_at(self, at: QPointF) -> Row | GroupRow | None:
        return self._shown().at(at.y() + self._offset) if at.y() >= self._frame else None

    def _edge_at(self, at: QPointF) -> Row | None:
        if at.x() >= HEADER_WIDTH or at.y() < self._frame:
            return None
        y = at.y() + self._offset
        return next((row for row in self._shown().rows if abs(row.top + row.height - y) <= EDGE), None)

    # -- what changes

    def _fit_places(self) -> None:
        for place in self.places:
            place.camera.resize(place.column.width)

    def _places_changed(self) -> None:
        self._drag = None
        self._fit_places()
        self._rows_changed()

    def _rows_changed(self) -> None:
        self.heights_changed.emit()
        self.update()

    def _select(self, track: Track, modifiers: Qt.KeyboardModifier) -> None:
        tracks = self._viewer.model.tracks
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            tracks.toggle(track)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            tracks.extend_to(track)
        else:
            tracks.selected = track

    def _set_cursor(self, at: QPointF) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._drag is not None:
            shape = self._drag.cursor
        elif self._edge_at(at) is not None:
            shape = Qt.CursorShape.SizeVerCursor
        elif self._frame - RULER_HEIGHT <= at.y() < self._frame and at.x() >= HEADER_WIDTH:
            shape = Qt.CursorShape.CrossCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _tell_again(self) -> None:
        """Say what lies under a pointer that rested while the tracks moved."""
        if self._pointer is not None:
            self.hovered.emit(self._under(self._pointer))

    def _under(self, at: QPointF) -> Hover:
        place = self._place_at(at)
        x = at.x() - place.column.left if place is not None else -1
        if place is None or not place.camera.is_open or not 0 <= x < place.column.width:
            return Hover()
        loci = self._viewer.model.loci
        scene = Scene(self._viewer, place.camera.view, self._style, tuple(loci.views))
        row = self._row_at(at)
        row = row if isinstance(row, Row) else None
        track: Track | None = row.track if row is not None else None
        return describe(scene, track, scene.camera.base_at(x), row, at.y() + self._offset)

    def _tell(self, where: QPoint) -> None:
        assert self._pointer is not None
        hover, place = self._under(self._pointer), self._place_at(self._pointer)
        tip = "Close this place" if place is not None and self._closes(place, self._pointer) else hover.tip
        self.hovered.emit(hover)
        if tip and self._drag is None:
            QToolTip.showText(where, tip, self)
        else:
            QToolTip.hideText()
