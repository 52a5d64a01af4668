"""The rules of the house: import contracts without exceptions, locks without torch, short modules."""

from __future__ import annotations

import configparser
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "gxview").rglob("*.py"))


def test_import_contracts_hold_without_an_ignore_list():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert settings["contracts"]
    assert not any(key.startswith("ignore") for contract in settings["contracts"] for key in contract)
    # A process of its own: the linter sets up logging, which silences the loggers that exist
    asked = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_no_lock_can_replace_torch(lock):
    names = [line.split("==")[0] for line in (ROOT / lock).read_text().splitlines()]
    assert names
    assert not [name for name in names if name.startswith(("torch", "nvidia", "triton"))]


def test_no_lock_names_a_package_twice():
    names = [line.split("==")[0] for lock in ROOT.glob("*.lock") for line in lock.read_text().splitlines()]
    assert len(names) == len(set(names))


def test_every_folder_with_modules_is_installed():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    installed = set(config["options"]["packages"].split())
    assert {".".join(path.parent.relative_to(ROOT).parts) for path in MODULES} <= installed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_stays_under_400_lines(path):
    assert len(path.read_text().splitlines()) < 400
