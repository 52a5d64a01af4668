import numpy as np
import pytest
from gxview.resources.coverage import BIN, coverage
from gxview.resources.elements import BOX_10, BOX_35, SPACERS, WRONG_SPACERS, draw_unit
from gxview.resources.simulate import STARTS, STOPS, letters_of, simulate

from gxview.evaluate.planted import DECOYS


def simulated(seed=0, length=60_000):
    return simulate(np.random.default_rng(seed), "test", length)


def agreement(letters, consensus):
    return sum(a == b for a, b in zip(letters, consensus, strict=True))


def test_same_seed_same_sequence_and_other_seed_another():
    first, again, other = simulated(1), simulated(1), simulated(2)
    assert (first.letters, first.planted) == (again.letters, again.planted)
    assert first.letters != other.letters


def test_length_is_exact_and_letters_are_bases():
    found = simulated(length=12_345)
    assert len(found.letters) == 12_345
    assert set(found.letters) == set("ACGT")


def test_both_strands_carry_promoters_and_decoys():
    found = simulated()
    for kinds in (("promoter",), DECOYS):
        assert {item.strand for item in found.of(*kinds)} == {"+", "-"}


def test_genes_are_open_reading_frames():
    found = simulated()
    genes = found.of("gene")
    assert genes
    for item in genes:
        letters = letters_of(found, item)
        codons = [letters[at : at + 3] for at in range(0, len(letters), 3)]
        assert len(letters) % 3 == 0
        assert codons[0] in STARTS
        assert codons[-1] in STOPS
        assert not set(codons[:-1]) & set(STOPS)


@pytest.mark.parametrize("kind", ["promoter", *DECOYS])
def test_a_decoy_lacks_exactly_one_thing(kind):
    rng = np.random.default_rng(5)
    for unit in (draw_unit(rng, kind) for _ in range(50)):
        names = [item.kind for item in unit.elements]
        places = {item.kind: item for item in unit.elements}
        assert ("-35" in names) == (kind in ("promoter", "spacing", "only-35"))
        assert ("-10" in names) == (kind in ("promoter", "spacing", "only-10"))
        assert ("TSS" in names) == (kind == "promoter")
        if kind in ("promoter", "spacing"):
            gap = places["-10"].start - places["-35"].end
            assert gap in (SPACERS if kind == "promoter" else WRONG_SPACERS)
        if kind == "shuffled":
            for name, consensus in (("shuffled-35", BOX_35), ("shuffled-10", BOX_10)):
                letters = unit.letters[places[name].start : places[name].end]
                assert sorted(letters) == sorted(consensus)
                assert agreement(letters, consensus) <= 2


def test_elements_say_nothing_about_the_class():
    """UP elements, extended -10 and operators are as frequent in decoys as in promoters."""
    rng = np.random.default_rng(8)
    for kind in ("UP", "ext-10", "operator"):
        shares = [
            np.mean([kind in [item.kind for item in draw_unit(rng, owner).elements] for _ in range(600)])
            for owner in ("promoter", "spacing")
        ]
        assert abs(shares[0] - shares[1]) < 0.08


def test_genes_are_transcribed_behind_promoters_only():
    found = simulated(length=200_000)
    depth = coverage(np.random.default_rng(0), found)
    means = {"P": [], "D": []}
    for item in found.of("gene"):
        means[item.owner[0]].append(depth[item.start // BIN : item.end // BIN].mean())
    assert np.median(means["P"]) > 10 * np.median(means["D"])
