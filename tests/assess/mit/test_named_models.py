"""gxview's own models as scorers, and how a person names them."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from gxview.assess.mit.networks.named import NamedModel
from gxview.assess.mit.scorers import Setting, make_scorer
from gxview.assess.mit.sets import draw
from gxview.errors import GxviewError, UsageError
from gxview.models import load_model

CPU = Setting(device="cpu")
SEQUENCES = draw("C", 6, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sample-cnn", NamedModel("sample-cnn")),
        ("mine=/a/b", NamedModel("/a/b", "mine")),
        ("/a/b=c", NamedModel("/a/b=c")),
        ("mine=/a/b,from=6,target=contrast", NamedModel("/a/b", "mine", 5, "contrast")),
        ("/a,b,target=x y", NamedModel("/a,b", target="x y")),
    ],
)
def test_a_model_is_named_by_path_name_first_base_and_target(text, expected):
    assert NamedModel.parse(text) == expected


def test_a_transformer_scores_by_the_logit_of_the_positive_class(tiny_dnabert2_folder):
    logits = load_model(tiny_dnabert2_folder).logits(SEQUENCES).astype(float)
    scorer = make_scorer(f"model:{tiny_dnabert2_folder}", CPU)
    assert scorer.name == "tiny-dnabert2"
    np.testing.assert_allclose(scorer.score(SEQUENCES), logits[:, 1], rtol=1e-5)
    contrast = make_scorer(f"model:both={tiny_dnabert2_folder},target=contrast", CPU)
    assert contrast.name == "both"
    np.testing.assert_allclose(contrast.score(SEQUENCES), logits[:, 1] - logits[:, 0], rtol=1e-5)


def test_a_convolutional_network_scores_sequences_of_several_lengths_at_once(tiny_cnn_folder):
    model, mixed = load_model(tiny_cnn_folder), [SEQUENCES[0], SEQUENCES[1][:60], SEQUENCES[2]]
    found = make_scorer(f"model:{tiny_cnn_folder}", CPU).score(mixed)
    np.testing.assert_allclose(found, [model.logits([text])[0, 0] for text in mixed], rtol=1e-5)
    assert np.isnan(make_scorer(f"model:{tiny_cnn_folder}", CPU).score(["A"])).all()


@pytest.fixture
def fixed_cnn(tmp_path):
    """A network that takes 61 bases only."""
    import torch

    from gxview.models.cnn import CNN, CNNConfig, ConvBlock
    from gxview.models.saving import write_config, write_network

    with torch.random.fork_rng():
        torch.manual_seed(1)
        config = CNNConfig(blocks=(ConvBlock(4, 5),), dense=(), pooling="flatten", input_length=61)
        network = CNN(config).eval()
    write_config(tmp_path, network, {"name": "fixed", "window_length": 61}, None)
    write_network(tmp_path, network)
    return tmp_path


def test_a_network_of_a_fixed_length_reads_the_promoter_in_the_middle_of_its_window(fixed_cnn):
    model, scorer = load_model(fixed_cnn), make_scorer(f"model:{fixed_cnn}", CPU)
    centred = [text[7:68] for text in SEQUENCES]  # the elements lie at 15 to 58, their middle at 37
    np.testing.assert_allclose(scorer.score(SEQUENCES), model.logits(centred)[:, 0], rtol=1e-5)
    assert "reads the bases 8 to 68" in scorer.notes[0]
    moved = make_scorer(f"model:{fixed_cnn},from=6", CPU)
    np.testing.assert_allclose(
        moved.score(SEQUENCES), model.logits([text[5:66] for text in SEQUENCES])[:, 0], rtol=1e-5
    )
    assert moved.identity != scorer.identity
    assert np.isnan(scorer.score([SEQUENCES[0][:50]])).all()


def test_wrong_names_are_told(tiny_cnn_folder, tiny_dnabert2_folder, tmp_path):
    with pytest.raises(GxviewError, match="no model folder nowhere"):
        make_scorer("model:nowhere", CPU)
    with pytest.raises(UsageError, match="leave from=6 out"):
        make_scorer(f"model:{tiny_cnn_folder},from=6", CPU)
    with pytest.raises(UsageError, match="no target 'enhancer'"):
        make_scorer(f"model:{tiny_cnn_folder},target=enhancer", CPU)
    bare = tmp_path / "bare"
    shutil.copytree(tiny_dnabert2_folder, bare)
    _without_heads(bare)
    with pytest.raises(GxviewError, match="neither a trained classifier nor a language-model head"):
        make_scorer(f"model:{bare}", CPU)


def test_several_models_that_answer_together_are_one_scorer(tiny_cnn_folder, tmp_path):
    for member in ("a", "b"):
        shutil.copytree(tiny_cnn_folder, tmp_path / member)
    (tmp_path / "ensemble.json").write_text(json.dumps({"name": "both", "members": ["a", "b"]}))
    together, alone = (make_scorer(f"model:{path}", CPU) for path in (tmp_path, tiny_cnn_folder))
    assert together.name == "both"
    np.testing.assert_allclose(together.score(SEQUENCES), alone.score(SEQUENCES), rtol=1e-5)


def test_the_randomised_copy_of_a_model_is_a_scorer_too(tiny_cnn_folder):
    plain, control = (make_scorer(f"model:{tiny_cnn_folder}{end}", CPU) for end in ("", "#randomised-1"))
    assert plain.identity != control.identity
    assert not np.allclose(plain.score(SEQUENCES), control.score(SEQUENCES))


def _without_heads(folder):
    from safetensors.torch import load_file, save_file

    path = folder / "model.safetensors"
    kept = {name: value for name, value in load_file(path).items() if not name.startswith("classifier")}
    save_file(kept, path, {"format": "pt"})
    config = folder / "config.json"
    content = json.loads(config.read_text())
    config.write_text(json.dumps({key: value for key, value in content.items() if key != "architectures"}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sample-cnn,foo=1", "'foo=' is no option of a model scorer; .*,from=N .*,target=T"),
        ("mine=sample-cnn,foo=1,target=0", "'foo=' is no option"),
        ("sample-cnn,target=", "'target=' needs a value"),
    ],
)
def test_an_unknown_option_is_told_with_those_there_are(text, said):
    with pytest.raises(UsageError, match=said):
        make_scorer(f"model:{text}", CPU)


def test_an_existing_folder_may_have_a_name_like_an_option(tiny_cnn_folder, tmp_path):
    odd = shutil.copytree(tiny_cnn_folder, tmp_path / "a,b=1")
    assert NamedModel.parse(str(odd)) == NamedModel(str(odd))


def test_how_to_choose_one_of_several_outputs_is_told(tiny_dnabert2_folder, tmp_path):
    several = shutil.copytree(tiny_dnabert2_folder, tmp_path / "several")
    config = json.loads((several / "config.json").read_text())
    config["gxview"] = {**config.get("gxview", {}), "targets": ["a", "b"]} | {"positive": None}
    (several / "config.json").write_text(json.dumps({**config, "problem_type": "regression"}))
    with pytest.raises(UsageError, match=rf"has 2 outputs; choose a target: .* model:{several},target=NAME"):
        make_scorer(f"model:{several}", CPU)
