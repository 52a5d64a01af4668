"""Likelihoods of language models against computations one token at a time, written with transformers alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, BertForMaskedLM, EsmForMaskedLM, GPT2LMHeadModel

from gxview.assess.mit import make_scorer
from gxview.assess.mit.scorers import CountsTokens, Setting
from gxview.errors import GxviewError, UsageError
from gxview.models import load_model
from tests.assess.mit.tiny_models import BERT_SPECIAL, change_config, words, write_bert, write_esm, write_gpt2

CPU = Setting(device="cpu")
RNG = np.random.default_rng(7)
SEQUENCES = ["".join(RNG.choice(list("ACGT"), length)) for length in (24, 31, 24, 7, 40, 24)]


def scored(path):
    return make_scorer(f"model:{path}", CPU)


def one_by_one(network, tokenizer, text, special):
    """Return pseudo-log-likelihood and number of tokens of one sequence, one pass for each hidden token."""
    ids = torch.tensor([tokenizer(text)["input_ids"]])
    total, count = 0.0, 0
    for place in range(ids.shape[1]):
        token = int(ids[0, place])
        if tokenizer.convert_ids_to_tokens(token) in special:
            continue
        hidden = ids.clone()
        hidden[0, place] = tokenizer.mask_token_id
        with torch.no_grad():
            chances = torch.softmax(network(hidden).logits[0, place].double(), dim=-1)
        total, count = total + float(torch.log(chances[token])), count + 1
    return total, count


@pytest.fixture(scope="module")
def bert_folder(tmp_path_factory):
    return write_bert(tmp_path_factory.mktemp("native") / "bert", list("ACGT"))


@pytest.fixture(scope="module")
def esm_folder(tmp_path_factory):
    return write_esm(tmp_path_factory.mktemp("native") / "esm")


@pytest.fixture(scope="module")
def language_folder(tmp_path_factory):
    """A DNABERT-2 with a masked-language-model head."""
    from gxview.models.dnabert2 import DNABert2Config, DNABert2ForMaskedLM
    from gxview.models.saving import write_config, write_network
    from gxview.models.tokenizer import train_tokenizer

    tokenizer = train_tokenizer(["".join(RNG.choice(list("ACGT"), 5000))], 64)
    with torch.random.fork_rng():
        torch.manual_seed(6)
        config = DNABert2Config(
            vocab_size=64,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            initializer_range=0.5,
        )
        network = DNABert2ForMaskedLM(config).eval()
    folder = tmp_path_factory.mktemp("own") / "language"
    folder.mkdir()
    write_config(folder, network, {"name": "language", "window_length": 60}, tokenizer)
    write_network(folder, network)
    return folder


def test_bert_on_letters_scores_as_one_token_at_a_time_does(bert_folder):
    network, tokenizer = BertForMaskedLM.from_pretrained(bert_folder).eval(), AutoTokenizer.from_pretrained(bert_folder)
    scorer = scored(bert_folder)
    expected = [one_by_one(network, tokenizer, " ".join(text), BERT_SPECIAL) for text in SEQUENCES]
    np.testing.assert_allclose(scorer.score(SEQUENCES), [total for total, _ in expected], rtol=1e-6)
    assert isinstance(scorer, CountsTokens)
    assert scorer.tokens(SEQUENCES).tolist() == [count for _, count in expected] == [len(text) for text in SEQUENCES]
    assert scorer.name == "bert"
    assert not scorer.notes


def test_esm_on_words_scores_as_one_token_at_a_time_does(esm_folder):
    network, tokenizer = EsmForMaskedLM.from_pretrained(esm_folder).eval(), AutoTokenizer.from_pretrained(esm_folder)
    scorer = scored(esm_folder)
    expected = [one_by_one(network, tokenizer, text, ["<cls>", "<eos>"]) for text in SEQUENCES]
    np.testing.assert_allclose(scorer.score(SEQUENCES), [total for total, _ in expected], rtol=1e-6)
    assert scorer.tokens(SEQUENCES).tolist() == [count for _, count in expected]
    assert scorer.tokens(["ACGTAC", "ACGTACG"]).tolist() == [2, 3]  # two words, and one base that is left


@pytest.mark.parametrize("begin", [False, True])
def test_gpt2_adds_up_what_it_gives_each_base_after_the_others(tmp_path, begin):
    folder = write_gpt2(tmp_path / "gpt2", begin=begin)
    network = GPT2LMHeadModel.from_pretrained(folder).eval()
    expected = []
    for text in SEQUENCES:
        ids = ([0] if begin else []) + ["ACGT".index(base) + 1 for base in text]
        total = 0.0
        for place in range(1, len(ids)):
            with torch.no_grad():
                logits = network(torch.tensor([ids[:place]])).logits[0, -1].double()
            total += float(logits[ids[place]] - torch.logsumexp(logits, 0))
        expected.append(total)
    scorer = scored(folder)
    np.testing.assert_allclose(scorer.score(SEQUENCES), expected, rtol=1e-6)
    assert scorer.tokens(SEQUENCES).tolist() == [len(text) for text in SEQUENCES]


def test_dnabert2_scores_as_one_token_at_a_time_does(language_folder):
    model = load_model(language_folder)
    tokenizer = model.tokenizer
    expected, counts = [], []
    for text in SEQUENCES:
        ids = torch.from_numpy(tokenizer.ids([text])[0])[None]
        total = 0.0
        for place in range(1, ids.shape[1] - 1):
            hidden = ids.clone()
            hidden[0, place] = tokenizer.mask_id
            with torch.no_grad():
                logits = model.network(input_ids=hidden).logits[0, place].double()
            total += float(logits[ids[0, place]] - torch.logsumexp(logits, 0))
        expected.append(total)
        counts.append(ids.shape[1] - 2)
    scorer = scored(language_folder)
    np.testing.assert_allclose(scorer.score(SEQUENCES), expected, rtol=1e-6)
    assert scorer.tokens(SEQUENCES).tolist() == counts
    assert any("cut the words" in note for note in scorer.notes)


def test_delta_entropy_is_that_of_the_explanations(language_folder):
    from gxview.explain import explain

    model, scorer = load_model(language_folder), scored(language_folder)
    explained = explain(model, SEQUENCES, "delta_entropy")
    for own, known in zip(scorer.delta_entropy(SEQUENCES), explained, strict=True):
        np.testing.assert_allclose(own, known.values, rtol=1e-4, atol=1e-5)


def test_a_score_does_not_depend_on_the_other_sequences(esm_folder):
    scorer = scored(esm_folder)
    alone = np.concatenate([scorer.score([text]) for text in SEQUENCES])
    np.testing.assert_allclose(scorer.score(SEQUENCES), alone, rtol=1e-6)


def test_overlapping_words_hide_every_word_that_shares_a_letter(tmp_path):
    folder = write_bert(tmp_path / "dnabert", words(3))
    network = BertForMaskedLM.from_pretrained(folder).eval()
    vocabulary = [*BERT_SPECIAL, *words(3)]
    text, mask = "ACGTTGCAAC", vocabulary.index("[MASK]")
    ids = [2, *(vocabulary.index(text[at : at + 3]) for at in range(8)), 3]
    total = 0.0
    for word in (0, 3, 6):  # the bases 0 to 8; the last one has no word of its own
        hidden = [mask if 1 <= place <= 8 and abs(place - 1 - word) <= 2 else ids[place] for place in range(10)]
        with torch.no_grad():
            logits = network(torch.tensor([hidden])).logits[0, word + 1].double()
        total += float(torch.log_softmax(logits, 0)[ids[word + 1]])
    scorer = scored(folder)
    assert scorer.score([text])[0] == pytest.approx(total, rel=1e-6)
    assert any("overlapping words of 3 bases" in note for note in scorer.notes)


def test_unknown_bases_are_not_scored(language_folder, esm_folder):
    for folder in (language_folder, esm_folder):
        found = scored(folder).score(["ACGTACNNACGTAC", "acgtac"])
        assert np.isfinite(found).all()


def test_a_folder_that_needs_its_own_code_is_refused(tmp_path):
    folder = write_bert(tmp_path / "bert", list("ACGT"))
    change_config(folder, model_type="hyenadna", auto_map={"AutoModelForCausalLM": "modeling.Net"})
    with pytest.raises(GxviewError, match=r"needs code of its own, which gxview never runs; wrap it in .*plug-in"):
        scored(folder)


@pytest.mark.parametrize(
    ("architecture", "message"),
    [("BertForSequenceClassification", "no language-model head"), (None, "does not state its architectures")],
)
def test_a_model_without_a_language_model_head_is_refused(tmp_path, architecture, message):
    folder = write_bert(tmp_path / "bert", list("ACGT"))
    change_config(folder, architectures=None if architecture is None else [architecture])
    with pytest.raises(GxviewError, match=message):
        scored(folder)


def test_weights_without_the_head_are_refused_instead_of_filled_with_random_numbers(tmp_path):
    from safetensors.torch import load_file, save_file

    folder = write_bert(tmp_path / "bert", list("ACGT"))
    path = folder / "model.safetensors"
    whole = load_file(path)
    save_file({name: value for name, value in whole.items() if not name.startswith("cls.")}, path, {"format": "pt"})
    with pytest.raises(GxviewError, match="has no trained masked-language-model head"):
        scored(folder)
    save_file({name: value for name, value in whole.items() if "layer.1" not in name}, path, {"format": "pt"})
    with pytest.raises(GxviewError, match=r"weights of .* are not those of a BertForMaskedLM"):
        scored(folder)


def test_a_tokenizer_of_another_language_is_refused(tmp_path):
    folder = write_bert(tmp_path / "english", ["the", "promoter", "##s"])
    with pytest.raises(GxviewError, match=r"does not know DNA: it reads ACGTTGCAAACC"):
        scored(folder)


def test_a_damaged_or_missing_tokenizer_is_told(tmp_path):
    folder = write_gpt2(tmp_path / "gpt2")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(GxviewError, match=r"tokenizer of .* cannot be read"):
        scored(folder)


def test_a_model_with_too_few_places_says_so(tmp_path):
    folder = write_bert(tmp_path / "short", list("ACGT"), max_position_embeddings=20)
    with pytest.raises(GxviewError, match="short takes at most 20 tokens, but a sequence has 26"):
        scored(folder).score(["A" * 24])


@pytest.mark.parametrize("option", ["target=1", "from=3"])
def test_a_language_model_of_gxview_takes_no_option_either(language_folder, option):
    with pytest.raises(UsageError, match=option.partition("=")[0]):
        make_scorer(f"model:{language_folder},{option}", CPU)


def test_options_of_other_models_are_refused(esm_folder):
    for wrong in (f"model:{esm_folder},from=3", f"model:{esm_folder},target=contrast", f"model:{esm_folder},from=0"):
        with pytest.raises(UsageError):
            make_scorer(wrong, CPU)
    with pytest.raises(UsageError, match="Say which model"):
        make_scorer("model:", CPU)
