"""Headers and axes that are copied look exactly like those that are drawn."""

import pytest
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter, QPixmap
from qtpy.QtWidgets import QWidget

from gxview._qt.look.theme import DARK, LIGHT
from gxview._qt.painters import Scale, Style, paint_axis
from gxview._qt.painters.kept import paint_kept
from gxview._qt.rows.axis import paint_row_axis

GROUND = QColor("#203040")


class Page(QWidget):
    """Draws with a function of the painter."""

    def __init__(self, draw):
        super().__init__()
        self.draw = draw
        self.resize(80, 200)

    def paintEvent(self, _event):
        painter = QPainter(self)
        self.draw(painter)
        painter.end()


@pytest.mark.parametrize("style", [Style(DARK), Style(LIGHT, text_px=13)])
@pytest.mark.parametrize("top", [0, 7, 20.5])
@pytest.mark.parametrize("scroll", [0, -3, 0.25])
def test_copied_axes_equal_drawn_ones(qtbot, style, top, scroll):
    def page(axis):
        def draw(painter):
            painter.fillRect(QRectF(0, 0, 80, 200), style.color("panel"))
            painter.translate(0, scroll)
            for scale in (Scale(-1, 2), Scale(0, 300, note="fix")):
                axis(painter, QRectF(4, top, 52, 61), scale, style)
                painter.translate(0, 70)

        widget = Page(draw)
        qtbot.addWidget(widget)
        return widget

    copied, drawn = page(paint_row_axis), page(paint_axis)
    expected = drawn.grab().toImage()
    assert copied.grab().toImage() == expected
    assert copied.grab().toImage() == expected


def test_a_part_is_drawn_once_for_a_widget_and_each_time_for_a_file(qtbot):
    drawn = []

    def draw(painter):
        paint_kept(painter, QRectF(0, 0, 20, 10), GROUND, "once for a widget", lambda _on: drawn.append(1))

    widget = Page(draw)
    qtbot.addWidget(widget)
    assert widget.grab().toImage() == widget.grab().toImage()
    assert len(drawn) == 1
    file = QPixmap(20, 10)
    for _ in range(2):
        painter = QPainter(file)
        draw(painter)
        painter.end()
    assert len(drawn) == 3
