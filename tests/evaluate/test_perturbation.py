import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.evaluate.mutants import REPLACEMENTS, mutator
from gxview.evaluate.orders import bases_of, ranking, steps
from gxview.evaluate.perturbation import perturbation_curves
from gxview.evaluate.scorer import Scorer
from gxview.evaluate.subjects import Plan, subjects
from gxview.explain import explain
from gxview.measures.curves import BUDGETS
from tests.evaluate.fakes import LinearModel, explanation, random_sequences

LENGTH = 60


@pytest.fixture
def linear():
    return LinearModel(np.random.default_rng(5).standard_normal((LENGTH, 4)))


def differences(one, other):
    return [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]


# Orders and budgets


def test_orders_by_hand():
    ties = np.array([3, 1, 0, 2])
    values = [1.0, -3.0, 2.0, 1.0]
    assert ranking(values, "morf", ties).tolist() == [2, 3, 0, 1]
    assert ranking(values, "lerf", ties).tolist() == [1, 3, 0, 2]
    assert ranking(values, "abs", ties).tolist() == [1, 2, 3, 0]
    with pytest.raises(UsageError, match="no order 'best'; use one of morf, lerf, abs"):
        ranking(values, "best", ties)


@pytest.mark.parametrize("length", [1, 20, 70, 120, 251])
def test_budgets_are_whole_bases_and_never_none(length):
    counts = bases_of(BUDGETS, length)
    assert counts[0] == 0
    assert counts[1] >= 1
    assert np.all(np.diff(counts) >= 0)
    assert np.all(np.abs(counts[1:] - np.maximum(1, np.array(BUDGETS[1:]) * length)) <= 0.5)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=20), st.data())
def test_tokens_pay_a_budget_in_the_mean(lengths, data):
    lengths = np.array(lengths)
    count = np.array([data.draw(st.integers(0, int(lengths.sum())))])
    fewer, more, share = steps(lengths, count)
    covered = np.append(0, np.cumsum(lengths))
    assert covered[fewer[0]] <= count[0] <= covered[more[0]]
    assert more[0] - fewer[0] <= 1
    assert (1 - share[0]) * covered[fewer[0]] + share[0] * covered[more[0]] == pytest.approx(count[0])


# Mutants


@pytest.mark.parametrize("replacement", ["random", "n", "dinucleotide"])
def test_only_chosen_bases_are_replaced_and_unknown_ones_stay(linear, replacement):
    sequence = random_sequences(1, LENGTH)[0][:50] + "NNNNNacgta"
    changes = mutator(Scorer(linear), sequence, replacement, 3, seed=1)
    chosen = np.zeros((1, LENGTH), dtype=bool)
    chosen[0, 10:60] = True
    for draw in range(changes.draws):
        (row,) = changes.rows(chosen, np.array([draw]))
        mutant = row.decode()
        assert mutant[:10] == sequence[:10]
        assert mutant[50:55] == "NNNNN"
        changed = differences(mutant, sequence.upper())
        if replacement == "random":
            assert changed == [*range(10, 50), *range(55, 60)]
        if replacement == "n":
            assert set(mutant[10:50]) == {"N"}


def test_the_seed_and_the_letters_settle_all_that_is_drawn(linear):
    sequence = random_sequences(1, LENGTH)[0]
    every = np.ones((1, LENGTH), dtype=bool)

    def twin(text, seed, draw=0):
        return mutator(Scorer(linear), text, "random", 2, seed).rows(every, np.array([draw]))

    assert twin(sequence, 1) == twin(sequence.lower(), 1)
    assert twin(sequence, 1) != twin(sequence, 2)
    assert twin(sequence, 1) != twin(sequence, 1, draw=1)


def test_masked_tokens_are_not_cut_anew(dnabert2):
    (sequence,) = random_sequences(1, LENGTH)
    scorer = Scorer(dnabert2)
    changes = mutator(scorer, sequence, "mask", 5, seed=0)
    tokens = dnabert2.tokenize([sequence])
    assert changes.draws == 1
    assert changes.lengths.tolist() == (tokens.spans[0][:, 1] - tokens.spans[0][:, 0]).tolist()
    chosen = np.zeros((1, len(changes.lengths)), dtype=bool)
    chosen[0, 2] = True
    (row,) = changes.rows(chosen, np.array([0]))
    ids = np.frombuffer(row, dtype=np.int64)
    expected = tokens.input_ids[0].numpy().copy()
    expected[3] = dnabert2.tokenizer.mask_id  # [CLS] comes first
    assert ids.tolist() == expected.tolist()
    untouched = changes.rows(~np.ones_like(chosen), np.array([0]))
    assert changes.ask(scorer, untouched).logit == pytest.approx(scorer.letters([sequence]).logit, abs=1e-5)


