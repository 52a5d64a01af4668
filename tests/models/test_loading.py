"""Model folders of both kinds, whole and broken, from disk, hub and package."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gxview.errors import GxviewError, UsageError
from gxview.models import Model, load_model
from gxview.models.folder import ModelFolder
from gxview.models.kinds import read_dnabert2
from gxview.models.loading import SAMPLES, resolve_folder


@pytest.fixture
def bert(tiny_dnabert2_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_dnabert2_folder, tmp_path / "bert"))


@pytest.fixture
def cnn(tiny_cnn_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_cnn_folder, tmp_path / "cnn"))


@pytest.fixture(params=["bert", "cnn"])
def either(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


def random_sequences(number: int, longest: int = 90) -> list[str]:
    rng = np.random.default_rng(5)
    return ["".join(rng.choice(list("ACGT"), rng.integers(20, longest))) for _ in range(number)]


def change_config(folder: Path, **changes) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def change_weights(folder: Path, change) -> None:
    path = folder / "model.safetensors"
    save_file(change(load_file(path)), path)


def test_the_official_output_comes_back(shared):
    folder = shared / "parity" / "dnabert2-tiny"
    model = load_model(folder)
    expected = np.load(folder / "expected.npz")
    sequences = (folder / "sequences.txt").read_text().split()
    tokens = model.tokenize(sequences)
    np.testing.assert_array_equal(tokens.input_ids, expected["input_ids"])
    np.testing.assert_array_equal(tokens.attention_mask, expected["attention_mask"])
    for row, spans in enumerate(tokens.spans):
        np.testing.assert_array_equal(spans, expected["offsets"][row][tokens.dna[row].numpy()])
    np.testing.assert_allclose(model.logits(sequences), expected["logits"], atol=1e-5)
    for row, sequence in enumerate(sequences):
        np.testing.assert_allclose(model.logits([sequence]), expected["logits"][[row]], atol=1e-5)


def test_what_a_model_says_of_itself(either):
    model = load_model(either)
    assert isinstance(model, Model)
    assert (model.window_length, model.path, model.fixed_length) == (60, either, None)
    assert len(model.content_hash) == 64
    if model.kind == "cnn":
        assert (model.targets, model.positive, model.num_labels) == (("promoter",), 0, 1)
    else:
        assert (model.targets, model.positive, model.num_labels) == (("background", "promoter"), 1, 2)
    assert not model.network.training
    assert not any(weight.requires_grad for weight in model.network.parameters())


def test_batches_of_any_lengths_equal_single_sequences_in_input_order(either):
    model = load_model(either)
    sequences = random_sequences(40)
    together = model.logits(sequences)
    assert together.dtype == np.float32
    alone = np.concatenate([model.logits([sequence]) for sequence in sequences])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.ptp(alone) > 0.01


def test_soft_masked_letters_are_read_as_upper_case(either):
    model = load_model(either)
    sequence = random_sequences(1)[0]
    np.testing.assert_array_equal(model.logits([sequence.lower()]), model.logits([sequence]))


@pytest.mark.parametrize("sequences", [["ACGT" * 9, ""], ["ACGT" * 9, "MEEPQSDPSV"]])
def test_what_is_no_dna_is_refused_with_its_number(either, sequences):
    with pytest.raises(GxviewError, match="sequence 2"):
        load_model(either).logits(sequences)


def test_no_sequences_give_no_logits(either):
    model = load_model(either)
    assert model.logits([]).shape == (0, model.num_labels)


def test_threads_get_the_numbers_they_get_alone(either):
    model = load_model(either)
    sequences = random_sequences(6)
    alone = model.logits(sequences)
    wrong: list[float] = []

    def work() -> None:
        for _ in range(10):
            if not np.allclose(model.logits(sequences), alone, atol=1e-6):
                wrong.append(1.0)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_window_may_be_overridden_but_must_exist(either):
    assert load_model(either, window_length=120).window_length == 120
    with pytest.raises(UsageError, match="at least one base"):
        load_model(either, window_length=0)


def test_the_hash_follows_the_content(either, tmp_path):
    before = load_model(either).content_hash
    assert load_model(Path(shutil.copytree(either, tmp_path / "same"))).content_hash == before
    change_weights(either, lambda state: {name: value * 1.001 for name, value in state.items()})
    assert load_model(either).content_hash != before


@pytest.mark.parametrize(
    "name", ["vocab.txt", "vocab.json", "merges.txt", "tokenizer_config.json", "added_tokens.json"]
)
def test_the_hash_follows_each_file_of_a_tokenizer(cnn, name):
    without = ModelFolder.open(cnn).content_hash()
    hashes = {without}
    for content in ("a", "b"):
        (cnn / name).write_text(content)
        hashes.add(ModelFolder.open(cnn).content_hash())
    assert len(hashes) == 3
    (cnn / name).unlink()
    assert ModelFolder.open(cnn).content_hash() == without


def test_the_hashes_of_the_sample_models_stay():
    for name in SAMPLES:
        folder = ModelFolder.open(resolve_folder(name))
        digest = hashlib.sha256()
        for path in (folder.path / "config.json", folder.path / "model.safetensors", folder.path / "tokenizer.json"):
            if path.exists():
                digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        assert folder.content_hash() == digest.hexdigest()


def test_a_network_of_one_length_says_which(cnn):
    change_config(cnn, input_length=60)
    model = load_model(cnn)
    assert (model.fixed_length, model.window_length) == (60, 60)
    with pytest.raises(GxviewError, match="sequence 1 has 36 bases, but tiny-cnn takes exactly 60"):
        model.logits(["ACGT" * 9])
    with pytest.raises(UsageError, match="exactly 60 bases"):
        load_model(cnn, window_length=61)


def test_a_sequence_too_short_for_the_network_is_refused(cnn):
    with pytest.raises(GxviewError, match="sequence 1 has 1 base, but tiny-cnn needs at least 2"):
        load_model(cnn).logits(["A"])


def test_models_on_bases_have_no_tokens_and_the_other_way_round(bert, cnn):
    with pytest.raises(GxviewError, match="not tokens"):
        load_model(cnn).tokenize(["ACGT"])
    with pytest.raises(GxviewError, match="not one-hot"):
        load_model(bert).one_hot(["ACGT"])
    assert load_model(cnn).one_hot(["ACGTN"]).shape == (1, 4, 5)


# official layouts


def test_remote_code_of_an_official_folder_is_ignored(bert):
    change_config(bert, auto_map={"AutoModel": "bert_layers.BertModel"}, model_type="bert", architectures=["BertModel"])
    (bert / "bert_layers.py").write_text("raise SystemExit('remote code ran')\n")
    assert load_model(bert).logits(["ACGTACGT"]).shape == (1, 2)


def test_a_config_without_model_type_and_label_names_is_the_official_one(bert):
    path = bert / "config.json"
    config = json.loads(path.read_text())
    path.write_text(
        json.dumps({k: v for k, v in config.items() if k not in ("model_type", "id2label", "label2id", "gxview")})
    )
    model = load_model(bert)
    assert (model.targets, model.positive, model.window_length) == (("class 0", "class 1"), 1, 300)


def test_a_pytorch_file_gives_the_same_model(either):
    sequences = random_sequences(3)
    expected = load_model(either).logits(sequences)
    torch.save(load_file(either / "model.safetensors"), either / "pytorch_model.bin")
    (either / "model.safetensors").unlink()
    np.testing.assert_array_equal(load_model(either).logits(sequences), expected)


def test_sharded_weights_give_the_same_model(either):
    sequences = random_sequences(3)
    expected = load_model(either).logits(sequences)
    shard(either)
    np.testing.assert_array_equal(load_model(either).logits(sequences), expected)


def shard(folder: Path) -> dict[str, str]:
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    table = {name: f"model-0000{index % 2 + 1}-of-00002.safetensors" for index, name in enumerate(state)}
    for file in set(table.values()):
        save_file({name: value for name, value in state.items() if table[name] == file}, folder / file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": table}))
    return table


def test_half_precision_weights_are_computed_in_float32(either):
    change_weights(either, lambda state: {k: v.half() if v.is_floating_point() else v for k, v in state.items()})
    assert {weight.dtype for weight in load_model(either).network.parameters()} == {torch.float32}


def test_the_weights_of_other_heads_are_no_obstacle(bert):
    hidden = torch.zeros(24, 24)
    change_weights(
        bert, lambda state: state | {"cls.predictions.transform.dense.weight": hidden, "loss.weight": torch.ones(2)}
    )
    assert load_model(bert).notes == ("not used from bert: loss.weight",)


def without_classifier(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value for name, value in state.items() if not name.startswith(("classifier", "bert.pooler"))}


def test_a_pretrained_checkpoint_says_that_it_has_no_classifier(bert):
    change_weights(bert, without_classifier)
    model = load_model(bert)
    assert (model.targets, model.num_labels, model.positive) == ((), 0, None)
    assert "classifier.weight, classifier.bias, bert.pooler.dense.weight" in model.notes[0]
    for refused in (model.require_classifier, lambda: model.logits(["ACGT"])):
        with pytest.raises(GxviewError, match="without a trained classifier"):
            refused()


def test_a_classifier_on_a_random_pooler_is_no_classifier(bert):
    change_weights(bert, lambda state: {k: v for k, v in state.items() if "pooler" not in k})
    with pytest.raises(GxviewError, match="without a trained classifier"):
        load_model(bert).require_classifier()


def test_the_masked_lm_head_of_the_official_checkpoint_gives_the_official_numbers(shared, tmp_path):
    folder = Path(shutil.copytree(shared / "parity" / "dnabert2-tiny", tmp_path / "lm", copy_function=shutil.copyfile))
    folder.chmod(0o755)
    change_weights(folder, without_classifier)
    network, _ = read_dnabert2(ModelFolder.open(folder))
    expected = np.load(folder / "expected.npz")
    mask = expected["attention_mask"][1].astype(bool)
    with torch.inference_mode():
        logits = network.eval()(input_ids=torch.from_numpy(expected["input_ids"][[1]][:, mask])).logits[0]
    np.testing.assert_allclose(logits, expected["mlm_logits_first"], atol=1e-4)


# broken folders: one sentence each


def broken(folder: Path, message: str) -> None:
    with pytest.raises(GxviewError, match=message) as caught:
        load_model(folder)
    assert "\n" not in str(caught.value)


def test_a_folder_without_config(either):
    (either / "config.json").unlink()
    broken(either, r"has no config\.json, so it is no model folder")


def test_a_folder_without_weights(either):
    (either / "model.safetensors").unlink()
    broken(either, r"holds no weights; it needs model\.safetensors or pytorch_model\.bin")


def test_a_folder_without_tokenizer(bert):
    (bert / "tokenizer.json").unlink()
    broken(bert, r"tokenizer\.json does not exist")


def test_a_file_instead_of_a_folder(either):
    broken(either / "config.json", "is not a folder")


@pytest.mark.parametrize("content", ["{", "[]", "\xff\xfe"])
def test_a_damaged_config(either, content):
    (either / "config.json").write_bytes(content.encode("latin-1"))
    broken(either, r"config\.json")


@pytest.mark.parametrize("keep", [0, 4, 100, -20])
def test_truncated_safetensors(either, keep):
    path = either / "model.safetensors"
    path.write_bytes(path.read_bytes()[:keep])
    broken(either, "damaged or incomplete")


def test_truncated_pytorch_file(either):
    torch.save(load_file(either / "model.safetensors"), either / "pytorch_model.bin")
    (either / "model.safetensors").unlink()
    path = either / "pytorch_model.bin"
    path.write_bytes(path.read_bytes()[:-300])
    broken(either, "damaged or incomplete")


class RunsCode:
    def __reduce__(self):
        return exec, ("open('ran', 'w').close()",)


@pytest.mark.parametrize("plain", [True, False])
def test_a_pickle_that_tries_to_run_code(either, tmp_path, monkeypatch, plain):
    monkeypatch.chdir(tmp_path)
    (either / "model.safetensors").unlink()
    path = either / "pytorch_model.bin"
    if plain:
        path.write_bytes(pickle.dumps({"weight": RunsCode()}))
    else:
        torch.save({"weight": RunsCode()}, path)
    broken(either, "could run code")
    assert not (tmp_path / "ran").exists()


def test_a_pickle_of_something_else(either):
    (either / "model.safetensors").unlink()
    torch.save([1, 2], either / "pytorch_model.bin")
    broken(either, "does not hold a table of weights")


def test_missing_weights_are_named(bert, cnn):
    change_weights(bert, lambda state: {k: v for k, v in state.items() if "layer.1.mlp" not in k})
    broken(bert, r"lacks? bert\.encoder\.layer\.1\.mlp\.gated_layers\.weight.* and 2 more")
    change_weights(cnn, lambda state: {k: v for k, v in state.items() if k != "layers.0.bias"})
    broken(cnn, r"lacks? layers\.0\.bias")


def test_weights_of_another_architecture_are_named(bert, cnn):
    change_weights(bert, lambda state: state | {"bert.embeddings.position_embeddings.weight": torch.zeros(2)})
    broken(bert, r"unknown bert\.embeddings\.position_embeddings\.weight")
    change_weights(cnn, lambda state: state | {"extra": torch.zeros(2)})
    broken(cnn, "unknown extra")


def test_wrong_shapes_are_named(bert, cnn):
    change_weights(bert, lambda state: state | {"classifier.weight": torch.zeros(3, 24)})
    broken(bert, r"classifier\.weight has the shape \(3, 24\) instead of \(2, 24\)")
    change_config(cnn, num_labels=2)
    broken(cnn, r"has the shape \(1,\) instead of \(2,\)")


def test_shards_that_are_missing_or_outside(bert, cnn):
    table = shard(bert)
    (bert / sorted(table.values())[-1]).unlink()
    broken(bert, r"lacks model-00002-of-00002\.safetensors")
    shard(cnn)
    (cnn / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "../other.safetensors"}}))
    broken(cnn, "outside its folder")


@pytest.mark.parametrize(
    "wrong",
    [
        {"hidden_size": "24"},
        {"hidden_size": 25},
        {"num_hidden_layers": 0},
        {"id2label": {"a": "b"}},
        {"hidden_act": "relu"},
        {"hidden_dropout_prob": 2},
        {"gxview": 3},
        {"gxview": {"window_length": "x"}},
        {"gxview": {"targets": ["only one"]}},
        {"gxview": {"positive": 2}},
        {"model_type": "esm"},
    ],
)
def test_wrong_values_of_a_config_are_one_sentence(bert, wrong):
    change_config(bert, **wrong)
    broken(bert, "bert")


def test_a_tokenizer_of_another_model(bert):
    content = (bert / "tokenizer.json").read_text()
    vocab = json.loads(content)["model"]["vocab"]
    larger = json.loads(content)
    larger["model"]["vocab"] = vocab | {"ACGTACGTACGTA" + letter: len(vocab) + at for at, letter in enumerate("ACGT")}
    (bert / "tokenizer.json").write_text(json.dumps(larger))
    broken(bert, "132 tokens, but the network knows only 128")


# names


def test_an_unknown_name_names_the_embedded_models():
    with pytest.raises(GxviewError, match="sample-cnn and sample-dnabert2"):
        load_model("no-such-model")


def test_a_device_that_is_not_there(cnn):
    with pytest.raises(UsageError, match="device"):
        load_model(cnn, "cuda:77")
    assert load_model(cnn, "auto").device.type in ("cpu", "cuda", "mps")
