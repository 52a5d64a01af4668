"""Opening, going, explaining and exporting without a window."""

from __future__ import annotations

import threading

import numpy as np

from gxview.genome import Region
from gxview.viewer.tracks.kinds import FeatureTrack, RelevanceTrack, ScoreTrack, SequenceTrack, SignalTrack, TokenTrack
from gxview.viewer.work.jobs import JobState
from tests.viewer.fakes import relevance_at


def kinds(viewer):
    return [track.kind for track in viewer.model.tracks]


def test_a_genome_opens_at_its_first_sequence_where_letters_appear(opened):
    view = opened.model.camera.view
    assert view.chrom == "chr1"
    assert view.start == 0
    assert 1 / view.bases_per_pixel >= 5
    assert kinds(opened) == ["sequence"]


def test_files_come_below_the_sequence_and_above_explanations(opened, loop, tmp_path):
    opened.explanations.add("fake-bert")
    opened.opener.open([tmp_path / "genes.gff", tmp_path / "signal.bw"])
    assert loop.run(lambda: opened.is_idle)
    assert kinds(opened) == ["sequence", "features", "signal", "score", "relevance", "tokens"]


def test_tracks_stand_in_the_order_asked_for_not_in_that_of_loading(opened, loop, tmp_path, monkeypatch):
    slow, gate = opened.opener._open_source, threading.Event()

    def open_source(path, reference=None, **_watch):
        if path.name == "first.bw":
            gate.wait(5)
        return slow(path, reference)

    monkeypatch.setattr(opened.opener, "_open_source", open_source)
    opened.opener.open([tmp_path / name for name in ("first.bw", "second.gff", "third.bw")])
    assert loop.run(lambda: len(opened.model.tracks) == 3)
    gate.set()
    assert loop.run(lambda: opened.is_idle)
    assert [track.name for track in opened.model.tracks][1:] == ["first.bw", "second.gff", "third.bw"]


def test_an_unknown_file_is_refused_with_one_sentence(opened, loop, tmp_path):
    opened.opener.open([tmp_path / "notes.txt"])
    assert loop.run(lambda: opened.is_idle)
    assert opened.notices.errors() == [
        "notes.txt is of no known kind; gxview opens BED, GFF3, GTF, bigWig and bedGraph."
    ]
    assert kinds(opened) == ["sequence"]


def test_another_genome_replaces_the_tracks_of_the_first(opened, loop, tmp_path):
    opened.opener.open([tmp_path / "genes.gff"])
    assert loop.run(lambda: opened.is_idle)
    opened.model.camera.zoom(4)
    other = tmp_path / "other.fa"
    other.write_text(">second\n" + "ACGT" * 100 + "\n")
    opened.opener.open([other])
    assert loop.run(lambda: opened.is_idle)
    assert opened.model.camera.view.chrom == "second"
    assert not opened.model.camera.can_go_back
    assert kinds(opened) == ["sequence"]


def test_going_to_a_gene_shows_it_with_room(opened, loop, tmp_path):
    opened.opener.open([tmp_path / "genes.gff"])
    assert loop.run(lambda: opened.is_idle)
    opened.go_to("GENE5")
    assert loop.run(lambda: opened.is_idle)
    region = opened.model.camera.view.region
    assert region.start < 2600 < 2900 < region.end
    assert region.length < 1000


def test_going_to_nonsense_stays_and_says_so(opened, loop):
    before = opened.model.camera.view
    for text in ("nothing", "chr9:1-10", "chr1:200-100", "chr1:30,000-40,000"):
        opened.go_to(text)
        assert loop.run(lambda: opened.is_idle)
    assert opened.model.camera.view == before
    assert len(opened.notices.errors()) == 4
    assert "nothing" in opened.notices.errors()[0]


def test_going_beyond_the_end_clips_and_says_so(opened, loop):
    opened.go_to("chr2:2,901-9,000")
    assert loop.run(lambda: opened.is_idle)
    assert str(opened.model.camera.view.region) == "chr2:2,901-3,000"
    assert any("3,000" in notice.text for notice in opened.notices.history)


