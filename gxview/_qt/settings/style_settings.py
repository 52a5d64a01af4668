"""The look that a person chose: theme, colours of the bases, size of the text."""

from __future__ import annotations

from dataclasses import replace

from gxview._qt.look.theme import theme
from gxview._qt.painters import Style
from gxview.viewer.settings.settings import Settings

LOOKS = ("theme", "text_size", "colour_blind", "base_colors")
"""Settings that change the look."""


def style_of(settings: Settings) -> Style:
    """Return the style of the tracks; colours of bases that the person chose come before those of the theme."""
    chosen = theme(settings.theme, settings.colour_blind)
    own = settings.base_colors
    picked = zip((own.a, own.c, own.g, own.t, None), chosen.bases, strict=True)
    a, c, g, t, n = (mine or usual for mine, usual in picked)
    return Style(replace(chosen, bases=(a, c, g, t, n)), settings.text_size)


def text_sheet(settings: Settings) -> str:
    """Return the part of the style sheet that sets the size of the widgets' text, a little larger than the tracks'."""
    usual = Settings.model_fields["text_size"].default
    return "" if settings.text_size == usual else f"QWidget {{ font-size: {settings.text_size + 1}px; }}\n"
