"""The panels MIT, Probe, Variants and Training: choices, what they say, results and plots."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from qtpy.QtCore import QPoint, QRectF, Qt, QUrl
from qtpy.QtWidgets import QFileDialog

from gxview._qt.assessing.boxes import PathBox
from gxview._qt.assessing.chart import Chart, Frame, _is_low
from gxview._qt.assessing.panel import WORKING
from gxview._qt.assessing.training_panel import CardWindow
from gxview._qt.batch import window_batch
from gxview._qt.facade import WindowViewer
from gxview._qt.look.table import RowModel, fixed_text, number_column, number_text
from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.assessing.plots import Mark, Plot, Series
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.options import EffectChoice
from tests.viewer import fakes

FAKE = Path(fakes.__file__).with_name("fake_assess.py")
KEYS = ("mit", "probe", "variants", "train")


@pytest.fixture
def ready(opened, tmp_path, monkeypatch):
    # a test that fails while a program runs shall not wait for an answer
    monkeypatch.setattr(window_batch, "ask_to_end_all", lambda _parent, _titles: True)
    for one in opened.viewer.assess:
        one.program = (sys.executable, str(FAKE))
    (tmp_path / "data.csv").write_text("sequence,label,strength\nACGT,1,0.5\n")
    (tmp_path / "calls.vcf").write_text("##fileformat=VCFv4.2\n")
    assess = opened.viewer.assess
    assess.probe.choose(data=str(tmp_path / "data.csv"), models=("fake-bert",))
    assess.variants.choose(vcf=str(tmp_path / "calls.vcf"), model="fake-cnn")
    assess.train.choose(data=str(tmp_path / "data.csv"))
    return opened


@pytest.fixture
def panel_of(ready, qtbot, tmp_path):
    def show(key):
        ready.run(key)
        panel = ready.assess_panels[key]
        panel.assessment.folder = tmp_path / "out"
        panel.refresh()
        return panel

    return show


@pytest.fixture
def done(panel_of, qtbot):
    def run(key):
        panel = panel_of(key)
        panel.start_button.click()
        panel.assessment.run.child.say("finish")
        qtbot.waitUntil(lambda: panel.assessment.results is not None and not panel._later._timer.isActive())
        return panel

    return run


def texts(panel):
    model = panel.rows
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


@pytest.mark.parametrize("key", KEYS)
def test_every_choice_fits_without_scrolling_at_the_smallest_window(panel_of, ready, qtbot, key):
    ready.resize(1000, 700)
    panel = panel_of(key)
    qtbot.waitUntil(lambda: panel.height() >= panel.sizeHint().height() - 4)
    assert (ready.width(), ready.height()) == (1000, 700)
    for form in panel.forms:
        for name, control in form.controls.items():
            at = control.mapTo(panel, QPoint(0, 0))
            assert at.y() + control.height() <= panel.height(), name
            assert at.x() + control.width() <= panel.width(), name
    assert panel.folder.mapTo(panel, QPoint(0, 0)).y() + panel.folder.height() <= panel.height()


@pytest.mark.parametrize("key", KEYS)
def test_everything_is_reached_by_keyboard_and_has_a_name(panel_of, key):
    panel = panel_of(key)
    for form in panel.forms:
        for name, control in form.controls.items():
            assert control.accessibleName() or control.focusProxy().accessibleName(), name
            taking = control.focusProxy() or control
            # a list without anything to check is left out
            if taking.focusPolicy() == Qt.FocusPolicy.NoFocus:
                assert not taking.count()


def test_a_button_that_cannot_be_pressed_says_why(panel_of, ready):
    panel = panel_of("train")
    assert panel.start_button.isEnabled()
    panel.choose(data="")
    panel.refresh()
    assert not panel.start_button.isEnabled()
    assert panel.start_button.toolTip() == "Choose a table to train on."
    assert panel.status.toolTip() == "Choose a table to train on."
    assert not panel.model_button.isEnabled()
    assert panel.model_button.toolTip() == "There is no trained model yet"


def test_forms_set_the_choices(panel_of, ready, qtbot):
    panel = panel_of("train")
    epochs = panel.forms[1].controls["epochs"]
    assert epochs.text() == "Usual"
    epochs.setValue(7)
    assert ready.viewer.assess.train.choices.epochs == 7
    epochs.setValue(0)
    assert ready.viewer.assess.train.choices.epochs is None
    box = panel.forms[0].controls["start_from"]
    assert [box.itemText(place) for place in range(box.count())][:3] == ["Random weights", "Fake BERT", "Fake CNN"]
    data = panel.forms[0].controls["validation"]
    assert isinstance(data, PathBox)
    qtbot.keyClicks(data.line, "/nowhere.csv")
    qtbot.keyClick(data.line, Qt.Key.Key_Return)
    panel.refresh()
    assert panel.start_button.toolTip() == "/nowhere.csv is no file; choose a table for the validation."


def test_what_is_typed_stays_while_the_work_goes_on(panel_of, qtbot):
    panel = panel_of("train")
    panel.start_button.click()
    panel.show_page(0)
    name = panel.forms[1].controls["learning_rate"]
    qtbot.keyClicks(name, "3e")
    panel.assessment.run.child.say("epoch")
    qtbot.waitUntil(lambda: panel.rows.rowCount() == 1)
    panel.refresh()
    assert name.text() == "3e"
    panel.start_button.click()
    qtbot.waitUntil(lambda: not panel.assessment.is_running)


def test_labels_come_from_the_head_of_the_table(panel_of, qtbot):
    panel = panel_of("probe")
    labels = panel.forms[0].controls["labels"]
    qtbot.waitUntil(lambda: labels.count() == 2)
    assert [labels.item(place).text() for place in range(2)] == ["label", "strength"]
    assert not panel.warning.isVisible()
    panel.choose(split="random")
    panel.refresh()
    assert panel.warning.isVisible()
    assert "near-duplicates" in panel.warning.text()


@pytest.mark.parametrize("word", ["fail", "refuse"])
def test_a_failure_stands_in_the_panel_in_the_words_of_the_program(panel_of, qtbot, word):
    panel = panel_of("mit")
    panel.start_button.click()
    assert panel.start_button.text() == "Stop"
    panel.assessment.run.child.say(word)
    qtbot.waitUntil(lambda: panel.error.isVisible())
    wanted = {"fail": "no room is left on the disk.", "refuse": "the model takes no such sequences."}
    assert panel.error.text() == wanted[word]
    assert panel.start_button.text() == "Run the test"
    panel.start_button.click()
    panel.refresh()
    assert not panel.error.isVisible()
    panel.start_button.click()
    qtbot.waitUntil(lambda: not panel.assessment.is_running)


def test_the_published_rows_stand_pale_below_ours(done):
    panel = done("mit")
    assert panel.pages.currentIndex() == 1
    rows = texts(panel)
    assert [row[0] for row in rows] == ["pa-pwm", "m", "Evo2-1B (paper)"]
    assert rows[0][1] == "1.00 [1.00, 1.00]"
    assert rows[2][1] == "0.60"
    assert [row[2] for row in rows] == ["< 0.001", "\N{EN DASH}", "\N{EN DASH}"]
    pale = [panel.rows.data(panel.rows.index(row, 0), Qt.ItemDataRole.ForegroundRole) for row in range(3)]
    assert pale[:2] == [None, None]
    assert pale[2] is not None
    titles = [panel.figures[0].box.itemText(place) for place in range(panel.figures[0].box.count())]
    assert titles == ["CSS and SCR", "AT titration", "Spacing", "Explanations", "Scores by class"]


def test_a_click_on_a_scorer_shows_its_scores_by_class(done):
    panel = done("mit")
    panel.table.wanted.emit(1)
    box = [one for one in panel.figures if one.isVisible()][-1]
    assert box.box.currentText() == "Scores by class"
    assert [line for line, _ in box.strips.lines][:2] == ["A natural, intact", "B natural, broken"]


def test_a_click_on_a_variant_goes_there(done, ready, qtbot):
    panel = done("variants")
    rows = texts(panel)
    assert [row[0] for row in rows] == ["chr1:201", "chr1:101", "chr2:301"]
    assert [row[3] for row in rows] == ["\N{MINUS SIGN}2.250", "0.500", "\N{EN DASH}"]
    assert rows[2][-1] == "a symbolic allele has no letters"
    assert panel.rows.data(panel.rows.index(0, 3), Qt.ItemDataRole.TextAlignmentRole) & int(Qt.AlignmentFlag.AlignRight)
    panel.table.wanted.emit(0)
    assert ready.viewer.model.camera.view.region == Region("chr1", 140, 261)
    panel.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert [row[0] for row in texts(panel)] == ["chr1:101", "chr1:201", "chr2:301"]


def test_what_is_chosen_stays_chosen_when_rows_are_sorted(done):
    panel = done("variants")
    panel.table.selectRow(0)
    chosen = panel.chosen
    panel.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert panel.chosen == chosen
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [1]
    assert texts(panel)[1][0] == "chr1:201"


def test_the_chosen_alternative_is_shown_and_taken_back(done, ready, qtbot):
    panel = done("variants")
    assert not panel.alternative_button.isEnabled()
    assert panel.alternative_button.toolTip() == "Choose a variant in the table first"
    panel.table.selectRow(0)
    assert panel.alternative_button.isEnabled()
    panel.alternative_button.click()
    qtbot.waitUntil(lambda: panel.alternative_button.isChecked())
    [edit] = ready.viewer.model.edits.value
    assert (edit.start, edit.text, edit.origin) == (201, "AG", "chr1:201 C>CAG")
    panel.alternative_button.click()
    qtbot.waitUntil(lambda: not panel.alternative_button.isChecked())
    assert not list(ready.viewer.model.edits.value)


def test_an_allele_applied_elsewhere_is_taken_back_alone(done, ready, qtbot):
    panel, viewer = done("variants"), ready.viewer
    viewer.editing.write(Region("chr1", 950, 953), "A")
    viewer.editing.apply(panel._assess.choice(0))
    viewer.editing.apply(panel._assess.choice(1))
    qtbot.waitUntil(lambda: viewer.is_idle)
    assert len(viewer.model.edits.value) == 3
    panel.table.selectRow(0)
    assert panel.alternative_button.isChecked()
    panel.alternative_button.click()
    qtbot.waitUntil(lambda: not panel.alternative_button.isChecked())
    assert sorted(edit.start for edit in viewer.model.edits.value) == [100, 950]


def test_a_symbol_is_not_shown_from_the_table(done):
    panel = done("variants")
    panel.table.selectRow(next(row for row, place in enumerate(panel.rows.rows) if place == 2))
    assert not panel.alternative_button.isEnabled()
    assert "does not say where <DEL> ends" in panel.alternative_button.toolTip()


def test_a_variant_of_another_genome_is_not_shown_in_this_one(done, ready, qtbot, tmp_path):
    panel = done("variants")
    panel.table.selectRow(0)
    (tmp_path / "other.fa").write_text(">plasmid\n" + "ACGT" * 100 + "\n")
    ready.viewer.opener.open([tmp_path / "other.fa"])
    qtbot.waitUntil(lambda: ready.viewer.is_idle)
    panel.refresh()
    assert not panel.alternative_button.isEnabled()
    assert "chr1" in panel.alternative_button.toolTip()


def test_results_of_variants_open_as_tracks(done, ready, monkeypatch):
    panel = done("variants")
    opened = []
    monkeypatch.setattr(ready.viewer.opener, "open", lambda *asked: opened.append(asked))
    assert panel.tracks_button.isEnabled()
    panel.tracks_button.click()
    [(paths, then)] = opened
    assert [path.name for path in paths] == ["calls.vcf.gz"]
    tracks = ready.viewer.model.tracks
    for path in (str(paths[0]), "/other.vcf"):
        tracks.append(VariantTrack(name=path, path=path))
    then()
    coloured = {track.path: track.effect for track in tracks if isinstance(track, VariantTrack)}
    assert coloured == {str(paths[0]): EffectChoice(score="GXV_LOGIT"), "/other.vcf": EffectChoice()}


def test_the_table_stays_in_front_of_the_edits_that_it_asked_for(done, ready, qtbot):
    panel = done("variants")
    panel.table.selectRow(0)
    panel.alternative_button.click()
    qtbot.waitUntil(lambda: bool(ready.viewer.model.edits.value))
    qtbot.waitUntil(lambda: not ready.docks["edits"].isHidden())
    assert not panel.visibleRegion().isEmpty()
    assert ready.edits_panel.visibleRegion().isEmpty()
    ready.viewer.editing.clear()
    qtbot.waitUntil(lambda: not ready.viewer.model.edits.value)
    ready.viewer.editing.write(Region("chr1", 950, 953), "A")
    qtbot.waitUntil(lambda: not ready.edits_panel.visibleRegion().isEmpty())


def told(window):
    return [notice.text for notice in window.viewer.notices.history if "in the table" in notice.text]


def settled(window, qtbot):
    qtbot.waitUntil(lambda: window.viewer.is_idle)


def test_it_is_told_whose_numbers_are_in_the_table_and_on_the_tracks(done, ready, qtbot):
    panel, viewer = done("variants"), ready.viewer
    panel._assess.results = replace(panel._assess.results, model="fake-cnn")
    panel.refresh()
    viewer.explanations.add("fake-bert")
    settled(ready, qtbot)
    panel.table.selectRow(0)
    panel.alternative_button.click()
    settled(ready, qtbot)
    wanted = "The effects in the table are by fake-cnn, the alternative on the tracks is by fake-bert."
    assert told(ready) == [wanted]
    assert "The table is by fake-cnn, the tracks show fake-bert" in panel.alternative_button.toolTip()
    notice = next(one for one in viewer.notices.history if one.text == wanted)
    assert notice.offer.title == "Explain with fake-cnn"
    notice.offer.call()
    settled(ready, qtbot)
    edited = [one.options.model for one in viewer.model.tracks.relevance() if one.options.edited]
    assert edited == ["fake-bert", "fake-cnn"]
    assert viewer.table_alternatives.other(panel._assess.asked) == ""


def test_the_model_of_the_table_shows_the_alternative_where_it_can(done, ready, qtbot):
    panel, viewer = done("variants"), ready.viewer
    panel._assess.results = replace(panel._assess.results, model="fake-cnn")
    panel.refresh()
    panel.table.selectRow(0)
    panel.alternative_button.click()
    settled(ready, qtbot)
    assert {one.options.model for one in viewer.model.tracks.relevance()} == {"fake-cnn"}
    panel.alternative_button.click()
    settled(ready, qtbot)
    viewer.explanations.add("fake-bert")
    panel.alternative_button.click()
    settled(ready, qtbot)
    assert [one.options.model for one in viewer.model.tracks.relevance() if one.options.edited] == ["fake-cnn"]
    assert not told(ready)


def by(panel, key, **facts):
    """Let the table be by another model."""
    panel._assess.results = replace(panel._assess.results, **facts)
    panel._assess._keys[panel._assess.results_folder] = key
    panel.refresh()
    panel.table.selectRow(0)


def test_a_model_that_gxview_does_not_explain_is_not_added(done, ready, qtbot):
    panel, viewer = done("variants"), ready.viewer
    by(panel, "/x/broken", model="nt", explained=False)
    assert panel.alternative_button.toolTip().endswith("The table is by nt, which gxview does not explain")
    panel.alternative_button.click()
    settled(ready, qtbot)
    assert [edit.text for edit in viewer.model.edits.value] == ["AG"]
    assert not viewer.model.tracks.relevance()
    assert not told(ready)
    panel.alternative_button.click()
    settled(ready, qtbot)
    viewer.explanations.add("fake-bert")
    settled(ready, qtbot)
    panel.alternative_button.click()
    settled(ready, qtbot)
    wanted = (
        "The effects in the table are by nt, which gxview does not explain; "
        "the alternative on the tracks is by fake-bert."
    )
    assert told(ready) == [wanted]
    assert next(one for one in viewer.notices.history if one.text == wanted).offer is None
    assert {one.options.model for one in viewer.model.tracks.relevance()} == {"fake-bert"}
    assert not viewer.model.failed_models


def test_a_failed_explanation_is_no_other_model(done, ready, qtbot):
    panel, viewer = done("variants"), ready.viewer
    viewer.explanations.add("/x/broken")
    settled(ready, qtbot)
    by(panel, "/x/broken", model="broken", explained=False)
    panel.alternative_button.click()
    settled(ready, qtbot)
    assert not told(ready)


def test_models_in_two_folders_of_one_name_are_two(done, ready, qtbot):
    panel, viewer = done("variants"), ready.viewer
    viewer.explanations.add("/a/model")
    settled(ready, qtbot)
    by(panel, "/b/model", model="model")
    panel.alternative_button.click()
    settled(ready, qtbot)
    wanted = "The effects in the table are by model, the alternative on the tracks is by /a/model."
    assert told(ready) == [wanted]
    next(one for one in viewer.notices.history if one.text == wanted).offer.call()
    settled(ready, qtbot)
    edited = [one.options.model for one in viewer.model.tracks.relevance() if one.options.edited]
    assert edited == ["/a/model", "/b/model"]
    panel.alternative_button.click()
    settled(ready, qtbot)
    viewer.model.tracks.selected = viewer.model.tracks.relevance()[0]
    panel.alternative_button.click()
    settled(ready, qtbot)
    edited = [one.options.model for one in viewer.model.tracks.relevance() if one.options.edited]
    assert edited == ["/b/model"]
    assert len(told(ready)) == 1


def test_a_name_that_two_models_have_is_not_guessed(done, ready, qtbot):
    panel, viewer = done("variants"), ready.viewer
    viewer.model.add_model("/a/model", "model")
    assert viewer.table_alternatives.key("model") == "/a/model"
    viewer.model.add_model("/b/model", "model")
    by(panel, "", model="model")
    panel.alternative_button.click()
    settled(ready, qtbot)
    assert viewer.model.edits.value
    assert not viewer.model.tracks.relevance()


def test_a_complaint_goes_when_the_choices_change(panel_of, qtbot):
    panel = panel_of("mit")
    panel.start_button.click()
    assert panel.table.hint == WORKING
    panel.assessment.run.child.say("refuse")
    qtbot.waitUntil(lambda: panel.error.isVisible())
    assert "press Run the test" in panel.table.hint
    panel.choose(scorers=(), models=())
    panel.show_page(0)
    panel.refresh()
    assert not panel.error.isVisible()
    assert panel.status.toolTip() == "Check at least one scorer or model."
    panel.choose(scorers=("pa-pwm",))
    panel.refresh()
    assert panel.status.toolTip() == ""


def test_the_folder_is_chosen_with_a_button(panel_of, monkeypatch, tmp_path):
    panel = panel_of("mit")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_asked: str(tmp_path))
    panel.folder_box.button.click()
    panel.refresh()
    assert panel.assessment.folder == tmp_path
    assert panel.folder.text() == str(tmp_path)


def test_columns_make_room_for_each_other_in_a_narrow_table(done, qtbot):
    panel = done("probe")
    panel.table.setParent(None)
    qtbot.addWidget(panel.table)
    panel.table.resize(470, 200)
    panel.table.show()
    header = panel.table.horizontalHeader()
    assert sum(column.width for column in panel.rows.columns) > 470
    assert header.length() <= panel.table.viewport().width()
    for n, column in enumerate(panel.rows.columns):
        assert header.sectionSize(n) >= min(column.width, header.sectionSizeHint(n))
    header.resizeSection(0, 300)
    panel.table.resize(460, 200)
    assert header.sectionSize(0) == 300


def test_learning_curves_grow_while_it_trains(panel_of, qtbot, ready, monkeypatch):
    panel = panel_of("train")
    panel.start_button.click()
    run = panel.assessment.run
    for count in (1, 2, 3):
        run.child.say("epoch")
        qtbot.waitUntil(lambda: panel.rows.rowCount() == count)  # noqa: B023
    assert [row[0] for row in texts(panel)] == ["1", "\N{BLACK STAR} 2", "3"]
    assert [len(one.marks) for one in panel.figures[0].chart.plot.series] == [3, 3]
    run.child.say("finish")
    qtbot.waitUntil(panel.model_button.isEnabled)
    opened = []
    monkeypatch.setattr(ready.viewer.opener, "open_model", opened.append)
    panel.model_button.click()
    assert opened == [run.folder]
    panel.card_button.click()
    card = next(child for child in panel.children() if isinstance(child, CardWindow))
    assert card.page.toPlainText().startswith("A model")
    with qtbot.waitSignal(card.destroyed):
        card.close()


def test_the_card_of_several_models_leads_to_theirs(qtbot, tmp_path):
    (tmp_path / "fold-1").mkdir()
    (tmp_path / "fold-1" / "README.md").write_text("# The first fold\n")
    (tmp_path / "README.md").write_text("# All\n\nSee [fold-1](fold-1/README.md).\n")
    card = CardWindow(tmp_path / "README.md")
    qtbot.addWidget(card)
    card.page.setSource(QUrl("fold-1/README.md"))
    assert card.page.toPlainText() == "The first fold"


def test_the_folder_is_beside_the_genome_that_is_opened_later(window, qtbot, genome):
    window.run("mit")
    panel = window.assess_panels["mit"]
    assert Path(panel.folder.text()).parent == Path.home()
    window.viewer.opener.open([genome])
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    panel.refresh()
    assert panel.folder.text() == str(genome.with_suffix(".mit"))
    panel.folder.setText(str(genome.parent / "mine"))
    panel.folder.editingFinished.emit()
    window.viewer.model.reference_changed.emit(window.viewer.model.reference)
    panel.refresh()
    assert panel.folder.text() == str(genome.parent / "mine"), "what a person chose stays"


def test_without_a_folder_results_go_to_a_new_one(panel_of, qtbot, genome):
    panel = panel_of("mit")
    panel.folder.clear()
    panel.start_button.click()
    assert panel.assessment.run.folder == genome.with_suffix(".mit")
    panel.start_button.click()
    qtbot.waitUntil(lambda: not panel.assessment.is_running)


def test_a_method_that_is_chosen_can_be_left_out_whatever_models_are_checked(panel_of):
    panel = panel_of("mit")
    panel.choose(methods=("attnlrp", "ism"), models=())
    panel.refresh()
    methods = panel.forms[1].controls["methods"]
    assert set(methods.checked) == {"attnlrp", "ism"}


@pytest.mark.parametrize("key", ["train", "probe"])
def test_a_last_column_of_numbers_is_no_wider_than_it_needs(done, key):
    panel = done(key)
    last = len(panel.rows.columns) - 1
    assert panel.table.columnWidth(last) == panel.rows.columns[last].width


def test_numbers_of_probing_stand_by_input(done):
    panel = done("probe")
    assert texts(panel)[0][:6] == ["one-hot", "", "CNN", "100", "0.850", "0.071"]
    titles = [panel.figures[0].box.itemText(place) for place in range(panel.figures[0].box.count())]
    assert titles == ["Input by head", "Size of the data"]


def test_results_of_before_can_be_opened(panel_of, done, qtbot, tmp_path):
    panel = done("mit")
    panel.assessment.results = None
    panel.refresh()
    assert panel.rows.rowCount() == 0
    panel.open_results(tmp_path / "out")
    qtbot.waitUntil(lambda: panel.rows.rowCount() == 3)
    assert panel.report_button.isEnabled()
    assert panel.folder.text() == str(tmp_path / "out")
    panel.open_results(tmp_path)
    qtbot.waitUntil(lambda: panel.error.isVisible())
    assert "holds no finished test" in panel.error.text()


def test_a_script_waits_for_the_results(ready, tmp_path):
    scripted = WindowViewer(ready)
    for one in ready.viewer.assess:
        one.program = (sys.executable, str(FAKE), "--finish")
    # the fake takes its command from the first place
    for key in KEYS:
        one = getattr(ready.viewer.assess, key)
        one.program = (sys.executable, "-c", _run(key))
    assert len(scripted.mit(tmp_path / "a", scorers=["pa-pwm"]).rows) == 3
    assert len(scripted.probe(tmp_path / "b", data=tmp_path / "data.csv").rows) == 3
    assert len(scripted.variants(tmp_path / "c")) == 3
    assert scripted.train(tmp_path / "d", epochs=3).test == {"auroc": 0.7}
    with pytest.raises(GxviewError, match="Check at least one"):
        scripted.mit(tmp_path / "e", scorers=())


def test_a_script_gets_no_results_of_before(ready, tmp_path):
    ready.viewer.assess.mit.program = (sys.executable, "-c", _run("mit"))
    scripted = WindowViewer(ready)
    assert scripted.mit(tmp_path / "a").rows
    damaged = _run("mit").replace("runpy.run_path", "import atexit; atexit.register(spoil); runpy.run_path")
    spoil = f"from pathlib import Path\nspoil = lambda: Path({str(tmp_path / 'b' / 'mit.json')!r}).write_text('x')\n"
    ready.viewer.assess.mit.program = (sys.executable, "-c", spoil + damaged)
    with pytest.raises(GxviewError, match="is no result of the Mechanistic Invariance Test"):
        scripted.mit(tmp_path / "b")


def _run(key):
    return f"import sys, runpy; sys.argv = ['x', {key!r}, *sys.argv[2:], '--finish']; runpy.run_path({str(FAKE)!r})"


def test_closing_asks_while_one_runs(panel_of, ready, qtbot, monkeypatch):
    panel = panel_of("mit")
    panel.start_button.click()
    asked = []
    monkeypatch.setattr(window_batch, "ask_to_end_all", lambda _parent, titles: asked.append(titles))
    assert not ready.batch.may_close(asks=True)
    assert asked == [["MIT"]]
    assert ready.batch.may_close(asks=False)
    panel.start_button.click()
    qtbot.waitUntil(lambda: not panel.assessment.is_running)
    assert ready.batch.may_close(asks=True)


def test_the_chart_finds_the_mark_under_the_pointer(qtbot, ready):
    chart = Chart(ready._style)
    qtbot.addWidget(chart)
    chart.resize(400, 240)
    marks = (Mark(0.0, 0.0, about="zero"), Mark(1.0, 2.0, 1.5, 2.5, about="two", text="two"))
    chart.show_plot(Plot("x", "y", (Series("a", marks, "line"), Series("b", (Mark(1.0, 0.0),), "dots", None))))
    frame = chart.frame_of(chart.plot)
    assert chart._under(frame.at(1.0, 2.0)).about == "two"
    assert chart._under(frame.at(0.5, 2.0)) is None
    assert not chart.grab().isNull()


def test_rows_are_sorted_with_missing_numbers_last(ready):
    model = RowModel([number_column("x", float)], ready)
    model.show_rows([2.0, float("nan"), -1.0])
    model.sort(0)
    assert model.rows[:2] == [-1.0, 2.0]
    assert [fixed_text(value) for value in (-0.5, 1e-9, 0.0)] == [
        "\N{MINUS SIGN}0.500",
        "1.0e\N{MINUS SIGN}09",
        "0.000",
    ]
    assert number_text(-0.5) == "\N{MINUS SIGN}0.5"
    model.deleteLater()


@pytest.mark.parametrize(("heights", "top"), [((0.1, 0.2), True), ((0.9, 0.95), False), ((), True)])
def test_words_of_a_guide_stand_where_the_curve_leaves_room(heights, top):
    series = [Series("", (Mark(1.0, height), Mark(2.0, 0.5)), "line", 0) for height in heights]
    frame = Frame(QRectF(0, 0, 100, 100), (0.0, 2.0), (0.0, 1.0))
    assert _is_low(Plot("Epoch", "AUROC", tuple(series)), 1.0, frame) is top
