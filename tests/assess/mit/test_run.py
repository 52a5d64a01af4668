import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from gxview.assess.mit import MitSettings, run_into, run_mit
from gxview.assess.mit.effects import EFFECTS
from gxview.assess.mit.files import read_sequences, write_sequences
from gxview.assess.mit.probing import AT_STEPS, probing_sets
from gxview.assess.mit.sets import build_sets
from gxview.errors import Cancelled, GxviewError, UsageError


class Counting:
    """Scores by a function of the letters and counts how many sequences it was given."""

    def __init__(self, name="own", rule=lambda letters: letters.count("A") + letters.count("T"), identity="", block=50):
        self.name, self.rule, self.identity, self.block, self.seen = name, rule, identity, block, 0

    def score(self, sequences):
        self.seen += len(sequences)
        return np.array([self.rule(one) for one in sequences], dtype=np.float64)


class Tokens(Counting):
    def tokens(self, sequences):
        return np.array([1 + one.count("CG") for one in sequences])


def settings(*scorers, **more):
    return MitSettings(scorers, **{"probing": False, **more})


def one(*scorers, **more):
    (result,) = run_mit(settings(*scorers, **more)).results
    return result


def test_the_shares_are_those_of_the_pairs_of_the_file(tmp_path):
    sets = build_sets()
    path = tmp_path / "s.fa"
    write_sequences(path, sets)
    found = one("pa-pwm", sequences=path)
    again = one("pa-pwm")
    assert (found.css, found.scr) == (again.css, again.scr)
    values = {label: np.array([rule(letters) for letters in sets[label].values()]) for label in "CDEH"}
    result = one(Counting(rule=rule))
    assert result.css.value == (values["E"] > values["D"]).mean()
    assert result.scr.value == (values["E"][:50] > values["H"]).mean()
    assert result.cm == pytest.approx(
        (values["E"].mean() - values["D"].mean()) / (values["C"].mean() - values["D"].mean())
    )
    assert (result.css.n, result.scr.n) == (100, 50)


def rule(letters):
    return letters.count("A") - 0.5 * letters.count("G")


def test_q_is_corrected_over_the_scorers_of_the_run():
    found = run_mit(settings("pa-pwm", "nopos", "kmer", "random")).results
    expected = stats.false_discovery_control([result.css.p for result in found])
    assert [result.q for result in found] == pytest.approx(expected)
    assert one("random").q == one("random").css.p


def test_without_natural_classes_what_needs_them_is_null_and_told():
    result = run_mit(settings("pa-pwm"))
    (row,) = result.rows()
    assert row["mes_natural"] is None
    assert row["cir"] is None
    assert list(row["classes"]) == ["C", "D", "E", "F", "H"]
    assert "A, B, G are left out" in result.notes[0]
    assert json.loads(json.dumps(row, allow_nan=False)) == row


def test_scores_that_are_missing_are_counted_and_not_guessed():
    def gaps(letters):
        return np.nan if letters[-1] == "A" else letters.count("T")

    result = run_mit(settings(Counting(rule=gaps)))
    (row,) = result.rows()
    sets = build_sets()
    lost = [number for number in range(100) if "A" in (sets["E"][number][-1], sets["D"][number][-1])]
    assert row["css_missing"] == len(lost)
    assert row["css_n"] == 100 - len(lost)
    nothing = run_mit(settings(Counting(rule=lambda _: np.nan), probing=True)).rows()[0]
    assert (nothing["css"], nothing["p"], nothing["mes"], nothing["at_r"], nothing["spacing_peak"]) == (None,) * 5


def test_shares_per_token_are_given_where_tokens_are_counted():
    assert one(Counting()).css_per_token is None
    found = one(Tokens())
    sets = build_sets()
    per_token = {
        label: np.array([(s.count("A") + s.count("T")) / (1 + s.count("CG")) for s in sets[label].values()])
        for label in "DE"
    }
    assert found.css_per_token.value == (per_token["E"] > per_token["D"]).mean()
    assert found.classes["D"].tokens == np.mean([1 + s.count("CG") for s in sets["D"].values()])


def test_the_spread_over_seeds_is_that_of_single_runs():
    several = one("nopos", seed=5, seeds=3)
    single = [one("nopos", seed=seed) for seed in (5, 6, 7)]
    assert several.css_seeds.values == tuple(result.css.value for result in single)
    assert several.scr_seeds.mean == pytest.approx(np.mean([result.scr.value for result in single]))
    assert several.css_seeds.sd == pytest.approx(np.std([result.css.value for result in single], ddof=1))
    assert several.css == single[0].css


def test_a_score_that_counts_a_and_t_is_seen_through():
    found = one(Counting(), probing=True)
    assert found.css.low > 0.5
    assert found.scr.low < 0.5
    assert found.probed.at_correlation.value > 0.98
    assert found.probed.strand_accuracy.value == 0  # all ties
    hierarchy = {name: effect.value for name, effect in found.probed.hierarchy.items()}
    assert list(hierarchy) == list(EFFECTS)
    # of 88 bases outside the boxes half are A or T more at 80 % than at 30 %
    assert hierarchy["composition"] == pytest.approx(44, abs=2)
    assert hierarchy["strand"] == 0
    assert abs(hierarchy["position"]) < 0.7
    assert hierarchy["presence"] > 1


