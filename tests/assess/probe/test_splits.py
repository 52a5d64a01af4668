"""Parts share nothing they should not."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.assess.probe.data import ProbeData, Target, read_data
from gxview.assess.probe.settings import ProbeSettings
from gxview.assess.probe.similar import Similar, find_similar
from gxview.assess.probe.splits import Splitter
from gxview.errors import GxviewError, UsageError


def settings(split: str, path: Path = Path("data.csv"), **more: object) -> ProbeSettings:
    return ProbeSettings(data=path, output=Path("out"), models=("m",), split=split, **more)


def labelled(count: int, **columns: tuple[str, ...]) -> ProbeData:
    target = Target("label", "classification", np.arange(count) % 2.0, ("0", "1"))
    return ProbeData(("A",) * count, (target,), columns, "data.csv", "")


def clustered(clusters: list[int]) -> Similar:
    return Similar(np.zeros((0, 2), np.int64), np.array(clusters))


@given(st.lists(st.integers(0, 14), min_size=60, max_size=120), st.integers(0, 50))
def test_parts_by_homology_share_no_cluster_and_lose_no_sequence(clusters, seed):
    data, similar = labelled(len(clusters)), clustered(clusters)
    try:
        parts = Splitter(data, settings("homology"), similar).parts(seed)
    except GxviewError:  # told in words where clusters are too few or too large
        return
    sets = [set(similar.clusters[rows].tolist()) for rows in (parts.train, parts.validation, parts.test)]
    assert all(one.isdisjoint(two) for one, two in combinations(sets, 2))
    joined = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(joined.tolist()) == list(range(len(clusters)))
    for rows in (parts.train, parts.validation, parts.test):
        assert len(np.unique(data.targets[0].values[rows])) == 2


def test_a_giant_cluster_is_trained_on():
    clusters = [0] * 60 + list(range(1, 41))
    splitter = Splitter(labelled(100), settings("homology"), clustered(clusters))
    for seed in range(5):
        parts = splitter.parts(seed)
        assert set(range(60)) <= set(parts.train.tolist())
        assert 10 <= len(parts.test) <= 30


def test_seeds_draw_different_parts_and_the_same_seed_the_same():
    splitter = Splitter(labelled(100), settings("random"), clustered(list(range(100))))
    first, again, other = splitter.parts(0), splitter.parts(0), splitter.parts(1)
    assert first.test.tolist() == again.test.tolist() != other.test.tolist()
    assert "drawn at random" in splitter.notes[0]
    assert len(first.test) == 20


def test_chromosomes_stay_whole():
    names = tuple(f"chr{number % 8}" for number in np.arange(160) // 2)
    splitter = Splitter(labelled(160, chrom=names), settings("chromosome"), clustered(list(range(160))))
    for seed in range(5):
        parts = splitter.parts(seed)
        sets = [{names[row] for row in rows} for rows in (parts.train, parts.validation, parts.test)]
        assert sum(map(len, sets)) == 8


def test_a_column_of_parts_is_taken_as_it_is():
    words = tuple(["train"] * 60 + ["dev"] * 20 + ["test"] * 20)
    splitter = Splitter(labelled(100, split=words), settings("auto"), clustered(list(range(100))))
    parts = splitter.parts(3)
    assert splitter.fixed
    assert parts.validation.tolist() == list(range(60, 80))
    assert parts.test.tolist() == list(range(80, 100))


def test_without_a_test_part_the_validation_part_is_the_test():
    words = tuple(["train"] * 80 + ["dev"] * 20)
    splitter = Splitter(labelled(100, split=words), settings("split"), clustered(list(range(100))))
    parts = splitter.parts(0)
    assert parts.test.tolist() == list(range(80, 100))
    assert len(parts.validation) == 10
    assert "is the test here" in splitter.notes[0]


def test_smaller_subsets_lie_within_larger_ones_and_hold_every_class():
    data = labelled(200)
    parts = Splitter(data, settings("random"), clustered(list(range(200)))).parts(0)
    small, large = (set(parts.subset(share, data.strata, 0).tolist()) for share in (0.1, 0.5))
    assert small < large < set(parts.train.tolist())
    assert len(small) == pytest.approx(0.1 * len(parts.train), abs=2)
    assert {row % 2 for row in parts.subset(0.001, data.strata, 0)} == {0, 1}


def test_leaks_between_random_parts_are_counted(table):
    rng = np.random.default_rng(4)
    parents = ["".join(rng.choice(list("ACGT"), 60)) for _ in range(40)]
    path = table(sequence=parents + parents, label=[0, 1] * 40)
    data = read_data(settings("random", path))
    similar = find_similar(data.sequences, 0.3)
    parts = Splitter(data, settings("random", path), similar).parts(0)
    known = sum((row + 40) % 80 in set(parts.train.tolist()) for row in parts.test)
    assert similar.leaks(parts.train, parts.test) == known > 5
    honest = Splitter(data, settings("homology", path), similar).parts(0)
    assert similar.leaks(honest.train, honest.test) == 0


@pytest.mark.parametrize(
    ("split", "columns", "said"),
    [
        ("nothing", {}, "no column 'nothing'"),
        ("part", {"part": ("train",) * 10 + ("maybe",) * 10}, "says 'maybe'"),
        ("part", {"part": ("train",) * 19 + ("test",)}, "test part has 1 sequence;"),
        ("chromosome", {}, "no column of chromosomes"),
        ("chromosome", {"chrom": ("chr1",) * 20}, "1 chromosome;"),
    ],
)
def test_what_cannot_be_parted_is_told(split, columns, said):
    with pytest.raises((GxviewError, UsageError), match=said):
        Splitter(labelled(20, **columns), settings(split), clustered(list(range(20)))).parts(0)


def test_one_cluster_cannot_be_parted():
    with pytest.raises(GxviewError, match="1 cluster of similar sequences cannot be parted"):
        Splitter(labelled(30), settings("homology"), clustered([0] * 30)).parts(0)
