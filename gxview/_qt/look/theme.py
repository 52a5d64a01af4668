"""The colours of the window and its pictures: a dark and a light theme, each with a colour-blind-safe set of bases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from qtpy.QtGui import QColor


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours by role, as ``#rrggbb``.

    ``window``, ``panel`` and ``raised`` are surfaces from back to front, ``canvas`` is behind data, ``well`` the empty
    part of a bar; ``bases`` holds A, C, G, T and N in this order.
    """

    name: str
    dark: bool
    window: str
    panel: str
    raised: str
    canvas: str
    well: str
    line: str
    grid: str
    text: str
    muted: str
    accent: str
    on_accent: str
    warning: str
    error: str
    positive: str
    negative: str
    signal: str
    signal_negative: str
    forward: str
    reverse: str
    unstranded: str
    bases: tuple[str, str, str, str, str]


SAFE_BASES = {
    "dark": ("#38e3be", "#7385dc", "#f7ee45", "#e65a37", "#8d96a3"),
    "light": ("#14a08f", "#2a35cc", "#b48d00", "#95152a", "#747d89"),
}
"""Bases that stay apart for protan, deutan and tritan eyes (least distance 37 in CIE Lab after Machado et al. 2009)."""

DARK = Theme(
    name="dark",
    dark=True,
    window="#1d2026",
    panel="#23272f",
    raised="#2d323c",
    canvas="#15171c",
    well="#2a2f38",
    line="#3a414d",
    grid="#262a32",
    text="#e4e7ec",
    muted="#97a1af",
    accent="#9d8cff",
    on_accent="#14121f",
    warning="#e3b341",
    error="#ff6b6b",
    positive="#f0655a",
    negative="#5a9cf5",
    signal="#45b5a8",
    signal_negative="#cf8ad6",
    forward="#5f8ccc",
    reverse="#c98262",
    unstranded="#8d96a3",
    bases=("#4cc95b", "#5a9bff", "#ffaa33", "#ff5a5a", "#8d96a3"),
)

LIGHT = Theme(
    name="light",
    dark=False,
    window="#f3f4f7",
    panel="#fafbfc",
    raised="#ffffff",
    canvas="#ffffff",
    well="#e2e6ec",
    line="#cfd5de",
    grid="#eceff3",
    text="#1d232c",
    muted="#626d7c",
    accent="#5b45d6",
    on_accent="#ffffff",
    warning="#9a6700",
    error="#cf222e",
    positive="#d43a2f",
    negative="#2f6fd0",
    signal="#1f8a7e",
    signal_negative="#9b4fa6",
    forward="#3567b5",
    reverse="#b8643a",
    unstranded="#747d89",
    bases=("#0a8f2e", "#1f55e0", "#c86e00", "#d6202c", "#747d89"),
)

THEMES = {"dark": DARK, "light": LIGHT}


def theme(name: str, colour_blind: bool = False) -> Theme:
    """Return the theme ``'dark'`` or ``'light'``, on request with bases that colour-blind people can tell apart."""
    chosen = THEMES[name]
    return replace(chosen, bases=SAFE_BASES[name]) if colour_blind else chosen


def mix(a: str, b: str, share: float) -> QColor:
    """Return the opaque colour ``share`` of the way from ``a`` to ``b``.

    Painters prefer this to transparency: opaque fills are several times faster and exported files stay simple.
    """
    return QColor(_mixed(a, b, share))


@lru_cache(maxsize=4096)
def _mixed(a: str, b: str, share: float) -> int:
    first, second = QColor(a), QColor(b)
    pairs = ((first.red(), second.red()), (first.green(), second.green()), (first.blue(), second.blue()))
    return int(QColor(*(round(x + (y - x) * share) for x, y in pairs)).rgb())


LEAST_CONTRAST = {True: 2.5, False: 1.25}
"""Contrast (W3C) of a colour from a file with a dark and a light canvas, from which it is drawn as it is."""


@lru_cache(maxsize=4096)
def legible(color: str, theme: Theme) -> QColor:
    """Return a colour (``#rrggbb``) as it is, or mixed with that of the text until it shows on the canvas.

    Black is the usual colour in files, and is lost on a dark canvas.
    """
    share, found, least = 0.0, QColor(color), LEAST_CONTRAST[theme.dark]
    while _contrast(found, QColor(theme.canvas)) < least and share < 1:
        share += 0.1
        found = mix(color, theme.text, share)
    return found


def _contrast(a: QColor, b: QColor) -> float:
    first, second = sorted((_luminance(a), _luminance(b)))
    return (second + 0.05) / (first + 0.05)


def _luminance(color: QColor) -> float:
    """Return the relative luminance (W3C, WCAG 2.1)."""
    parts = (color.redF(), color.greenF(), color.blueF())
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
