"""The main window: menus, locus box, tracks, panels. It shows the viewer and asks it for everything."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from app_model import Application
from qtpy.QtCore import QPoint, Qt, QTimer
from qtpy.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMessageBox,
    QScrollBar,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gxview import __version__
from gxview._qt.bridge import Bridge
from gxview._qt.canvas import Canvas
from gxview._qt.command_palette import CommandPalette
from gxview._qt.explain_panel import ExplainPanel
from gxview._qt.icons import icon
from gxview._qt.info import InfoSheet
from gxview._qt.jobs_panel import JobsPanel
from gxview._qt.locus_box import LocusBox
from gxview._qt.menus import build_menus
from gxview._qt.overview import Overview
from gxview._qt.painters import RULER_HEIGHT, Style
from gxview._qt.picture import save_picture
from gxview._qt.shortcuts import ShortcutSheet
from gxview._qt.status_bar import StatusBar
from gxview._qt.style import palette_of, style_sheet
from gxview._qt.theme import theme as theme_named
from gxview._qt.toasts import Toasts
from gxview._qt.track_controls import TrackControls
from gxview._qt.track_list import TrackListView
from gxview._qt.widgets import ElidedLabel
from gxview.errors import GxviewError
from gxview.viewer import actions
from gxview.viewer.exporting import SUFFIXES
from gxview.viewer.info import describe_track
from gxview.viewer.tracks import Track
from gxview.viewer.viewer import Viewer

_names = count(1)
GENOMES = "Genomes (*.fa *.fasta *.fna *.fa.gz *.fasta.gz *.fna.gz *.bgz);;All files (*)"
CLOSE_SECONDS = 1.8


class MainWindow(QMainWindow):
    """The window.

    Parameters
    ----------
    viewer
        What is shown.
    bridge
        Main thread of the viewer's workers; closed with the window.
    """

    def __init__(self, viewer: Viewer, bridge: Bridge) -> None:
        super().__init__()
        self.viewer = viewer
        self._bridge = bridge
        self._style = Style(theme_named(viewer.model.settings.theme))
        self.closed_in_time = True
        self.setWindowTitle("gxview")
        self.setAcceptDrops(True)
        self.actions_model: Application = actions.build(f"gxview-{next(_names)}", viewer, self)
        self._docks: dict[str, QDockWidget] = {}
        self._build()
        self._listen()
        self._apply_theme()
        self.canvas.setFocus()

    # -- construction

    def _build(self) -> None:
        self.canvas = Canvas(self.viewer, self._style)
        self.overview = Overview(self.viewer, self._style)
        self.locus_box = LocusBox(self.viewer)
        self._scroll = QScrollBar(Qt.Orientation.Vertical)
        self._scroll.hide()
        self.setCentralWidget(self._centre())
        self.addToolBar(self._tool_bar())
        self.setStatusBar(StatusBar(self.viewer, self))
        self._panels()
        build_menus(self.menuBar(), self.actions_model, actions.MENUS, self.canvas)
        self.command_palette = CommandPalette(self.actions_model, self)
        self.toasts = Toasts(self.viewer.notices, self.canvas, self._style)

    def _centre(self) -> QWidget:
        centre = QWidget()
        tracks = QHBoxLayout()
        tracks.setContentsMargins(0, 0, 0, 0)
        tracks.setSpacing(0)
        tracks.addWidget(self.canvas, 1)
        tracks.addWidget(self._scroll)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.overview)
        layout.addLayout(tracks, 1)
        return centre

    def _tool_bar(self) -> QToolBar:
        bar = QToolBar("Navigation")
        bar.setObjectName("navigation")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._buttons: list[tuple[QToolButton, str]] = []
        for name, command, tip in (("back", "back", "Back (Alt+Left)"), ("forward", "forward", "Forward (Alt+Right)")):
            bar.addWidget(self._button(name, command, tip))
        bar.addWidget(self.locus_box)
        for name, command, tip in (
            ("zoom-out", "zoom_out", "Zoom out (-)"),
            ("zoom-in", "zoom_in", "Zoom in (+)"),
            ("letters", "zoom_bases", "Zoom to bases (Ctrl+B)"),
            ("zoom-whole", "zoom_all", "Whole chromosome (Ctrl+0)"),
        ):
            bar.addWidget(self._button(name, command, tip))
        self._genome_label = ElidedLabel()
        self._genome_label.setProperty("role", "muted")
        self._genome_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._genome_label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(self._genome_label)
        return bar

    def _button(self, name: str, command: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.run(command))
        self._buttons.append((button, name))
        return button

    def _panels(self) -> None:
        tracks = self.viewer.model.tracks
        self.track_list = TrackListView(tracks, self._style)
        self.track_controls = TrackControls(tracks)
        left = QWidget()
        left.setObjectName("panel")
        layout = QVBoxLayout(left)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.track_list, 1)
        layout.addWidget(self.track_controls)
        self.explain_panel = ExplainPanel(self.viewer)
        self.jobs_panel = JobsPanel(self.viewer.jobs)
        self._dock("tracks", "Tracks", left, Qt.DockWidgetArea.LeftDockWidgetArea)
        explain = self._dock("explain", "Explain", self.explain_panel, Qt.DockWidgetArea.RightDockWidgetArea)
        jobs = self._dock("jobs", "Jobs", self.jobs_panel, Qt.DockWidgetArea.RightDockWidgetArea)
        self.resizeDocks([self._docks["tracks"], explain], [210, 270], Qt.Orientation.Horizontal)
        self.resizeDocks([explain, jobs], [560, 190], Qt.Orientation.Vertical)

    def _dock(self, key: str, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock-{key}")
        dock.setWidget(content)
        features = QDockWidget.DockWidgetFeature
        dock.setFeatures(features.DockWidgetMovable | features.DockWidgetClosable | features.DockWidgetFloatable)
        self.addDockWidget(area, dock)
        self._docks[key] = dock
        return dock

    def _listen(self) -> None:
        model = self.viewer.model
        self.canvas.hovered.connect(self.statusBar().show_hover)
        self.canvas.scrolled.connect(lambda by: self._scroll.setValue(self._scroll.value() + by))
        # queued: a scroll bar that appears while its neighbour is being resized gets no width
        self.canvas.heights_changed.connect(self._fit_scroll, Qt.ConnectionType.QueuedConnection)
        self.canvas.menu_wanted.connect(self._track_menu)
        self._scroll.valueChanged.connect(self.canvas.set_offset)
        self.locus_box.left.connect(self.canvas.setFocus)
        self.explain_panel.model_wanted.connect(lambda: self.run("open_model"))
        model.settings.events.theme.connect(lambda _theme: self._apply_theme())
        model.settings.events.colour_blind.connect(lambda _safe: self._apply_theme())
        model.reference_changed.connect(self._show_genome)
        model.camera.changed.connect(lambda _view: self._show_history())

    # -- what changes

    def run(self, command: str) -> None:
        """Run an action of the table by its name without the prefix."""
        self.actions_model.commands.execute_command(f"gxview.{command}").result()

    def _apply_theme(self) -> None:
        settings = self.viewer.model.settings
        theme = theme_named(settings.theme, settings.colour_blind)
        self._style = Style(theme)
        QApplication.setPalette(palette_of(theme))
        self.setStyleSheet(style_sheet(theme))
        for part in (self.canvas, self.overview, self.track_list, self.toasts, self.explain_panel):
            part.set_style(self._style)
        for button, name in self._buttons:
            button.setIcon(icon(name, theme.text))
        self._show_history()

    def _show_genome(self, reference: object) -> None:
        known = self.viewer.model.reference
        if known is None:
            return
        total = sum(known.sizes.values())
        number = len(known.names)
        self._genome_label.set_text(f"{known.path.name}: {number:,} sequence{'s' * (number > 1)}, {total:,} bp ")
        self.setWindowTitle(f"{known.path.name} - gxview")

    def _show_history(self) -> None:
        camera = self.viewer.model.camera
        for (button, _), able in zip(self._buttons[:2], (camera.can_go_back, camera.can_go_forward), strict=True):
            button.setEnabled(able)

    def _fit_scroll(self) -> None:
        hidden = max(0, self.canvas.content_height - self.canvas.height())
        self._scroll.setRange(0, hidden)
        self._scroll.setPageStep(self.canvas.height() - RULER_HEIGHT)
        self._scroll.setVisible(hidden > 0)

    def _track_menu(self, track: Track, where: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction("Information...", self.show_info)
        menu.addAction("Hide", lambda: setattr(track, "visible", False))
        menu.addAction("Remove", lambda: self.viewer.remove(track))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    # -- the shell of the actions

    def ask_genome(self) -> Path | None:
        return _path(QFileDialog.getOpenFileName(self, "Open genome", "", GENOMES)[0])

    def ask_files(self) -> Sequence[Path]:
        return [Path(name) for name in QFileDialog.getOpenFileNames(self, "Open files")[0]]

    def ask_model(self) -> Path | None:
        return _path(QFileDialog.getExistingDirectory(self, "Open the folder of a model"))

    def ask_export(self) -> Path | None:
        kinds = ";;".join(f"{text} (*{suffix})" for suffix, text in SUFFIXES.items())
        name, kind = QFileDialog.getSaveFileName(self, "Export visible region", "relevance.bw", kinds)
        return _with_suffix(name, kind)

    def ask_picture(self) -> Path | None:
        kinds = "PNG picture (*.png);;SVG drawing (*.svg)"
        name, kind = QFileDialog.getSaveFileName(self, "Export view", "view.png", kinds)
        return _with_suffix(name, kind)

    def save_picture(self, path: Path) -> None:
        try:
            save_picture(path, self.canvas.width(), self.canvas.scene)
        except GxviewError as error:
            self.viewer.notices.error(str(error))
        else:
            self.viewer.notices.info(f"Wrote {path.name}.")

    def focus_locus(self) -> None:
        self.locus_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.locus_box.selectAll()

    def show_palette(self) -> None:
        self.command_palette.open()

    def is_panel_shown(self, name: str) -> bool:
        return not self._docks[name].isHidden()

    def show_panel(self, name: str, shown: bool) -> None:
        self._docks[name].setVisible(shown)

    def show_info(self) -> None:
        track = self.viewer.model.tracks.selected
        if track is None:
            self.viewer.notices.info("Select a track first.")
        else:
            InfoSheet(track.name, describe_track(self.viewer, track), self).open()

    def show_shortcuts(self) -> None:
        ShortcutSheet(self.actions_model, self).open()

    def show_about(self) -> None:
        text = (
            f"<b>gxview {__version__}</b><p>A viewer for genome tracks in which a model's explanation is a track like"
            " any other.</p><p>BSD-3-Clause. LRP is described by its authors as patented outside personal and"
            " scientific use.</p>"
        )
        box = QMessageBox(QMessageBox.Icon.NoIcon, "About gxview", text, QMessageBox.StandardButton.Ok, self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def close_window(self) -> None:
        self.close()

    # -- events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.viewer.opener.open(paths)
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hide()
        self.toasts.close_all()
        for timer in self.findChildren(QTimer):
            timer.stop()
        self.closed_in_time = self.viewer.close(CLOSE_SECONDS)
        self._bridge.close()
        Application.destroy(self.actions_model.name)
        event.accept()


def _path(name: str) -> Path | None:
    return Path(name) if name else None


def _with_suffix(name: str, kind: str) -> Path | None:
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(kind.split("(*")[1].rstrip(")"))
