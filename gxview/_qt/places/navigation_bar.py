"""The bar above the tracks: history, chromosome, locus box, zoom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from gxview._qt.look.icons import icon
from gxview._qt.look.widgets import ElidedLabel
from gxview._qt.painters import Style
from gxview._qt.places.chromosome_box import ChromosomeBox
from gxview._qt.places.locus_box import LocusBox
from gxview.viewer.places.camera import View
from gxview.viewer.viewer import Viewer

LISTED = 12
"""Places of the history that the menu lists in each direction."""
ZOOMS = (
    ("zoom-out", "zoom_out", "Zoom out (-)"),
    ("zoom-in", "zoom_in", "Zoom in (+)"),
    ("letters", "zoom_bases", "Zoom to bases (Ctrl+B)"),
    ("zoom-whole", "zoom_all", "Whole chromosome (Ctrl+0)"),
)


class NavigationBar(QToolBar):
    """Where the active place looks, and ways to look elsewhere.

    Parameters
    ----------
    viewer
        What moves.
    run
        Runs an action of the table by its name.
    """

    def __init__(self, viewer: Viewer, run: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__("Navigation", parent)
        self.setObjectName("navigation")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._viewer = viewer
        self._run = run
        self._icons: list[tuple[QToolButton, str]] = []
        self.locus_box = LocusBox(viewer)
        self.chromosomes = ChromosomeBox(viewer)
        self.back_button = self._add("back", "back", "Back (Alt+Left)")
        self.forward_button = self._add("forward", "forward", "Forward (Alt+Right)")
        self.history_button = self._add("down", "", "Places seen before")
        self.history_menu = QMenu(self.history_button)
        self._build()
        viewer.model.loci.moved.connect(lambda _view: self.refresh())
        viewer.model.reference_changed.connect(lambda _reference: self._show_genome())
        # without a genome every file may bring chromosomes
        viewer.opener.opened.connect(lambda _path: self._show_genome())
        self.refresh()

    def set_style(self, style: Style) -> None:
        """Draw the icons in the colours of a theme."""
        for button, name in self._icons:
            button.setIcon(icon(name, style.theme.text))

    def refresh(self) -> None:
        """Show where the history leads."""
        camera = self._viewer.model.camera
        self.back_button.setEnabled(camera.can_go_back)
        self.forward_button.setEnabled(camera.can_go_forward)
        self.history_button.setEnabled(camera.can_go_back or camera.can_go_forward)

    def _build(self) -> None:
        self.history_button.setMenu(self.history_menu)
        self.history_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.history_button.setObjectName("history")
        self.history_menu.aboutToShow.connect(self._list_history)
        self.addWidget(self.chromosomes)
        self.addWidget(self.locus_box)
        for name, command, tip in ZOOMS:
            self._add(name, command, tip)
        self._genome = ElidedLabel()
        self._genome.setProperty("role", "muted")
        self._genome.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._genome.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(self._genome)

    def _add(self, name: str, command: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if command:
            button.clicked.connect(lambda: self._run(command))
        self._icons.append((button, name))
        self.addWidget(button)
        return button

    def _list_history(self) -> None:
        """List the places that lie ahead, the one on screen, and those behind, top to bottom."""
        camera, menu = self._viewer.model.camera, self.history_menu
        menu.clear()
        self._list(camera.future[-LISTED:], camera.forward, ahead=True)
        here = menu.addAction(_words(camera.view))
        here.setCheckable(True)
        here.setChecked(True)
        self._list(camera.past[::-1][:LISTED], camera.back, ahead=False)

    def _list(self, views: Sequence[View], travel: Callable[[int], None], ahead: bool) -> None:
        for place, view in enumerate(views):
            steps = len(views) - place if ahead else place + 1
            self.history_menu.addAction(_words(view), lambda steps=steps: travel(steps))

    def _show_genome(self) -> None:
        known = self._viewer.model.reference
        if known is not None:
            number, total = len(known.names), sum(known.sizes.values())
            self._genome.set_text(f"{known.title}: {number:,} sequence{'s' * (number > 1)}, {total:,} bp ")


def _words(view: View) -> str:
    length = view.region.length
    size = f"{length / 1e6:,.4g} Mb" if length >= 10**6 else f"{length / 1e3:,.4g} kb" if length >= 10**4 else ""
    return f"{view.region}" + (f"   {size}" if size else "")
