"""The Evaluate panel: choices, the table with the worst first, the plot; a click goes there."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from qtpy.QtCore import Qt, QTimer

from gxview._qt.batch import window_batch
from gxview._qt.facade import WindowViewer
from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.evaluating import evaluating
from gxview.viewer.evaluating.results import read_results
from tests.viewer import fakes

FAKE = Path(fakes.__file__).with_name("fake_evaluate.py")


@pytest.fixture
def panel(opened, qtbot, tmp_path):
    viewer = opened.viewer
    viewer.evaluating.program = (sys.executable, str(FAKE))
    viewer.explanations.add("fake-cnn")
    viewer.show(Region("chr1", 1000, 1600))
    qtbot.waitUntil(lambda: viewer.is_idle)
    opened.run("evaluate")
    opened.evaluate_panel.form.folder.setText(str(tmp_path / "out"))
    return opened.evaluate_panel


@pytest.fixture
def done(panel, opened, qtbot):
    panel.form.start_button.click()
    run = opened.viewer.evaluating.run
    qtbot.waitUntil(lambda: bool(run.job.details))
    run.child.say("finish")
    qtbot.waitUntil(lambda: panel.metric_box.count() > 0)
    return panel


def texts(panel):
    model = panel.values
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_it_begins_with_what_the_window_shows(panel, opened):
    assert opened.docks["evaluate"].isVisible()
    assert panel.form.models.checked == ("fake-cnn",)
    assert panel.form.count.toolTip() == "4 sequences of 128 bp"
    assert panel.form.request().families == ("similarity", "concentration", "faithfulness")
    opened.viewer.show(Region("chr1", 1000, 1300))
    assert panel.form.count.toolTip() == "2 sequences of 128 bp"


def test_the_folder_is_beside_the_genome_that_is_opened_later(window, qtbot, genome):
    form = window.evaluate_panel.form
    assert form.path.parent == Path.home()
    window.viewer.opener.open([genome])
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    assert form.folder.text() == str(genome.with_suffix(".evaluation"))
    form.folder.setText("~nobody-of-that-name/mine")
    window.viewer.model.reference_changed.emit(window.viewer.model.reference)
    assert form.folder.text() == "~nobody-of-that-name/mine", "what a person chose stays"
    assert form.path == Path.cwd() / "~nobody-of-that-name" / "mine"


def test_without_a_model_it_cannot_begin(panel):
    panel.form.models.show_items({"fake-cnn": "Fake CNN"}, ())
    panel.form.refresh_count()
    assert panel.form.count.toolTip() == "Check at least one model to evaluate."
    assert not panel.form.start_button.isEnabled()


def test_the_same_button_stops_it(panel, opened, qtbot):
    panel.form.start_button.click()
    assert panel.form.start_button.text() == "Stop"
    panel.form.start_button.click()
    qtbot.waitUntil(lambda: opened.viewer.evaluating.run.has_ended)
    assert panel.form.start_button.text() == "Evaluate"


def test_the_worst_stands_on_top_until_a_person_sorts(done, qtbot):
    rows = texts(done)
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert [row[1] for row in rows] == ["0", "0.1", "0.3", "\N{EN DASH}"]
    assert rows[0][3:] == ["chr1:1,001-1,128(+)", "lrp", "m"]
    assert done.note.toolTip() == "4 numbers, 1 missing; smallest first"
    last = done.values.index(3, 1)
    assert done.values.data(last, Qt.ItemDataRole.ToolTipRole) == "the relevance is zero everywhere"
    done.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [row[0] for row in texts(done)][1:] == ["3", "2", "1"]


def test_a_click_on_the_worst_goes_there(done, opened, qtbot):
    opened.viewer.show(Region("chr2", 0, 500))
    done.table.clicked.emit(done.values.index(1, 0))
    assert opened.viewer.model.camera.view.region == Region("chr1", 1064, 1320)
    assert done.plot._current is done.values.value(1)


def test_a_click_on_a_dot_goes_there_and_shows_its_row(done, opened, qtbot):
    done.plot.resize(500, 220)
    assert done.plot.lines == [("lrp, m", "real"), ("lrp, m", "dinucleotide")]
    dot = next(dot for dot in done.plot.dots() if dot.value.value == 0.3)
    qtbot.mouseClick(done.plot, Qt.MouseButton.LeftButton, pos=dot.at.toPoint())
    assert opened.viewer.model.camera.view.region == Region("chr1", 1320, 1576)
    assert [index.row() for index in done.table.selectionModel().selectedRows()] == [2]


def test_another_metric_has_its_own_order(done):
    done.metric_box.setCurrentIndex(1)
    done.metric_box.activated.emit(1)
    assert [row[1] for row in texts(done)] == ["3", "2", "1", "0"]
    assert "largest first" in done.note.toolTip()
    assert done.plot.lines == [("lrp, m", "real")]


def test_one_method_alone_can_be_ranked(done):
    choices = [done.series_box.itemText(place) for place in range(done.series_box.count())]
    assert choices == ["All methods and models", "lrp, m"]
    done.series_box.setCurrentIndex(1)
    done.series_box.activated.emit(1)
    assert len(texts(done)) == 4


def test_a_script_waits_for_the_numbers(panel, opened, tmp_path):
    scripted = WindowViewer(opened)
    opened.viewer.evaluating.program = (sys.executable, str(FAKE), "--finish")
    results = scripted.evaluate(tmp_path / "mine", methods=["lrp"])
    assert results.folder == tmp_path / "mine"
    assert len(results.worst_first(results.kinds[0])) == 4
    assert panel.values.rowCount() == 4
    opened.viewer.evaluating.program = (sys.executable, str(FAKE), "--fail")
    (tmp_path / "a.bed").write_text("chr1\t100\t140\n")
    with pytest.raises(GxviewError, match="no room is left"):
        scripted.evaluate(tmp_path / "other", tmp_path / "a.bed")


def test_a_script_hears_that_a_table_cannot_be_read(panel, opened, tmp_path):
    table = tmp_path / "mine" / "metrics.csv"
    after = f"atexit.register(Path({str(table)!r}).write_text, 'x\\n1')"
    spoil = f"import atexit, sys, runpy\nfrom pathlib import Path\n{after}\n"
    run = f"sys.argv = ['x', *sys.argv[1:], '--finish']; runpy.run_path({str(FAKE)!r})"
    opened.viewer.evaluating.program = (sys.executable, "-c", spoil + run)
    with pytest.raises(GxviewError, match="is no table of an evaluation"):
        WindowViewer(opened).evaluate(tmp_path / "mine", methods=["lrp"])


def test_a_script_waits_for_numbers_that_take_long_to_read(panel, opened, tmp_path, monkeypatch):
    scripted, gate = WindowViewer(opened), threading.Event()
    opened.viewer.evaluating.program = (sys.executable, str(FAKE), "--finish")
    first = scripted.evaluate(tmp_path / "mine", methods=["lrp"])

    def read(folder):
        gate.wait(10)
        return read_results(folder)

    monkeypatch.setattr(evaluating, "read_results", read)
    # much later than the window counts as calm
    QTimer.singleShot(1500, gate.set)
    second = scripted.evaluate(tmp_path / "mine", methods=["lrp"])
    assert gate.is_set()
    assert second is not first


def test_closing_asks_while_it_runs(panel, opened, qtbot, monkeypatch):
    panel.form.start_button.click()
    asked = []
    monkeypatch.setattr(window_batch, "ask_to_end", lambda _parent: bool(asked.append(1)))
    assert not opened.batch.may_close(asks=True)
    assert asked
    assert opened.batch.may_close(asks=False)
    panel.form.start_button.click()
    qtbot.waitUntil(lambda: opened.viewer.evaluating.run.has_ended)
    assert opened.batch.may_close(asks=True)
