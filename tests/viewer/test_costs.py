"""What a method costs, in words."""

from __future__ import annotations

import pytest

from gxview.explain.methods import METHODS, find_method
from gxview.viewer.explaining.costs import passes_text, slow_text, titled
from tests.viewer.fakes import MethodInfo, ModelInfo

INFO = ModelInfo("m", "m", "cnn", 120, ("promoter",), (), "cpu", 0, False)


@pytest.mark.parametrize(
    ("cost", "text"), [(1, "1 pass"), (1.5, "1.5 passes"), (24, "24 passes"), (3000, "3,000 passes")]
)
def test_passes_are_counted(cost, text):
    assert passes_text(MethodInfo("a", "A", cost=cost), 120) == text


def test_only_slow_methods_are_told():
    assert slow_text(MethodInfo("a", "A", cost=2), 120) == ""
    assert slow_text(MethodInfo("a", "A", cost=360), 120) == "Slow: about 360 passes of the model for each window."
    assert titled(MethodInfo("a", "A", cost=2), INFO) == titled(MethodInfo("a", "A", cost=360), None) == "A"
    assert titled(MethodInfo("a", "A", cost=360), INFO) == "A (360 passes)"


def test_the_engine_s_methods_count_by_window_token_and_base():
    assert find_method("cnn", "ism").passes(120) == 360
    assert find_method("dnabert2", "occlusion").passes(120) == 24
    assert find_method("dnabert2", "attnlrp").passes(120) == find_method("dnabert2", "attnlrp").passes(5000) == 2
    assert all(passes_text(method, 1).split()[0] for method in METHODS)
