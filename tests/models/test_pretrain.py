"""Masked-language-model pre-training."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from gxview.errors import Cancelled, GxviewError
from gxview.models import load_model
from gxview.models.fit import Optimisation
from gxview.models.folder import ModelFolder
from gxview.models.kinds import read_dnabert2
from gxview.models.pretrain import masked, pretrain_masked_lm, windows
from gxview.models.tokenizer import train_tokenizer
from gxview.models.train import LabelledSequences, TrainSettings, TransformerSize, train_classifier

TINY = TransformerSize(hidden=32, layers=2, heads=8, vocab=12)
FAST = Optimisation(3e-3, 0.01, 16, epochs=12, patience=12, schedule="linear", warmup_steps=10)


def repeats() -> list[str]:
    """A genome of one repeated word, which context names without fail."""
    return ["ACGGTCATTGCA" * 1500]


def settings(tmp_path, name="lm", **changes) -> TrainSettings:
    return TrainSettings(
        "dnabert2", tmp_path / name, **{"optimisation": FAST, "size": TINY, "window_length": 60} | changes
    )


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory):
    return pretrain_masked_lm(settings(tmp_path_factory.mktemp("pretrained")), repeats())


def test_the_loss_falls_and_the_folder_can_be_fine_tuned(tmp_path, pretrained):
    result = pretrained
    assert result.losses[-1] < 0.6 * result.losses[0]
    model = load_model(result.folder)
    assert (model.num_labels, model.window_length) == (0, 60)
    with pytest.raises(GxviewError, match="without a trained classifier"):
        model.logits(["ACGT"])
    data = LabelledSequences.of(["ACGGTCATTGCA" * 3, "TTTTTTTTGGGGGG"] * 20, [0, 1] * 20)
    tuned = train_classifier(settings(tmp_path, "tuned", start_from=result.folder), data)
    assert load_model(tuned.folder).tokenizer.to_json() == model.tokenizer.to_json()
    started = json.loads((tuned.folder / "metrics.json").read_text())["started_from"]
    assert started["metrics"]["history"][-1]["train_loss"] == result.losses[-1]


def test_the_written_weights_name_a_masked_token(pretrained):
    """Through reading back with the tied decoder: the model must name most tokens of the repeated word."""
    folder = pretrained.folder
    network, _ = read_dnabert2(ModelFolder.open(folder))
    tokenizer = load_model(folder).tokenizer
    ids = torch.from_numpy(tokenizer.ids(["ACGGTCATTGCA" * 5])[0])[None]
    hits = []
    for position in range(3, ids.shape[1] - 3):
        hidden = ids.clone()
        hidden[0, position] = tokenizer.mask_id
        with torch.inference_mode():
            hits.append(int(network.eval()(input_ids=hidden).logits[0, position].argmax()) == int(ids[0, position]))
    assert np.mean(hits) > 0.7


def test_going_on_from_a_pretrained_folder(tmp_path, pretrained):
    one = Optimisation(1e-5, 0, 16, epochs=1, patience=1, schedule="plateau")
    more = pretrain_masked_lm(settings(tmp_path, start_from=pretrained.folder, optimisation=one), repeats())
    assert more.losses[0] < 0.7 * pretrained.losses[0]


def test_a_classifier_has_no_language_model_to_go_on_from(tmp_path, tiny_dnabert2_folder):
    with pytest.raises(GxviewError, match="no masked-language-model head"):
        pretrain_masked_lm(settings(tmp_path, start_from=tiny_dnabert2_folder), repeats())


def test_a_cnn_cannot_be_pretrained(tmp_path):
    with pytest.raises(GxviewError, match="Only a DNABERT-2"):
        pretrain_masked_lm(TrainSettings("cnn", tmp_path / "lm"), repeats())


def test_nothing_but_n_is_an_error_and_leaves_nothing(tmp_path):
    with pytest.raises(GxviewError, match="no window"):
        pretrain_masked_lm(settings(tmp_path), ["N" * 500 + "ACGT"])
    assert list(tmp_path.iterdir()) == []


def test_cancelling_writes_nothing(tmp_path):
    with pytest.raises(Cancelled):
        pretrain_masked_lm(settings(tmp_path), repeats(), cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_windows_tile_a_genome_on_both_strands():
    rng = np.random.default_rng(0)
    genome = "".join(rng.choice(list("ACGT"), 5000))
    other = genome[::-1].translate(str.maketrans("ACGT", "TGCA"))
    found = list(windows([genome, "ACG", "N" * 80], 100, rng))
    assert {piece in genome for piece in found if len(piece) > 3} == {True, False}
    assert all(piece in genome or piece in other for piece in found if len(piece) > 3)
    assert 4800 <= sum(map(len, found)) <= 5003
    assert any(piece in ("ACG", "CGT") for piece in found)
    assert not any("N" in piece for piece in found)


def test_masking_follows_the_published_shares():
    tokenizer = train_tokenizer(["ACGTTGCATGCA" * 50], 40)
    ids = torch.randint(5, tokenizer.vocab_size, (200, 200), generator=torch.Generator().manual_seed(0))
    ids[:, 0], ids[:, -1] = tokenizer.cls_id, tokenizer.sep_id
    mask = torch.ones_like(ids)
    mask[:, 150:] = 0
    hidden, wanted = masked(ids, mask, tokenizer, np.random.default_rng(0))
    drawn = wanted != -100
    assert not drawn[:, 0].any()
    assert not drawn[:, 150:].any()
    assert torch.equal(wanted[drawn], ids[drawn])
    assert torch.equal(hidden[~drawn], ids[~drawn])
    assert drawn[:, 1:150].float().mean() == pytest.approx(0.15, abs=0.01)
    changed = hidden[drawn]
    assert (changed == tokenizer.mask_id).float().mean() == pytest.approx(0.8, abs=0.02)
    assert (changed == ids[drawn]).float().mean() == pytest.approx(0.1, abs=0.02)
    assert int(changed[changed != tokenizer.mask_id].min()) >= 5
