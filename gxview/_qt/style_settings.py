"""The look that a person chose: theme, colours of the bases, size of the text."""

from __future__ import annotations

from dataclasses import replace

from qtpy.QtGui import QFont, QGuiApplication

from gxview._qt.painters import Style
from gxview._qt.theme import theme
from gxview.viewer.settings import Settings

LOOKS = ("theme", "text_size", "colour_blind", "base_colors")
"""Settings that change the look."""


def style_of(settings: Settings) -> Style:
    """Return the style of the tracks; colours of bases that the person chose come before those of the theme."""
    chosen = theme(settings.theme, settings.colour_blind)
    own = settings.base_colors
    picked = zip((own.a, own.c, own.g, own.t, None), chosen.bases, strict=True)
    a, c, g, t, n = (mine or usual for mine, usual in picked)
    return Style(replace(chosen, bases=(a, c, g, t, n)), settings.text_size)


def widget_font(settings: Settings) -> QFont:
    """Return the font of the widgets, a little larger than that of the tracks."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(settings.text_size + 1)
    return font
