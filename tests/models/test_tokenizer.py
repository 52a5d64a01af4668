"""DNABERT-2's tokenizer: the official vocabulary, own vocabularies, spans."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.models.tokenizer import read_tokenizer, train_tokenizer

CPU = torch.device("cpu")

OFFICIAL = {  # the first has 17 tokens, as in the official repository's issue 27
    "ACGTAGCATCGGATCTATCTATCGACACTTGGTTATCGATCTACGAGCATCTCGTTAGC": [
        *(1, 5, 194, 32, 757, 1239, 2092, 294, 24, 359, 88, 93, 32, 75, 77, 19, 2)
    ],
    "TATAAAAGGCGCG": [1, 1236, 1589, 7, 2],
    "ACGTNNACGT": [1, 5, 6, 1049, 0, 0, 5, 6, 1049, 2],
}


@pytest.fixture(scope="module")
def trained():
    rng = np.random.default_rng(0)
    return train_tokenizer(["".join(rng.choice(list("ACGT"), 20_000)), "NNNNacgtRYACGT"], 64)


def test_official_vocabulary_gives_the_official_tokens(shared):
    tokenizer = read_tokenizer(shared / "data" / "dnabert2" / "tokenizer.json")
    assert tokenizer.vocab_size == 4096
    for sequence, ids in OFFICIAL.items():
        assert tokenizer.ids([sequence])[0].tolist() == ids
        assert tokenizer.batch([sequence], CPU).input_ids[0].tolist() == ids
    assert tokenizer.batch(["TATAAAAGGCGCG"], CPU).spans[0].tolist() == [[0, 7], [7, 12], [12, 13]]


def test_padding_uses_the_tokenizers_own_id_and_no_special_token_counts_as_dna(shared):
    tokenizer = read_tokenizer(shared / "data" / "dnabert2" / "tokenizer.json")
    batch = tokenizer.batch(["TATAAAAGGCGCG", "A"], CPU)
    assert batch.input_ids[1].tolist() == [1, 5, 2, 3, 3]
    assert batch.attention_mask[1].tolist() == [1, 1, 1, 0, 0]
    assert batch.dna.tolist() == [[False, True, True, True, False], [False, True, False, False, False]]


def test_own_vocabulary_has_the_official_ids_and_no_token_with_another_letter(trained):
    content = json.loads(trained.to_json())
    tokens = content["model"]["vocab"]
    assert [tokens[name] for name in ("[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]", *"ACGT")] == list(range(9))
    assert len(tokens) == trained.vocab_size == 64
    assert all(set(token) <= set("ACGT") for token, index in tokens.items() if index >= 5)


def test_training_twice_gives_the_same_vocabulary():
    sequences = ["ACGTTGCATGCAAGCT" * 20, "GGGATATTTTACAC" * 10]
    assert train_tokenizer(sequences, 40).to_json() == train_tokenizer(sequences, 40).to_json()


@given(st.text("ACGTN", min_size=1, max_size=80))
def test_spans_partition_the_bases(trained, sequence):
    batch = trained.batch([sequence], CPU)
    spans = batch.spans[0]
    assert spans[0, 0] == 0
    assert spans[-1, 1] == len(sequence)
    np.testing.assert_array_equal(spans[1:, 0], spans[:-1, 1])
    assert int(batch.dna.sum()) == len(spans)
    assert sum(end - start for start, end in spans if "N" in sequence[start:end]) == sequence.count("N")


def test_written_and_read_again_it_gives_the_same_tokens(trained, tmp_path):
    (tmp_path / "tokenizer.json").write_text(trained.to_json())
    again = read_tokenizer(tmp_path / "tokenizer.json")
    sequence = "ACGTNTTGACAGGCATATAATG"
    assert again.ids([sequence])[0].tolist() == trained.ids([sequence])[0].tolist()


def test_threads_may_tokenise_at_once(trained):
    sequences = ["ACGT" * length for length in range(1, 30)]
    alone = [ids.tolist() for ids in trained.ids(sequences)]
    wrong: list[object] = []

    def work() -> None:
        for _ in range(20):
            if [ids.tolist() for ids in trained.ids(sequences)] != alone:
                wrong.append(1)
            trained.batch(sequences, CPU)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("content", ["", "{}", "not json", '{"version": "1.0", "model": {"type": "BPE"}}'])
def test_a_damaged_tokenizer_file_is_named(tmp_path, content):
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(GxviewError, match=r"tokenizer\.json"):
        read_tokenizer(path)


def test_a_tokenizer_without_mask_token_is_refused(tmp_path, trained):
    path = tmp_path / "tokenizer.json"
    path.write_text(trained.to_json().replace("[MASK]", "[MASQ]"))
    with pytest.raises(GxviewError, match=r"no \[MASK\]"):
        read_tokenizer(path)


@pytest.mark.parametrize(("sequences", "size"), [(["NNNN"], 64), ([], 64), (["ACGT"], 8)])
def test_nothing_to_train_on_is_an_error(sequences, size):
    with pytest.raises(GxviewError):
        train_tokenizer(sequences, size)
