from dataclasses import replace

import numpy as np
import pytest
from gxview.resources import make_sample

from gxview.models import load_model


def test_training_windows_hold_both_classes_and_are_drawn_from_the_seed():
    first, again = (
        make_sample.labelled(make_sample.training_windows(make_sample.streams(4)["training"], 50_000)) for _ in range(2)
    )
    assert first.sequences == again.sequences
    assert {len(letters) for letters in first.sequences} == {make_sample.WINDOW}
    assert first.counts().min() > 50


@pytest.mark.parametrize("name", list(make_sample.RECIPES))
def test_the_script_trains_and_replaces_a_model_folder(tmp_path, monkeypatch, name):
    recipe = make_sample.RECIPES[name]
    short = replace(recipe, bases=20_000, optimisation=replace(recipe.optimisation, epochs=1))
    monkeypatch.setitem(make_sample.RECIPES, name, short)
    folder = tmp_path / name
    folder.mkdir()
    (folder / "old").write_text("")
    make_sample.train(name, folder, seed=1, network_seed=1)
    model = load_model(folder)
    assert not (folder / "old").exists()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert model.name == name
    assert np.isfinite(model.logits(["ACGT" * 30])).all()
