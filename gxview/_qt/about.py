"""What the program is: versions, licences; and its guide."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

from qtpy import API_NAME
from qtpy.QtCore import QRectF, Qt, qVersion
from qtpy.QtGui import QColor, QGuiApplication, QPainter, QPixmap
from qtpy.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QTextBrowser, QVBoxLayout, QWidget

from gxview._qt.look.icons import draw_icon
from gxview.version import __version__

PACKAGES = ("torch", "transformers", "lxt", "zennit", "numpy", "pysam", "pyBigWig", "app-model")
"""Whose versions tell most when something goes wrong."""
LICENCES = (
    "gxview is free under the BSD-3-Clause licence. The window uses PyQt6, which is under the GPL, so a bundle of both "
    "is under the GPL too; with PySide6 it is not. zennit is under the LGPL.",
    "Layer-wise relevance propagation (LRP, AttnLRP) is described by its authors as patented outside personal and "
    "scientific use.",
)


PICTURE = 56
"""Size of the icon in pixels."""


def versions() -> list[str]:
    """Return the versions of the program and of what it stands on, one line each."""
    lines = [f"gxview {__version__}", f"Python {platform.python_version()}", f"{API_NAME}, Qt {qVersion()}"]
    for package in PACKAGES:
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package} is missing")
    return [*lines, platform.platform()]


class AboutBox(QDialog):
    """Name, versions and licences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About gxview")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        picture.setPixmap(_picture())
        words = QLabel(
            f"<h2>gxview {__version__}</h2><p>A viewer for genome tracks in which a model's explanation is a track "
            "like any other.</p>" + "".join(f"<p>{text}</p>" for text in LICENCES)
        )
        words.setWordWrap(True)
        words.setMinimumWidth(430)
        known = QLabel("\n".join(versions()))
        known.setProperty("role", "muted")
        known.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = buttons.addButton("Copy versions", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText("\n".join(versions())))
        buttons.rejected.connect(self.close)
        right = QVBoxLayout()
        right.addWidget(words)
        right.addWidget(known)
        top = QHBoxLayout()
        top.setSpacing(18)
        top.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.addLayout(top)
        layout.addWidget(buttons)


def _picture() -> QPixmap:
    picture = QPixmap(2 * PICTURE, 2 * PICTURE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    draw_icon(painter, QRectF(picture.rect()), "gxview", QColor("#808080"))
    painter.end()
    picture.setDevicePixelRatio(2.0)
    return picture


class GuideWindow(QDialog):
    """The user guide, which comes with the program."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("User guide")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.page = QTextBrowser()
        self.page.setOpenExternalLinks(True)
        self.page.setMarkdown(files("gxview.resources").joinpath("guide.md").read_text("utf-8"))
        self.page.document().setDocumentMargin(18)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.page)
        layout.addWidget(buttons)
        self.resize(720, 700)
