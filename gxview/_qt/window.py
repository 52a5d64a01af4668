"""The main window: menus, locus box, tracks, panels. It shows the viewer and asks it for everything."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from app_model import Application
from qtpy.QtCore import QEvent, QPoint, Qt, QTimer
from qtpy.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from qtpy.QtWidgets import (
    QApplication,
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QScrollBar,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.assessing.mit_panel import MitPanel
from gxview._qt.assessing.panel import AssessPanel
from gxview._qt.assessing.probe_panel import ProbePanel
from gxview._qt.assessing.training_panel import TrainingPanel
from gxview._qt.assessing.variants_panel import VariantsPanel
from gxview._qt.batch.window_batch import WindowBatch
from gxview._qt.bridge import Bridge
from gxview._qt.command_palette import CommandPalette
from gxview._qt.console import ConsolePanel
from gxview._qt.drawing.canvas import Canvas
from gxview._qt.editing.base_menu import add_base_lines
from gxview._qt.editing.panel import EditsPanel
from gxview._qt.evaluating.evaluate_panel import EvaluatePanel
from gxview._qt.explaining.explain_panel import ExplainPanel
from gxview._qt.look.style import palette_of, style_sheet
from gxview._qt.look.widgets import scrolled
from gxview._qt.menus import build_menus
from gxview._qt.motifs.panel import MotifsPanel
from gxview._qt.painters import RULER_HEIGHT
from gxview._qt.places.navigation_bar import NavigationBar
from gxview._qt.places.overview import Overview
from gxview._qt.places.regions_panel import RegionsPanel
from gxview._qt.rows.scales import ends_of
from gxview._qt.sessions.session_window import WindowSession
from gxview._qt.settings.style_settings import LOOKS, style_of, text_sheet
from gxview._qt.shell import WindowShell
from gxview._qt.status_bar import StatusBar
from gxview._qt.tour import Tour
from gxview._qt.tour_stops import tour_stops
from gxview._qt.tracks.info import InfoPanel
from gxview._qt.tracks.track_menu import track_menu
from gxview._qt.tracks.track_panel import TrackPanel
from gxview._qt.work.jobs_panel import JobsPanel
from gxview._qt.work.toasts import Toasts
from gxview.viewer import actions
from gxview.viewer.settings.keymap import Keymap
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.viewer import Viewer

_names = count(1)
WIDE, WIDE_DOCKS, NARROW_DOCKS = 1400, (235, 285), (190, 245)
"""Width of a window with room, and widths of the docks on both sides with and without it."""
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
        self._style = style_of(viewer.model.settings)
        self.closed_in_time = True
        self.setAcceptDrops(True)
        self.shell = WindowShell(self)
        self.actions_model: Application = actions.build(f"gxview-{next(_names)}", viewer, self.shell)
        self.keymap = Keymap(self.actions_model, viewer.model.settings)
        self.docks: dict[str, QDockWidget] = {}
        self._build()
        self._listen()
        self._apply_theme()
        self.canvas.setFocus()

    # -- construction

    def _build(self) -> None:
        self.canvas = Canvas(self.viewer, self._style)
        self.overview = Overview(self.viewer, self._style)
        self.navigation = NavigationBar(self.viewer, self.run)
        self.locus_box = self.navigation.locus_box
        self._scroll = QScrollBar(Qt.Orientation.Vertical)
        self._scroll.hide()
        self.setCentralWidget(self._centre())
        self.addToolBar(self.navigation)
        self.setStatusBar(StatusBar(self.viewer, self))
        self._panels()
        build_menus(self.menuBar(), self.actions_model, self.keymap, actions.MENUS, self.canvas, self.track_list)
        self.command_palette = CommandPalette(self.actions_model, self.keymap, self.viewer.model.settings, self)
        self.toasts = Toasts(self.viewer.notices, self.canvas, self._style)
        self.session = WindowSession(self)
        self.batch = WindowBatch(self)
        self.tour = Tour(tour_stops(self), self._style, self)
        self.tour.ended.connect(lambda: setattr(self.viewer.model.settings, "tour", False))

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

    def _panels(self) -> None:
        offers = self.viewer.colouring.offers
        self.track_panel = TrackPanel(
            self.viewer.model.tracks, self._style, self.run, self.keys_of, self._ends_of, offers
        )
        self.track_list, self.track_controls = self.track_panel.list, self.track_panel.controls
        self.explain_panel = ExplainPanel(self.viewer)
        self.jobs_panel = JobsPanel(self.viewer.jobs, self.viewer.notices, self._bridge)
        self._dock("tracks", "Tracks", self.track_panel, Qt.DockWidgetArea.LeftDockWidgetArea)
        explain = self._dock("explain", "Explain", scrolled(self.explain_panel), Qt.DockWidgetArea.RightDockWidgetArea)
        self._dock("jobs", "Jobs", self.jobs_panel, Qt.DockWidgetArea.RightDockWidgetArea)
        self.console = ConsolePanel()
        self._dock("console", "Console", self.console, Qt.DockWidgetArea.BottomDockWidgetArea).hide()
        self.regions_panel = RegionsPanel(self.viewer)
        self._dock("regions", "Regions", self.regions_panel, Qt.DockWidgetArea.BottomDockWidgetArea).hide()
        self.tabifyDockWidget(self.docks["console"], self.docks["regions"])
        self.evaluate_panel = EvaluatePanel(self.viewer, self._style)
        self._dock("evaluate", "Evaluate", self.evaluate_panel, Qt.DockWidgetArea.BottomDockWidgetArea).hide()
        self.tabifyDockWidget(self.docks["regions"], self.docks["evaluate"])
        self.info_panel = InfoPanel(self.viewer)
        info = self._dock("info", "Information", self.info_panel, Qt.DockWidgetArea.RightDockWidgetArea)
        self.tabifyDockWidget(explain, info)
        info.hide()
        self.edits_panel = EditsPanel(self.viewer, self._style)
        self.motifs_panel = MotifsPanel(self.viewer.motifs, self._style)
        for key, title, panel in (("edits", "Edits", self.edits_panel), ("motifs", "Motifs", self.motifs_panel)):
            self._dock(key, title, panel, Qt.DockWidgetArea.BottomDockWidgetArea).hide()
            self.tabifyDockWidget(self.docks["regions"], self.docks[key])
        panels = (MitPanel, ProbePanel, VariantsPanel, TrainingPanel)
        self.assess_panels: dict[str, AssessPanel] = {}
        for one, kind in zip(self.viewer.assess, panels, strict=True):
            panel = self.assess_panels[one.key] = kind(self.viewer, self._style)
            self._dock(one.key, one.title, panel, Qt.DockWidgetArea.BottomDockWidgetArea).hide()
            self.tabifyDockWidget(self.docks["regions"], self.docks[one.key])
        self._sized = False

    def _dock(self, key: str, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock-{key}")
        dock.setWidget(content)
        features = QDockWidget.DockWidgetFeature
        dock.setFeatures(features.DockWidgetMovable | features.DockWidgetClosable | features.DockWidgetFloatable)
        self.addDockWidget(area, dock)
        self.docks[key] = dock
        return dock

    def _listen(self) -> None:
        model = self.viewer.model
        self.canvas.hovered.connect(self.statusBar().show_hover)
        self.canvas.scrolled.connect(lambda by: self._scroll.setValue(self._scroll.value() + by))
        # queued: a scroll bar that appears while its neighbour is being resized gets no width
        self.canvas.heights_changed.connect(self.fit_scroll, Qt.ConnectionType.QueuedConnection)
        self.canvas.menu_wanted.connect(self._track_menu)
        self._scroll.valueChanged.connect(self.canvas.set_offset)
        self.locus_box.left.connect(self.canvas.setFocus)
        self.viewer.editing.began.connect(self._show_edits)
        for panel in (self.regions_panel, self.edits_panel, self.motifs_panel):
            panel.wanted.connect(self.run)
        self.explain_panel.model_wanted.connect(lambda: self.run("open_model"))
        for field in LOOKS:
            getattr(model.settings.events, field).connect(lambda _value: self._apply_theme())

    # -- what changes

    def run(self, command: str) -> None:
        """Run an action of the table by its name without the prefix."""
        self.actions_model.commands.execute_command(f"gxview.{command}").result()

    def _show_edits(self) -> None:
        """Show the Edits panel with the first edit, behind the table from which a person asked for it."""
        variants = self.assess_panels["variants"]
        asked = isinstance(variants, VariantsPanel) and variants.shows_alternative
        self.shell.show_panel("edits", True)
        if asked:
            self.docks["variants"].raise_()

    def give_room(self, name: str) -> None:
        """Make a panel below the tracks as high as what it holds."""
        dock = self.docks[name]
        if dock.height() < dock.sizeHint().height():
            self.resizeDocks([dock], [dock.sizeHint().height()], Qt.Orientation.Vertical)

    def keys_of(self, command: str) -> tuple[str, ...]:
        """Return the keys of an action of the table by its name without the prefix."""
        return self.keymap.keys(f"gxview.{command}")

    def _apply_theme(self) -> None:
        settings = self.viewer.model.settings
        self._style = style_of(settings)
        theme = self._style.theme
        QApplication.setPalette(palette_of(theme))
        self.setStyleSheet(text_sheet(settings) + style_sheet(theme))
        parts = (
            self.canvas,
            self.overview,
            self.navigation,
            self.track_panel,
            self.toasts,
            self.explain_panel,
            self.tour,
        )
        lower = (self.regions_panel, self.evaluate_panel, self.edits_panel, self.motifs_panel)
        for part in (*parts, *lower):
            part.set_style(self._style)
        for panel in self.assess_panels.values():
            panel.set_style(self._style)
        self.console.set_dark(settings.theme == "dark")

    def fit_scroll(self) -> None:
        """Let the scroll bar reach as far as the rows do."""
        hidden = max(0, self.canvas.content_height - self.canvas.height())
        self._scroll.setRange(0, hidden)
        self._scroll.setPageStep(self.canvas.height() - RULER_HEIGHT)
        self._scroll.setVisible(hidden > 0)

    def reveal(self, top: int, bottom: int) -> None:
        """Scroll no further than needed to show the rows from `top` to `bottom`, the rulers on top of them."""
        self._scroll.setValue(max(self._scroll.value(), bottom - self.canvas.height()))
        self._scroll.setValue(min(self._scroll.value(), top))

    def _ends_of(self, item: object) -> tuple[float, float]:
        return ends_of(item, self.canvas.scene)

    def _track_menu(self, item: Track | TrackGroup, where: QPoint) -> None:
        menu = track_menu(self.viewer.model.tracks, self.run, self.keys_of, self)
        base = self.canvas.base_at(self.canvas.mapFromGlobal(where))
        if not isinstance(item, TrackGroup):
            add_base_lines(menu, self.viewer, item, base, self.run, self.keys_of)
        menu.popup(where)

    # -- events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._sized:
            self._sized = True
            # docks take a size only once the window has one, and lays them out
            QApplication.sendPostedEvents(self, QEvent.Type.LayoutRequest)
            self._size_docks()

    def _size_docks(self) -> None:
        docks = [self.docks[name] for name in ("tracks", "explain", "jobs")]
        self.resizeDocks(docks[:2], WIDE_DOCKS if self.width() >= WIDE else NARROW_DOCKS, Qt.Orientation.Horizontal)
        self.resizeDocks(docks[1:], [5 * self.height() // 8, self.height() // 5], Qt.Orientation.Vertical)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.viewer.opener.open(paths)
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not (self.batch.may_close(self.session.asks) and self.session.may_close()):
            event.ignore()
            return
        self.hide()
        self.toasts.close_all()
        self.console.close_kernel()
        for timer in self.findChildren(QTimer):
            timer.stop()
        self.closed_in_time = self.viewer.close(CLOSE_SECONDS)
        self._bridge.close()
        Application.destroy(self.actions_model.name)
        event.accept()