def test_for_a_model_on_bases_the_mask_is_an_unknown_base(cnn):
    (sequence,) = random_sequences(1, LENGTH)
    rows = mutator(Scorer(cnn), sequence, "mask", 5, seed=0).rows(np.ones((1, LENGTH), dtype=bool), np.array([0]))
    assert rows == [b"N" * LENGTH]


# Curves


def curves_by_hand(model, sequence, order, counts, replacement, plan):
    """Replace base after base and ask the model about each mutant alone."""
    changes = mutator(Scorer(model), sequence, replacement, plan.draws, plan.seed)
    found = []
    for count in counts:
        chosen = np.zeros((1, len(sequence)), dtype=bool)
        chosen[0, order[:count]] = True
        scores = [sum(model.parts(changes.rows(chosen, np.array([d]))[0].decode())) for d in range(changes.draws)]
        found.append(np.mean(scores))
    return found


@pytest.mark.parametrize("replacement", REPLACEMENTS)
def test_curves_agree_with_one_mutant_at_a_time(linear, replacement):
    sequences = random_sequences(3, LENGTH)
    plan = Plan(replacement=replacement, draws=3, random_orders=2, search_draws=0)
    found = perturbation_curves(Scorer(linear), {"true": linear.explain(sequences)}, plan)
    counts = bases_of(plan.budgets, LENGTH)
    for sequence, curves in zip(sequences, found, strict=True):
        parts = np.array(linear.parts(sequence), dtype=np.float32)
        order = np.argsort(-parts)
        for name, way in (("morf", order), ("lerf", order[::-1]), ("abs", np.argsort(-abs(parts)))):
            expected = curves_by_hand(linear, sequence, way, counts, replacement, plan)
            assert curves.explained["true", name].logit == pytest.approx(expected, abs=1e-4)
        removed = curves_by_hand(linear, sequence, order, bases_of(plan.shares, LENGTH), replacement, plan)
        assert curves.removed["true"].logit == pytest.approx(removed, abs=1e-4)
        kept = curves_by_hand(linear, sequence, order[::-1], LENGTH - bases_of(plan.shares, LENGTH), replacement, plan)
        assert curves.kept["true"].logit == pytest.approx(kept, abs=1e-4)
        assert curves.random.logit.shape == (2, len(BUDGETS))
        assert curves.score.logit == pytest.approx(sum(linear.parts(sequence)), abs=1e-5)
        assert curves.score.probability == pytest.approx(1 / (1 + np.exp(-curves.score.logit)))


def test_both_kinds_of_models_read_the_same_mutants(dnabert2, cnn):
    """Letters are drawn from the seed and the sequence, so that the same bases are replaced alike for both."""
    sequences = random_sequences(2, LENGTH)
    mine, theirs = (mutator(Scorer(one), sequences[0], "random", 2, 7) for one in (dnabert2, cnn))
    chosen = np.random.default_rng(0).random((4, LENGTH)) < 0.3
    draws = np.array([0, 1, 0, 1])
    assert mine.rows(chosen, draws) == theirs.rows(chosen, draws)


@pytest.mark.parametrize("replacement", REPLACEMENTS)
def test_company_and_case_do_not_change_a_curve(model, replacement):
    sequences = random_sequences(3, LENGTH)
    plan = Plan(replacement=replacement, draws=2, random_orders=2, search_draws=1)
    together = perturbation_curves(Scorer(model), {"default": explain(model, sequences)}, plan)
    alone = perturbation_curves(Scorer(model), {"default": explain(model, [sequences[1].lower()])}, plan)
    ours, theirs = together[1], alone[0]
    assert ours.explained["default", "morf"].logit == pytest.approx(theirs.explained["default", "morf"].logit, abs=1e-4)
    assert ours.random.probability == pytest.approx(theirs.random.probability, abs=1e-4)


