"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("gxview", deadline=None)  # a test must not fail because the machine was busy
settings.load_profile("gxview")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real genomes, promoters and official model outputs, kept beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real test data does not exist")
    return SHARED
