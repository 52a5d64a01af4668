"""The figure dialog: options on the left, the page as it will be on the right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError
from qtpy.QtCore import Qt
from qtpy.QtGui import QFontDatabase, QGuiApplication
from qtpy.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.drawing.coalesce import Coalesced
from gxview._qt.figures.paint import Figure, figure_tracks
from gxview._qt.figures.preview import NOTCH, FigurePreview
from gxview._qt.figures.run import write_places
from gxview._qt.figures.tracks import FigureTracks
from gxview._qt.figures.write import figure_image, write_figure
from gxview._qt.look.forms import ModelForm
from gxview._qt.look.widgets import Combo
from gxview.errors import GxviewError
from gxview.viewer.figures.batch import PATTERN, figure_places, is_ready
from gxview.viewer.figures.figure import FORMATS, PRESETS, FigureOptions
from gxview.viewer.figures.stage import Stage
from gxview.viewer.viewer import Viewer

SECTIONS = {
    "Page": ("width_mm", "height_mm", "dpi", "theme", "colour_blind"),
    "Text": ("font", "font_pt", "title", "header_mm"),
    "Show": (
        "show_title",
        "show_overview",
        "show_ruler",
        "show_scale_bar",
        "show_names",
        "show_axes",
        "show_regions",
    ),
}
FORM_WIDTH = 330


class FigureDialog(QDialog):
    """Makes a figure of what the window shows.

    Parameters
    ----------
    viewer
        What is shown; it is copied, so that the window stays as it is.
    """

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.stage = Stage(viewer)
        self.options = viewer.model.settings.figure
        self._figure: Figure | None = None
        self.setWindowTitle("Figure")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._again = Coalesced(self._show_data, self)
        self._build()
        self.stage.copy_loci()
        self.stage.data.changed.connect(self._on_data)
        for source in (self.stage.live, self.stage.mutagenesis, self.stage.scores):
            source.changed.connect(self._on_data)
        self.finished.connect(lambda _code: self._close())
        self._apply(self.options)
        self.resize(1120, 760)

    # -- construction

    def _build(self) -> None:
        self.preview = FigurePreview()
        self.preview.zoomed.connect(lambda zoom: self._zoom.setText(f"{zoom:.0%}"))
        right = QVBoxLayout()
        right.addWidget(self.preview, 1)
        right.addLayout(self._zoom_bar())
        top = QHBoxLayout()
        top.addWidget(self._options_area())
        top.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(top, 1)
        layout.addLayout(self._buttons())

    def _options_area(self) -> QScrollArea:
        inner = QWidget()
        inner.setObjectName("panel")
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(8)
        self._preset = Combo()
        self._preset.addItem("Own width", None)
        for word, width in PRESETS.items():
            self._preset.addItem(word, width)
        self._preset.activated.connect(self._choose_preset)
        self.forms: list[ModelForm] = []
        families = [("As the window", ""), *((family, family) for family in QFontDatabase.families())]
        for title, fields in SECTIONS.items():
            column.addWidget(_heading(title))
            if title == "Page":
                column.addWidget(self._preset)
            form = ModelForm(FigureOptions, fields, {"font": families})
            form.edited.connect(self._edit)
            self.forms.append(form)
            column.addWidget(form)
        column.addWidget(_heading("Tracks"))
        self.tracks = FigureTracks(list(self.stage.model.tracks))
        self.tracks.edited.connect(lambda tracks, heights: self._change(tracks=tracks, heights_mm=heights))
        column.addWidget(self.tracks)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFixedWidth(FORM_WIDTH)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _zoom_bar(self) -> QHBoxLayout:
        self._size, self._zoom = QLabel(), QLabel()
        for label in (self._size, self._zoom):
            label.setProperty("role", "muted")
        row = QHBoxLayout()
        row.addWidget(self._size)
        row.addStretch(1)
        row.addWidget(self._zoom)
        zooms = (("\N{MINUS SIGN}", 1 / NOTCH), ("+", NOTCH))
        for text, factor in zooms:
            row.addWidget(_button(text, lambda factor=factor: self.preview.set_zoom(self.preview.zoom * factor)))
        row.addWidget(_button("Actual size", lambda: self.preview.set_zoom(1.0)))
        row.addWidget(_button("Fit", lambda: self.preview.set_zoom(None)))
        return row

    def _buttons(self) -> QHBoxLayout:
        self.state = QLabel()
        self.state.setProperty("role", "muted")
        self.copy_button = _button("Copy image", self.copy_image)
        self.batch_button = _button("Every region...", self._ask_batch)
        self.batch_button.setToolTip("Write a figure of each region of the table")
        self.export_button = _button("Export...", self._ask_export)
        self.export_button.setProperty("role", "primary")
        self.export_button.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        for button in (self.copy_button, self.batch_button, self.export_button, _button("Close", self.close)):
            row.addWidget(button)
        return row

    # -- options

    def _edit(self, name: str, value: Any) -> None:
        self._change(**{name: value})

    def _choose_preset(self, place: int) -> None:
        if (width := self._preset.itemData(place)) is not None:
            self._change(width_mm=width)

    def _change(self, **changes: Any) -> None:
        try:
            options = self.options.with_(**changes)
        except ValidationError as error:
            self.state.setText(error.errors()[0]["msg"])
            options = self.options
        self._apply(options)

    def _apply(self, options: FigureOptions) -> None:
        self.options = options
        for form in self.forms:
            form.show_values(options)
        self._preset.setCurrentIndex(max(0, self._preset.findData(options.width_mm)))
        self.tracks.show_values({track.id for track in figure_tracks(self.stage, options)}, options.heights_mm)
        self._draw()

    # -- preview

    def _on_data(self, _owner: str) -> None:
        self._again.trigger()

    def _draw(self) -> None:
        try:
            self._figure, problem = Figure(self.stage, self.options), ""
        except GxviewError as error:
            self._figure, problem = None, str(error)
        self.preview.set_figure(self._figure, problem)
        width, height = self._figure.sheet.size_mm if self._figure is not None else (0.0, 0.0)
        pixels = [round(side / 25.4 * self.options.dpi) for side in (width, height)]
        size = f"{width:.1f} x {height:.1f} mm, as PNG {pixels[0]:,} x {pixels[1]:,} pixels"
        self._size.setText(size if self._figure is not None else "")
        self._show_state()

    def _show_data(self) -> None:
        self.preview.repaint_figure()
        self._show_state()

    def _show_state(self) -> None:
        ready = is_ready(self.stage)
        if not ready:
            # idle is told by nobody: look again while anything is under way
            self._again.trigger()
        able = self._figure is not None and ready
        self.state.setText("" if ready else "Reading and explaining...")
        for button in (self.copy_button, self.export_button):
            button.setEnabled(able)
        count = len(self._viewer.model.regions)
        self.batch_button.setEnabled(self._figure is not None and count > 0)
        self.batch_button.setText(f"Every region ({count:,})..." if count else "Every region...")

    # -- results

    def copy_image(self) -> None:
        """Put the figure as an image into the clipboard."""
        if self._figure is not None:
            QGuiApplication.clipboard().setImage(figure_image(self._figure, self.options))
            self._viewer.notices.info("Copied the figure.")

    def export(self, path: Path) -> None:
        """Write the figure; a failure is told and the dialog stays."""
        if self._figure is None:
            return
        try:
            notes = write_figure(path, self._figure, self.options)
        except GxviewError as error:
            self._viewer.notices.error(str(error))
            self.state.setText(str(error))
            return
        for note in notes:
            self._viewer.notices.warning(note)
        self._viewer.notices.info(f"Wrote {path.name}.")
        self.accept()

    def export_regions(self, pattern: Path) -> None:
        """Write a figure of each region of the table as a job; the name is a pattern, see `figure_places`."""
        rows = self._viewer.model.regions.rows
        try:
            places = figure_places(rows, pattern.parent, pattern.stem, pattern.suffix)
        except GxviewError as error:
            self.state.setText(str(error))
            return
        write_places(self._viewer, places, self.options)
        self.accept()

    def _ask_export(self) -> None:
        if (path := self._ask("Export figure", "figure")) is not None:
            self.export(path)

    def _ask_batch(self) -> None:
        if (path := self._ask("Pattern of the names: {n} {name} {chrom} {start} {end} {strand}", PATTERN)) is not None:
            self.export_regions(path)

    def _ask(self, title: str, name: str) -> Path | None:
        kinds = ";;".join(f"{word} (*{suffix})" for suffix, word in FORMATS.items())
        chosen, kind = QFileDialog.getSaveFileName(self, title, f"{name}.pdf", kinds)
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix.lower() in FORMATS else Path(chosen + kind.split("(*")[1].rstrip(")"))

    def _close(self) -> None:
        # what belongs to these tracks alone is not remembered
        self._viewer.model.settings.figure = self.options.with_(tracks=None, heights_mm={}, title="")
        self.stage.data.changed.disconnect(self._on_data, missing_ok=True)
        for source in (self.stage.live, self.stage.mutagenesis, self.stage.scores):
            source.changed.disconnect(self._on_data, missing_ok=True)
        self.stage.close()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "section")
    return label


def _button(text: str, call: Any) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked: call())
    return button