def test_a_score_that_knows_the_grammar_is_recognised():
    found = one("rpa-pwm", probing=True).probed
    assert found.spacing_peak == 17
    assert found.strand_accuracy.value > 0.9
    assert found.hierarchy["position"].low > 0
    assert found.hierarchy["spacing"].value > 3 * found.spacing_chance
    assert found.shares["dinucleotide"]["shuffled"]["share"].value == 1


def test_the_at_correlation_is_that_of_all_points_of_the_titration():
    def uneven(letters):
        return letters.count("A") ** 2 + 3 * letters.count("TATAAT")

    found = one(Counting(rule=uneven), probing=True).probed
    sets = probing_sets()["titration"]
    at = [step / 100 for _ in range(3) for step in AT_STEPS]
    means = [np.mean([uneven(letters) for letters in sequences]) for sequences in sets.values()]
    assert found.at_correlation.value == pytest.approx(stats.pearsonr(at, means).statistic)
    assert found.at_correlation.low < found.at_correlation.value < found.at_correlation.high
    points = [point for kind in found.titration.values() for point in kind]
    assert [point.mean for point in points] == pytest.approx(means)


def test_a_folder_holds_tables_that_agree(tmp_path):
    outcome, rows = run_into(settings("pa-pwm", Tokens(identity="t"), probing=True), tmp_path / "out")
    assert sorted(path.name for path in outcome.files) == ["mit.json", "report.html", "scores.csv", "sequences.csv"]
    found = json.loads((tmp_path / "out/mit.json").read_text())
    assert found["results"] == rows
    assert found["absent_classes"] == ["A", "B", "G"]
    assert {row["scorer"] for row in found["titration"]} == {"pa-pwm", "own"}
    assert [row["position"] for row in found["position"]][12] is None
    assert found["published"][0]["scorer"] == "PA-PWM"
    with (tmp_path / "out/scores.csv").open(newline="") as stream:
        scores = list(csv.DictReader(stream))
    assert len(scores) == 2 * 5000
    assert list(scores[0]) == ["scorer", "set", "condition", "id", "class", "score", "tokens"]
    main = [row for row in scores if row["set"] == "main" and row["scorer"] == "own"]
    assert {row["class"] for row in main} == {"C", "D", "E", "F", "H"}
    pairs = {row["id"]: float(row["score"]) for row in main}
    wins = np.mean([pairs[f"E_{number:03d}"] > pairs[f"D_{number:03d}"] for number in range(100)])
    assert wins == rows[1]["css"]
    assert all(row["tokens"] for row in main)
    assert read_sequences(tmp_path / "out/sequences.csv") == build_sets()


def test_a_stopped_run_goes_on_where_it_was_and_a_finished_one_does_nothing(tmp_path):
    slow = Counting(identity="slow 1")
    stops = iter([False] * 3 + [True])
    with pytest.raises(Cancelled, match="the same command goes on"):
        run_into(settings(slow), tmp_path, cancelled=lambda: next(stops))
    assert slow.seen == 200
    events = []
    _, rows = run_into(settings(slow), tmp_path, tell=events.append)
    assert slow.seen == 400
    assert events[1] == {"event": "start", "tasks": 8, "finished": 4}
    assert [event["done"] for event in events if event["event"] == "progress"][:8] == list(range(1, 9))
    outcome, again = run_into(settings(slow), tmp_path)
    assert (slow.seen, again) == (400, rows)
    assert "nothing to do" in outcome.message
    assert rows == run_mit(settings(Counting())).rows()


def test_a_damaged_or_another_folder_is_done_again(tmp_path):
    run_into(settings("pa-pwm"), tmp_path)
    (tmp_path / "scores.csv").write_text("broken")
    outcome, _ = run_into(settings("pa-pwm"), tmp_path)
    assert "nothing" not in outcome.message
    assert (tmp_path / "scores.csv").read_text().startswith("scorer,set")
    outcome, rows = run_into(settings("pa-pwm", seed=1), tmp_path)
    assert "nothing" not in outcome.message
    assert rows == run_mit(settings("pa-pwm", seed=1)).rows()


def test_a_scorer_that_does_not_say_what_it_is_is_always_asked(tmp_path):
    own = Counting()
    run_into(settings(own), tmp_path)
    run_into(settings(own), tmp_path)
    assert own.seen == 800


def test_the_same_run_writes_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        run_into(settings("random", probing=True), tmp_path / name)
    for name in ("mit.json", "report.html", "scores.csv", "sequences.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (settings(), "Say which scorers"),
        (settings("pa-pwm", "pa-pwm"), "two scorers called pa-pwm"),
        (settings("pa-pwm", seeds=0), r"number of seeds .* 1 or above, not 0"),
        (replace(settings("pa-pwm"), seed=-1), "0 or above, not -1"),
        (settings("pa-pwm", scramble="other"), "shuffle or moved"),
        (settings("pa-pwm", promoters="t"), "--genome FASTA"),
        (settings("pa-pwm", sequences="s.fa", seeds=2), "the file says everything"),
    ],
)
def test_wishes_that_do_not_go_together_are_told(wanted, words):
    with pytest.raises(UsageError, match=words):
        run_mit(wanted)


@pytest.mark.parametrize(
    ("answer", "words"),
    [(lambda _: np.inf, "an infinite score"), (lambda _: [1.0, 2.0], r"gave \(50, 2\) numbers for 50 sequences")],
)
def test_a_scorer_that_answers_wrongly_is_told(answer, words):
    with pytest.raises(GxviewError, match=f"The scorer own {words}" if words[0] == "g" else words):
        run_mit(settings(Counting(rule=answer)))
