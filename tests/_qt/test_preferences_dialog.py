from __future__ import annotations

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QColorDialog

from gxview._qt.settings.preferences_dialog import PreferencesDialog
from gxview.viewer.settings.settings import SECTIONS, BaseColors, Settings


@pytest.fixture
def dialog(opened):
    opened.run("preferences")
    (dialog,) = opened.findChildren(PreferencesDialog)
    yield dialog
    for left in opened.findChildren(PreferencesDialog):
        left.close()


def control(dialog, field):
    return next(form.controls[field] for form in dialog.forms if field in form.controls)


def choose(box, value):
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_every_setting_of_every_section_has_a_control(dialog):
    assert [dialog.sections.item(row).text() for row in range(dialog.sections.count())] == list(SECTIONS)
    assert {name for form in dialog.forms for name in form.controls} == {
        n for names in SECTIONS.values() for n in names
    }


def test_the_look_changes_at_once(dialog, opened):
    before = opened.canvas.grab().toImage()
    choose(control(dialog, "theme"), "light")
    assert opened.viewer.model.settings.theme == "light"
    light = opened.canvas.grab().toImage()
    assert light != before
    control(dialog, "text_size").setValue(13)
    assert opened.canvas.scene.style.text_px == 13
    assert opened.explain_panel.region_button.font().pixelSize() == 14
    assert opened.canvas.grab().toImage() != light


def test_a_base_gets_a_colour_of_its_own_and_loses_it_again(dialog, opened, monkeypatch):
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor("#123456"))
    usual = opened.canvas.scene.style.theme.bases
    colors = control(dialog, "base_colors")
    colors.buttons["c"].click()
    assert opened.viewer.model.settings.base_colors == BaseColors(c="#123456")
    assert opened.canvas.scene.style.theme.bases == (usual[0], "#123456", *usual[2:])
    colors.reset.click()
    assert opened.canvas.scene.style.theme.bases == usual


def test_all_other_settings_reach_the_model(dialog, opened):
    settings = opened.viewer.model.settings
    choose(control(dialog, "wheel"), "scroll")
    choose(control(dialog, "token_method"), "cplrp")
    control(dialog, "live").click()
    control(dialog, "disk_cache").click()
    for field, value in (("tile_memory", 64), ("disk_size", 500), ("threads", 2)):
        control(dialog, field).setValue(value)
    seen = (settings.wheel, settings.token_method, settings.live, settings.disk_cache)
    assert seen == ("scroll", "cplrp", False, True)
    assert (settings.tile_memory, settings.disk_size, settings.threads) == (64, 500, 2)


def test_the_dialog_follows_changes_made_elsewhere(dialog, opened):
    opened.run("colour_blind")
    assert control(dialog, "colour_blind").isChecked()
    opened.viewer.model.settings.threads = 7
    assert control(dialog, "threads").value() == 7


def test_a_section_goes_back_to_its_defaults(dialog, opened):
    settings = opened.viewer.model.settings
    settings.tile_memory, settings.wheel = 99, "scroll"
    dialog.sections.setCurrentRow(list(SECTIONS).index("Cache"))
    dialog.reset_section()
    assert (settings.tile_memory, settings.wheel) == (Settings().tile_memory, "scroll")


def test_the_wheel_of_the_mouse_changes_no_number_by_accident(dialog, qtbot):
    from qtpy.QtCore import QPoint, QPointF
    from qtpy.QtGui import QWheelEvent
    from qtpy.QtWidgets import QApplication

    box = control(dialog, "tile_memory")
    before = box.value()
    buttons, modifiers = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), buttons, modifiers, phase, False)
    QApplication.sendEvent(box, event)
    assert box.value() == before
