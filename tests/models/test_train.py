"""Training learns, repeats itself, and refuses what cannot be learned from."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from gxview.errors import Cancelled, GxviewError
from gxview.models import load_model
from gxview.models.encoded import OneHotSet, TokenSet, shuffled_batches
from gxview.models.fit import CONVOLUTION, FINE_TUNING, FROM_RANDOM, Fitter, Optimisation
from gxview.models.measures import probabilities
from gxview.models.tokenizer import train_tokenizer
from gxview.models.train import LabelledSequences, TrainSettings, TransformerSize, train_classifier

FAST = Optimisation(3e-3, 0.01, 32, epochs=6, patience=6, schedule="linear", warmup_steps=10)
TINY = TransformerSize(hidden=32, layers=1, heads=2, vocab=64)


def planted(number: int, seed: int = 0, length: int = 50, classes: int = 2) -> LabelledSequences:
    """Random sequences; those of class 1 hold TATAATGC somewhere, those of class 2 CCGGACCG."""
    rng = np.random.default_rng(seed)
    sequences, labels = [], []
    for index in range(number):
        letters, label = rng.choice(list("ACGT"), length), index % classes
        if label:
            start = rng.integers(0, length - 8)
            letters[start : start + 8] = list(["TATAATGC", "CCGGACCG"][label - 1])
        sequences.append("".join(letters))
        labels.append(label)
    return LabelledSequences.of(sequences, labels)


def settings(kind, tmp_path, name="model", **changes) -> TrainSettings:
    return TrainSettings(kind, tmp_path / name, **{"optimisation": FAST, "size": TINY, **changes})


@pytest.mark.parametrize("kind", ["cnn", "dnabert2"])
def test_a_planted_word_is_learned_and_the_folder_predicts_it(kind, tmp_path):
    size = {"optimisation": Optimisation(3e-3, 0.01, 32, epochs=12, patience=12, schedule="linear", warmup_steps=10)}
    given = settings(kind, tmp_path, targets=("nothing", "box"), **(size if kind == "dnabert2" else {}))
    result = train_classifier(given, planted(600))
    assert result.measures["auroc"] > 0.9
    model = load_model(result.folder)
    assert (model.kind, model.window_length) == (kind, 50)
    assert model.targets == (("box",) if kind == "cnn" else ("nothing", "box"))
    unseen = planted(200, seed=1)
    logits = model.logits(unseen.sequences)
    score = logits[:, -1] - (logits[:, 0] if kind == "dnabert2" else 0)
    ranks = score[unseen.labels == 1][:, None] > score[unseen.labels == 0][None, :]
    assert ranks.mean() > 0.9


@pytest.mark.parametrize("kind", ["cnn", "dnabert2"])
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(kind, tmp_path):
    short = Optimisation(1e-3, 0.01, 16, epochs=2, patience=2, schedule="linear", warmup_steps=2)
    weights = []
    for number, seed in enumerate((7, 7, 8)):
        torch.manual_seed(number)
        given = settings(kind, tmp_path, str(number), seed=seed, optimisation=short, reverse_complement=True)
        train_classifier(given, planted(64))
        weights.append(load_file(tmp_path / str(number) / "model.safetensors"))
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert not all(torch.equal(weights[0][name], weights[2][name]) for name in weights[0])


def test_training_leaves_the_random_numbers_of_the_program_alone(tmp_path):
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    train_classifier(settings("cnn", tmp_path, optimisation=Optimisation(1e-3, 0, 32, 1, 1, "plateau")), planted(40))
    assert torch.equal(torch.rand(3), expected)


def test_metrics_json_tells_what_was_done(tmp_path):
    result = train_classifier(settings("cnn", tmp_path, seed=5), planted(80))
    report = json.loads((result.folder / "metrics.json").read_text())
    assert set(report["validation"]) == {"validation_loss", "auroc", "auprc", "mcc", "f1", "accuracy"}
    assert report["validation"] == result.measures
    assert [row["epoch"] for row in report["history"]] == list(range(1, len(report["history"]) + 1))
    best = min(report["history"], key=lambda row: row["validation_loss"])
    assert report["best_epoch"] == best["epoch"]
    assert report["seed"] == 5
    assert report["data"]["train"]["classes"] == [36, 36]
    assert report["settings"]["optimisation"]["learning_rate"] == FAST.learning_rate
    assert report["settings"]["preset"] == "promoter-small"
    assert "size" not in report["settings"]


def test_the_kept_weights_are_those_of_the_best_epoch(tmp_path):
    """A measure that sees the validation loss; the kept weights must reproduce that of the best epoch."""
    hot = Optimisation(0.3, 0, 16, epochs=6, patience=6, schedule="plateau")
    held = planted(40, seed=2)
    result = train_classifier(settings("cnn", tmp_path, optimisation=hot), planted(60), held)
    logits = torch.from_numpy(load_model(result.folder).logits(held.sequences)[:, 0])
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.from_numpy(held.labels).float())
    assert float(loss) == pytest.approx(min(row["validation_loss"] for row in result.history), rel=1e-4)


@pytest.mark.parametrize("kind", ["cnn", "dnabert2"])
def test_validation_scores_sequences_of_any_length_as_the_loaded_model_does(kind, tmp_path):
    parts = [planted(24, seed=length, length=length) for length in (30, 71, 44)]
    data = LabelledSequences.of(
        [text for part in parts for text in part.sequences], np.concatenate([part.labels for part in parts])
    )
    seen = []

    def keep(chances, _labels):
        seen.append(chances)
        return 0.0

    once = Optimisation(1e-3, 0, 16, epochs=1, patience=1, schedule="plateau")
    given = settings(kind, tmp_path, optimisation=once)
    result = train_classifier(given, data, data, measures={"kept": keep})
    expected = probabilities(load_model(result.folder).logits(data.sequences))
    np.testing.assert_allclose(seen[0], expected, atol=1e-5)


def test_training_stops_when_patience_ends(tmp_path):
    still = Optimisation(1e-12, 0, 32, epochs=30, patience=2, schedule="plateau")
    rising = iter(range(1000))

    def loss(logits, _labels):
        return logits.mean() * 0 + (0 if logits.requires_grad else next(rising))

    result = train_classifier(
        settings("cnn", tmp_path, optimisation=still), planted(40), planted(20, seed=1), loss=loss
    )
    assert (len(result.history), result.best_epoch) == (3, 1)


def test_losses_and_measures_may_be_given(tmp_path):
    result = train_classifier(
        settings("cnn", tmp_path),
        planted(80),
        loss=lambda logits, labels: ((logits[:, 0] - labels.float()) ** 2).mean(),
        measures={"sequences": lambda p, labels: float(len(labels))},
    )
    assert result.measures["sequences"] == 8
    assert set(result.measures) == {"validation_loss", "sequences"}


@pytest.mark.parametrize("kind", ["cnn", "dnabert2"])
def test_an_auxiliary_loss_moves_the_weights(kind, tmp_path):
    pair = ["ACGT" * 12, "TTGACA" * 8]
    once = Optimisation(1e-3, 0, 16, epochs=2, patience=2, schedule="plateau")

    def apart(logits_of, rng):
        assert isinstance(rng, np.random.Generator)
        return torch.nn.functional.softplus(logits_of(pair[1:]) - logits_of(pair[:1])).sum()

    gaps, losses = [], []
    for name, auxiliary in (("without", None), ("with", apart)):
        given = settings(kind, tmp_path, name, optimisation=once)
        result = train_classifier(given, planted(64), auxiliary=auxiliary)
        logits = load_model(result.folder).logits(pair)
        gaps.append(float((logits[0] - logits[1]).sum()))
        losses.append(result.history[0]["train_loss"])
    assert losses[1] > losses[0]
    assert gaps[1] > gaps[0]


def test_three_classes_have_three_logits(tmp_path):
    result = train_classifier(settings("cnn", tmp_path), planted(300, classes=3))
    model = load_model(result.folder)
    assert (model.num_labels, model.targets, model.positive) == (3, ("class 0", "class 1", "class 2"), None)
    assert result.measures["auroc"] > 0.8


def test_fine_tuning_goes_on_from_the_weights_and_the_tokenizer_of_a_folder(tmp_path, tiny_dnabert2_folder):
    still = Optimisation(1e-12, 0.0, 32, epochs=1, patience=1, schedule="plateau")
    given = settings("dnabert2", tmp_path, start_from=tiny_dnabert2_folder, optimisation=still)
    result = train_classifier(given, planted(40))
    before, after = load_model(tiny_dnabert2_folder), load_model(result.folder)
    np.testing.assert_allclose(after.logits(["ACGTACGTGG"]), before.logits(["ACGTACGTGG"]), atol=1e-5)
    report = json.loads((result.folder / "metrics.json").read_text())
    assert report["started_from"]["content_hash"] == before.content_hash


def test_a_new_number_of_classes_gets_a_new_classifier(tmp_path, tiny_dnabert2_folder):
    given = settings("dnabert2", tmp_path, start_from=tiny_dnabert2_folder)
    assert load_model(train_classifier(given, planted(60, classes=3)).folder).num_labels == 3


def test_the_official_recipe_is_the_default_for_a_published_checkpoint(tmp_path):
    recipe = TrainSettings("dnabert2", tmp_path, start_from="zhihan1996/DNABERT-2-117M").recipe
    assert recipe == FINE_TUNING
    assert (recipe.learning_rate, recipe.weight_decay, recipe.warmup_steps, recipe.batch_size) == (3e-5, 0.01, 50, 32)
    assert TrainSettings("dnabert2", tmp_path).recipe == FROM_RANDOM
    assert TrainSettings("cnn", tmp_path).recipe == CONVOLUTION


def test_an_official_tokenizer_is_taken_over(tmp_path, shared):
    path = shared / "data" / "dnabert2" / "tokenizer.json"
    one = Optimisation(1e-3, 0, 32, 1, 1, "plateau")
    result = train_classifier(settings("dnabert2", tmp_path, tokenizer=path, optimisation=one), planted(40))
    tokens = load_model(result.folder).tokenize(["TATAAAAGGCGCG"])
    assert tokens.input_ids.tolist() == [[1, 1236, 1589, 7, 2]]


# cancel and errors leave nothing


def test_cancelling_writes_nothing(tmp_path):
    asked = iter([False, False, False, True])
    with pytest.raises(Cancelled):
        train_classifier(settings("cnn", tmp_path), planted(600), cancelled=lambda: next(asked))
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_every_step_and_ends_each_epoch_with_its_measures(tmp_path):
    told = []
    train_classifier(settings("cnn", tmp_path), planted(100), progress=told.append)
    assert [(one.epoch, one.step) for one in told] == [(e, s) for e in range(1, 7) for s in range(1, 4)]
    assert all(("auroc" in one.measures) == (one.step == one.steps) for one in told)


@pytest.mark.parametrize(
    ("changes", "data", "message"),
    [
        ({}, LabelledSequences.of(["ACGTACGTACGT"] * 4, [0] * 4), "at least two classes"),
        ({}, LabelledSequences.of(["ACGTACGTACGT"] * 4, [0, 0, 2, 2]), "No sequence has the label 1"),
        ({"targets": ("a", "b", "c")}, planted(20), "3 names were given"),
        ({"class_weights": (1.0,)}, planted(20), "one class weight"),
        ({"class_weights": (1.0, -2.0)}, planted(20), "one class weight"),
        ({"preset": "chip-seq"}, LabelledSequences.of(["ACGT" * 20, "ACGT" * 21] * 4, [0, 1] * 4), "one length only"),
        ({"preset": "genomic-benchmarks"}, planted(20, length=30), "too short for this CNN"),
        ({"optimisation": Optimisation(1e30, 0, 8, 3, 3, "plateau")}, planted(40), "smaller learning rate"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence_and_leaves_nothing(tmp_path, changes, data, message):
    with pytest.raises(GxviewError, match=message):
        train_classifier(settings("cnn", tmp_path, **changes), data)
    assert list(tmp_path.iterdir()) == []


def test_validation_sequences_must_have_the_training_classes(tmp_path):
    held = LabelledSequences.of(["ACGT" * 5] * 3, [0, 1, 2])
    with pytest.raises(GxviewError, match="label 2, which no training sequence has"):
        train_classifier(settings("cnn", tmp_path), planted(20), held)
    with pytest.raises(GxviewError, match="No validation sequence has the label 1"):
        train_classifier(settings("cnn", tmp_path), planted(20), LabelledSequences.of(["ACGT" * 5], [0]))


def test_a_folder_of_the_other_kind_is_no_start(tmp_path, tiny_cnn_folder):
    with pytest.raises(GxviewError, match="of the kind cnn, not dnabert2"):
        train_classifier(settings("dnabert2", tmp_path, start_from=tiny_cnn_folder), planted(20))


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"epochs": 0}, {"patience": 0}, {"learning_rate": 0.0}])
def test_impossible_recipes_are_refused(wrong):
    with pytest.raises(GxviewError, match="must be"):
        Optimisation(
            **{
                "learning_rate": 1e-3,
                "weight_decay": 0,
                "batch_size": 8,
                "epochs": 1,
                "patience": 1,
                "schedule": "linear",
                **wrong,
            }
        )


def test_a_validation_loss_that_is_no_number_is_an_error(tmp_path):
    def loss(logits, _labels):
        return logits.mean() if logits.requires_grad else logits.mean() * float("nan")

    with pytest.raises(GxviewError, match="diverged"):
        train_classifier(settings("cnn", tmp_path), planted(40), loss=loss)
    assert list(tmp_path.iterdir()) == []


# the parts


def test_the_linear_schedule_warms_up_and_falls_to_zero():
    layer = torch.nn.Linear(1, 1)
    fitter = Fitter(layer, Optimisation(1.0, 0, 1, epochs=10, patience=1, schedule="linear", warmup_steps=5), 10)
    rates = []
    for _ in range(100):
        rates.append(fitter.learning_rate)
        fitter.step(layer(torch.ones(1, 1)).sum())
    np.testing.assert_allclose(rates[:5], [0.2, 0.4, 0.6, 0.8, 1.0])
    np.testing.assert_allclose(rates[5:], np.arange(95, 0, -1) / 95)


def test_biases_and_normalisation_weights_do_not_decay():
    network = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.LayerNorm(2))
    before = {name: value.clone() for name, value in network.named_parameters()}
    fitter = Fitter(network, Optimisation(0.1, 0.5, 1, epochs=1, patience=1, schedule="plateau"), 1)
    fitter.step(sum(value.sum() * 0 for value in network.parameters()))
    for name, value in network.named_parameters():
        torch.testing.assert_close(value, before[name] * (0.95 if name == "0.weight" else 1.0))


def test_batches_hold_every_sequence_once_and_similar_lengths():
    lengths = np.random.default_rng(0).integers(10, 400, 1000)
    batches = list(shuffled_batches(lengths, 16, np.random.default_rng(1)))
    assert sorted(np.concatenate(batches)) == list(range(1000))
    assert max(map(len, batches)) == 16
    assert np.mean([np.ptp(lengths[batch]) for batch in batches]) < 40


def test_the_other_strand_is_what_the_network_sees_when_flipped():
    sequences = ["ACGTNGGA", "TTGACA"]
    complements = ["TCCNACGT", "TGTCAA"]
    seen = []

    def network(one_hot):
        seen.append(one_hot)
        return one_hot.sum((1, 2))[:, None]

    OneHotSet(sequences).logits(network, np.arange(2), np.array([True, True]), torch.device("cpu"))
    OneHotSet(complements).logits(network, np.arange(2), np.array([False, False]), torch.device("cpu"))
    assert torch.equal(seen[0], seen[1])


def test_the_tokens_of_the_other_strand_are_those_of_its_letters():
    tokenizer = train_tokenizer(["ACGTTTGACATATAATGGGA" * 9], 40)
    seen = []

    class Network:
        logits = None

        def __call__(self, input_ids, attention_mask):
            seen.append(input_ids[0].tolist())
            return self

    data = TokenSet(["TTGACANNA"], tokenizer, both_strands=True)
    for flip in (False, True):
        data.logits(Network(), np.array([0]), np.array([flip]), torch.device("cpu"))
    assert seen == [tokenizer.ids([letters])[0].tolist() for letters in ("TTGACANNA", "TNNTGTCAA")]
