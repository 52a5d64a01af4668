"""Delta-entropy of a masked language model against a loop."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gxview.errors import GxviewError
from gxview.explain import explain, explain_region
from gxview.explain.engine import Engine
from gxview.explain.settings import methods_of

SEQUENCE = "ACGTTGCATATAAAAGGCGCNNTTACGATCGGATC"


def test_delta_entropy_hides_one_token_at_a_time(language_model):
    tokens = language_model.tokenize([SEQUENCE])
    entropies = []
    for place in range(1, tokens.input_ids.shape[1] - 1):
        ids = tokens.input_ids.clone()
        ids[0, place] = language_model.tokenizer.mask_id
        with torch.no_grad():
            chances = language_model.network(input_ids=ids).logits[0, place].double().softmax(-1)
        entropies.append(float(-(chances * chances.log()).sum()))
    known = np.array([SEQUENCE[start:end] != "N" for start, end in tokens.spans[0]])
    largest = max(np.array(entropies)[known])
    (found,) = explain(language_model, [SEQUENCE], "delta_entropy")
    assert np.allclose(found.token_relevance, np.where(known, largest - entropies, 0), atol=1e-4)
    assert found.diagnostics["largest_entropy"] == pytest.approx(largest, abs=1e-4)
    assert (found.values >= 0).all()
    assert found.logits.shape == (0,)
    assert found.provenance["target"] == {"index": None, "name": "tokens"}


def test_a_classifier_has_no_delta_entropy(dnabert2):
    with pytest.raises(GxviewError, match="masked-language-model head, which tiny-dnabert2 does not have"):
        explain(dnabert2, [SEQUENCE], "delta_entropy")
    assert "delta_entropy" not in [method.name for method in methods_of(dnabert2)]


def test_a_language_model_has_nothing_else(language_model):
    assert [method.name for method in methods_of(language_model)] == ["delta_entropy"]
    with pytest.raises(GxviewError, match="without a trained classifier"):
        explain(language_model, [SEQUENCE])
    with pytest.raises(GxviewError, match="no target"):
        explain(language_model, [SEQUENCE], "delta_entropy", "promoter")


def test_a_region_has_no_score(language_model, reference):
    found = explain_region(language_model, reference, "chr2", method="delta_entropy")
    assert np.isfinite(found.values).all()
    assert np.isnan(found.score).all()
    assert found.provenance["score"] == "none"
    with pytest.raises(GxviewError, match="no classifier whose score"):
        explain_region(language_model, reference, "chr2", method="delta_entropy", stitching="score")


def test_the_window_s_engine_takes_a_language_model(language_model, reference):
    engine = Engine(lambda *_: [])
    info = engine.load(str(language_model.path))
    assert info.targets == ("tokens",)
    found = engine.explain_region(
        reference, reference.region("chr2")[0], model=info.key, method="delta_entropy", target=0
    )
    assert np.isfinite(found.values).all()


def test_nothing_is_known_of_unknown_bases(language_model):
    (found,) = explain(language_model, ["NNNN"], "delta_entropy")
    assert not found.values.any()
