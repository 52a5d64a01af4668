import json

import pytest
from typer.testing import CliRunner

from gxview.cli import build_app, sample
from gxview.models import load_model


@pytest.fixture(scope="module")
def reports():
    """What the one command prints for both models on the sequence they have never seen."""
    result = CliRunner().invoke(build_app(["sample"]), ["sample", "--report", "--json"])
    assert result.exit_code == 0, result.output
    return {report["model"]: report for report in json.loads(result.output)}


@pytest.mark.parametrize("name", sample.MODELS)
def test_model_tells_promoters_apart(reports, name):
    found = reports[name]
    assert found["auroc_both"] >= 0.95
    assert found["auroc_decoys"] >= 0.85
    assert found["auroc_random"] >= 0.95
    assert found["counts"]["promoter"] >= 100
    assert sum(found["counts"].values()) >= 1_200


@pytest.mark.parametrize("name", sample.MODELS)
def test_explanation_points_at_the_boxes(reports, name):
    relevance = reports[name]["relevance"]
    assert relevance["auprc"] >= 0.5
    assert relevance["auprc_pooled"] >= 0.5
    assert relevance["share"] == pytest.approx(12 / 120)
    assert relevance["sequences"] == reports[name]["counts"]["promoter"]


def test_default_methods(reports):
    assert {name: found["method"] for name, found in reports.items()} == {
        "sample-cnn": "lrp",
        "sample-dnabert2": "attnlrp",
    }


@pytest.mark.parametrize("name", sample.MODELS)
def test_models_share_window_and_targets(name):
    model = load_model(name)
    assert model.name == name
    assert model.window_length == 120
    assert model.targets[-1] == "promoter"
    assert model.positive == model.num_labels - 1


@pytest.mark.parametrize("name", sample.MODELS)
def test_consensus_promoter_is_found_on_the_given_strand_only(name):
    """Both boxes at 17 bases in a plain background; the same read backwards is no promoter."""
    from gxview.genome import reverse_complement

    flank = "GCTAGCCATGACGTTCAGGCATCGATGCCAGTCGATCAGCATTGC"
    spacer = "CGCTGATCGCATCGAGC"
    promoter = f"{flank}TTGACA{spacer}TATAAT{flank}"[:120]
    without = f"{flank}CAGTCG{spacer}GCCGTC{flank}"[:120]
    scores = load_model(name).logits([promoter, reverse_complement(promoter), without])
    difference = scores[:, 1] - scores[:, 0] if name == "sample-dnabert2" else scores[:, 0]
    assert difference[0] > 0 > max(difference[1], difference[2])
