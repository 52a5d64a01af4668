"""The choice of a method shows what each costs."""

from __future__ import annotations

from qtpy.QtCore import Qt

from gxview._qt.explaining.method_box import MethodBox
from tests.viewer.fakes import MethodInfo, ModelInfo

QUICK, SLOW = MethodInfo("lrp", "LRP"), MethodInfo("ism", "In-silico mutagenesis", assumptions="Alone.", cost=360)
INFO = ModelInfo("m", "m", "cnn", 120, ("promoter",), (QUICK, SLOW), "cpu", 0, False)


def test_each_method_has_its_cost_beside_it_and_its_assumptions_in_the_tooltip(qtbot):
    box = MethodBox()
    qtbot.addWidget(box)
    assert box.show_methods(INFO, QUICK) == ""
    assert box.currentData() == "lrp"
    assert [box.itemText(place) for place in range(2)] == ["LRP", "In-silico mutagenesis"]
    costs = [box.itemData(place, Qt.ItemDataRole.UserRole + 1) for place in range(2)]
    assert costs == ["2 passes", "360 passes"]
    told = box.itemData(1, Qt.ItemDataRole.ToolTipRole)
    assert "Alone." in told
    assert "360 passes of the model for a window" in told
    assert "A. Author 2020" in told


def test_a_slow_method_says_so(qtbot):
    box = MethodBox()
    qtbot.addWidget(box)
    assert box.show_methods(INFO, SLOW) == "Slow: about 360 passes of the model for each window."
    assert box.currentText() == "In-silico mutagenesis"


def test_nothing_can_be_chosen_without_a_model(qtbot):
    box = MethodBox()
    qtbot.addWidget(box)
    assert box.show_methods(None, None) == ""
    assert not box.isEnabled()
    assert box.count() == 0


def test_the_panel_tells_of_a_slow_method(opened, qtbot, engine, monkeypatch):
    monkeypatch.setattr(MethodInfo, "passes", lambda self, bases: 3.0 * bases)
    opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    label = opened.explain_panel.cost_label
    assert label.text() == "Slow: about 384 passes of the model for each window."
    assert label.isVisibleTo(opened.explain_panel)
    monkeypatch.undo()
    opened.explain_panel.refresh()
    assert not label.isVisibleTo(opened.explain_panel)
