"""The console of the window, and the same calls from a script."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest

from gxview._qt.console import ConsolePanel
from gxview._qt.facade import WindowViewer
from gxview.errors import GxviewError
from gxview.genome import Region
from tests.viewer.fakes import relevance_at

# ipykernel's kernel within a process advises its own developers
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning", "ignore::DeprecationWarning")


def test_the_console_changes_the_window(opened, qtbot):
    before = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    opened.shell.show_panel("console", True)
    qtbot.waitUntil(lambda: opened.console.terminal is not None)
    assert dict(os.environ) == before
    opened.console.terminal.execute("viewer.go_to('chr1:101-200')")
    qtbot.waitUntil(lambda: opened.viewer.model.camera.view.region == Region("chr1", 100, 200))


def test_a_missing_console_says_what_to_install(qtbot, monkeypatch):
    monkeypatch.setitem(sys.modules, "qtconsole.inprocess", None)
    panel = ConsolePanel()
    qtbot.addWidget(panel)
    panel.show()
    assert "gxview[console]" in panel._layout.itemAt(0).widget().text()
    panel.close_kernel()


def test_a_script_sees_what_the_window_shows(opened, tmp_path):
    viewer = WindowViewer(opened)
    viewer.go_to("chr1:1,001-1,400")
    assert viewer.region == Region("chr1", 1000, 1400)
    track = viewer.add_relevance("fake-cnn")
    np.testing.assert_array_equal(viewer.relevance(track), relevance_at(viewer.region))
    viewer.go_to(Region("chr1", 0, 50))
    assert viewer.region == Region("chr1", 0, 50)
    pixels = viewer.screenshot(tmp_path / "window.png")
    assert pixels.shape == (opened.height(), opened.width(), 3)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 10
    assert (tmp_path / "window.png").stat().st_size > 1000


def test_a_script_opens_files_and_runs_any_action(opened, tmp_path):
    viewer = WindowViewer(opened)
    tracks = viewer.open(tmp_path / "genes.gff", tmp_path / "signal.bw")
    assert [track.kind for track in tracks] == ["features", "signal"]
    assert {"zoom_all", "show_in_igv"} <= set(viewer.actions)
    viewer.run("zoom_all")
    assert viewer.region.length == 20_000


def test_what_fails_is_raised_once(opened, tmp_path):
    viewer = WindowViewer(opened)
    with pytest.raises(GxviewError, match="known kind"):
        viewer.open(tmp_path / "strange.xyz")
    with pytest.raises(GxviewError, match="nowhere"):
        viewer.go_to("nowhere")
    viewer.go_to("chr2")
    with pytest.raises(GxviewError, match="no explanation yet"):
        viewer.relevance()
