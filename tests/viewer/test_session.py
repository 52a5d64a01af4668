"""Sessions: what was shown comes back, wherever the files went; what is wrong is told in one sentence."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.sessions.content import missing_of, without
from gxview.viewer.sessions.file import Session, is_session, read_session, write_session
from gxview.viewer.sessions.paths import absolute, found_with, relative
from gxview.viewer.sessions.state import capture
from gxview.viewer.sessions.steps import difference
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import (
    AlignmentTrack,
    DifferenceTrack,
    FeatureTrack,
    OverlayTrack,
    RelevanceTrack,
    ScoreTrack,
    SequenceTrack,
    SignalTrack,
    TokenTrack,
)
from gxview.viewer.tracks.options import ExplainOptions
from gxview.viewer.tracks.scale import ScaleOptions
from gxview.viewer.viewer import Viewer
from gxview.viewer.work.loop import QueueLoop
from tests.viewer.fakes import LENGTHS, FakeEngine, open_fake, write_genome


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    genome = write_genome(folder)
    for name in ("signal.bw", "genes.gff", "more.bw"):
        (folder / name).write_text("x")
    return folder, genome


def _viewer(loop: QueueLoop) -> Viewer:
    viewer = Viewer(loop, FakeEngine, open_fake, {"fake-bert": "Fake BERT", "fake-cnn": "Fake CNN"})
    viewer.model.camera.resize(1000)
    return viewer


def _open(viewer: Viewer, loop: QueueLoop, *paths: Path) -> None:
    viewer.opener.open(paths)
    assert loop.run(lambda: viewer.is_idle)
    viewer.undo.settle()


@pytest.fixture
def other(loop):
    viewer = _viewer(loop)
    yield viewer
    assert viewer.close()


# -- any state comes back

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
COLOR = st.sampled_from([None, "#123abc", "#FF0000"])
SCALE = st.builds(
    ScaleOptions,
    mode=st.sampled_from(["auto", "symmetric", "percentile", "fixed", "group"]),
    low=st.floats(-1e6, 0),
    high=st.floats(1e-3, 1e6),
    percent=st.floats(50.5, 100),
    log=st.booleans(),
)
HEIGHT, VISIBLE = st.integers(14, 600), st.booleans()
OPTIONS = st.builds(
    ExplainOptions,
    model=st.sampled_from(["fake-bert", "fake-cnn"]),
    method=st.sampled_from([None, "gradient_x_input"]),
    target=st.one_of(st.none(), st.integers(0, 1), st.just("promoter")),
    strand=st.sampled_from(["+", "-", "mean"]),
    stride=st.one_of(st.none(), st.integers(1, 99)),
    phases=st.integers(1, 8),
)
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""An example takes a while: it opens files in threads."""
ROWS = st.lists(
    st.builds(
        RegionRow,
        chrom=st.sampled_from(["chr1", "elsewhere"]),
        start=st.integers(0, 10),
        end=st.integers(11, 3 * 10**9),
        strand=st.sampled_from("+-."),
        name=TEXT,
        score=st.one_of(st.none(), st.floats(-9, 9)),
        note=TEXT,
    ),
    max_size=4,
)


def _fill(viewer: Viewer, folder: Path, draw) -> None:
    """Put random tracks, groups, regions, places and settings into a viewer."""
    tracks, path = viewer.model.tracks, str(folder / "signal.bw")
    common = {"name": TEXT, "height": HEIGHT, "visible": VISIBLE}
    style = st.sampled_from(["bars", "line", "letters"])
    signal = st.builds(
        SignalTrack, path=st.just(path), color=COLOR, negative_color=COLOR, style=style, scale=SCALE, **common
    )
    genes = st.builds(FeatureTrack, path=st.just(str(folder / "genes.gff")), color=COLOR, labels=VISIBLE, **common)
    for track in draw(st.lists(st.one_of(signal, genes, st.builds(SequenceTrack, gc=VISIBLE, **common)), max_size=5)):
        tracks.append(track)
    for options in draw(st.lists(OPTIONS, max_size=2)):
        explained = RelevanceTrack(name="r", options=options, scale=draw(SCALE))
        tracks.append(explained)
        tracks.append(ScoreTrack(of=explained.id, color=draw(COLOR)))
        if options.model == "fake-bert":
            tracks.append(TokenTrack(of=explained.id))
    known = [track for track in tracks if isinstance(track, SignalTrack | RelevanceTrack)]
    if len(known) > 1:
        tracks.append(OverlayTrack(of=tuple(track.id for track in known), scale=draw(SCALE)))
        tracks.append(DifferenceTrack(first=known[0].id, second=known[1].id))
    if len(tracks):
        chosen = draw(st.lists(st.sampled_from(list(tracks)), unique_by=id))
        if chosen:
            tracks.add_group(TrackGroup(name=draw(TEXT), folded=draw(VISIBLE), scale=draw(SCALE)), chosen)
        tracks.solo = draw(st.sets(st.sampled_from([track.id for track in tracks]), max_size=2))
    viewer.model.regions.rows = draw(ROWS)
    viewer.model.peaks.rows = draw(ROWS)
    viewer.model.settings.theme = draw(st.sampled_from(["dark", "light"]))
    viewer.model.settings.colour_blind = draw(VISIBLE)
    for number in range(draw(st.integers(1, 4))):
        camera = viewer.model.loci.add() if number else viewer.model.camera
        chrom = draw(st.sampled_from(["chr1", "chr2"]))
        start = draw(st.floats(0, LENGTHS[chrom] - 100))
        camera.show(chrom, LENGTHS[chrom], start, start + draw(st.floats(25, 500)))
    viewer.model.loci.activate(draw(st.sampled_from(viewer.model.loci.cameras)))


