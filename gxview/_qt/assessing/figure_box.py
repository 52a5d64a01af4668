"""A plot with a box above it that says which of several it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from qtpy.QtCore import QSignalBlocker
from qtpy.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gxview._qt.assessing.chart import Chart
from gxview._qt.evaluating.strip_plot import StripPlot
from gxview._qt.look.widgets import Combo, scrolled
from gxview._qt.painters import Style
from gxview.viewer.assessing.plots import Plot
from gxview.viewer.evaluating.results import Value

Picture: TypeAlias = Plot | tuple[Value, ...]
"""A plot, or numbers in lines of dots."""


class FigureBox(QWidget):
    """Shows one of several pictures.

    Parameters
    ----------
    style
        Colours and text.
    first
        Which of the pictures shows unless a person chooses another.
    """

    def __init__(self, style: Style, first: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first = first
        self._pictures: Mapping[str, Picture] = {}
        self.box = Combo()
        self.box.setAccessibleName("Plot")
        self.chart, self.strips = Chart(style), StripPlot(style)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.chart)
        self._stack.addWidget(scrolled(self.strips))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.box)
        layout.addWidget(self._stack, 1)
        self.box.activated.connect(lambda _place: self._show())
        self.show_pictures({})

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self.chart.set_style(style)
        self.strips.set_style(style)

    def show_pictures(self, pictures: Mapping[str, Picture]) -> None:
        """Offer pictures by their titles; the one that shows stays where it is still offered."""
        before = self.box.currentText()
        self._pictures = pictures
        if [self.box.itemText(place) for place in range(self.box.count())] != list(pictures):
            with QSignalBlocker(self.box):
                self.box.clear()
                self.box.addItems(list(pictures))
                place = self.box.findText(before) if before else -1
                self.box.setCurrentIndex(place if place >= 0 else min(self._first, len(pictures) - 1))
        self.box.setVisible(len(pictures) > 1)
        self._show()

    def choose(self, title: str) -> None:
        """Show the picture of a title."""
        self.box.setCurrentText(title)
        self._show()

    def _show(self) -> None:
        picture = self._pictures.get(self.box.currentText())
        strips = isinstance(picture, tuple)
        if isinstance(picture, tuple):
            self.strips.show_values(picture)
        else:
            self.chart.show_plot(picture)
        self._stack.setCurrentIndex(int(strips))
