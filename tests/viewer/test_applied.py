from __future__ import annotations

import numpy as np

from gxview.genome import Region
from gxview.viewer.explaining.tiles import tile_bytes
from gxview.viewer.viewer import Viewer
from tests.viewer.fakes import FakeEngine, open_fake


def explained(viewer, loop, region, key="fake-cnn"):
    track = next(iter(viewer.model.tracks.relevance()), None) or viewer.explanations.add(key)
    viewer.show(region)
    assert loop.run(lambda: viewer.is_idle)
    return viewer.live.slice(track, viewer.model.camera.view)


def test_tiles_take_no_more_memory_than_allowed(opened, loop):
    explained(opened, loop, Region("chr1", 0, 20_000))
    tiles = opened.shared.tiles
    number = opened.live.number(opened.model.tracks.relevance()[0])
    kept = tiles.at_hand(number, "chr1")
    assert len(kept) == 40
    assert tiles.used == sum(tile_bytes(tile) for tile in kept)
    tiles.set_memory(5 * tile_bytes(kept[0]))
    assert len(tiles.at_hand(number, "chr1")) == 5
    assert tiles.used <= 5 * tile_bytes(kept[0])


def test_the_memory_of_the_settings_reaches_the_tiles(opened, loop, monkeypatch):
    seen = []
    monkeypatch.setattr(opened.shared.tiles, "set_memory", seen.append)
    opened.model.settings.tile_memory = 64
    assert seen == [64_000_000]


def test_threads_reach_the_engine_and_tiles_of_other_threads_are_not_shown(opened, loop, engine):
    explained(opened, loop, Region("chr1", 0, 1000))
    count = len(engine.calls)
    opened.model.settings.threads = 3
    assert loop.run(lambda: len(engine.calls) > count and opened.is_idle)
    assert engine.thread_numbers == {0, 3}


def test_a_new_explanation_takes_the_preferred_method(opened, loop):
    settings = opened.model.settings
    settings.base_method, settings.token_method = "gradient_x_input", "none such"
    cnn, bert = opened.explanations.add("fake-cnn"), opened.explanations.add("fake-bert")
    own = opened.explanations.add("fake-cnn", method="lrp")
    assert loop.run(lambda: opened.is_idle)
    assert [track.options.method for track in (cnn, bert, own)] == ["gradient_x_input", None, "lrp"]
    late = opened.explanations.add("fake-cnn")
    assert late.options.method == "gradient_x_input"
    opened.explanations.change(late, method="lrp")
    settings.base_method = ""
    assert late.options.method == "lrp"


def test_explanations_on_disk_are_the_same_at_the_next_start(opened, loop, genome, tmp_path):
    opened.model.settings.disk_cache = True
    opened.applied.use_folder(tmp_path / "cache")
    before = explained(opened, loop, Region("chr1", 3000, 4000))
    opened.shared.tiles.disk.close()
    engine = FakeEngine()
    other = Viewer(loop, lambda: engine, open_fake, {"fake-cnn": "Fake CNN"})
    try:
        other.model.camera.resize(1000)
        other.model.settings.disk_cache = True
        other.applied.use_folder(tmp_path / "cache")
        other.opener.open([genome])
        assert loop.run(lambda: other.is_idle)
        after = explained(other, loop, Region("chr1", 3000, 4000))
    finally:
        assert other.close()
    assert after.values.tobytes() == before.values.tobytes()
    asked = {region.start for region in engine.calls}
    assert not asked & set(range(2560, 4096, 512))


def test_without_the_setting_nothing_is_written(opened, loop, tmp_path):
    opened.applied.use_folder(tmp_path / "cache")
    explained(opened, loop, Region("chr1", 3000, 4000))
    assert not (tmp_path / "cache").exists()


def test_a_damaged_tile_on_disk_is_explained_anew(opened, loop, engine, tmp_path):
    opened.model.settings.disk_cache = True
    opened.applied.use_folder(tmp_path)
    first = explained(opened, loop, Region("chr1", 3000, 3400))
    disk = opened.shared.tiles.disk
    name = engine.fingerprint(
        opened.model.reference, Region("chr1", 2560, 3072), model="fake-cnn", strand="+", phases=1
    )
    assert disk.get(name) is not None
    disk.put(name, b"damaged")
    opened.shared.tiles.clear()
    count = len(engine.calls)
    again = explained(opened, loop, Region("chr1", 3001, 3401))
    assert engine.calls[count:] == [Region("chr1", 2560, 3072)]
    np.testing.assert_array_equal(first.values, again.values)


def test_a_disk_that_cannot_be_used_is_told(opened, loop, tmp_path):
    (tmp_path / "file").write_text("")
    opened.applied.use_folder(tmp_path / "file")
    opened.model.settings.disk_cache = True
    assert explained(opened, loop, Region("chr1", 3000, 3400)) is not None
    assert "cannot be kept" in opened.notices.history[-1].text
