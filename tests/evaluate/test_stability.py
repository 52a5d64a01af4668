import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.evaluate.stability import PHASES, SHIFTS, stability_records
from gxview.explain import explain
from gxview.genome import reverse_complement
from tests.evaluate.fakes import by_metric, explanation, random_sequences

LENGTH = 40
METRICS = {
    "shift_similarity",
    "shift_worst",
    "phase_similarity",
    "strand_similarity",
    "substitution_similarity",
    "substitution_worst",
}


class Explainer:
    """Explains each base by its letter alone (or its place, or its pair), and remembers what it was asked."""

    def __init__(self, rule):
        self.rule, self.asked = rule, []

    def __call__(self, sequences):
        self.asked += sequences
        return [explanation(one, [self.rule(i, base) for i, base in enumerate(one)]) for one in sequences]


def letters(_place, base):
    """The same on both strands: strong against weak."""
    return 1.0 if base in "GC" else -0.5


def values(explain_all, sequences, **options):
    records = stability_records(explain_all, explain_all(sequences), ["s"] * len(sequences), **options)
    return {name: np.array(found) for name, found in by_metric(records).items()}


def test_an_explanation_by_letters_is_perfectly_stable():
    found = values(Explainer(letters), random_sequences(3, LENGTH))
    assert set(found) == METRICS
    for numbers in found.values():
        assert numbers == pytest.approx(np.ones(3))


def test_an_explanation_by_place_is_not_stable_under_shift_but_under_substitution():
    rng = np.random.default_rng(0)
    weights = rng.standard_normal(LENGTH)
    found = values(Explainer(lambda place, _: weights[place]), random_sequences(2, LENGTH))
    assert np.all(found["substitution_similarity"] == pytest.approx(1))
    assert np.all(abs(found["shift_similarity"]) < 0.35)
    assert np.all(found["shift_worst"] <= found["shift_similarity"])
    assert np.all(abs(found["strand_similarity"]) < 0.5)


def test_windows_are_moved_over_the_real_flanks():
    genome = random_sequences(1, 100, seed=9)[0]
    sequence, flank = genome[30:70], (genome[:30], genome[70:])
    explainer = Explainer(letters)
    stability_records(explainer, explainer([sequence]), ["s"], flanks=[flank], substitutions=0)
    moved = explainer.asked[1:]
    shifts = sorted({round(part * LENGTH) for part in SHIFTS})
    expected = {genome[30 + by : 70 + by] for shift in shifts for by in (-shift, shift)}
    expected |= {genome[30 - phase : 70 - phase] for phase in PHASES} | {reverse_complement(sequence)}
    assert set(moved) == expected


def test_where_the_genome_ends_a_shuffle_stands_in():
    """Every window is as long as the sequence, which a CNN of one length needs; the real bases come first."""
    (sequence,) = random_sequences(1, LENGTH)
    explainer = Explainer(letters)
    records = stability_records(explainer, explainer([sequence]), ["s"], flanks=[("ACC", "")], substitutions=0)
    assert {len(one) for one in explainer.asked} == {LENGTH}
    moved = [one for one in explainer.asked if one.endswith(sequence[:-10])]
    assert [one[7:10] for one in moved] == ["ACC"]
    assert by_metric(records)["shift_worst"] == pytest.approx([1])


def test_substitutions_are_single_and_outside_the_mask():
    (sequence,) = random_sequences(1, LENGTH)
    sequence = sequence[:30] + "N" * 10
    mask = np.zeros(LENGTH, dtype=bool)
    mask[:20] = True
    explainer = Explainer(letters)
    stability_records(explainer, explainer([sequence]), ["s"], masks=[mask], substitutions=6)
    changed = [[i for i in range(LENGTH) if one[i] != sequence[i]] for one in explainer.asked[-6:]]
    assert all(len(places) == 1 and 20 <= places[0] < 30 for places in changed)
    assert len({places[0] for places in changed}) == 6


def test_the_substituted_base_itself_is_not_compared():
    """An explanation that moves at the changed base alone is as stable as can be."""
    found = values(Explainer(lambda _, base: "ACGT".index(base) + 1.0), random_sequences(2, LENGTH))
    assert found["substitution_worst"] == pytest.approx(np.ones(2))


@pytest.mark.parametrize("name", ["dnabert2", "cnn"])
def test_real_models_and_the_seed(name, request):
    model = request.getfixturevalue(name)
    sequences = random_sequences(2, 60)
    made = explain(model, sequences)

    def run(seed, which=slice(None)):
        return stability_records(
            lambda asked: explain(model, asked), made[which], ["a", "b"][which], seed=seed, substitutions=3, model="m"
        )

    first, again, other = run(1), run(1), run(2)
    assert [one.value for one in first] == pytest.approx([one.value for one in again])
    assert [one.value for one in first] != pytest.approx([one.value for one in other])
    assert all(-1 <= one.value <= 1 for one in first)
    assert [one.value for one in run(1, slice(1, 2))] == pytest.approx([one.value for one in first[6:]], abs=1e-4)


def test_no_relevance_and_nothing_to_change_have_reasons():
    records = stability_records(Explainer(lambda *_: 0.0), Explainer(lambda *_: 0.0)(["ACGTACGTAC"]), ["s"])
    assert {one.reason for one in records} == {"the relevance is zero everywhere"}
    full = [np.ones(10, dtype=bool)]
    records = stability_records(Explainer(letters), Explainer(letters)(["ACGTACGTAC"]), ["s"], masks=full)
    reasons = {one.metric: one.reason for one in records}
    assert reasons["substitution_similarity"] == "no base could be changed"
    with pytest.raises(GxviewError, match="mask of 10 bases does not fit 12 bases"):
        stability_records(Explainer(letters), Explainer(letters)(["ACGTACGTACGT"]), ["s"], masks=full)
