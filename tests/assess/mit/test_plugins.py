"""Scorers of other packages, with a package made up for the test."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from gxview.assess.mit.networks.plugins import register_plugins
from gxview.assess.mit.scorers import SCORERS, CountsTokens, Setting, make_scorer
from gxview.errors import GxviewError

MODULE = """
import numpy as np

class Adenines:
    def __init__(self, weight):
        self.name, self.weight, self.identity = f"adenines-{weight}", float(weight), f"adenines {weight}"

    def score(self, sequences):
        return np.array([self.weight * text.count("A") for text in sequences])

    def tokens(self, sequences):
        return np.array([len(text) for text in sequences])

class Broken:
    name = "broken"

    def score(self, sequences):
        if sequences == ["short"]:
            return np.zeros(3)
        if sequences == ["infinite"]:
            return np.array([np.inf])
        raise RuntimeError("no memory left on the device\\nsecond line")

def make(argument, setting):
    return Adenines(argument or 1)

def make_broken(argument, setting):
    return Broken()

def make_nothing(argument, setting):
    return None
"""
ENTRIES = """[gxview.scorers]
adenines = adenine_scorers:make
broken = adenine_scorers:make_broken
nothing = adenine_scorers:make_nothing
absent = adenine_missing:make
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Install a package with four plug-ins for the time of a test."""
    (tmp_path / "adenine_scorers.py").write_text(MODULE)
    info = tmp_path / "gxview_adenines-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gxview-adenines\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(tmp_path)
    before = dict(SCORERS)
    register_plugins()
    yield
    SCORERS.clear()
    SCORERS.update(before)
    sys.modules.pop("adenine_scorers", None)


@pytest.mark.usefixtures("package")
def test_a_plug_in_is_a_scorer_like_any_other():
    scorer = make_scorer("adenines:2.5", Setting())
    assert scorer.name == "adenines-2.5"
    np.testing.assert_array_equal(scorer.score(["AACA", "CG"]), [7.5, 0])
    assert isinstance(scorer, CountsTokens)
    assert scorer.tokens(["AACA"]).tolist() == [4]
    assert scorer.identity == "adenines 2.5"
    assert scorer.facts["plugin"] == "adenines (gxview-adenines 1.2)"
    assert SCORERS["adenines"].summary == "a plug-in of gxview-adenines 1.2"


@pytest.mark.usefixtures("package")
def test_a_package_is_not_imported_before_it_is_asked_for():
    assert "adenine_scorers" not in sys.modules
    make_scorer("adenines", Setting())
    assert "adenine_scorers" in sys.modules


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        (["ACGT"], r"broken \(gxview-adenines 1.2\) cannot score \(RuntimeError: no memory left on the device\)\.$"),
        (["short"], r"broken .* answered 1 sequence with an array of shape \(3,\)"),
        (["infinite"], r"broken .* gave infinity for sequence 1; a missing score is NaN"),
    ],
)
def test_what_goes_wrong_in_a_plug_in_is_one_sentence_with_its_name(sequences, message):
    scorer = make_scorer("broken", Setting())
    assert not isinstance(scorer, CountsTokens)
    with pytest.raises(GxviewError, match=message):
        scorer.score(sequences)


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent", r"absent \(gxview-adenines 1.2\) cannot be made \(ModuleNotFoundError: No module named"),
        ("nothing", r"nothing .* gave a NoneType without name and score"),
        ("adenines:many", r"adenines .* cannot be made \(ValueError: could not convert string to float"),
    ],
)
def test_a_plug_in_that_cannot_be_made_says_why(name, message):
    with pytest.raises(GxviewError, match=message):
        make_scorer(name, Setting())
