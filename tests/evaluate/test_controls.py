"""Negatives matched by GC, composition, and what is said about a model before any metric."""

import numpy as np
import pytest

from gxview.errors import Cancelled, GxviewError
from gxview.evaluate.composition import (
    composition_records,
    local_gc,
    partial_mutagenesis_records,
    partial_similarity_records,
)
from gxview.evaluate.model_notes import model_notes
from gxview.evaluate.negatives import gc_matched
from gxview.evaluate.scorer import Scorer
from gxview.genome import Reference, Region
from tests.evaluate.fakes import LinearModel, random_sequences


@pytest.fixture(scope="module")
def genome(tmp_path_factory):
    """Two chromosomes: 30,000 bases from poor to rich in G and C with 2,000 N in the middle, and 4,000 poor ones."""
    rng = np.random.default_rng(1)
    shares = np.linspace(0.2, 0.8, 10)
    parts = ["".join(rng.choice(list("ACGT"), 3000, p=[(1 - g) / 2, g / 2, g / 2, (1 - g) / 2])) for g in shares]
    one = "".join(parts)
    one = one[:14_000] + "N" * 2000 + one[16_000:].lower()
    two = "".join(rng.choice(list("AT"), 4000))
    path = tmp_path_factory.mktemp("genome") / "genome.fa"
    path.write_text(f">one\n{one}\n>two\n{two}\n")
    return Reference(path, cache_dir=path.parent)


def gc_of(letters):
    return np.mean([base in "GC" for base in letters])


def test_negatives_match_length_and_gc_and_touch_nothing(genome):
    sequences = [random_sequences(1, length, seed)[0] for seed, length in enumerate([60, 100, 60, 80, 100, 60])]
    avoid = [Region("one", 0, 9000), Region("one", 20_000, 25_000)]
    found = gc_matched(sequences, genome, avoid=avoid, seed=3)
    assert None not in found
    taken = list(avoid)
    for sequence, negative in zip(sequences, found, strict=True):
        region = negative.region
        assert len(negative.letters) == region.length == len(sequence)
        assert negative.letters == genome.fetch(region).upper()
        assert set(negative.letters) <= set("ACGT")
        assert negative.gc == pytest.approx(gc_of(negative.letters))
        assert int(negative.gc / 0.02 + 1e-9) == int(gc_of(sequence) / 0.02 + 1e-9)
        for other in taken:
            assert other.chrom != region.chrom or other.end <= region.start or region.end <= other.start
        taken.append(region)


def test_the_seed_settles_the_negatives(genome):
    sequences = random_sequences(4, 50)
    first, second, other = (gc_matched(sequences, genome, seed=seed) for seed in (1, 1, 2))
    assert first == second != other


def test_a_negative_that_does_not_exist_is_told_as_missing(genome):
    found = gc_matched(["G" * 200, "ACGTACGT" * 10], genome, blocks=20)
    assert found[0] is None
    assert found[1] is not None


def test_negatives_of_strange_sequences_are_refused(genome):
    with pytest.raises(GxviewError, match="Sequence 2 has no known base"):
        gc_matched(["ACGT", "NNNN"], genome)
    with pytest.raises(GxviewError, match="40,000 bases; negatives are drawn from stretches of 30,000"):
        gc_matched(["A" * 40_000], genome)
    with pytest.raises(GxviewError, match="wider than 0"):
        gc_matched(["ACGT"], genome, width=0)
    with pytest.raises(Cancelled):
        gc_matched(["ACGT"], genome, cancelled=lambda: True)


# Composition


def test_local_gc_by_hand():
    assert local_gc("GGAANC", 3) == pytest.approx([1, 2 / 3, 1 / 3, 0, 0.5, 1])
    assert np.isnan(local_gc("NNNA", 3)[0])
    assert local_gc("acgt", 1).tolist() == [0, 1, 1, 0]
    with pytest.raises(GxviewError, match="odd number"):
        local_gc("ACGT", 4)


def test_relevance_that_only_follows_gc_shows():
    (sequence,) = random_sequences(1, 400)
    gc = local_gc(sequence)
    rng = np.random.default_rng(0)
    follows = gc + 0.01 * rng.standard_normal(400)
    also = gc + 0.01 * rng.standard_normal(400)
    assert composition_records(follows, sequence)[0].value > 0.95
    assert composition_records(rng.standard_normal(400), sequence)[0].value < 0.3
    assert composition_records(follows, sequence, sequence="s1")[0].sequence == "s1"
    (partial,) = partial_similarity_records(follows, also, sequence)
    assert (partial.metric, abs(partial.value) < 0.2) == ("gc_partial_spearman", True)
    (against,) = partial_mutagenesis_records(follows, follows + 0.001, sequence)
    assert against.value > 0.9


# Notes about a model


def test_nothing_is_said_about_a_good_model():
    model = LinearModel(np.random.default_rng(0).standard_normal((30, 4)))
    assert model_notes(Scorer(model), random_sequences(20, 30), [0, 1] * 10) == ()


def test_a_model_that_ignores_its_input_and_a_constant_one_are_told():
    sequences = random_sequences(5, 30)
    (note,) = model_notes(Scorer(LinearModel(np.zeros((30, 4)))), sequences)
    assert note.startswith("linear ignores its input: shuffling the letters changes no score")
    weights = np.zeros((30, 4))
    weights[0] = [1, 2, 3, 4]
    (note,) = model_notes(Scorer(LinearModel(weights)), ["A" + one[1:] for one in sequences])
    assert note == "linear gives all 5 sequences the same score (1)."


def test_one_class_lengths_and_unknown_bases_are_told():
    model = LinearModel(np.full((30, 4), 1.0) + np.random.default_rng(0).random((30, 4)))
    sequences = [*random_sequences(3, 30), random_sequences(1, 20)[0] + "NNR"]
    notes = " ".join(model_notes(Scorer(model), sequences, [1, 1, 1, 1]))
    assert "1 of 4 sequences hold 3 unknown bases" in notes
    assert "have 23 to 30 bases" in notes
    assert "All 4 sequences are of one class (1)" in notes
    assert "predicts all 4 sequences to be of the explained class" in notes


def test_notes_need_sequences_and_as_many_labels():
    scorer = Scorer(LinearModel(np.ones((4, 4))))
    with pytest.raises(GxviewError, match="no sequence to evaluate"):
        model_notes(scorer, [])
    with pytest.raises(GxviewError, match="1 sequences need as many labels, not 2"):
        model_notes(scorer, ["ACGT"], [1, 0])
