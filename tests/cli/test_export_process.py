"""`gxview export` as a process that others watch, steer, kill and get in the way of."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from benchmarks.acceptance.exports import Export
from gxview.cli import main


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the program in this process; return exit code and standard error."""

    def call(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["gxview", "export", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().err

    return call


@pytest.fixture
def given(small_genome: Path, tiny_cnn_folder: Path) -> list[object]:
    return ["-g", small_genome, "-m", tiny_cnn_folder, "--device", "cpu", "--whole-genome", "--resume"]


@pytest.fixture
def paused(given, tmp_path):
    """An export in a process of its own that waits before its first window."""
    export = Export(*given, "-o", tmp_path / "out", "--control")
    export.say("pause")
    assert export.wait_for(lambda event: event.get("state") == "paused")
    yield export
    export.kill()


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_second_process_is_refused_and_a_kill_gives_the_folder_back(paused, run, given, tmp_path):
    code, said = run(*given, "-o", tmp_path / "out")
    assert code == 1
    assert f"Another process is working on {tmp_path / 'out'}" in said
    assert paused.kill().exit_code == -signal.SIGKILL
    assert run(*given, "-o", tmp_path / "out")[0] == 0
    assert run(*given, "-o", tmp_path / "whole")[0] == 0
    assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")


@pytest.mark.parametrize(
    ("stop", "code"),
    [
        (lambda export: export.say("stop"), 130),
        (lambda export: export.hang_up(), 130),
        (lambda export: export.signal(signal.SIGTERM), 130),
        (lambda export: export.close_output(), 1),
    ],
    ids=["told", "nobody steers", "terminated", "nobody watches"],
)
def test_a_stopped_export_ends_cleanly_and_goes_on(paused, run, given, tmp_path, stop, code):
    stop(paused)
    ended = paused.finish()
    assert ended.exit_code == code
    assert not ended.has_traceback
    assert not list((tmp_path / "out").glob("*.bw"))
    assert run(*given, "-o", tmp_path / "out")[0] == 0
