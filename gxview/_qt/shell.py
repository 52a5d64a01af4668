"""What the actions ask of the window: dialogs, panels, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtGui import QColor, QGuiApplication
from qtpy.QtWidgets import QColorDialog, QFileDialog, QInputDialog

from gxview._qt.drawing.layout import frame_height, row_edges
from gxview._qt.drawing.picture import save_picture
from gxview._qt.editing.ask import ask_bases
from gxview._qt.sessions.dialogs import ask_session
from gxview._qt.tracks.info import InfoSheet
from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.explaining.exporting import SUFFIXES
from gxview.viewer.places.region_files import SUFFIXES as REGION_SUFFIXES
from gxview.viewer.tracks.info import describe
from gxview.viewer.tracks.kinds import Track

if TYPE_CHECKING:
    from gxview._qt.window import MainWindow

REGIONS = "Regions (*.bed *.bed.gz *.narrowPeak *.broadPeak *.narrowPeak.gz *.broadPeak.gz *.tsv);;All files (*)"
MOTIFS = "Motifs (*.jaspar *.pfm *.meme *.txt *.transfac *.gz);;All files (*)"
GENOMES = "Genomes (*.fa *.fasta *.fna *.fa.gz *.fasta.gz *.fna.gz *.bgz);;All files (*)"


class WindowShell:
    """The window as the actions know it, see `gxview.viewer.actions.Shell`.

    Parameters
    ----------
    window
        The window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def ask_genome(self) -> Path | None:
        return _path(QFileDialog.getOpenFileName(self._window, "Open genome", "", GENOMES)[0])

    def ask_files(self) -> Sequence[Path]:
        return [Path(name) for name in QFileDialog.getOpenFileNames(self._window, "Open files")[0]]

    def ask_address(self) -> Path | None:
        text = "Address of a bigWig, bigBed, bedGraph, BED or GFF file (https://...)"
        address, _ = QInputDialog.getText(self._window, "Open address", text)
        return _path(address.strip())

    def ask_model(self) -> Path | None:
        return _path(QFileDialog.getExistingDirectory(self._window, "Open the folder of a model"))

    def ask_export(self) -> Path | None:
        kinds = ";;".join(f"{text} (*{suffix})" for suffix, text in SUFFIXES.items())
        name, kind = QFileDialog.getSaveFileName(self._window, "Export visible region", "relevance.bw", kinds)
        return _with_suffix(name, kind)

    def ask_picture(self) -> Path | None:
        kinds = "PNG picture (*.png);;SVG drawing (*.svg)"
        name, kind = QFileDialog.getSaveFileName(self._window, "Export view", "view.png", kinds)
        return _with_suffix(name, kind)

    def ask_color(self, color: str | None) -> str | None:
        chosen = QColorDialog.getColor(QColor(color or "#45b5a8"), self._window, "Colour of the selected tracks")
        return chosen.name() if chosen.isValid() else None

    def save_picture(self, path: Path) -> None:
        try:
            save_picture(path, self._window.canvas.width(), self._window.canvas.scene)
        except GxviewError as error:
            self._window.viewer.notices.error(str(error))
        else:
            self._window.viewer.notices.info(f"Wrote {path.name}.")

    def ask_session(self) -> Path | None:
        return ask_session(self._window)

    def ask_session_file(self) -> Path | None:
        return self._window.session.ask_file()

    def ask_regions(self) -> Path | None:
        return _path(QFileDialog.getOpenFileName(self._window, "Open regions", "", REGIONS)[0])

    def ask_region_file(self) -> Path | None:
        kinds = ";;".join(f"{text} (*{suffix})" for suffix, text in REGION_SUFFIXES.items())
        name, kind = QFileDialog.getSaveFileName(self._window, "Save regions", "regions.bed", kinds)
        return _with_suffix(name, kind)

    def ask_peaks(self) -> None:
        self._window.viewer.navigator.active = "peaks"
        self.show_panel("regions", True)
        self._window.regions_panel.form.find_button.setFocus()

    def focus_chromosome(self) -> None:
        self._window.navigation.chromosomes.open()

    def ask_bases(self, title: str, region: Region | None) -> str | None:
        letters = self._window.viewer.editing.letters(region) if region is not None else ""
        return ask_bases(self._window, title, letters)

    def clipboard(self) -> str:
        return QGuiApplication.clipboard().text()

    def ask_motifs(self) -> Path | None:
        known = self._window.viewer.motifs.path
        return _path(QFileDialog.getOpenFileName(self._window, "Motif file", str(known or ""), MOTIFS)[0])

    def ask_choice(self, title: str, choices: Sequence[str]) -> int | None:
        text, chosen = QInputDialog.getItem(self._window, title, title, choices, 0, False)
        return list(choices).index(text) if chosen else None

    def show_figure(self) -> None:
        if self._window.viewer.model.camera.is_open:
            from gxview._qt.figures.dialog import FigureDialog

            FigureDialog(self._window.viewer, self._window).open()
        else:
            self._window.viewer.notices.info("Open a genome or a track first; a figure shows what the window shows.")

    def show_batch(self) -> None:
        self._window.batch.show_dialog()

    def ask_batch_folder(self) -> Path | None:
        return _path(QFileDialog.getExistingDirectory(self._window, "Resume the batch export in a folder"))

    def focus_locus(self) -> None:
        self._window.locus_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._window.locus_box.selectAll()

    def show_palette(self) -> None:
        self._window.command_palette.open()

    def is_panel_shown(self, name: str) -> bool:
        return not self._window.docks[name].isHidden()

    def show_panel(self, name: str, shown: bool) -> None:
        self._window.docks[name].setVisible(shown)
        if shown:
            self._window.docks[name].raise_()
            if name in self._window.assess_panels:
                self._window.give_room(name)

    def show_track(self, track: Track) -> None:
        # the row is there, but the scroll bar hears of it later
        self._window.fit_scroll()
        model = self._window.viewer.model
        edges = row_edges(model.tracks, track, self._window.canvas.width(), frame_height(len(model.loci)))
        if edges is not None:
            self._window.reveal(*edges)

    def rename_track(self) -> None:
        self.show_panel("tracks", True)
        self._window.track_list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._window.track_list.rename()

    def show_info(self) -> None:
        tracks = self._window.viewer.model.tracks
        if not tracks.selection:
            self._window.viewer.notices.info("Select a track first.")
            return
        sections = describe(self._window.viewer, tracks.selection, tracks.selected_group)
        InfoSheet(sections[0].title, sections, self._window).open()

    def show_shortcuts(self) -> None:
        from gxview._qt.settings.shortcuts import ShortcutSheet

        sheet = ShortcutSheet(self._window.keymap, self._window.viewer.model.settings.wheel, self._window)
        sheet.edit_button.clicked.connect(self.edit_shortcuts)
        sheet.open()

    def edit_shortcuts(self) -> None:
        from gxview._qt.settings.shortcut_editor import ShortcutEditor

        ShortcutEditor(self._window.keymap, self._window).open()

    def show_preferences(self) -> None:
        from gxview._qt.settings.preferences_dialog import PreferencesDialog

        PreferencesDialog(self._window.viewer.model, self._window).open()

    def show_tour(self) -> None:
        self._window.tour.begin()

    def show_guide(self) -> None:
        from gxview._qt.about import GuideWindow

        GuideWindow(self._window).show()

    def show_about(self) -> None:
        from gxview._qt.about import AboutBox

        AboutBox(self._window).open()

    def close_window(self) -> None:
        self._window.close()


def _path(name: str) -> Path | None:
    return Path(name) if name else None


def _with_suffix(name: str, kind: str) -> Path | None:
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(kind.split("(*")[1].rstrip(")"))