def test_a_single_position_is_shown_in_the_middle(opened, loop):
    opened.go_to("chr1:5000")
    assert loop.run(lambda: opened.is_idle)
    region = opened.model.camera.view.region
    assert (region.start + region.end) // 2 == 4999 or (region.start + region.end) // 2 == 5000
    assert region.length > 50


def test_a_model_explains_what_is_on_screen(opened, loop, engine):
    track = opened.explanations.add("fake-bert")
    assert loop.run(lambda: opened.is_idle)
    view = opened.model.camera.view
    found = opened.live.slice(track, view)
    assert opened.live.state(track).kind == "done"
    np.testing.assert_array_equal(
        found.values, relevance_at(Region("chr1", found.start, found.start + len(found.values)))
    )
    assert found.start <= view.region.start
    assert found.start + len(found.values) >= view.region.end
    assert [type(t) for t in opened.model.tracks] == [SequenceTrack, ScoreTrack, RelevanceTrack, TokenTrack]
    assert engine.threads == {"gxview-device-0"}


def test_a_model_without_tokens_gets_no_token_lane(opened, loop):
    track = opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    assert kinds(opened) == ["sequence", "score", "relevance"]
    opened.explanations.change(track, model="fake-bert")
    assert loop.run(lambda: opened.is_idle)
    assert kinds(opened) == ["sequence", "score", "relevance", "tokens"]
    assert track.name == "fake-bert"
    opened.explanations.change(track, model="fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    assert kinds(opened) == ["sequence", "score", "relevance"]


def test_the_score_of_a_model_of_numbers_is_no_probability(opened, loop):
    numbers, classes = opened.explanations.add("numbers"), opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    scores = {part.of: part for part in opened.model.tracks if isinstance(part, ScoreTrack)}
    assert (scores[numbers.id].scale.mode, scores[classes.id].scale.mode) == ("auto", "fixed")
    assert opened.explanations.score_name(numbers) == "promoter"
    assert opened.explanations.score_name(classes) == "P(promoter)"


def test_two_models_stand_side_by_side(opened, loop, engine):
    first, second = opened.explanations.add("fake-bert"), opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    assert {call["model"] for call in engine.rules} == {"fake-bert", "fake-cnn"}
    for track in (first, second):
        assert opened.live.slice(track, opened.model.camera.view) is not None


def test_options_reach_the_engine_and_old_answers_are_kept(opened, loop, engine):
    track = opened.explanations.add("fake-bert")
    assert loop.run(lambda: opened.is_idle)
    opened.explanations.change(track, method="gradient_x_input", strand="-", target=0)
    assert loop.run(lambda: opened.is_idle)
    assert engine.rules[-1] == {
        "model": "fake-bert", "method": "gradient_x_input", "strand": "-", "target": 0, "phases": 1
    }  # fmt: skip
    before = len(engine.calls)
    opened.explanations.change(track, method=None, strand="+", target=None)
    assert loop.run(lambda: opened.is_idle)
    assert len(engine.calls) == before


def test_a_broken_model_is_named_once_and_stops_nothing_else(opened, loop):
    track = opened.explanations.add("broken")
    assert loop.run(lambda: opened.is_idle)
    assert opened.notices.errors() == ["broken holds no model; choose a folder with config.json."]
    assert opened.live.state(track).kind == "failed"
    opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    assert len(opened.notices.errors()) == 1


def test_a_failing_explanation_shows_its_reason(opened, loop):
    track = opened.explanations.add("fails")
    assert loop.run(lambda: opened.is_idle)
    state = opened.live.state(track)
    assert (state.kind, "gave no number" in state.text) == ("failed", True)


def test_an_explanation_can_be_cancelled_and_taken_up_again(opened, loop, engine):
    engine.gate = threading.Event()
    track = opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.live.state(track).kind == "running")
    opened.jobs.cancel_all()
    assert opened.live.state(track).kind == "empty"
    assert loop.run(lambda: opened.is_idle)
    assert opened.live.slice(track, opened.model.camera.view) is None
    engine.gate.set()
    opened.explain_region()
    assert loop.run(lambda: opened.is_idle)
    assert opened.live.state(track).kind == "done"


