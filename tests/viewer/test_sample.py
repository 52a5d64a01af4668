from __future__ import annotations

from gxview.cli.demo import sample_locus
from gxview.viewer import sample


def test_the_sample_shows_the_promoter_that_the_demo_explains():
    assert str(sample_locus()[0]) == sample.LOCUS


def test_the_sample_opens_with_both_models_at_its_promoter(viewer, loop):
    sample.open_sample(viewer)
    assert loop.run(lambda: viewer.is_idle and bool(viewer.model.tracks.relevance()))
    sample.open_sample(viewer)
    assert loop.run(lambda: viewer.is_idle)
    assert {track.options.model for track in viewer.model.tracks.relevance()} == set(sample.MODELS)
    assert len(viewer.model.tracks.relevance()) == 2
    assert str(viewer.model.camera.view.region) == sample.LOCUS


def test_a_sample_that_is_missing_is_told(viewer, monkeypatch):
    monkeypatch.setattr(sample, "GENOME", "gone.fa.gz")
    sample.open_sample(viewer)
    assert "gone.fa.gz" in viewer.notices.errors()[0]
