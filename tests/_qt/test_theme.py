"""Colours can be read, told apart by every eye, and icons take them on."""

from __future__ import annotations

import configparser
import itertools
from importlib.resources import files
from xml.etree import ElementTree

import numpy as np
import pytest
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QImage, QPainter
from qtpy.QtSvg import QSvgRenderer

from gxview._qt.look.icons import draw_icon
from gxview._qt.look.theme import THEMES, mix, theme
from gxview._qt.painters.places import BAND, CURRENT

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
EYES = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
ICONS = sorted(p.name.removesuffix(".svg") for p in files("gxview.icons").iterdir() if p.name.endswith(".svg"))
both = pytest.mark.parametrize("name", ["dark", "light"])


def linear(color: str) -> np.ndarray:
    c = np.array([QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF()])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    """WCAG contrast ratio."""
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(a: str, b: str, eye: str) -> float:
    matrix = np.array(EYES[eye])
    return float(np.linalg.norm(lab(matrix @ linear(a)) - lab(matrix @ linear(b))))


@both
def test_text_can_be_read(name):
    t = theme(name)
    for surface in (t.window, t.panel, t.raised, t.canvas):
        assert contrast(t.text, surface) >= 7
        assert contrast(t.muted, surface) >= 4.5
        assert contrast(t.error, surface) >= 4.4
    assert contrast(t.on_accent, t.accent) >= 4.5


@both
@pytest.mark.parametrize("colour_blind", [False, True])
def test_bases_and_signs_stand_out_from_the_canvas(name, colour_blind):
    t = theme(name, colour_blind)
    for color in (*t.bases, t.positive, t.negative, t.signal, t.signal_negative, t.forward, t.reverse):
        assert contrast(color, t.canvas) >= 3


@both
@pytest.mark.parametrize("eye", EYES)
def test_safe_bases_are_told_apart_by_every_eye(name, eye):
    for a, b in itertools.combinations(theme(name, colour_blind=True).bases[:4], 2):
        assert distance(a, b, eye) >= 35


@both
@pytest.mark.parametrize("eye", EYES)
def test_signs_and_strands_are_told_apart_by_every_eye(name, eye):
    t = theme(name)
    assert distance(t.positive, t.negative, eye) >= 60
    assert distance(t.forward, t.reverse, eye) >= 35


@both
def test_bases_keep_the_hues_of_igv(name):
    hues = [QColor(c).hsvHue() for c in theme(name).bases[:4]]
    assert [min(abs(h - w), 360 - abs(h - w)) < 25 for h, w in zip(hues, (125, 220, 33, 0), strict=True)] == [True] * 4


def test_every_colour_of_a_theme_is_a_colour():
    for t in THEMES.values():
        for field in t.__slots__:
            value = getattr(t, field)
            if field not in ("name", "dark"):
                assert all(QColor(c).isValid() for c in ([value] if isinstance(value, str) else value)), field


def test_mix_goes_from_one_to_the_other():
    assert mix("#000000", "#ffffff", 0).name() == "#000000"
    assert mix("#000000", "#ffffff", 1).name() == "#ffffff"
    assert mix("#204060", "#406080", 0.5).name() == "#305070"


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_valid_and_takes_the_colour_given(name, qapp):
    ElementTree.fromstring(files("gxview.icons").joinpath(f"{name}.svg").read_text("utf-8"))
    image = QImage(48, 48, QImage.Format.Format_ARGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    draw_icon(painter, QRectF(0, 0, 48, 48), name, QColor("#12ab34"))
    painter.end()
    colors = {QColor(image.pixel(x, y)).name() for x in range(48) for y in range(48)}
    assert len(colors) > 1, "something is drawn"
    if name != "gxview":
        assert "#12ab34" in colors
        assert "#000000" not in colors, "the placeholder of the colour is replaced everywhere"
    edge = [image.pixel(x, y) for i in range(48) for x, y in ((0, i), (47, i), (i, 0), (i, 47))]
    assert set(edge) == {QColor("#ffffff").rgb()}, "nothing is cut off"


def test_the_application_icon_is_square():
    box = QSvgRenderer(str(files("gxview.icons").joinpath("gxview.svg"))).viewBoxF()
    assert box.width() == box.height()


def test_the_desktop_entry_starts_the_window_with_its_icon():
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read_string(files("gxview.icons").joinpath("gxview.desktop").read_text("utf-8"))
    section = entry["Desktop Entry"]
    assert section["Type"] == "Application"
    assert section["Exec"].split()[0] == "gxview"
    assert section["Icon"] + ".svg" in [p.name for p in files("gxview.icons").iterdir()]
    assert section["Categories"].endswith(";")


@both
def test_letters_can_be_read_on_the_band_of_the_current_region(name):
    palette = theme(name)
    band = mix(palette.canvas, palette.warning, BAND).name()
    current = mix(band, palette.warning, CURRENT).name()
    assert contrast(band, palette.canvas) > 1.05
    assert contrast(current, band) > 1.03
    for letter in palette.bases:
        assert contrast(letter, current) > 0.75 * contrast(letter, palette.canvas)
