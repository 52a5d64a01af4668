"""Model folders are written whole or not at all."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.models import load_model
from gxview.models.saving import new_folder, save_model


@pytest.fixture(params=["tiny_dnabert2_folder", "tiny_cnn_folder"])
def model(request):
    return load_model(request.getfixturevalue(request.param))


def test_a_saved_model_is_the_same_model(model, tmp_path):
    again = load_model(save_model(model, tmp_path / "again"))
    sequences = ["ACGTTGACATTTGCATATAATGCC", "GGGTTTNNNACGTA"]
    np.testing.assert_array_equal(again.logits(sequences), model.logits(sequences))
    for name in ("name", "kind", "window_length", "targets", "positive", "num_labels"):
        assert getattr(again, name) == getattr(model, name)
    third = load_model(save_model(again, tmp_path / "third"))
    assert third.content_hash == again.content_hash


def test_transformers_reads_the_folder_that_gxview_writes(tiny_dnabert2_folder, tmp_path):
    from gxview.models.dnabert2 import DNABert2ForSequenceClassification

    model = load_model(tiny_dnabert2_folder)
    folder = save_model(model, tmp_path / "again")
    network = DNABert2ForSequenceClassification.from_pretrained(folder).eval()
    tokens = model.tokenize(["ACGTTGACATTTGCATATAATGCC"])
    found = network(input_ids=tokens.input_ids, attention_mask=tokens.attention_mask).logits.detach().numpy()
    np.testing.assert_allclose(found, model.logits(["ACGTTGACATTTGCATATAATGCC"]), rtol=1e-6)
    config = json.loads((folder / "config.json").read_text())
    assert config["architectures"] == ["BertForSequenceClassification"]
    assert config["id2label"] == {"0": "background", "1": "promoter"}


def test_a_folder_that_holds_something_is_not_overwritten(model, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(GxviewError, match="exists already"):
        save_model(model, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_empty_folder_may_be_filled(model, tmp_path):
    (tmp_path / "new").mkdir()
    assert load_model(save_model(model, tmp_path / "new")).name == model.name


def write_half(folder, error):
    with new_folder(folder) as aside:
        (aside / "model.safetensors").write_bytes(b"half")
        raise error


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyboardInterrupt(), GxviewError("x")])
def test_after_an_error_nothing_is_left(tmp_path, error):
    with pytest.raises(type(error)):
        write_half(tmp_path / "new", error)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    with pytest.raises(GxviewError, match="cannot be written: No space left"):
        write_half(tmp_path / "new", OSError(28, "No space left on device"))
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_nothing_can_be_written_is_one_sentence(model, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(GxviewError, match="cannot be written"):
        save_model(model, tmp_path / "file" / "new")