@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=NO_SHRINKING)
def test_any_state_comes_back_in_another_viewer(files, data):
    folder, genome = files
    loop = QueueLoop()
    first, second = _viewer(loop), _viewer(loop)
    try:
        _open(first, loop, genome)
        _fill(first, folder, data.draw)
        assert loop.run(lambda: first.is_idle)
        assert first.session.save(folder / "state.gxview.json")
        _open(second, loop, folder / "state.gxview.json")
        before, after = capture(first.model), capture(second.model)
        assert before == after, difference(before, after)
        assert second.model.reference.path == genome
        views = [viewer.model.loci.views for viewer in (first, second)]
        places = [
            [(view.chrom, pytest.approx(view.start), pytest.approx(view.end)) for view in shown] for shown in views
        ]
        assert places[0] == [(view.chrom, view.start, view.end) for view in views[1]]
        active = [viewer.model.loci.cameras.index(viewer.model.camera) for viewer in (first, second)]
        assert active[0] == active[1]
        assert not second.session.is_modified
        assert not second.undo.undo_name
        for track in second.model.tracks:
            assert (second.data.source(track) is not None) == isinstance(track, SignalTrack | FeatureTrack)
    finally:
        assert first.close()
        assert second.close()


def test_every_kind_of_track_is_written_and_read(tmp_path):
    signal = SignalTrack(path=str(tmp_path / "a.bw"))
    tracks = (SequenceTrack(), signal, VariantTrack(passed_only=True), AlignmentTrack(soft_clips=True),
              OverlayTrack(of=(signal.id,)), DifferenceTrack(first=signal.id, second=signal.id))  # fmt: skip
    write_session(tmp_path / "s.gxview.json", Session(tracks=tracks))
    assert read_session(tmp_path / "s.gxview.json").tracks == tracks


# -- files that moved


def _saved(viewer: Viewer, loop: QueueLoop, files) -> Path:
    folder, genome = files
    _open(viewer, loop, genome, folder / "signal.bw", folder / "genes.gff")
    assert viewer.session.save(folder / "sessions" / "one.gxview.json") is False  # the folder does not exist
    (folder / "sessions").mkdir()
    assert viewer.session.save(folder / "sessions" / "one.gxview.json")
    return folder / "sessions" / "one.gxview.json"


def test_a_project_can_be_moved_as_a_whole(viewer, other, loop, files, tmp_path):
    session = _saved(viewer, loop, files)
    assert '"../signal.bw"' in session.read_text()
    shutil.move(files[0], tmp_path / "elsewhere")
    _open(other, loop, tmp_path / "elsewhere" / "sessions" / session.name)
    assert [Path(track.path).parent for track in list(other.model.tracks)[1:]] == [tmp_path / "elsewhere"] * 2
    assert not other.notices.errors()


def test_a_session_alone_can_be_moved(viewer, other, loop, files, tmp_path):
    session = _saved(viewer, loop, files)
    (tmp_path / "desk").mkdir()
    _open(other, loop, shutil.move(session, tmp_path / "desk" / session.name))
    assert len(other.model.tracks) == 3
    assert other.model.reference.path == files[1]


def test_missing_files_are_told_and_left_out_where_nobody_can_be_asked(viewer, other, loop, files):
    session = _saved(viewer, loop, files)
    (files[0] / "signal.bw").unlink()
    _open(other, loop, session)
    assert [track.kind for track in other.model.tracks] == ["sequence", "features"]
    told = [notice.text for notice in other.notices.history]
    assert any("signal.bw does not exist any more" in text for text in told)


