"""``gxview view`` as a program: pictures without a display, sentences for what is wrong, no model library at start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.viewer.fakes import write_genome

WITHOUT_DISPLAY = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
PAINTED = """
import sys
from gxview._qt import app
from gxview.cli.view import SAMPLE_MODELS, make_engine
from gxview.tracks import open_source
window = app.create_window(make_engine, open_source, SAMPLE_MODELS)
window.show()
app.begin(window, app.Start(genome=app.Path(sys.argv[1])))
app.wait_until_idle(window)
assert window.canvas.grab().width() > 0 and window.viewer.model.camera.is_open
heavy = {"torch", "transformers", "lxt", "zennit", "captum", "scipy", "matplotlib", "sklearn", "pydantic_settings"}
print(sorted(heavy & set(sys.modules)))
window.close()
app.destroy(window)
"""


def gxview(*arguments: object, platform: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in WITHOUT_DISPLAY.items() if key != "QT_QPA_PLATFORM"}
    if platform is not None:
        environment["QT_QPA_PLATFORM"] = platform
    command = [sys.executable, "-m", "gxview", "view", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def genome(tmp_path: Path) -> Path:
    return write_genome(tmp_path)


def test_a_picture_is_written_without_a_display(genome, tmp_path):
    bed = tmp_path / "peaks.bed"
    bed.write_text("chr1\t100\t400\tpeak_one\t0\t+\n")
    picture = tmp_path / "out.svg"
    run = gxview(genome, bed, "--locus", "peak_one", "--screenshot", picture, "--size", "1000x700", "--theme", "light")
    assert (run.returncode, run.stderr) == (0, "")
    text = picture.read_text()
    assert "peak_one" in text
    assert 'viewBox="0 0 1000 700"' in text
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == ["out.svg"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere.fa", "--screenshot", "{tmp}/a.png"), 1, "nowhere.fa"),
        (("{genome}", "--locus", "chr7:1-5", "--screenshot", "{tmp}/a.png"), 1, "chr7"),
        (("{genome}", "--locus", "lacZ", "--screenshot", "{tmp}/a.png"), 1, "lacZ"),
        (("{genome}", "{tmp}/no.bed", "--screenshot", "{tmp}/a.png"), 1, "no.bed"),
        (("{genome}", "--model", "{tmp}", "--screenshot", "{tmp}/a.png"), 1, "config.json"),
        (("{genome}", "--screenshot", "{tmp}/a.jpg"), 2, "end it in .png or .svg"),
        (("{genome}", "--screenshot", "{tmp}/none/a.png"), 1, "none"),
        (("{genome}", "--size", "big", "--screenshot", "{tmp}/a.png"), 2, "1600x900"),
        (("{genome}", "--theme", "pink", "--screenshot", "{tmp}/a.png"), 2, "dark or light"),
        (("{genome}",), 1, "--screenshot"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_an_exit_code(genome, tmp_path, arguments, code, words):
    run = gxview(*(text.format(genome=genome, tmp=tmp_path) for text in arguments))
    assert run.returncode == code
    assert words in run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.glob("a.*"))


def test_the_first_window_is_painted_without_a_model_library(genome):
    run = subprocess.run(
        [sys.executable, "-c", PAINTED, str(genome)],
        env={**WITHOUT_DISPLAY, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (run.returncode, run.stdout.strip()) == (0, "[]"), run.stderr
