import numpy as np
import pytest

from gxview.assess.mit.probing import AT_STEPS, POSITIONS, SPACINGS, probing_sets
from gxview.assess.mit.scores import Items
from gxview.assess.mit.sets import build_sets, draw, scrambled
from gxview.errors import UsageError


@pytest.fixture(scope="module")
def sets():
    return build_sets()


@pytest.fixture(scope="module")
def probes():
    return probing_sets()


def letters(sets, label):
    return list(sets[label].values())


def at_share(sequences):
    return np.mean([base in "AT" for one in sequences for base in one])


def test_the_synthetic_classes_have_their_counts_and_elements_at_their_places(sets):
    assert {label: len(members) for label, members in sets.items()} == {"C": 100, "D": 100, "E": 100, "F": 50, "H": 50}
    assert all(len(one) == 100 and set(one) <= set("ACGT") for members in sets.values() for one in members.values())
    for label, box10 in (("C", "TATAAT"), ("D", "TGTAAT"), ("E", "TGTAAT"), ("H", "TGTAAT")):
        assert {one[30:36] for one in letters(sets, label)} == {"TTGACA"}
        assert {one[53:59] for one in letters(sets, label)} == {box10}
    assert {one[30:36] for one in letters(sets, "F")} == {"TTGACA", "TTGACT", "TTGATA"}
    for one in letters(sets, "E") + letters(sets, "F"):
        assert one[15:21] == "AAAAAA"
        assert one[21] in "AG"
        assert one[23] in "AG"
        assert one[50:53] == "TGT"
    assert {one[22] for one in letters(sets, "E")} == set("ACGT")


def test_the_background_has_its_share_of_a_and_t(sets):
    background = [one[59:] for label in "CDE" for one in letters(sets, label)]
    assert at_share(background) == pytest.approx(0.56, abs=0.02)
    counts = [sum(one.count(base) for one in background) for base in "ACGT"]
    assert np.array(counts) / sum(counts) == pytest.approx([0.28, 0.22, 0.22, 0.28], abs=0.02)


def test_every_class_is_the_same_for_a_seed_and_stands_alone(sets):
    assert build_sets() == sets
    assert build_sets(7)["D"] != sets["D"]
    assert build_sets(scramble="moved")["E"] == sets["E"]
    assert len({one for label in "DEH" for one in letters(sets, label)}) == 250


def test_the_shuffle_keeps_the_letters_of_each_element(sets):
    for one in letters(sets, "H"):
        up, extended = sorted(one[15:24]), sorted(one[50:53])
        assert up.count("A") >= 6
        assert extended == ["G", "T", "T"]
    assert {one[50:53] for one in letters(sets, "H")} == {"TGT", "GTT", "TTG"}


def test_scrambling_keeps_the_composition_and_the_rest(sets):
    compensated = letters(sets, "E")[:50]
    rng = np.random.default_rng(1)
    for variant, kept in (("shuffle", [*range(15), *range(24, 50), *range(53, 100)]), ("moved", range(49, 100))):
        for before, after in zip(compensated, scrambled(compensated, rng, variant), strict=True):
            assert sorted(before) == sorted(after)
            assert all(before[place] == after[place] for place in kept)
    moved = scrambled(compensated, rng, "moved")
    assert all(one[40:49] == before[15:24] for one, before in zip(moved, compensated, strict=True))
    assert {one[50:53] for one in moved} == {"TGT"}
    with pytest.raises(UsageError, match="shuffle or moved"):
        scrambled(compensated, rng, "swapped")


def test_more_of_a_class_can_be_drawn():
    rng = np.random.default_rng(3)
    assert len(set(draw("E", 300, rng))) == 300


def test_the_probing_sets_have_fifty_sequences_a_condition(probes):
    assert {name: len(conditions) for name, conditions in probes.items()} == {
        "titration": 18,
        "position": 13,
        "spacing": 14,
        "strand": 4,
        "length": 12,
        "background": 15,
        "strength": 8,
        "up": 6,
        "dinucleotide": 2,
    }
    assert {len(one) for conditions in probes.values() for one in conditions.values()} == {50}
    assert probing_sets() == probes
    assert probing_sets(1) != probes