def test_missing_files_are_located_or_left_out(viewer, other, loop, files, tmp_path):
    session = _saved(viewer, loop, files)
    (tmp_path / "new").mkdir()
    signal = shutil.move(files[0] / "signal.bw", tmp_path / "new" / "renamed.bw")
    (files[0] / "genes.gff").unlink()
    asked = []

    def ask(missing, answer):
        asked.extend((Path(one.path).name, one.what, one.used_by) for one in missing)
        answer({str(files[0] / "signal.bw"): str(signal)})

    other.session.ask_missing = ask
    _open(other, loop, session)
    assert asked == [("signal.bw", "track", ("signal.bw",)), ("genes.gff", "track", ("genes.gff",))]
    _sequence, track = other.model.tracks
    assert track.path == str(signal)
    assert other.session.is_modified  # the file still names the old places
    assert other.data.source(track).path == signal


def test_a_missing_genome_can_be_located(viewer, other, loop, files, tmp_path):
    session = _saved(viewer, loop, files)
    genome = shutil.move(files[1], tmp_path / "genome.fa")
    other.session.ask_missing = lambda missing, answer: answer({missing[0].path: str(genome)})
    _open(other, loop, session)
    assert other.model.reference.path == Path(genome)
    assert len(other.model.tracks) == 3


def test_a_genome_that_cannot_be_opened_is_asked_for_like_a_missing_one(viewer, other, loop, files, tmp_path):
    session = _saved(viewer, loop, files)
    genome = shutil.copy(files[1], tmp_path / "copy.fa")
    files[1].write_text(">chr1\nthis is no DNA 12345\n")
    asked = []

    def ask(missing, answer):
        asked.extend(one.what for one in missing)
        answer({missing[0].path: str(genome)})

    other.session.ask_missing = ask
    _open(other, loop, session)
    assert asked == ["genome"]
    assert other.model.reference.path == Path(genome)
    assert len(other.model.tracks) == 3


def test_without_its_genome_a_session_shows_the_chromosomes_of_its_files(viewer, other, loop, files):
    session = _saved(viewer, loop, files)
    files[1].unlink()
    _open(other, loop, session)
    assert not other.model.reference.has_letters
    assert other.model.reference.names
    assert len(other.model.tracks) == 3


def test_a_source_that_was_forgotten_is_opened_again(viewer, loop, files, monkeypatch):
    monkeypatch.setattr("gxview.viewer.data.track_data.PARKED", 1)
    folder, genome = files
    _open(viewer, loop, genome, folder / "signal.bw", folder / "genes.gff", folder / "more.bw")
    for track in list(viewer.model.tracks)[1:]:
        viewer.remove(track)
    viewer.undo.settle()
    viewer.undo.undo()
    assert loop.run(lambda: viewer.is_idle)
    assert all(viewer.data.source(track) is not None for track in list(viewer.model.tracks)[1:])


def test_a_person_may_decide_not_to_open_after_all(opened, loop, files, viewer):
    before = capture(opened.model)
    folder, _genome = files
    write_session(folder / "s.gxview.json", Session(tracks=(SignalTrack(path=str(folder / "gone.bw")),)))
    opened.session.ask_missing = lambda _missing, answer: answer(None)
    _open(opened, loop, folder / "s.gxview.json")
    assert capture(opened.model) == before


def test_files_that_moved_together_are_found_together(tmp_path):
    for name in ("data/a.bw", "data/deep/b.bw", "data/c.bw"):
        (tmp_path / "new" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "new" / name).write_text("x")
    old = "/gone/project"
    found = found_with(
        f"{old}/data/a.bw", str(tmp_path / "new/data/a.bw"), [f"{old}/data/deep/b.bw", "/far/c.bw", "/far/d.bw"]
    )
    assert found == {
        f"{old}/data/deep/b.bw": str(tmp_path / "new/data/deep/b.bw"),
        "/far/c.bw": str(tmp_path / "new/data/c.bw"),
    }


def test_what_is_made_of_a_missing_file_is_left_out_with_it():
    signal, kept = SignalTrack(path="/gone/a.bw"), SignalTrack(path="/there/b.bw", group="g")
    made = DifferenceTrack(first=signal.id, second=kept.id)
    overlay = OverlayTrack(of=(made.id,))
    session = Session(tracks=(signal, kept, made, overlay), groups=(TrackGroup(id="g"), TrackGroup(id="h")))
    left = without(session, {"/gone/a.bw"})
    assert left.tracks == (kept,)
    assert [group.id for group in left.groups] == ["g"]


