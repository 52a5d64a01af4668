"""The window as a person uses it: open, go, explain, cancel, export, close."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest
from psygnal import EmitLoopError
from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qtpy.QtGui import QDropEvent, QImage
from qtpy.QtWidgets import QApplication, QDockWidget, QFileDialog, QLabel, QSpinBox, QWidget

from gxview._qt.app import catch_errors
from gxview._qt.drawing.picture import save_window
from gxview._qt.idle import wait_until_idle
from gxview._qt.look.widgets import Section
from gxview._qt.tracks.info import BREAK, InfoSheet
from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.tracks.kinds import SignalTrack
from gxview.viewer.work.jobs import JobState


def kinds(window):
    return [track.kind for track in window.viewer.model.tracks]


def colours(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits().asstring(image.sizeInBytes()), np.uint32)
    return len(np.unique(data))


def test_an_empty_window_invites(window):
    assert window.canvas.grab().width() > 0
    assert not window.viewer.model.camera.is_open
    assert not window.explain_panel.region_button.isEnabled()


def test_an_opened_genome_shows_letters_genes_and_signal(opened):
    assert kinds(opened)[0] == "sequence"
    assert sorted(kinds(opened)[1:]) == ["features", "signal"]
    assert opened.locus_box.text().startswith("chr1:1-")
    assert "genome.fa" in opened.windowTitle()
    assert colours(opened.canvas) > 20


def test_dropped_files_open(window, qtbot, genome, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "genes.gff")), QUrl.fromLocalFile(str(genome))])
    event = QDropEvent(
        QPointF(300, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    assert kinds(window) == ["sequence", "features"]


def test_ctrl_l_takes_a_locus_and_gives_the_keys_back(opened, qtbot):
    qtbot.keyClick(opened, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert opened.locus_box.hasFocus()
    opened.locus_box.clear()
    qtbot.keyClicks(opened.locus_box, "chr2 200 700")
    qtbot.keyClick(opened.locus_box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert opened.viewer.model.camera.view.region == Region("chr2", 199, 700)
    assert opened.locus_box.text() == "chr2:200-700"
    assert opened.canvas.hasFocus()


def test_typing_suggests_genes_and_the_arrow_keys_choose(opened, qtbot):
    opened.run("locus")
    opened.locus_box.clear()
    qtbot.keyClicks(opened.locus_box, "gene1")
    qtbot.waitUntil(lambda: bool(opened.locus_box.suggestions))
    assert opened.locus_box.suggestions[0].label == "gene1"
    qtbot.keyClick(opened.locus_box, Qt.Key.Key_Down)
    qtbot.keyClick(opened.locus_box, Qt.Key.Key_Down)
    chosen = opened.locus_box.suggestions[1]
    qtbot.keyClick(opened.locus_box, Qt.Key.Key_Return)
    assert opened.viewer.model.camera.view.region == chosen.region
    assert not opened.locus_box.suggestions


def test_letters_typed_into_the_locus_box_are_no_shortcuts(opened, qtbot):
    before = opened.viewer.model.camera.view
    opened.run("locus")
    opened.locus_box.clear()
    qtbot.keyClicks(opened.locus_box, "wasd+-=")
    assert opened.locus_box.text() == "wasd+-="
    assert opened.viewer.model.camera.view == before
    qtbot.keyClick(opened.locus_box, Qt.Key.Key_Escape)
    assert opened.locus_box.text().startswith("chr1:1-")


def test_a_wrong_locus_is_a_notice_that_takes_no_focus(opened, qtbot):
    opened.canvas.setFocus()
    opened.viewer.go_to("chrNope:1-10")
    qtbot.waitUntil(lambda: bool(opened.toasts.shown))
    assert "chrNope" in opened.toasts.shown[0].notice.text
    assert opened.canvas.hasFocus()
    qtbot.mouseClick(opened.toasts.shown[0].close_button, Qt.MouseButton.LeftButton)
    assert opened.toasts.shown == []


def test_the_eye_hides_a_track(opened, qtbot):
    view = opened.track_list
    index = view.model().index(1, 0)
    where = view.visualRect(index)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where.left() + 10, where.center().y()))
    track = opened.viewer.model.tracks[1]
    assert not track.visible
    assert track not in [row.track for row in opened.canvas._layout().rows]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where.left() + 10, where.center().y()))
    assert track.visible


def test_the_delete_key_removes_the_selected_track(opened, qtbot):
    opened.viewer.model.tracks.selected = opened.viewer.model.tracks[2]
    opened.canvas.setFocus()
    qtbot.keyClick(opened.canvas, Qt.Key.Key_Delete)
    assert len(opened.viewer.model.tracks) == 2


def test_the_controls_follow_the_selected_track(opened):
    (track,) = [track for track in opened.viewer.model.tracks if isinstance(track, SignalTrack)]
    opened.viewer.model.tracks.selected = track
    (height,) = opened.track_controls.findChildren(QSpinBox)
    height.setValue(123)
    assert track.height == 123
    track.height = 90
    assert height.value() == 90


def test_choosing_a_model_explains_the_screen(opened, qtbot):
    panel = opened.explain_panel
    panel.model_box.setCurrentIndex(panel.model_box.findData("fake-bert"))
    panel.model_box.activated.emit(panel.model_box.currentIndex())
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert kinds(opened)[3:] == ["score", "relevance", "tokens"]
    assert panel.method_box.currentText() == "AttnLRP"
    assert panel.target_box.currentText() == "1: promoter"
    assert panel.region_button.isEnabled()
    assert panel.state_label.text() == "Everything on screen is explained."
    assert opened.statusBar()._device.text() == "CPU"
    assert [panel.device_box.itemData(place) for place in range(panel.device_box.count())] == ["auto", "cpu"]


def test_options_in_the_panel_reach_the_engine(opened, qtbot, engine):
    track = opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    panel = opened.explain_panel
    panel.strand_box.setCurrentIndex(panel.strand_box.findData("mean"))
    panel.strand_box.activated.emit(0)
    panel.target_box.setCurrentIndex(panel.target_box.findData("contrast"))
    panel.target_box.activated.emit(0)
    panel.findChild(Section)._button.setChecked(True)
    rules = panel._rules._form
    rules.itemAt(0, rules.ItemRole.FieldRole).widget().setCurrentIndex(1)
    rules.itemAt(0, rules.ItemRole.FieldRole).widget().activated.emit(1)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert track.options.rules() == {"strand": "mean", "target": "contrast", "alibi": "uniform", "phases": 1}
    assert engine.rules[-1]["alibi"] == "uniform"


def test_two_models_are_compared_and_one_removed(opened, qtbot):
    opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    menu = opened.explain_panel.add_menu
    menu.aboutToShow.emit()
    assert [choice.text() for choice in menu.actions()] == ["Fake CNN", "fake-bert, Gradient x input"]
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    tracks = opened.viewer.model.tracks
    assert [track.options.model for track in tracks.relevance()] == ["fake-bert", "fake-cnn"]
    assert {"overlay", "difference"} <= {track.kind for track in tracks}
    opened.canvas.grab()
    assert opened.explain_panel.track_box.count() == 2
    qtbot.mouseClick(opened.explain_panel.remove_button, Qt.MouseButton.LeftButton)
    assert [track.options.model for track in opened.viewer.model.tracks.relevance()] == ["fake-bert"]


def test_an_explanation_shows_its_progress_and_is_cancelled(opened, qtbot, engine):
    engine.gate = threading.Event()
    track = opened.viewer.explanations.add("fake-cnn")
    qtbot.waitUntil(lambda: opened.viewer.live.state(track).kind == "running")
    (job,) = opened.viewer.jobs.active
    row = opened.jobs_panel._rows[id(job)]
    assert row.stop_button.isVisibleTo(opened)
    qtbot.mouseClick(row.stop_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert opened.viewer.live.state(track).kind == "empty"
    assert "Stopped" in opened.explain_panel.state_label.text()


def test_a_failure_is_shown_on_the_track_and_crashes_nothing(opened, qtbot):
    opened.viewer.explanations.add("broken")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    opened.canvas.grab()
    assert "holds no model" in opened.explain_panel.state_label.text()
    assert [job.state for job in opened.viewer.jobs if "broken" in job.title] == [JobState.FAILED]


def test_closing_with_an_explanation_running_ends_at_once(opened, qtbot, engine):
    engine.gate = threading.Event()
    opened.viewer.explanations.add("fake-cnn")
    qtbot.waitUntil(engine.began.is_set)
    opened.close()
    assert opened.closed_in_time


def test_the_palette_finds_an_action_and_runs_it(opened, qtbot):
    opened.canvas.setFocus()
    opened.run("palette")
    box = opened.command_palette._box
    assert len(opened.command_palette.titles) > 20
    qtbot.keyClicks(box, "light th")
    assert opened.command_palette.titles[0] == "View: Light theme"
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert opened.viewer.model.settings.theme == "light"
    assert not opened.command_palette.isVisible()
    assert opened.canvas.hasFocus()


def test_every_action_has_a_menu_and_no_shortcut_twice(opened):
    seen = {}
    for menu in opened.menuBar().actions():
        for action in menu.menu().actions():
            if not action.isSeparator():
                for key in action.shortcuts():
                    assert key.toString(), action.text()
                    assert seen.setdefault(key.toString(), action.text()) == action.text()
    assert {"Ctrl+L", "Ctrl+Shift+P", "Alt+Left", "Alt+Right", "Home", "End", "A", "Left", "+", "-"} <= set(seen)


def test_letters_can_be_told_apart_with_any_colour_vision(opened):
    usual = opened.grab().toImage()
    opened.run("colour_blind")
    assert opened.grab().toImage() != usual
    opened.run("colour_blind")
    assert opened.grab().toImage() == usual


def test_the_theme_reaches_every_part(opened):
    dark = opened.grab().toImage()
    opened.run("theme")
    light = opened.grab().toImage()

    def mean(image):
        small = image.scaled(1, 1, transformMode=Qt.TransformationMode.SmoothTransformation)
        return small.pixelColor(0, 0).lightness()

    assert mean(dark) < 80 < 170 < mean(light)


@pytest.mark.parametrize("size", [(1600, 900), (1000, 700)])
def test_nothing_is_cut_off(opened, qtbot, size):
    opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    opened.resize(*size)
    QApplication.processEvents()
    assert (opened.width(), opened.height()) == size
    for dock in opened.findChildren(QDockWidget):
        assert opened.rect().contains(dock.geometry()), dock.windowTitle()
    panel = opened.explain_panel
    for child in panel.findChildren(QWidget):
        if child.isVisibleTo(panel) and child.parent() is panel:
            assert panel.rect().contains(child.geometry()), type(child).__name__
            assert child.width() >= child.minimumSizeHint().width(), type(child).__name__
    assert opened.canvas.width() >= 400


def test_the_view_is_written_as_png_and_svg(opened, qtbot, tmp_path):
    opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    png, svg = tmp_path / "view.png", tmp_path / "view.svg"
    opened.shell.save_picture(png)
    opened.shell.save_picture(svg)
    image = QImage(str(png))
    assert image.width() == 2 * opened.canvas.width()
    text = svg.read_text()
    assert text.rstrip().endswith("</svg>")
    assert "gene" in text
    assert "<image" not in text
    assert sorted(path.name for path in tmp_path.glob("*view*")) == ["view.png", "view.svg"]


@pytest.mark.parametrize("name", ["view.jpeg", "no-such-folder/view.png"])
def test_a_picture_that_cannot_be_written_says_so(opened, tmp_path, name):
    opened.shell.save_picture(tmp_path / name)
    assert opened.viewer.notices.errors()
    assert not (tmp_path / name).exists()


def test_the_whole_window_is_written(opened, tmp_path):
    wait_until_idle(opened)
    save_window(tmp_path / "w.png", opened)
    save_window(tmp_path / "w.svg", opened)
    assert QImage(str(tmp_path / "w.png")).size() == opened.size()
    assert "Explain" in (tmp_path / "w.svg").read_text()
    with pytest.raises(GxviewError, match=r"png or \.svg"):
        save_window(tmp_path / "w.gif", opened)


def test_the_file_dialogs_open_what_was_chosen(window, qtbot, genome, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(genome), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(tmp_path / "genes.gff")], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "fake-cnn")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), "bigWig (*.bw)"))
    for command in ("open_genome", "open_files", "open_model", "export_region"):
        window.run(command)
        qtbot.waitUntil(lambda: window.viewer.is_idle)
    assert kinds(window) == ["sequence", "features", "score", "relevance"]
    assert (tmp_path / "out.bw").exists()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    window.run("open_genome")
    assert window.viewer.is_idle


def test_unforeseen_errors_become_notices(window, caplog):
    undo = catch_errors(window.viewer.notices)
    try:
        for error in (GxviewError("the disk is full; free some space."), ValueError("odd")):
            sys.excepthook(type(error), error, None)
    finally:
        undo()
    assert window.viewer.notices.errors()[0] == "the disk is full; free some space."
    assert "odd" in window.viewer.notices.errors()[1]
    assert "ValueError: odd" in caplog.text


def test_results_reach_widgets_on_the_main_thread_only(opened, qtbot):
    seen = set()
    opened.viewer.data.changed.connect(lambda _: seen.add(threading.current_thread().name))
    opened.viewer.live.changed.connect(lambda _: seen.add(threading.current_thread().name))
    opened.viewer.explanations.add("fake-bert")
    opened.viewer.show(Region("chr1", 9000, 9500))
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    assert seen == {threading.main_thread().name}


def test_panels_hide_and_return(opened):
    for name in ("tracks", "explain", "jobs"):
        assert opened.shell.is_panel_shown(name)
        opened.run(f"panel_{name}")
        assert not opened.shell.is_panel_shown(name)
        opened.run(f"panel_{name}")
        assert opened.shell.is_panel_shown(name)


def test_the_information_of_a_track_names_file_and_model(opened, qtbot):
    track = opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    signal = next(one for one in opened.viewer.model.tracks if isinstance(one, SignalTrack))
    for chosen, expected in ((signal, signal.path), (track, "fake-bert (dnabert2, window of 128 bases, on cpu)")):
        opened.viewer.model.tracks.selected = chosen
        opened.run("track_info")
        (sheet,) = opened.findChildren(InfoSheet)
        assert expected in [label.text().replace(BREAK, "") for label in sheet.findChildren(QLabel)]
        with qtbot.waitSignal(sheet.destroyed):
            sheet.close()


def test_help_lists_the_shortcuts(opened):
    opened.run("shortcuts")
    opened.run("about")
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget is not opened]
    texts = [child.text() for widget in shown for child in widget.findChildren(QWidget) if hasattr(child, "text")]
    assert "Ctrl+Shift+P" in texts
    assert any("gxview" in text for text in texts)
    for widget in shown:
        widget.close()


def test_a_contig_shorter_than_a_window_is_not_called_explained(opened, qtbot, engine, monkeypatch):
    monkeypatch.setattr("tests.viewer.fakes.relevance_at", lambda region: np.full(region.length, np.nan, np.float32))
    opened.viewer.explanations.add("fake-cnn")
    opened.viewer.go_to("tiny")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    qtbot.waitUntil(lambda: opened.explain_panel.state_label.text() == "No window of the model fits here.")


def test_a_model_can_be_chosen_before_a_genome_is_open(window, qtbot):
    window.viewer.explanations.add("fake-cnn")
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    assert window.explain_panel.state_label.text() == "Open a genome"
    assert window.viewer.notices.errors() == []


def test_what_a_listener_raised_is_told_without_the_way_it_came(window):
    told, moved = [], window.viewer.model.loci.moved
    window.viewer.notices.added.connect(lambda notice: told.append(notice.text))
    undo = catch_errors(window.viewer.notices)

    def fail(_view):
        raise GxviewError("The disk is gone; put it back.")

    moved.connect(fail)
    with pytest.raises(EmitLoopError) as caught:
        moved.emit(window.viewer.model.camera.view)
    moved.disconnect(fail)
    sys.excepthook(caught.type, caught.value, caught.tb)
    undo()
    assert told == ["The disk is gone; put it back."]
