from __future__ import annotations

import pytest
from qtpy.QtCore import QRect, Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QLabel

from gxview import __version__
from gxview._qt.about import AboutBox, GuideWindow
from gxview._qt.app import _welcome, create_window
from tests.viewer.fakes import FakeEngine, open_fake


def test_about_tells_versions_and_licences(opened):
    opened.run("about")
    (box,) = opened.findChildren(AboutBox)
    told = " ".join(label.text() for label in box.findChildren(QLabel))
    for words in (__version__, "GPL", "patented", "torch", "Qt "):
        assert words in told
    box.copy_button.click()
    assert f"gxview {__version__}" in QGuiApplication.clipboard().text()
    box.close()


def test_the_guide_comes_with_the_program(opened):
    opened.run("guide")
    (guide,) = opened.findChildren(GuideWindow)
    assert "Ask a model" in guide.page.toPlainText()
    guide.close()


def test_the_tour_shows_every_part_inside_the_window(opened, qtbot):
    tour = opened.tour
    opened.run("tour")
    seen = []
    while tour.is_running:
        callout = QRect(tour.callout.pos(), tour.callout.size())
        assert tour.rect().contains(callout)
        spot = tour._spot()
        if spot is not None and not spot.contains(callout):
            assert not spot.intersects(callout), tour.callout.title.text()
        seen.append(tour.callout.title.text())
        tour.grab()
        tour.callout.next_button.click()
    assert len(seen) == len(set(seen)) >= 6
    assert opened.viewer.model.settings.tour is False


@pytest.mark.parametrize("way", ["key", "button"])
def test_the_tour_can_be_left_at_once_and_gives_the_keyboard_back(opened, qtbot, way):
    opened.canvas.setFocus()
    opened.run("tour")
    before = opened.viewer.model.camera.view
    qtbot.keyClick(opened.tour, Qt.Key.Key_Right)
    assert opened.viewer.model.camera.view == before
    if way == "key":
        qtbot.keyClick(opened.tour, Qt.Key.Key_Escape)
    else:
        opened.tour.callout.skip_button.click()
    assert not opened.tour.is_running
    assert opened.canvas.hasFocus()


def test_the_tour_follows_the_size_of_the_window(opened, qtbot):
    opened.run("tour")
    opened.resize(1000, 700)
    qtbot.waitUntil(lambda: opened.tour.size() == opened.size())
    opened.tour.end()


@pytest.mark.parametrize("given", [False, True])
def test_the_tour_shows_at_the_first_start_only(window, given):
    _welcome(window, given)
    assert window.tour.is_running is not given
    assert bool(window.toasts.shown) is given
    window.tour.end()
    assert window.viewer.model.settings.tour is False
    _welcome(window, False)
    assert not window.tour.is_running


def test_a_window_has_the_settings_of_its_file_and_keeps_them(qtbot, tmp_path):
    path = tmp_path / "preferences.json"
    path.write_text('{"theme": "light", "text_size": 13}')
    for theme in ("light", "dark"):
        window = create_window(FakeEngine, open_fake, {}, preferences=path)
        qtbot.addWidget(window)
        assert window.viewer.model.settings.theme == theme
        assert window.canvas.scene.style.text_px == 13
        window.viewer.model.settings.theme = "dark"
        window.close()
