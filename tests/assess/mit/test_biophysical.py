import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxview.assess.mit import SCORERS, build_sets, make_scorer
from gxview.assess.mit.baselines import composition_logs, genome_logs
from gxview.assess.mit.scorers import Setting
from gxview.errors import UsageError
from tests.assess.mit.scalar_models import MODELS


def promoter(minus10, up="", extended="", minus35="TTGACA", background="C", length=100):
    letters = list(background * length)
    for place, word in ((15, up), (30, minus35), (50, extended), (53, minus10)):
        letters[place : place + len(word)] = word
    return "".join(letters)


def score(name, *sequences):
    return make_scorer(name).score(sequences).tolist()


# A compensated promoter in a background of C.
#   -35 TTGACA: six columns of 1.5 = 9. -10 TGTAAT: 1.5 - 2.5 + 1.5 + 1.5 + 1.5 + 1.5 = 5.
#   UP AAAAAAGAG: 5 x 1 + 4 x .5 = 7. Extended TGT: 1.5 + 1.5 + .3 = 3.3.
E = promoter("TGTAAT", "AAAAAAGAG", "TGT")
# An intact one without: -10 TATAAT: 1.5 + 2 + 4 x 1.5 = 9.5. UP CCCCCCCCC: -5 - 4 x .5 = -7. CCC: -1.5 - 1.5 + .3.
C = promoter("TATAAT")

BY_HAND = [
    # 9 + 5 + 7/2, and P10 is not below 5, so half of 3.3
    ("pa-pwm", E, 9 + 5 + 3.5 + 1.65),
    ("pa-pwm", C, 9 + 9.5 - 3.5),
    ("nocomp", E, 14.0),
    ("pwm", C, 18.5),
    # no better match lies anywhere else
    ("nopos", E, 19.15),
    # boxes 12 and 2 - 3 + 8 = 7, spacing 1; of the bases 15 to 34 ten are A or T: 0; TG gives 2, twice as 7 < 8
    ("thermodynamic", E, 12 + 7 + 1 + 4),
    ("thermodynamic", C, 12 + 13 + 1),
    # distances 5 and 3 from 25 and 50; 3.3 x 1.5 as 5 < 7; of the bases 5 to 24 seven are A or T: no bonus
    ("scanning", E, 9 + 5 - 0.3 * 8 + 4.95),
    ("scanning", C, 9 + 9.5 - 0.3 * 8),
    # boxes 9 and 9 (the broken box counts), spacing 2, strand 1; UP 2 x 7/9 + 6/9 = 20/9, twice; TGT 2 x 1.5
    ("rpa-pwm", E, 9 + 9 + 2 + 1 + 40 / 9 + 3),
    ("rpa-pwm", C, 9 + 9 + 2 + 1),
]


@pytest.mark.parametrize(("name", "sequence", "expected"), BY_HAND)
def test_scores_worked_out_by_hand(name, sequence, expected):
    assert score(name, sequence) == [pytest.approx(expected, abs=1e-9)]


def test_a_weak_box_makes_the_extended_minus_10_count_three_times_as_much():
    # TGTGAT: 5 - 1.5 - 1.5 = 2, below 5: bonus 3.3 x 1.5
    assert score("pa-pwm", promoter("TGTGAT", extended="TGT")) == [pytest.approx(9 + 2 - 3.5 + 4.95)]


@pytest.mark.parametrize(("count", "points"), [(12, 0.0), (13, 0.5), (14, 0.5), (15, 1.5), (16, 1.5), (17, 2.5)])
def test_the_thermodynamic_up_term_rises_in_steps(count, points):
    # 30 to 34 is TTGAC with three A or T; the rest are written into 15 to 29
    sequence = promoter("TATAAT", up="A" * (count - 3))
    assert score("thermodynamic", sequence) == [pytest.approx(26 + points)]


def test_the_relative_model_reads_the_other_strand_for_one_point_less():
    turned = E[::-1].translate(str.maketrans("ACGT", "TGCA"))
    assert score("rpa-pwm", turned) == [pytest.approx(score("rpa-pwm", E)[0] - 1)]


def test_without_a_pair_of_boxes_the_relative_model_gives_its_lowest_score():
    assert score("rpa-pwm", "C" * 100, "ACGT") == [-10.0, -10.0]


def test_elements_beyond_the_end_cost_what_the_models_say():
    # 40 bases hold the -35 box (9) and the UP element (-7 / 2); -10 box and extended -10 are outside: -10, no bonus
    assert score("pa-pwm", promoter("", length=40)[:40]) == [pytest.approx(9 - 10 - 3.5)]
    # thermodynamic: 12 - 5 + spacing 1
    assert score("thermodynamic", promoter("", length=40)[:40]) == [pytest.approx(12 - 5 + 1)]


