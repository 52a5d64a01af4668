"""Tables, good and bad."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gxview.assess.probe.data import read_data
from gxview.assess.probe.settings import ProbeSettings, probe_settings
from gxview.errors import GxviewError, UsageError

LETTERS = [f"ACGTACGTAC{'ACGT'[n % 4]}" for n in range(12)]


def read(path: Path, **more: object):
    return read_data(ProbeSettings(data=path, output=Path("out"), models=("m",), **more))


def test_classes_and_measurements_are_told_apart(table):
    path = table(
        "data.tsv",
        Sequence=[text.lower() for text in LETTERS],
        label=[0, 1] * 6,
        level=[0.5 * n for n in range(12)],
        kind=["b", "a", "c"] * 4,
        chrom=["chr1"] * 12,
    )
    data = read(path, labels=("label", "level", "kind"))
    assert [target.kind for target in data.targets] == ["classification", "regression", "classification"]
    assert data.targets[2].classes == ("a", "b", "c")
    assert data.targets[2].values[:3].tolist() == [1, 0, 2]
    assert [target.width for target in data.targets] == [1, 1, 3]
    assert data.sequences[0] == LETTERS[0]
    assert data.columns == {"chrom": ("chr1",) * 12}
    assert data.length == 11


def test_a_mark_of_the_byte_order_is_no_part_of_the_header(table):
    path = table(sequence=LETTERS, label=[0, 1] * 6)
    path.write_text("\ufeff" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert len(read(path)) == 12


def test_numbers_can_be_measurements_when_told_so(table):
    data = read(table(sequence=LETTERS, label=[1, 2, 3] * 4), task="regression")
    assert data.targets[0].kind == "regression"
    assert data.targets[0].values[:3].tolist() == [1, 2, 3]


def test_a_limit_draws_sequences(table):
    path = table(sequence=LETTERS * 10, label=[0, 1] * 60)
    data = read(path, limit=30)
    assert len(data) == 30
    assert data.notes == ("30 of 120 sequences were drawn by the seed.",)
    assert read(path, limit=30).sequences == data.sequences


@pytest.mark.parametrize(
    ("labels", "more", "said"),
    [
        ([0] * 12, {}, "all labels of 'label' are '0'; there is nothing to predict"),
        ([0.5] * 12, {"task": "regression"}, "all values of 'label' are 0.5"),
        ([0, 1, ""] * 4, {}, "line 4: 'label' has no value"),
        ([0, 1, "NaN"] * 4, {}, "line 4: 'label' has no value"),
        ([0.5, 1.5, "inf"] * 4, {"task": "regression"}, "line 4: 'label' holds 'inf', which is no finite number"),
        ([f"c{n}" for n in range(12)], {}, "12 classes for 12 sequences"),
    ],
)
def test_wrong_labels_are_told_with_their_place(table, labels, more, said):
    with pytest.raises(GxviewError, match=said):
        read(table(sequence=LETTERS, label=labels), **more)


def test_wrong_tables_are_told(table, tmp_path):
    with pytest.raises(GxviewError, match="line 3: the sequence has the letter 'X' at position 5"):
        read(table(sequence=[LETTERS[0], "ACGTX", *LETTERS[2:]], label=[0, 1] * 6))
    with pytest.raises(UsageError, match=r"has no column 'label'; it has 'sequence', 'class'\. Name the right one"):
        read(table(sequence=LETTERS, **{"class": [0, 1] * 6}))
    with pytest.raises(GxviewError, match="has 4 sequences; probing needs at least 10"):
        read(table(sequence=LETTERS[:4], label=[0, 1, 0, 1]))
    broken = tmp_path / "broken.csv"
    broken.write_text("sequence,label\nACGT,1\nACGT,1,3\n", encoding="utf-8")
    with pytest.raises(GxviewError, match="line 3: 3 columns, but the header has 2"):
        read(broken)
    with pytest.raises(GxviewError, match="does not exist"):
        read(tmp_path / "none.csv")
    with pytest.raises(GxviewError, match="is a folder"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"fractions": (0.0, 1.0)}, "--fractions is wrong: fractions lie above 0"),
        ({"heads": ("forest",)}, "--head is ridge"),
        ({"seeds": 0}, "--seeds is at least"),
        ({"models": ()}, "--model needs at least one"),
    ],
)
def test_settings_that_make_no_sense_are_told(values, said):
    with pytest.raises(UsageError, match=said):
        probe_settings(**{"data": Path("a"), "output": Path("b"), "models": ("m",), **values})


def test_strata_of_measurements_are_fifths(table):
    data = read(table(sequence=LETTERS, label=[n + 0.5 for n in range(12)]))
    assert np.bincount(data.strata).tolist() == [3, 2, 2, 2, 3]