def test_a_late_answer_for_a_place_left_behind_is_dropped(opened, loop, engine):
    engine.gate = threading.Event()
    track = opened.explanations.add("fake-cnn")
    assert loop.run(engine.began.is_set)
    opened.show(Region("chr2", 100, 400))
    assert loop.run(lambda: opened.live.state(track).kind == "running")
    engine.gate.set()
    assert loop.run(lambda: opened.is_idle)
    opened.model.settings.live = False
    opened.model.camera.back()
    assert opened.live.slice(track, opened.model.camera.view) is None
    assert opened.live.state(track).kind == "empty"


def test_the_screen_comes_before_its_neighbours(opened, loop, engine):
    opened.show(Region("chr1", 10_000, 11_000))
    opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    shown = [region.start < 11_000 and region.end > 10_000 for region in engine.calls]
    assert shown == sorted(shown, reverse=True)
    assert not all(shown)


def test_nothing_is_explained_while_browsing_when_that_is_switched_off(opened, loop, engine):
    opened.model.settings.live = False
    track = opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    assert engine.calls == []
    opened.explain_region()
    assert loop.run(lambda: opened.is_idle)
    assert opened.live.state(track).kind == "done"
    assert [job.state for job in opened.jobs if "Explaining" in job.title] == [JobState.DONE]


def test_a_pan_back_asks_for_nothing_again(opened, loop, engine):
    opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    opened.show(Region("chr2", 0, 100))
    assert loop.run(lambda: opened.is_idle)
    before = len(engine.calls)
    opened.model.camera.back()
    assert loop.run(lambda: opened.is_idle)
    assert len(engine.calls) == before


def test_export_writes_the_visible_region(opened, loop, engine, tmp_path):
    opened.show(Region("chr1", 700, 1900))
    opened.explanations.add("fake-cnn")
    opened.export_region(tmp_path / "out.bw")
    assert loop.run(lambda: opened.is_idle)
    (path, region, bases), *_ = engine.written
    assert (path.name, str(region)) == ("out.bw", "chr1:701-1,900")
    assert bases >= region.length
    assert opened.notices.history[-1].text == "Wrote out.bw."


def test_export_refuses_an_unknown_format_and_a_missing_model(opened, loop, engine, tmp_path):
    opened.export_region(tmp_path / "out.bw")
    assert "Choose a model" in opened.notices.history[-1].text
    opened.explanations.add("fake-cnn")
    opened.export_region(tmp_path / "out.doc")
    assert "no known format" in opened.notices.errors()[-1]
    assert loop.run(lambda: opened.is_idle)
    assert engine.written == []


def test_removing_an_explanation_takes_its_parts_along(opened, loop):
    track = opened.explanations.add("fake-bert")
    assert loop.run(lambda: opened.is_idle)
    opened.model.tracks.remove(track)
    assert kinds(opened) == ["sequence"]
    assert opened.current_explanation() is None


def test_closing_with_work_under_way_ends_at_once(opened, loop, engine):
    engine.gate = threading.Event()
    opened.explanations.add("fake-cnn")
    assert loop.run(engine.began.is_set)
    assert opened.close(2.0)


def test_another_device_loads_the_model_again(opened, loop, engine):
    track = opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    opened.model.settings.device = "cuda"
    assert loop.run(lambda: opened.is_idle)
    assert opened.explanations.info(track).device == "cuda"


def test_a_file_that_vanishes_shows_why(opened, loop, tmp_path):
    opened.opener.open([tmp_path / "broken.bw"])
    assert loop.run(lambda: opened.is_idle)
    (track,) = [track for track in opened.model.tracks if isinstance(track, SignalTrack)]
    assert "cannot be read any more" in opened.data.failure(track)
    assert opened.notices.errors()


