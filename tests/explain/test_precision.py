"""The precision of products: refused where there is none, told with its error where there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from gxview.errors import UsageError
from gxview.explain import device_pass, explain, explain_region
from gxview.explain.device_facts import compare, device_facts, precision_error
from gxview.explain.engine import Engine
from gxview.explain.keeping import expected_provenance, fingerprint
from gxview.explain.precision import arithmetic, check_precision
from gxview.explain.settings import settle
from gxview.explain.trial import TOLERANCE
from gxview.genome import Region

LAC = Region("chr2", 10, 300)


@pytest.mark.parametrize("precision", ["tf32", "bf16"])
def test_a_cpu_refuses_them_in_one_sentence(model, reference, precision):
    for call in (
        lambda: explain(model, ["ACGT" * 15], precision=precision),
        lambda: explain_region(model, reference, "chr2:11-300", precision=precision),
        lambda: expected_provenance(model, reference, 8, precision=precision),
    ):
        with pytest.raises(UsageError) as told:
            call()
        text = str(told.value)
        assert text == f"The precision {precision} needs a CUDA device, and {model.name} is on cpu; use float32."


def test_a_precision_that_does_not_exist(model):
    with pytest.raises(UsageError, match="no precision 'float16'; use one of float32, tf32, bf16"):
        explain(model, ["ACGT" * 15], precision="float16")


def test_the_engine_takes_it_among_its_rules(tiny_cnn_folder, reference):
    engine = Engine(lambda *_: ())
    engine.load(str(tiny_cnn_folder), "cpu")
    found = engine.explain_region(reference, LAC, model=str(tiny_cnn_folder), precision="float32")
    assert found.provenance["dtype"] == "float32"
    name = engine.fingerprint(reference, LAC, model=str(tiny_cnn_folder), precision="float32")
    assert engine.pack(found)[0] == name
    with pytest.raises(UsageError, match="needs a CUDA device"):
        engine.explain_region(reference, LAC, model=str(tiny_cnn_folder), precision="tf32")


def test_work_that_another_machine_does_has_the_precisions_of_that_one(dnabert2):
    assert settle(dnabert2, None, None, {}, "bf16", "cuda").precision == "bf16"
    with pytest.raises(UsageError, match="is on mps"):
        settle(dnabert2, None, None, {}, "bf16", "mps")


class OnGpu:
    """A model that says that it is on a GPU."""

    def __init__(self, model):
        self.name, self.kind, self.device = model.name, model.kind, torch.device("cuda")


def test_what_has_no_bf16(cnn, dnabert2):
    with pytest.raises(UsageError, match="no transformer; use the precision float32 or tf32"):
        check_precision("bf16", OnGpu(cnn))
    with pytest.raises(UsageError, match="rule identity divides by scores"):
        check_precision("bf16", OnGpu(dnabert2), (("alibi", "identity"),))
    assert check_precision("tf32", OnGpu(cnn)) == "tf32"
    assert check_precision("bf16", OnGpu(dnabert2)) == "bf16"


def test_a_pass_leaves_the_choice_of_the_process_as_it_was():
    before = torch.backends.cuda.matmul.fp32_precision, torch.backends.cudnn.deterministic
    with arithmetic("tf32", torch.device("cuda")):
        assert (torch.backends.cuda.matmul.fp32_precision, torch.backends.cudnn.deterministic) == ("tf32", True)
    assert (torch.backends.cuda.matmul.fp32_precision, torch.backends.cudnn.deterministic) == before


def test_its_error_is_measured_and_told(dnabert2, launched):
    settings = replace(settle(dnabert2, "attnlrp", None, {}), precision="bf16")
    facts = device_facts(dnabert2, settings)
    assert facts["dtype"] == "bf16"
    assert facts["launch"] == "by hand, fused attention"
    error = facts["precision_error"]
    assert 1e-5 < error["rms_relative_error"] <= error["max_relative_error"] * 10 < 3
    assert error["correlation"] > 0.9
    assert error == precision_error(dnabert2, settings)
    assert error["windows"] == 32


def test_a_precision_that_errs_too_much_is_not_used(dnabert2, launched, monkeypatch):
    settings = replace(settle(dnabert2, "attnlrp", None, {}), precision="bf16")
    real = device_pass.device_pass

    def rough(weights, *arguments):
        relevance, logits = real(weights, *arguments)
        return relevance * (1 + 2 * TOLERANCE["bf16"] * (weights.dtype == torch.bfloat16)), logits

    monkeypatch.setattr(device_pass, "device_pass", rough)
    facts = device_facts(dnabert2, settings)
    assert facts["dtype"] == "float32"
    assert "precision_error" not in facts
    assert "The precision bf16 cannot be used" in facts["launch_notes"][0]
    assert "the numbers are those of float32" in facts["launch_notes"][0]


def test_notes_do_not_change_the_name_of_an_explanation(cnn, reference):
    known = expected_provenance(cnn, reference, 8)
    assert fingerprint(known | {"launch_notes": ["late"]}, LAC) == fingerprint(known, LAC)


def test_errors_by_hand():
    truth = np.array([3, -4, 0, 1], dtype=np.float32)
    found = compare(truth + np.float32([0, 0.4, 0, 0]), truth)
    assert found["max_relative_error"] == pytest.approx(0.1)
    assert found["rms_relative_error"] == pytest.approx(0.4 / np.sqrt(26), rel=5e-3)
    assert found["correlation"] > 0.99
