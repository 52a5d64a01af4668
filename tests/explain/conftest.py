"""Small models and a small genome, loaded once."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

import pytest

from gxview.explain import batch, device_attention, device_facts, launch, launches
from gxview.genome import Reference
from gxview.models.base import Model
from gxview.models.loading import load_model


@pytest.fixture(scope="session")
def dnabert2(tiny_dnabert2_folder: Path) -> Model:
    return load_model(tiny_dnabert2_folder)


@pytest.fixture(scope="session")
def cnn(tiny_cnn_folder: Path) -> Model:
    return load_model(tiny_cnn_folder)


@pytest.fixture(scope="session", params=["dnabert2", "cnn"])
def model(request: pytest.FixtureRequest) -> Model:
    """Both kinds of models, one after the other."""
    loaded: Model = request.getfixturevalue(request.param)
    return loaded


@pytest.fixture(scope="session")
def reference(small_genome: Path) -> Reference:
    return Reference(small_genome)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute on the CPU in launches, with everything that a GPU has and a CPU has not in place of it."""
    monkeypatch.setattr(launches, "_LAUNCHERS", WeakKeyDictionary())
    for module in (batch, launch, device_facts):
        monkeypatch.setattr(module, "in_launches", lambda model: True)
    monkeypatch.setattr(device_attention, "efficient", device_attention.explicit)