def test_an_unknown_base_costs_two_points():
    assert score("pwm", promoter("TNTAAT")) == [pytest.approx(9 + 1.5 - 2 + 6)]


words = st.sampled_from(["TTGACA", "TATAAT", "TGTAAT", "TGT", "AAAAAAGAG", "AAAATTTTA", "ACGT", "TTGCCA", "TTGTAA"])
placed = st.tuples(words, st.integers(0, 90))


@st.composite
def sequences(draw):
    length = draw(st.sampled_from([100, 100, 100, 60, 130]))
    letters = draw(st.lists(st.sampled_from("AACGTT"), min_size=length, max_size=length))
    for word, place in draw(st.lists(placed, max_size=6)):
        letters[place : place + len(word)] = word
    layout = draw(st.booleans())
    text = "".join(letters)[:length]
    return promoter("TGTAAT", "AAAAAATAC", "TGT", background="G")[:30] + text[30:] if layout else text


@pytest.mark.parametrize("name", sorted(MODELS))
@settings(max_examples=20)
@given(data=st.data())
def test_the_array_models_equal_base_by_base_ones(name, data):
    given_sequences = data.draw(st.lists(sequences(), min_size=1, max_size=3))
    expected = [MODELS[name](one) for one in given_sequences]
    assert score(name, *given_sequences) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_array_models_equal_base_by_base_ones_on_the_test_itself(name):
    letters = [one for members in build_sets().values() for one in list(members.values())[:4]]
    assert score(name, *letters) == pytest.approx([MODELS[name](one) for one in letters], abs=1e-8)


def test_equal_points_tie_whatever_their_order():
    values = score("pa-pwm", *build_sets()["D"].values())
    assert len(set(score("nocomp", *build_sets()["D"].values()))) == 1
    assert len(set(values)) == len(set(np.round(values, 6)))


def test_the_score_of_a_sequence_does_not_depend_on_the_others():
    letters = [*list(build_sets()["E"].values())[:10], E[:60], E + "ACGTA"]
    for name in SCORERS:
        if not SCORERS[name].biophysical and name not in ("kmer", "random"):
            continue
        together = score(name, *letters)
        assert together == [one for letter in letters for one in score(name, letter)]


def test_kmers_by_composition_depend_on_the_letters_alone():
    # six A: 6 log .246; two windows of seven letters
    assert score("kmer", "AAAAAA") == [pytest.approx(6 * np.log(0.246))]
    assert score("kmer", "AACGTTA") == [pytest.approx(8 * np.log(0.246) + 4 * np.log(0.254))]
    assert np.exp(composition_logs()).sum() == pytest.approx(1)


def test_kmers_are_counted_on_the_genome(tmp_path):
    fasta = tmp_path / "g.fa"
    fasta.write_text(">a\nACGTACGTN\n>b\nACGTAC\n")
    logs = genome_logs(fasta)
    # ACGTAC twice, CGTACG and GTACGT once, and one more of each of 4,096; none spans the N
    assert np.exp(logs).sum() == pytest.approx(1)
    scorer = make_scorer("kmer:genome", Setting(genome=fasta))
    assert scorer.name == "kmer:genome"
    found = scorer.score(["ACGTAC", "CGTACG", "TTTTTT"])
    assert found == pytest.approx(np.log(np.array([3, 2, 1]) / 4100))


def test_chance_is_normal_and_the_same_for_the_same_seed():
    letters = [one for members in build_sets().values() for one in members.values()]
    found = make_scorer("random", Setting(seed=1)).score(letters)
    assert abs(found.mean()) < 0.2
    assert 0.85 < found.std() < 1.15
    assert np.array_equal(found[::-1], make_scorer("random", Setting(seed=1)).score(letters[::-1]))
    assert not np.array_equal(found, make_scorer("random", Setting(seed=2)).score(letters))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pa_pwm", "no scorer 'pa_pwm'; known are pa-pwm"),
        ("pa-pwm:2", "takes nothing behind a colon"),
        ("kmer:7", "kmer:composition or kmer:genome"),
        ("kmer:genome", "--genome FASTA"),
        ("random:1", "takes nothing"),
    ],
)
def test_a_wrong_name_is_told(text, words):
    with pytest.raises(UsageError, match=words.replace("(", r"\(")):
        make_scorer(text)


@pytest.mark.parametrize("length", range(1, 30))
def test_short_sequences_have_scores_by_every_model(length):
    letters = "".join(np.random.default_rng(length).choice(list("ACGT"), length))
    for name in ("pa-pwm", "nocomp", "nopos", "rpa-pwm", "thermodynamic", "scanning", "pwm"):
        assert np.isfinite(make_scorer(name).score([letters])).all()
