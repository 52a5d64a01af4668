"""Parts of the window that look the same from frame to frame: drawn once, then copied."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter, QPixmap
from qtpy.QtWidgets import QWidget

KEPT = 256
"""Pictures kept; the least recently used go first."""

_pictures: OrderedDict[Hashable, QPixmap] = OrderedDict()


def paint_kept(
    painter: QPainter, rect: QRectF, ground: QColor, key: Hashable, draw: Callable[[QPainter], None]
) -> None:
    """Draw a part that depends on its key and its place only, or copy what was drawn before.

    Only a widget's whole pixels are copied; on paper and in files all is drawn.

    Parameters
    ----------
    painter, rect
        On what and where.
    ground
        What lies under the part: text is smoothed into it, so the copy is opaque and equals what it stands for.
    key
        All that the picture depends on besides `rect` and `ground`.
    draw
        Draws the part.
    """
    ratio = _ratio(painter, rect)
    if ratio is None:
        draw(painter)
        return
    whole = key, rect.getRect(), ground.rgb(), ratio
    picture = _pictures.get(whole)
    if picture is None:
        picture = _pictures[whole] = _drawn(rect, ratio, ground, draw)
        if len(_pictures) > KEPT:
            _pictures.popitem(last=False)
    _pictures.move_to_end(whole)
    painter.drawPixmap(rect.topLeft(), picture)


def _ratio(painter: QPainter, rect: QRectF) -> float | None:
    """Return the device pixels of a pixel; None unless the part lies on whole device pixels of a widget."""
    device = painter.device()
    if not isinstance(device, QWidget) or painter.worldTransform().isScaling():
        return None
    ratio = float(device.devicePixelRatioF())
    ends = painter.worldTransform().mapRect(rect)
    sides = (ends.left(), ends.top(), ends.width(), ends.height())
    return ratio if rect.width() > 0 and all((side * ratio).is_integer() for side in sides) else None


def _drawn(rect: QRectF, ratio: float, ground: QColor, draw: Callable[[QPainter], None]) -> QPixmap:
    picture = QPixmap((rect.size() * ratio).toSize())
    picture.setDevicePixelRatio(ratio)
    picture.fill(ground)
    inner = QPainter(picture)
    inner.translate(-rect.topLeft())
    draw(inner)
    inner.end()
    return picture
