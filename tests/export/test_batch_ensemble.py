"""A batch export of an ensemble: mean and spread over its members, as the live track has them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gxview.errors import Cancelled, UsageError
from gxview.explain.region import explain_region
from gxview.export.batch.control import Control
from gxview.export.batch.estimate import estimate
from gxview.export.batch.run import run_job
from gxview.genome import Reference
from gxview.job_file import ModelChoice, Places
from gxview.models.loading import load_model
from tests.export.test_batch_job import files_of, stop_after, values_of

OUTPUTS = ("bigwig", "score", "spread")


@pytest.mark.parametrize("name", ["three-cnn", "three-dnabert2"])
@pytest.mark.parametrize(("strand", "rest"), [("+", {}), ("mean", {"phases": 2, "stride": 13})])
def test_values_score_and_spread_equal_the_live_track_to_the_bit(job, tmp_path, small_genome, name, strand, rest):
    wanted = job((name,), {"strands": (strand,)}, outputs=OUTPUTS, **rest)
    outcome = run_job(wanted, tmp_path)
    assert outcome.status == "complete"
    model, reference = load_model(wanted.models[0].model), Reference(small_genome)
    track, spread, score = (values_of(path, reference) for path in outcome.files[:3])
    for chrom, size in reference.sizes.items():
        one = explain_region(model, reference, f"{chrom}:1-{size}", strand=strand, **rest)
        np.testing.assert_array_equal(track[chrom], one.values)
        np.testing.assert_array_equal(score[chrom], one.score)
        np.testing.assert_array_equal(spread[chrom], np.full(size, np.nan) if one.spread is None else one.spread)
    assert np.nanmax(spread["chr1"]) > 0
    (facts,) = (json.loads(path.read_text()) for path in outcome.files if path.name.endswith("provenance.json"))
    assert [one["content_hash"] for one in facts["model"]["members"]] == [one.content_hash for one in model.members]


def test_what_is_stopped_goes_on_to_the_same_bytes_in_shards_of_any_size(job, tmp_path, monkeypatch):
    wanted = job(("three-cnn", "three-dnabert2"), {"strands": ("-", "mean")}, outputs=OUTPUTS)
    run_job(wanted, tmp_path / "whole")
    control = Control()
    stop_after(3, control, monkeypatch)
    with pytest.raises(Cancelled):
        run_job(wanted, tmp_path / "parts", control=control)
    monkeypatch.undo()
    assert run_job(wanted, tmp_path / "parts", resume=True).status == "complete"
    whole = files_of(tmp_path / "whole")
    assert files_of(tmp_path / "parts") == whole
    run_job(wanted.model_copy(update={"shard_bases": 1 << 20}), tmp_path / "large")
    large = files_of(tmp_path / "large")
    assert all(large[name] == content for name, content in whole.items() if name not in ("job.json", "session.igv.xml"))


def test_arrays_hold_the_mean_of_hypothetical_scores(job, tmp_path, small_genome):
    wanted = job(("three-cnn",), places=Places(regions=("chr1:101-160", "chr2:201-260")), outputs=("npz",))
    outcome = run_job(wanted, tmp_path)
    model, reference = load_model(wanted.models[0].model), Reference(small_genome)
    with np.load(outcome.files[0]) as found:
        rows = [found[name] for name in found.files if found[name].shape == (2, 4, 60)]
    expected = np.stack(
        [explain_region(model, reference, one).hypothetical for one in ("chr1:101-160", "chr2:201-260")]
    )
    assert any(np.array_equal(one, expected) for one in rows)


def test_an_ensemble_and_its_members_are_estimated_and_exported_side_by_side(job, tmp_path):
    three = job(("three-cnn",))
    member = ModelChoice(model=f"{three.models[0].model}/a")
    both = three.model_copy(update={"models": (*three.models, member)})
    found = estimate(both, tmp_path)
    alone = estimate(three.model_copy(update={"models": (member,)}), tmp_path)
    assert found.windows == 4 * alone.windows
    assert len(found.tracks) == 2
    with pytest.raises(UsageError, match="is no ensemble, whose models lie apart by themselves"):
        run_job(both.model_copy(update={"outputs": OUTPUTS}), tmp_path / "out")
    assert run_job(both.model_copy(update={"outputs": OUTPUTS, "phases": 2}), tmp_path / "out").status == "complete"
