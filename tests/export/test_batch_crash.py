"""A batch export that is killed at the worst moments, and goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("crash_points.py")
ROOT = PROGRAM.parents[2]
EVERY = 6


@pytest.fixture(scope="module")
def killed(small_genome: Path, tiny_cnn_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Kill an export before every sixth of its steps on the way to the disk, and let each go on."""
    home = tmp_path_factory.mktemp("killed")
    command = [sys.executable, str(PROGRAM), str(small_genome), str(tiny_cnn_folder), str(home), str(EVERY)]
    paths = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=paths)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_files_are_those_of_an_uninterrupted_run_wherever_it_was_killed(killed):
    assert len(killed["steps"]) > 60
    assert killed["alive"] == []
    assert killed["wrong"] == []


def test_an_export_that_is_killed_again_and_again_gets_through(killed):
    kills, same = killed["again"]
    assert kills > 4
    assert same


def test_content_is_on_the_disk_before_a_file_gets_its_name(killed):
    assert killed["unflushed"] == []