def test_the_titration_changes_the_background_and_nothing_else(probes):
    found = probes["titration"]
    for step in AT_STEPS:
        outside = [one[59:] for one in found[f"intact {step}"]]
        assert at_share(outside) == pytest.approx(step / 100, abs=0.03)
        for intact, broken, compensated in zip(*(found[f"{kind} {step}"] for kind in kinds()), strict=True):
            assert intact[53:59] == "TATAAT"
            assert intact[:54] + "G" + intact[55:] == broken
            assert broken[:15] + "AAAAAAGAG" + broken[24:50] + "TGT" + broken[53:] == compensated
    low, high = found["broken 30"], found["broken 80"]
    changed = [(a, b) for one, other in zip(low, high, strict=True) for a, b in zip(one, other, strict=True) if a != b]
    assert all(b in "AT" and a in "CG" for a, b in changed)


def kinds():
    return ("intact", "broken", "compensated")


def test_the_up_element_moves_over_one_background(probes):
    found = probes["position"]
    for start in POSITIONS:
        for one, absent in zip(found[str(start)], found["absent"], strict=True):
            assert one == absent[:start] + "AAAAAAGAG" + absent[start + 9 :]
            assert absent[50:59] == "TGTTGTAAT"


def test_the_minus_10_box_moves_with_the_spacing(probes):
    for gap in SPACINGS:
        assert {one[30:36] for one in probes["spacing"][str(gap)]} == {"TTGACA"}
        assert {one[36 + gap : 42 + gap] for one in probes["spacing"][str(gap)]} == {"TATAAT"}


def test_the_strand_set_turns_boxes_and_sequences_round(probes):
    found = probes["strand"]
    turn = str.maketrans("ACGT", "TGCA")
    for forward, placed, whole, shuffled in zip(*found.values(), strict=True):
        assert placed == forward[:30] + "TGTCAA" + forward[36:53] + "ATTATA" + forward[59:]
        assert whole == forward[::-1].translate(turn)
        assert sorted(shuffled[30:36]) == sorted("TTGACA")
        assert sorted(shuffled[53:59]) == sorted("TATAAT")
        assert shuffled[:30] + shuffled[36:53] + shuffled[59:] == forward[:30] + forward[36:53] + forward[59:]


def test_lengths_backgrounds_strengths_and_up_elements_are_as_named(probes):
    for bases in (50, 100, 150, 200):
        assert {len(one) for label in "DEH" for one in probes["length"][f"{bases} {label}"]} == {bases}
    assert {one[20:26] + one[43:49] for one in probes["length"]["50 D"]} == {"TTGACATGTAAT"}
    for step in (40, 50, 55, 60, 70):
        found = [one[59:] for label in "DEH" for one in probes["background"][f"{step} {label}"]]
        assert at_share(found) == pytest.approx(step / 100, abs=0.03)
    assert {one[30:36] + one[50:59] for one in probes["strength"]["TTGCCA TAAAAT E"]} == {"TTGCCATGTTAAAAT"}
    assert {one[15:25] for one in probes["up"]["ATATATATAT"]} == {"ATATATATAT"}
    assert {at_share([one[15:24]]) for one in probes["up"]["matched AT"]} == {8 / 9}


def test_the_dinucleotide_control_keeps_every_pair(probes):
    def pairs(one):
        return sorted(one[place : place + 2] for place in range(99))

    for one, other in zip(*probes["dinucleotide"].values(), strict=True):
        assert one != other
        assert pairs(one) == pairs(other)


def test_every_sequence_of_a_run_has_an_id_of_its_own(sets, probes):
    items = Items(sets, probes)
    assert len({item.id for item in items.all}) == len(items) == 400 + 92 * 50
    assert (items.all[0].id, items.all[0].label) == ("C_000", "C")