def test_equal_mutants_are_asked_once(linear):
    sequences = random_sequences(2, LENGTH)
    made = linear.explain(sequences)
    plan = Plan(replacement="n", random_orders=3, search_draws=0)
    linear.asked.clear()
    one = perturbation_curves(Scorer(linear), {"first": made}, plan)
    alone = len(linear.asked)
    linear.asked.clear()
    twice = perturbation_curves(Scorer(linear), {"first": made, "second": made}, plan)
    assert len(linear.asked) == alone == len(set(linear.asked))
    assert np.array_equal(twice[0].explained["second", "lerf"].logit, one[0].explained["first", "lerf"].logit)


def test_a_search_finds_the_bounds_of_a_linear_model(linear):
    """Effects of bases add up, so the steepest order is known: by what each base loses to its replacement."""
    sequences = random_sequences(4, LENGTH, seed=3)
    plan = Plan(draws=2, random_orders=4, search_draws=2)
    for sequence, curves in zip(
        sequences, perturbation_curves(Scorer(linear), {"true": linear.explain(sequences)}, plan), strict=True
    ):
        changes = mutator(Scorer(linear), sequence, "random", 2, plan.seed)
        singles = np.eye(LENGTH, dtype=bool)
        losses = np.mean(
            [[sum(linear.parts(row.decode())) for row in changes.rows(singles, np.full(LENGTH, d))] for d in range(2)],
            axis=0,
        )
        counts = bases_of(plan.budgets, LENGTH)
        best = curves_by_hand(linear, sequence, np.argsort(losses), counts, "random", plan)
        worst = curves_by_hand(linear, sequence, np.argsort(-losses), counts, "random", plan)
        assert curves.steepest.logit == pytest.approx(best, abs=1e-4)
        assert curves.flattest.logit == pytest.approx(worst, abs=1e-4)


# Bad input


def test_explanations_of_different_sequences_are_refused(linear):
    first, second = random_sequences(2, LENGTH)
    with pytest.raises(GxviewError, match="same sequences"):
        perturbation_curves(Scorer(linear), {"a": linear.explain([first]), "b": linear.explain([second])}, Plan())
    with pytest.raises(GxviewError, match="at least one explanation"):
        perturbation_curves(Scorer(linear), {"a": []}, Plan())


def test_lengths_may_differ_and_unknown_bases_may_be_many(dnabert2):
    sequences = [random_sequences(1, length)[0] for length in (20, 45)] + ["N" * 30 + "ACGTACGTAC"]
    plan = Plan(draws=2, random_orders=1, search_draws=1)
    for curves in perturbation_curves(Scorer(dnabert2), {"a": explain(dnabert2, sequences)}, plan):
        assert np.isfinite(curves.explained["a", "morf"].logit).all()


def test_a_stopped_evaluation_stops(linear):
    (sequence,) = random_sequences(1, LENGTH)
    with pytest.raises(Cancelled):
        perturbation_curves(Scorer(linear, cancelled=lambda: True), {"a": linear.explain([sequence])}, Plan())


def test_an_answer_that_is_no_number_is_told():
    model = LinearModel(np.full((4, 4), np.nan))
    with pytest.raises(GxviewError, match="linear gave NaN or infinity"):
        perturbation_curves(Scorer(model), {"a": [explanation("ACGT", [1, 2, 3, 4])]}, Plan())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"orders": ("best",)}, "no order 'best'"),
        ({"draws": 0}, "at least one draw"),
        ({"budgets": (0.1, 0.2)}, "rising from 0"),
        ({"shares": (0.0,)}, "over 0 and at most 1"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(options, words):
    with pytest.raises(GxviewError, match=words):
        Plan(**options)


def test_an_unknown_replacement_names_the_known_ones(linear):
    with pytest.raises(UsageError, match="use one of random, mask, n, dinucleotide"):
        mutator(Scorer(linear), "ACGT", "zeros", 1, 0)


def test_random_orders_change_whole_tokens_as_an_explanation_of_tokens_does(dnabert2, cnn):
    [sequence] = random_sequences(1, LENGTH)
    for model in (dnabert2, cnn):
        [one] = explain(model, [sequence])
        [subject] = subjects(Scorer(model), {"own": [one]}, Plan(random_orders=3))
        token = np.repeat(np.arange(len(one.token_spans)), np.diff(one.token_spans, axis=1)[:, 0])
        for order in subject.random:
            assert sorted(order) == list(range(LENGTH))
            visits = token[order]
            assert 1 + np.count_nonzero(np.diff(visits)) == len(one.token_spans)
        assert len({order.tobytes() for order in subject.random}) == 3
