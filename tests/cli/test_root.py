"""The program as a whole: version, exit codes, one sentence for an error."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gxview import __version__, cli
from gxview.errors import GxviewError, UsageError


def test_python_dash_m_is_the_same_program():
    printed = subprocess.run([sys.executable, "-m", "gxview", "--version"], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == f"gxview {__version__}"


def failing_with(error):
    def program(prog_name):
        raise error

    return lambda arguments: program


@pytest.mark.parametrize(("error", "code"), [(GxviewError("No file x.fa; check the path."), 1), (UsageError("No."), 2)])
def test_an_error_is_one_sentence_and_an_exit_code(monkeypatch, capsys, error, code):
    monkeypatch.setattr(cli, "build_app", failing_with(error))
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == code
    assert capsys.readouterr().err == f"gxview: {error}\n"


def test_a_library_that_cannot_be_loaded_points_to_the_doctor(monkeypatch, capsys):
    monkeypatch.setattr(cli, "build_app", failing_with(ImportError("Could not import module 'PreTrainedModel'.")))
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 1
    said = capsys.readouterr().err
    assert "PreTrainedModel" in said
    assert "gxview doctor" in said


def test_an_unknown_command_is_a_usage_error():
    run = subprocess.run([sys.executable, "-m", "gxview", "fly"], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "fly" in run.stderr
    assert "Traceback" not in run.stderr


def test_help_names_every_command():
    run = subprocess.run([sys.executable, "-m", "gxview", "--help"], capture_output=True, text=True, check=True)
    assert all(command in run.stdout for command in cli.COMMANDS)