@given(st.lists(st.sampled_from(["a", "b", "ä ö", "x.bw"]), min_size=1, max_size=6), st.integers(0, 5))
def test_a_relative_path_means_the_same_file(parts, depth):
    root = os.path.abspath("/data/project")
    name = os.path.join(root, *parts)
    folder = Path(root, *["sub"] * depth)
    written = relative(name, folder)
    assert absolute(written, folder) == name
    assert "\\" not in written
    assert written.startswith(("./", "../")) == (depth <= 3)


@pytest.mark.parametrize("name", ["https://example.org/x.bw", "http:/example.org/x.bw"])
def test_an_address_stays_an_address(name):
    assert relative(name, Path("/data")).endswith("://example.org/x.bw")
    assert absolute(name, Path("/data")) == relative(name, Path("/data"))


def test_nothing_relative_leads_out_of_the_tree():
    assert relative("/mnt/disk/x.bw", Path("/home/me/project")) == "/mnt/disk/x.bw"


def test_the_folder_of_a_model_moves_with_the_session(tmp_path, other, loop):
    folder = tmp_path / "project"
    (folder / "model-bert").mkdir(parents=True)
    genome = write_genome(folder)
    _open(other, loop, genome, folder / "model-bert")
    other.session.save(folder / "s.gxview.json")
    assert json.loads((folder / "s.gxview.json").read_text())["models"] == {"./model-bert": "model-bert"}
    shutil.move(folder, tmp_path / "moved")
    session = read_session(tmp_path / "moved" / "s.gxview.json")
    assert not missing_of(session)
    assert [track.options.model for track in session.tracks if isinstance(track, RelevanceTrack)] == [
        str(tmp_path / "moved" / "model-bert")
    ]


# -- files that are wrong


def _text(**changes) -> str:
    return json.dumps({**Session(tracks=(SignalTrack(name="a"),)).model_dump(mode="json"), **changes})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (_text(gxview_session=2), "newer gxview"),
        (_text(gxview_session="x"), "gxview_session"),
        ('{"gxview_session": 1, "tracks": [', "damaged (line 1)"),
        ('{"tracks": []}', "no session of gxview"),
        ("[1]", "no session of gxview"),
        (_text(tracks=[{"kind": "signal", "height": 5}]), "tracks 1, height: input should be greater"),
        (_text(tracks=[{"kind": "nonsense"}]), "tracks 1: "),
        (_text(tracks=[{"kind": "signal", "id": "a"}, {"kind": "signal", "id": "a"}]), "tracks: two of them"),
        (_text(settings={"device": "cuda"}), "settings: 'device' is no setting"),
        (_text(settings={"theme": "pink"}), "settings, theme: "),
        (_text(regions=[{"chrom": "chr1", "start": 9, "end": 2}]), "regions"),
        (_text(loci=[{"chrom": "chr1", "start": -1, "end": 2}]), "loci 1, start"),
        (_text(nonsense=1), "nonsense"),
        ("\x00\x01", "damaged"),
    ],
)
def test_a_wrong_session_is_refused_in_one_sentence_and_nothing_changes(opened, loop, tmp_path, content, message):
    path = tmp_path / "bad.gxview.json"
    path.write_text(content)
    before = capture(opened.model)
    opened.session.open(path)
    assert loop.run(lambda: opened.is_idle)
    (error,) = opened.notices.errors()
    assert message in error
    assert "bad.gxview.json" in error
    assert "\n" not in error
    assert capture(opened.model) == before


def test_a_session_is_known_by_its_content(tmp_path):
    path = tmp_path / "anything.txt"
    write_session(path, Session())
    assert is_session(path)
    path.write_text('{"other": 1}')
    assert not is_session(path)
    assert not is_session(tmp_path)


def test_a_session_is_written_whole_or_not_at_all(opened, tmp_path, monkeypatch):
    path = tmp_path / "s.gxview.json"
    assert opened.session.save(path)
    before = path.read_bytes()

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    opened.model.tracks[0].height = 99
    assert not opened.session.save()
    assert path.read_bytes() == before
    assert opened.session.is_modified
    assert "No space left" in opened.notices.errors()[0]


