"""Stepping through regions, adding them, files in the background, several side by side."""

from __future__ import annotations

import pytest

from gxview.genome import Region
from gxview.viewer.places.regions import RegionRow


@pytest.fixture
def navigator(opened):
    opened.model.regions.rows = [
        RegionRow("chr1", 1000, 1100, name="b", score=2.0),
        RegionRow("chr2", 500, 501, name="a"),
        RegionRow("1", 19_990, 30_000, name="c", score=1.0),
    ]
    return opened.navigator


def test_a_step_shows_the_region_with_air_around_it(opened, navigator):
    navigator.step(1)
    assert opened.model.camera.view.region == Region("chr1", 975, 1125)
    navigator.step(1)
    assert opened.model.camera.view.region == Region("chr2", 480, 521)
    assert opened.model.regions.current == 1


def test_a_region_by_another_name_and_beyond_the_end_is_shown_as_far_as_it_goes(opened, navigator):
    navigator.go(2)
    shown = opened.model.camera.view.region
    assert (shown.chrom, shown.end) == ("chr1", 20_000)
    assert not opened.notices.errors()


def test_a_region_that_the_genome_lacks_says_so_and_moves_nothing(opened, navigator):
    opened.model.regions.rows = [RegionRow("chr9", 1, 2)]
    before = opened.model.camera.view
    navigator.step(1)
    assert "chr9" in opened.notices.errors()[-1]
    assert opened.model.camera.view == before


def test_a_step_at_the_same_zoom_centres_the_region(opened, navigator):
    opened.show(Region("chr1", 5000, 7000))
    navigator.step(1, keep_zoom=True)
    view = opened.model.camera.view
    assert view.span == pytest.approx(2000)
    assert (view.start + view.end) / 2 == pytest.approx(1050)


def test_steps_walk_through_the_history(opened, navigator):
    navigator.step(1)
    navigator.step(1)
    opened.model.camera.back()
    assert opened.model.camera.view.region == Region("chr1", 975, 1125)


def test_the_visible_region_is_added_and_current(opened, navigator):
    opened.show(Region("chr2", 100, 400))
    navigator.active = "peaks"
    navigator.add_visible()
    assert opened.model.regions[-1].region == Region("chr2", 100, 400)
    assert opened.model.regions.current == 3
    assert navigator.active == "regions"


def test_an_empty_table_says_that_there_is_nothing(opened):
    opened.navigator.step(1)
    opened.navigator.active = "peaks"
    opened.navigator.step(1)
    assert [notice.text for notice in opened.notices.history[-2:]] == [
        "There are no regions to step through.",
        "There are no peaks to step through.",
    ]


@pytest.mark.parametrize(
    ("column", "descending", "names"),
    [
        ("name", False, "abc"), ("place", False, "bca"), ("length", False, "abc"),
        ("score", False, "cba"), ("score", True, "bca"), ("place", True, "acb"),
    ],
)  # fmt: skip
def test_rows_are_sorted_with_missing_scores_last(opened, navigator, column, descending, names):
    opened.model.regions.replace(2, chrom="chr1")
    navigator.sort(column, descending)
    assert "".join(row.name for row in opened.model.regions.rows) == names


def test_files_are_read_in_the_background_and_written(opened, navigator, loop, tmp_path):
    path = tmp_path / "out.tsv"
    opened.model.regions.filter = "chr1"
    navigator.save(path)
    navigator.open(path)
    assert loop.run(lambda: opened.is_idle)
    assert [row.name for row in opened.model.regions.rows] == ["b", "a", "c", "b"]
    (tmp_path / "bad.bed").write_text("chr1\tx\ty\t\n1\tz\t2\n")
    navigator.open(tmp_path / "bad.bed")
    assert loop.run(lambda: opened.is_idle)
    assert "bad.bed" in opened.notices.errors()[-1]
    assert len(opened.model.regions) == 4


def test_regions_of_another_genome_are_kept_and_told(opened, loop, tmp_path):
    (tmp_path / "r.bed").write_text("chrX\t1\t2\nchr1\t1\t2\n")
    opened.navigator.open(tmp_path / "r.bed")
    assert loop.run(lambda: opened.is_idle)
    assert len(opened.model.regions) == 2
    assert "chrX" in opened.notices.history[-1].text


def test_selected_rows_open_side_by_side(opened, navigator):
    navigator.side_by_side([0, 1])
    assert [view.region for view in opened.model.loci.views] == [Region("chr1", 975, 1125), Region("chr2", 480, 521)]
    assert opened.model.camera is opened.model.loci.cameras[0]
    opened.model.regions.add(RegionRow("chr1", k, k + 1) for k in range(0, 50, 10))
    navigator.side_by_side(range(8))
    assert len(opened.model.loci) == 4
    navigator.side_by_side([0, 1])
    assert len(opened.model.loci) == 2
    navigator.step(1)
    assert len(opened.model.loci) == 2


def test_a_hundred_thousand_regions_step_and_filter(opened, navigator):
    opened.model.regions.rows = [RegionRow("chr1", k % 19_000, k % 19_000 + 9, name=f"x{k}") for k in range(100_000)]
    opened.model.regions.filter = "x9999"
    navigator.step(-1)
    assert opened.model.regions.current_row.name == "x99999"
    assert len(opened.model.regions.spans("chr1")[0]) == 100_000


def test_regions_take_the_names_of_a_genome_opened_later(viewer, loop, genome):
    viewer.model.regions.rows = [RegionRow("1", 5, 9, name="kept"), RegionRow("other", 1, 2)]
    viewer.opener.open([genome])
    assert loop.run(lambda: viewer.is_idle)
    assert [(row.chrom, row.name) for row in viewer.model.regions.rows] == [("chr1", "kept"), ("other", "")]
