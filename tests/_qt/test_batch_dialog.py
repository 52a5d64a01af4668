"""The dialog of batch exports, the rows of its jobs, and the question before the window closes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog, QMessageBox

from gxview._qt.batch.check_list import CheckList
from gxview._qt.batch.dialog import BatchDialog
from gxview._qt.batch.window_batch import ask_to_stop
from gxview._qt.facade import WindowViewer
from gxview.errors import GxviewError
from gxview.job_file import ModelChoice, read_job
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.work.jobs import JobState

FAKE = Path(__file__).parents[1] / "viewer" / "fake_export.py"


def press(box: QMessageBox, title: str) -> None:
    next(button for button in box.buttons() if button.text() == title).click()


@pytest.fixture
def ready(opened, qtbot, monkeypatch):
    # a window that a failed test leaves must not wait for a person
    monkeypatch.setattr(QMessageBox, "exec", lambda box: press(box, "Stop and close"))
    opened.viewer.batch.program = (sys.executable, str(FAKE))
    opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    return opened


@pytest.fixture
def dialog(ready, qtbot, tmp_path):
    ready.run("batch_export")
    (dialog,) = ready.findChildren(BatchDialog)
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.folder.textEdited.emit(dialog.folder.text())
    dialog.refresh()
    yield dialog
    for left in ready.findChildren(BatchDialog):
        left.close()


@pytest.fixture
def run(ready, dialog, qtbot):
    qtbot.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
    (run,) = ready.viewer.batch.active
    qtbot.waitUntil(lambda: run.progress is not None)
    return run


@pytest.fixture
def row(ready, run):
    return next(row for row in ready.jobs_panel.rows if row.job is run.job)


def words(check_list: CheckList) -> list[str]:
    return [check_list.item(place).text() for place in range(check_list.count())]


def click(qtbot, check_list: CheckList, text: str) -> None:
    item = check_list.item(words(check_list).index(text))
    qtbot.mouseClick(check_list.viewport(), Qt.MouseButton.LeftButton, pos=check_list.visualItemRect(item).center())


def test_it_shows_what_the_window_shows(dialog, genome):
    assert dialog.draft.recipe.genome == genome
    assert "genome.fa" in dialog.places.genome.toolTip()
    assert dialog.places.whole.isChecked()
    (card,) = dialog.models.cards
    assert words(card.lists["methods"]) == ["AttnLRP", "Gradient x input"]
    assert card.lists["methods"].checked == ("attnlrp",)
    assert card.lists["targets"].checked == ("promoter",)
    assert card.lists["strands"].checked == ("+",)
    assert dialog.start_button.isEnabled()
    assert not dialog.problem.isVisible()


def test_what_is_checked_is_in_the_job_file(dialog, qtbot, tmp_path, monkeypatch):
    (card,) = dialog.models.cards
    click(qtbot, card.lists["methods"], "Gradient x input")
    click(qtbot, card.lists["strands"], "Minus")
    dialog.places.whole.click()
    dialog.refresh()
    click(qtbot, dialog.places.chromosomes, "chr2")
    dialog.outputs.boxes["spread"].click()
    dialog.outputs.split.click()
    dialog.rules.numbers["phases"].setValue(3)
    dialog.rules.numbers["stride"].setValue(20)
    dialog.rules.choices["stitching"].setCurrentIndex(2)
    dialog.rules.choices["stitching"].activated.emit(2)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    job = read_job(tmp_path / "mine.json")
    assert job.places.chromosomes == ("chr2",)
    assert not job.places.whole_genome
    assert job.models[0].methods == ("attnlrp", "gradient_x_input")
    assert job.models[0].strands == ("+", "-")
    assert (job.phases, job.stride, job.stitching, job.split_by_sign) == (3, 20, "max_abs", True)
    assert set(job.outputs) == {"bigwig", "score", "spread"}
    before = dialog.draft.recipe
    dialog.draft.change(phases=1, outputs=("score",))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "mine.json"), ""))
    qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    assert dialog.draft.recipe == before
    assert dialog.rules.numbers["phases"].value() == 3


def test_the_last_method_stays(dialog, qtbot):
    (card,) = dialog.models.cards
    click(qtbot, card.lists["methods"], "AttnLRP")
    qtbot.waitUntil(lambda: card.lists["methods"].checked == ("attnlrp",))


def test_marks_are_set_with_the_keyboard(dialog, qtbot):
    (card,) = dialog.models.cards
    strands = card.lists["strands"]
    strands.setFocus(Qt.FocusReason.TabFocusReason)
    strands.setCurrentRow(0)
    qtbot.keyClick(strands, Qt.Key.Key_Right)
    qtbot.keyClick(strands, Qt.Key.Key_Space)
    assert dialog.draft.recipe.models[0].strands == ("+", "-")


def test_what_is_wrong_is_told_and_nothing_starts(dialog, qtbot):
    dialog.outputs.boxes["spread"].click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "2 phases" in dialog.problem.text()
    assert not dialog.start_button.isEnabled()
    assert not dialog.estimate.button.isEnabled()
    dialog.rules.numbers["phases"].setValue(2)
    qtbot.waitUntil(lambda: not dialog.problem.isVisible())
    assert dialog.start_button.isEnabled()


def test_models_come_and_go(dialog, ready, qtbot):
    dialog.models.menu.aboutToShow.emit()
    offered = [action.text() for action in dialog.models.menu.actions() if action.text()]
    assert offered == ["Fake CNN", "From a folder..."]
    dialog.models.menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: len(dialog.models.cards) == 2 and ready.viewer.is_idle)
    qtbot.waitUntil(lambda: words(dialog.models.cards[1].lists["methods"]) == ["LRP", "Gradient x input"])
    dialog.models.cards[0].remove_button.click()
    qtbot.waitUntil(lambda: len(dialog.models.cards) == 1)
    assert dialog.draft.recipe.models[0].model == "fake-cnn"
    dialog.models.cards[0].remove_button.click()
    qtbot.waitUntil(lambda: "Add a model." in dialog.problem.text())


def test_a_model_that_cannot_be_loaded_says_why_on_its_card(dialog, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "broken"))
    dialog.models.menu.aboutToShow.emit()
    dialog.models.menu.actions()[-1].trigger()
    qtbot.waitUntil(lambda: len(dialog.models.cards) == 2 and "holds no model" in dialog.models.cards[1].state.text())
    assert "holds no model" in dialog.problem.text()


def test_files_of_regions_are_counted_and_can_be_taken_out(dialog, qtbot, tmp_path, monkeypatch):
    bed = tmp_path / "peaks.bed"
    bed.write_text("chr1\t0\t500\nchr1\t600\t1100\nchr1\tx\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(bed)], ""))
    qtbot.mouseClick(dialog.places.add_button, Qt.MouseButton.LeftButton)
    line = "peaks.bed: 2 regions of 500 bp, 1 line that cannot be read"
    qtbot.waitUntil(lambda: dialog.places.files.count() == 1 and dialog.places.files.item(0).text() == line)
    dialog.places.files.setCurrentRow(0)
    qtbot.keyClick(dialog.places.files, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: dialog.places.files.count() == 0)


def test_the_table_of_regions_is_offered_with_its_size(ready, qtbot):
    ready.viewer.model.regions.rows = [RegionRow("chr1", 0, 100), RegionRow("chr1", 200, 300)]
    dialog = BatchDialog(ready.viewer, ready)
    assert dialog.places.table.text() == "Table of regions (2)"
    assert dialog.places.table.isChecked()
    dialog.places.view.click()
    assert len(dialog.draft.job().places.regions) == 3
    dialog.close()


def test_a_filter_keeps_the_chromosomes_that_it_hides(dialog, qtbot):
    dialog.places.whole.click()
    dialog.refresh()
    click(qtbot, dialog.places.chromosomes, "chr1")
    dialog.places.filter.setText("tiny")
    assert words(dialog.places.chromosomes) == ["tiny"]
    click(qtbot, dialog.places.chromosomes, "tiny")
    assert dialog.draft.recipe.chromosomes == ("chr1", "tiny")


def test_the_estimate_is_told_and_goes_with_another_choice(dialog, qtbot):
    qtbot.mouseClick(dialog.estimate.button, Qt.MouseButton.LeftButton)
    assert dialog.estimate.button.text() == "Stop measuring"
    qtbot.waitUntil(lambda: "92,832 windows, about 3 min (2.5 to 4)" in dialog.estimate.answer.text())
    assert "1 region will be left out" in dialog.estimate.warnings.text()
    assert dialog.estimate.button.text() == "Estimate"
    dialog.rules.numbers["phases"].setValue(2)
    qtbot.waitUntil(lambda: not dialog.estimate.isVisible())


def test_an_estimate_is_stopped_with_the_button_and_with_the_dialog(dialog, ready, qtbot, tmp_path):
    dialog.draft.change(folder=tmp_path / "slow")
    dialog.refresh()
    for _ in range(2):
        qtbot.mouseClick(dialog.estimate.button, Qt.MouseButton.LeftButton)
    assert dialog.estimate.button.text() == "Estimate"
    qtbot.mouseClick(dialog.estimate.button, Qt.MouseButton.LeftButton)
    dialog.close()
    assert ready.close()
    assert ready.closed_in_time


def test_start_begins_the_job_and_shows_the_panel(dialog, ready, run, tmp_path):
    assert ready.shell.is_panel_shown("jobs")
    assert json.loads((tmp_path / "out" / "asked.json").read_text())[0][0] == "export"


def test_its_row_pauses_goes_on_and_tells_the_details(run, row, qtbot):
    qtbot.waitUntil(lambda: "about 3 min left (2.5 to 4)" in row.state.text())
    assert row.details.text() == "chr1:1,200,001-1,300,000, CPU, 1.3 GB"
    assert row.pause_button.text() == "Pause"
    qtbot.mouseClick(row.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row.pause_button.text() == "Resume")
    assert "Paused at 37 %, 1.5 Mb of 4 Mb" in row.state.text()
    qtbot.mouseClick(row.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row.pause_button.text() == "Pause")
    run.child.say("miss")
    qtbot.waitUntil(lambda: row.warning.isVisible() and row.warning.text() == "1 failure so far")


def test_a_failed_row_offers_the_list_and_to_go_on(ready, run, row, qtbot):
    run.child.say("give up")
    qtbot.waitUntil(lambda: len(row.action_buttons) == 4)
    assert row.error.isVisible()
    assert [button.text() for button in row.action_buttons][:2] == ["Show failures", "Resume"]
    assert not row.stop_button.isVisible()
    assert ready.toasts.shown[-1].offer_button.text() == "Show failures"
    qtbot.mouseClick(row.action_buttons[1], Qt.MouseButton.LeftButton)
    (again,) = ready.viewer.batch.active
    qtbot.waitUntil(lambda: again.progress is not None)
    assert row not in ready.jobs_panel.rows
    again.child.say("finish")
    qtbot.waitUntil(lambda: again.has_ended)


def test_the_toast_of_a_finished_export_opens_its_tracks(ready, run, qtbot):
    run.child.say("finish")
    qtbot.waitUntil(lambda: bool(ready.toasts.shown) and ready.toasts.shown[-1].offer_button.text() == "Open 2 tracks")
    before = len(ready.viewer.model.tracks)
    qtbot.mouseClick(ready.toasts.shown[-1].offer_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(ready.viewer.model.tracks) == before + 2)


def test_the_dialog_goes_on_with_what_it_began(ready, run, qtbot, tmp_path):
    run.job.cancel()
    qtbot.waitUntil(lambda: run.has_ended)
    dialog = BatchDialog(ready.viewer, ready)
    dialog.open_job(tmp_path / "out" / "job.json")
    assert dialog.draft.recipe.folder == tmp_path / "out"
    assert dialog.start_button.text() == "Resume"
    dialog.close()


def test_the_menu_resumes_a_folder(ready, run, qtbot, tmp_path, monkeypatch):
    run.job.cancel()
    qtbot.waitUntil(lambda: run.has_ended)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    ready.run("resume_batch")
    (again,) = ready.viewer.batch.active
    qtbot.waitUntil(lambda: again.progress is not None)
    again.child.say("finish")
    qtbot.waitUntil(lambda: again.has_ended)


@pytest.mark.parametrize(("button", "closes"), [("Stop and close", True), ("Keep running", False)])
def test_a_person_is_asked_before_the_window_ends_an_export(ready, run, monkeypatch, qtbot, button, closes):
    asked = []

    def answer(box):
        asked.append(box.informativeText())
        press(box, button)

    monkeypatch.setattr(QMessageBox, "exec", answer)
    assert ready.close() is closes
    assert len(asked) == 1
    assert "resume" in asked[0].lower()
    assert run.child.has_ended is closes
    assert not closes or ready.closed_in_time
    if not closes:
        assert not ask_to_stop(ready, [run, run])
        assert "them" in asked[-1]
        run.job.cancel()
        qtbot.waitUntil(lambda: run.has_ended)


def test_a_script_exports_and_gets_the_files(ready, tmp_path, monkeypatch):
    viewer = WindowViewer(ready)
    exports = ready.viewer.batch
    begin = exports.start

    def start(job, folder):
        run = begin(job, folder)
        run.child.say("finish")
        return run

    monkeypatch.setattr(exports, "start", start)
    files = viewer.batch_export(tmp_path / "out", chromosomes="chr2", models=ModelChoice(model="fake-cnn"), phases=2)
    assert [path.name for path in files][:2] == ["cnn.lrp.promoter.plus.bw", "cnn.score.promoter.plus.bw"]
    job = read_job(tmp_path / "out" / "job.json")
    assert (job.places.chromosomes, job.phases, job.models[0].model) == (("chr2",), 2, "fake-cnn")
    with pytest.raises(GxviewError, match="at least 2 phases"):
        viewer.batch_export(tmp_path / "other", outputs=("spread",))
    assert not (tmp_path / "other").exists()


def test_a_script_that_does_not_wait_goes_on_at_once(ready, tmp_path, qtbot):
    viewer = WindowViewer(ready)
    assert viewer.batch_export(tmp_path / "out", wait=False) == []
    viewer.go_to("chr2")
    (run,) = ready.viewer.batch.active
    run.child.say("fail")
    qtbot.waitUntil(lambda: run.has_ended)
    assert run.job.state is JobState.FAILED
    with pytest.raises(GxviewError, match="The disk is full"):
        viewer.wait()


@pytest.mark.parametrize(("theme", "size"), [("dark", (1600, 900)), ("light", (1000, 700))])
def test_nothing_is_cut_off(ready, qtbot, theme, size):
    ready.viewer.model.settings.theme = theme
    ready.resize(*size)
    dialog = BatchDialog(ready.viewer, ready)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitExposed(dialog)
    assert dialog.width() < ready.width()
    assert dialog.height() < ready.height()
    boxes = [*dialog.outputs.boxes.values(), dialog.places.whole, dialog.start_button, dialog.estimate.button]
    for one in boxes:
        assert one.width() >= one.sizeHint().width()
        assert not one.visibleRegion().isEmpty()

    def cut_off(check_list):
        rects = [check_list.visualItemRect(check_list.item(place)) for place in range(check_list.count())]
        return [rect for rect in rects if not check_list.viewport().rect().contains(rect)]

    # lists are laid out a moment later
    qtbot.waitUntil(lambda: not any(cut_off(one) for one in dialog.models.cards[0].lists.values()))