def test_a_failed_track_keeps_its_place_and_says_why(viewer, other, loop, files):
    session = _saved(viewer, loop, files)
    text = session.read_text().replace("signal.bw", "more.bw")
    session.write_text(text.replace('"kind": "signal"', '"kind": "signal"'))
    (files[0] / "more.bw").rename(files[0] / "more.txt")
    session.write_text(text.replace("more.bw", "more.txt"))
    _open(other, loop, session)
    track = other.model.tracks[1]
    assert "more.txt is of no known kind" in other.data.failure(track)
    assert other.data.source(track) is None


# -- being modified


def test_only_what_is_saved_counts_as_a_change(opened, loop, tmp_path):
    told = []
    assert not opened.session.is_modified
    opened.session.save(tmp_path / "mine.gxview.json")
    opened.session.changed.connect(lambda: told.append(opened.session.is_modified))
    assert opened.session.name == "mine"
    opened.model.camera.pan(100)
    opened.model.tracks.selected = opened.model.tracks[0]
    opened.undo.settle()
    assert not opened.session.is_modified
    opened.model.tracks[0].height = 99
    opened.undo.settle()
    opened.undo.undo()
    assert told == [True, False]


def test_opening_a_session_takes_the_place_of_what_was_shown(viewer, other, loop, files):
    session = _saved(viewer, loop, files)
    _open(other, loop, files[1], files[0] / "more.bw")
    _open(other, loop, session)
    assert [track.name for track in other.model.tracks] == ["Sequence", "signal.bw", "genes.gff"]
    assert other.session.path == session
    assert other.recent.names[0] == str(session)


def test_a_session_on_the_same_genome_can_be_undone(viewer, loop, files):
    session = _saved(viewer, loop, files)
    viewer.remove(viewer.model.tracks[1])
    _open(viewer, loop, files[0] / "more.bw")
    before = capture(viewer.model)
    viewer.session.open(session)
    assert loop.run(lambda: viewer.is_idle)
    viewer.undo.settle()
    assert [track.name for track in viewer.model.tracks] == ["Sequence", "signal.bw", "genes.gff"]
    assert viewer.undo.undo_name == "open session"
    viewer.undo.undo()
    assert loop.run(lambda: viewer.is_idle)
    assert capture(viewer.model) == before
    assert all(viewer.data.source(track) is not None for track in list(viewer.model.tracks)[1:])


def test_a_session_without_a_genome_shows_its_places_once_its_files_are_open(viewer, other, loop, files):
    folder, _ = files
    _open(viewer, loop, folder / "signal.bw")
    viewer.model.camera.show("chr1", LENGTHS["chr1"], 1000, 2000)
    assert viewer.session.save(folder / "bare.gxview.json")
    assert json.loads((folder / "bare.gxview.json").read_text())["genome"] is None
    _open(other, loop, folder / "bare.gxview.json")
    view = other.model.camera.view
    assert (view.chrom, view.start, view.end) == ("chr1", 1000, 2000)


def test_a_place_that_the_genome_lacks_is_told(other, loop, files):
    folder, genome = files
    fields = {"loci": [{"chrom": "chrX", "start": 5, "end": 10}], "genome": {"path": str(genome)}}
    write_session(folder / "s.gxview.json", Session.model_validate(fields))
    _open(other, loop, folder / "s.gxview.json")
    assert "The session shows chrX:6, which this genome does not have." in [n.text for n in other.notices.history]
    assert other.model.camera.view.chrom == "chr1"


def test_a_name_that_a_person_gave_survives_the_loading_of_the_model(viewer, other, loop, files):
    folder, genome = files
    _open(viewer, loop, genome)
    track = viewer.explanations.add("fake-bert")
    assert loop.run(lambda: viewer.is_idle)
    track.name = "mine"
    viewer.session.save(folder / "s.gxview.json")
    _open(other, loop, folder / "s.gxview.json")
    assert [track.name for track in other.model.tracks.relevance()] == ["mine"]
    assert other.model.model("fake-bert") is not None


def test_regions_and_peaks_are_part_of_the_session(opened, tmp_path):
    opened.model.regions.rows = [RegionRow("chr1", 5, 9, "+", "here", 1.5, "note")]
    opened.model.peaks.rows = [RegionRow("chr1", 7, 8, name="peak 1", score=2.5)]
    opened.session.save(tmp_path / "s.gxview.json")
    read = read_session(tmp_path / "s.gxview.json")
    assert read.regions == opened.model.regions.rows
    assert read.peaks == opened.model.peaks.rows


def test_the_error_names_the_file_that_cannot_be_read(tmp_path):
    with pytest.raises(GxviewError, match=r"none\.gxview\.json cannot be read"):
        read_session(tmp_path / "none.gxview.json")