def test_features_and_letters_stay_while_the_next_ones_are_read(opened, loop, tmp_path):
    opened.opener.open([tmp_path / "genes.gff"])
    opened.show(Region("chr1", 5000, 5500))
    assert loop.run(lambda: opened.is_idle)
    (track,) = [track for track in opened.model.tracks if isinstance(track, FeatureTrack)]
    opened.data.features(track, opened.model.camera.view)
    opened.data.letters(opened.model.camera.view)
    opened.model.camera.zoom(1.9)
    assert opened.data.features(track, opened.model.camera.view) is not None
    assert opened.data.letters(opened.model.camera.view) is not None


def test_another_genome_ends_what_was_being_exported(opened, loop, engine, genome, tmp_path):
    engine.gate = threading.Event()
    opened.explanations.add("fake-cnn")
    assert loop.run(engine.began.is_set)
    opened.export_region(tmp_path / "out.bw")
    other = tmp_path / "other.fa"
    other.write_text(">second\n" + "ACGT" * 100 + "\n")
    opened.opener.open([other])
    assert loop.run(lambda: opened.model.camera.view.chrom == "second")
    engine.gate.set()
    assert loop.run(lambda: opened.is_idle)
    assert [job.state for job in opened.jobs if "Exporting" in job.title] == [JobState.CANCELLED]
    assert engine.written == []


def test_what_no_file_brings_back_is_hidden_instead_of_removed(opened, loop, tmp_path):
    opened.opener.open([tmp_path / "signal.bw"])
    track = opened.explanations.add("fake-bert")
    assert loop.run(lambda: opened.is_idle)
    for one in list(opened.model.tracks):
        if one is not track:
            opened.remove(one)
    assert [(one.kind, one.visible) for one in opened.model.tracks] == [
        ("sequence", False), ("score", False), ("relevance", True), ("tokens", False)
    ]  # fmt: skip


def test_a_region_longer_than_the_window_explains_is_refused_with_a_way_out(viewer, loop, engine, tmp_path):
    path = tmp_path / "long.fa"
    path.write_text(">long\n" + "ACGT" * 300_000 + "\n")
    viewer.opener.open([path])
    assert loop.run(lambda: viewer.is_idle)
    viewer.model.settings.live = False
    track = viewer.explanations.add("fake-cnn")
    viewer.model.camera.zoom(float("inf"))
    viewer.explain_region()
    assert loop.run(lambda: viewer.is_idle)
    assert "File > Batch export" in viewer.notices.errors()[-1]
    viewer.show(Region("long", 1000, 301_000))
    viewer.explain_region()
    assert loop.run(lambda: viewer.is_idle)
    assert viewer.live.state(track).kind == "done"
    calls = len(engine.calls)
    viewer.model.camera.zoom(float("inf"))
    assert loop.run(lambda: viewer.is_idle)
    far = viewer.live.slice(track, viewer.model.camera.view)
    assert far.values.edges[-1] - far.values.edges[0] >= 300_000
    assert float(np.nanmax(far.values.high)) > 0.99
    assert len(engine.calls) == calls


def test_a_slow_model_explains_less_while_browsing(opened, loop, monkeypatch):
    track = opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    fast = opened.live.limit(track)
    monkeypatch.setattr(opened.live._cache, "seconds", lambda number: 2.0)
    assert opened.live.limit(track) == 15_000 < fast
    opened.show(Region("chr1", 0, 20_000))
    assert loop.run(lambda: opened.is_idle)
    assert "Zoom in below 15 kb" in opened.live.state(track).text


def test_compared_models_are_explained_in_turns(opened, loop, engine):
    engine.gate = threading.Event()
    opened.explanations.add("fake-bert")
    opened.explanations.add("fake-cnn")
    opened.show(Region("chr1", 0, 5120))
    assert loop.run(lambda: len(opened.model.loaded_models) == 2 and opened.live._pace.is_idle)
    engine.gate.set()
    assert loop.run(lambda: opened.is_idle)
    models = [rules["model"] for rules in engine.rules[-20:]]
    assert models.count("fake-bert") == models.count("fake-cnn") == 10
    assert models[4:8] in (["fake-bert", "fake-cnn"] * 2, ["fake-cnn", "fake-bert"] * 2)
