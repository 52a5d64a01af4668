"""What Qt finds on this machine, for ``gxview doctor``."""

from __future__ import annotations

import os
import sys

from gxview.errors import GxviewError


def describe_qt() -> dict[str, str]:
    """Return binding, version, platform plug-in and fonts as plain words.

    Raises
    ------
    GxviewError
        When the binding or one of its system libraries cannot be loaded.
    """
    headless = sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if headless:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        import qtpy
        from qtpy.QtGui import QFontDatabase, QFontInfo, QGuiApplication
    except ImportError as error:
        raise GxviewError(
            f"Qt cannot be loaded ({error}); run 'make system-libraries' to see what is missing"
        ) from error
    application = QGuiApplication.instance() or QGuiApplication(["gxview"])
    families = QFontDatabase.families()
    fonts = f"{len(families)} families, default {QFontInfo(QGuiApplication.font()).family()}" if families else "none"
    return {
        "binding": f"{qtpy.API_NAME} {qtpy.PYQT_VERSION or qtpy.PYSIDE_VERSION}, Qt {qtpy.QT_VERSION}",
        "platform": QGuiApplication.platformName() + (" (no display)" if headless else ""),
        "fonts": fonts,
        "application": type(application).__name__,
    }
