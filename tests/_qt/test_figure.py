from __future__ import annotations

import re
from itertools import pairwise
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qtpy.QtCore import QRectF
from qtpy.QtGui import QFontDatabase, QImage

from gxview._qt.figures.layout import TEXT_PX, lay_out_figure
from gxview._qt.figures.paint import Figure
from gxview._qt.figures.write import count_images, figure_pdf, figure_svg, write_figure
from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.figures.figure import FigureOptions
from gxview.viewer.figures.stage import Stage
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import SequenceTrack, SignalTrack

SVG = "{http://www.w3.org/2000/svg}"
PLAIN = FigureOptions(width_mm=85, show_axes=False, show_names=False, show_title=False, show_ruler=False)


@pytest.fixture
def stage(opened, qtbot):
    opened.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    stage = Stage(opened.viewer)
    stage.show(Region("chr1", 1000, 1100))
    yield stage
    stage.close()


def drawn(stage, qtbot, options):
    Figure(stage, options)
    qtbot.waitUntil(lambda: stage.is_idle)
    return Figure(stage, options)


def only(stage, kind):
    return tuple(track.id for track in stage.model.tracks if isinstance(track, kind))


def pixels(path):
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    rows = np.frombuffer(bits, np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


@pytest.mark.parametrize(("width", "dpi"), [(85.0, 300), (180.0, 72), (123.4, 601)])
def test_a_png_has_exactly_the_pixels_that_its_millimetres_ask_for(stage, qtbot, tmp_path, width, dpi):
    options = FigureOptions(width_mm=width, height_mm=150, dpi=dpi)
    write_figure(tmp_path / "f.png", drawn(stage, qtbot, options), options)
    image = QImage(str(tmp_path / "f.png"))
    assert (image.width(), image.height()) == (round(width / 25.4 * dpi), round(150 / 25.4 * dpi))
    assert image.dotsPerMeterX() == round(dpi / 0.0254)


def test_a_signal_stands_at_its_bases(stage, qtbot, tmp_path):
    options = PLAIN.with_(tracks=only(stage, SignalTrack), height_mm=30, dpi=600)
    figure = drawn(stage, qtbot, options)
    write_figure(tmp_path / "f.png", figure, options)
    ink = (pixels(tmp_path / "f.png") != 255).any(axis=2)
    per_px = ink.shape[1] / figure.sheet.width
    left, width = figure.sheet.places[0]
    # the value at base k is k modulo 100, and 100 bases show
    middles = ((left + (np.arange(100) + 0.5) * width / 100) * per_px).astype(int)
    heights = ink.sum(axis=0)[middles]
    assert heights[0] <= heights[1]
    assert (np.diff(heights[1:]) > 0).all()
    assert heights[99] / heights[50] == pytest.approx(99 / 50, rel=0.02)


def test_the_letters_of_an_svg_are_the_reference_and_stand_at_their_bases(stage, qtbot):
    options = PLAIN.with_(tracks=only(stage, SequenceTrack))
    figure = drawn(stage, qtbot, options)
    root = ElementTree.fromstring(figure_svg(figure, options))
    colors = {"#0a8f2e": "A", "#1f55e0": "C", "#c86e00": "G", "#d6202c": "T"}
    letters = []
    for group in root.iter(f"{SVG}g"):
        if group.get("fill") in colors and (matrix := re.match(r"matrix\((.*)\)", group.get("transform", ""))):
            letters.append((float(matrix[1].split(",")[4]), colors[group.get("fill")]))
    letters.sort()
    assert "".join(letter for _, letter in letters[:100]) == stage.model.reference.fetch(Region("chr1", 1000, 1100))
    steps = np.diff([x for x, _ in letters[:100]])
    assert steps == pytest.approx(np.full(99, steps.mean()), rel=0.02)


def test_text_stays_text_and_the_size_is_exact_in_an_svg(stage, qtbot):
    options = FigureOptions(width_mm=120, title="A promoter", show_overview=True, show_scale_bar=True)
    figure = drawn(stage, qtbot, options)
    root = ElementTree.fromstring(figure_svg(figure, options))
    assert float(root.get("width").removesuffix("mm")) == pytest.approx(120)
    assert float(root.get("height").removesuffix("mm")) == pytest.approx(figure.sheet.size_mm[1], abs=1e-3)
    texts = [text.text.strip() for text in root.iter(f"{SVG}text")]
    assert {"A promoter", "100 bp", "fake-bert", "AttnLRP", "signal.bw", "chr1"} <= set(texts)
    assert not list(root.iter(f"{SVG}image"))
    assert all("sans-serif" in text.get("font-family") for text in root.iter(f"{SVG}text"))


def test_any_title_and_name_leave_the_file_sound(stage, qtbot):
    name = 'A & B <c> "d" ]]>'
    stage.model.tracks[1].name = name
    options = FigureOptions(title=name)
    root = ElementTree.fromstring(figure_svg(drawn(stage, qtbot, options), options))
    assert [text.text.strip() for text in root.iter(f"{SVG}text")].count(name) == 2


def test_a_pdf_has_its_size_its_fonts_and_a_sound_table_of_contents(stage, qtbot):
    options = FigureOptions(width_mm=85, height_mm=131.3, title="x")
    content = figure_pdf(drawn(stage, qtbot, options), options)
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert [float(side) * 25.4 / 72 for side in box.groups()] == pytest.approx([85, 131.3], abs=1e-3)
    assert b"/FontFile2" in content
    assert b"/ToUnicode" in content
    assert count_images(content) == 0
    assert content[int(re.search(rb"startxref\s+(\d+)", content)[1]) :].startswith(b"xref")


def test_parts_made_of_pixels_are_told(tmp_path):
    class Photo:
        sheet = SimpleNamespace(width=100, height=50, millimetres=0.2, size_mm=(20.0, 10.0))

        def paint(self, painter):
            painter.drawImage(QRectF(0, 0, 10, 10), QImage(4, 4, QImage.Format.Format_RGB32))

    for suffix in (".svg", ".pdf"):
        assert write_figure(tmp_path / f"f{suffix}", Photo(), FigureOptions()) == [
            f"f{suffix} holds 1 part made of pixels."
        ]
    assert write_figure(tmp_path / "f.png", Photo(), FigureOptions()) == []


def test_the_dark_theme_fills_the_page_and_letters_can_be_told_apart(stage, qtbot, tmp_path):
    seen = []
    for options in (FigureOptions(), FigureOptions(theme="dark"), FigureOptions(colour_blind=True)):
        write_figure(tmp_path / "f.png", drawn(stage, qtbot, options), options)
        seen.append(pixels(tmp_path / "f.png"))
    assert (seen[0][[0, -1]] == 255).all()
    assert (seen[1][:, [0, -1]] < 50).all()
    assert (seen[0] != seen[2]).any()


@pytest.mark.parametrize("name", ["f.gif", "f", "missing/f.svg"])
def test_what_cannot_be_written_is_said_and_leaves_nothing(stage, qtbot, tmp_path, name):
    figure = drawn(stage, qtbot, FigureOptions())
    before = sorted(tmp_path.iterdir())
    with pytest.raises(GxviewError):
        write_figure(tmp_path / name, figure, FigureOptions())
    assert sorted(tmp_path.iterdir()) == before


def test_a_picture_that_no_memory_holds_is_refused(stage, qtbot, tmp_path):
    options = FigureOptions(width_mm=2000, dpi=2400)
    with pytest.raises(GxviewError, match="resolution"):
        write_figure(tmp_path / "f.png", drawn(stage, qtbot, options), options)


def test_the_font_is_the_one_asked_for_or_none(stage, qtbot):
    family = QFontDatabase.families()[0]
    root = ElementTree.fromstring(figure_svg(drawn(stage, qtbot, FigureOptions(font=family)), FigureOptions()))
    assert {text.get("font-family") for text in root.iter(f"{SVG}text")} == {f"'{family}', sans-serif"}
    with pytest.raises(GxviewError, match="no font 'Nonsense'"):
        Figure(stage, FigureOptions(font="Nonsense"))


def test_places_side_by_side_share_the_width(stage, qtbot, tmp_path):
    stage.model.loci.add()
    stage.show(Region("chr2", 0, 500))
    options = FigureOptions(width_mm=180)
    figure = drawn(stage, qtbot, options)
    (left, width), (other, same) = figure.sheet.places
    assert width == same == stage.model.loci.cameras[0].view.width
    assert other >= left + width
    assert write_figure(tmp_path / "f.svg", figure, options) == []
    texts = [text.text.strip() for text in ElementTree.parse(tmp_path / "f.svg").getroot().iter(f"{SVG}text")]
    assert {"chr1:1,001-1,100", "chr2:1-500"} <= set(texts)
    signal = stage.model.tracks.get(only(stage, SignalTrack)[0])
    assert texts.count(signal.name) == 1


def test_what_is_left_out_leaves_no_text(stage, qtbot):
    options = PLAIN.with_(tracks=only(stage, SignalTrack))
    root = ElementTree.fromstring(figure_svg(drawn(stage, qtbot, options), options))
    assert [text.text for text in root.iter(f"{SVG}text")] == []


@given(
    width=st.floats(60, 400),
    height=st.none() | st.floats(60, 400),
    points=st.floats(4, 12),
    heights=st.lists(st.integers(14, 200), min_size=1, max_size=12),
)
def test_a_sheet_fills_its_millimetres_or_says_that_it_cannot(width, height, points, heights):
    tracks = [SignalTrack(height=value) for value in heights]
    options = FigureOptions(width_mm=width, height_mm=height, font_pt=points, show_scale_bar=True)
    try:
        sheet = lay_out_figure(options, tracks, 100.0)
    except GxviewError:
        return
    assert sheet.size_mm[0] == pytest.approx(width)
    assert sheet.millimetres * TEXT_PX * 72 / 25.4 == pytest.approx(points, rel=0.05)
    if height is not None:
        assert sheet.size_mm[1] == pytest.approx(height)
    rows = sheet.rows(0)
    assert all(upper.top + upper.height < lower.top for upper, lower in pairwise(rows))
    assert rows[-1].top + rows[-1].height < sheet.scale_bar < sheet.height
    for row in rows:
        assert row.axis_rect.right() <= row.data_rect.left() + 1e-6
        assert row.data_rect.right() <= sheet.width


def test_heights_in_millimetres_are_kept():
    tracks = [SignalTrack(), SignalTrack()]
    for height in (None, 120.0):
        options = FigureOptions(height_mm=height, heights_mm={tracks[0].id: 12.5})
        sheet = lay_out_figure(options, tracks, 50.0)
        assert sheet.heights[0] * sheet.millimetres == pytest.approx(12.5)


def test_regions_are_shaded_and_the_lines_of_groups_stand_above_their_tracks(opened, qtbot, tmp_path):
    tracks = opened.viewer.model.tracks
    (signal,) = (track for track in tracks if isinstance(track, SignalTrack))
    tracks.add_group(TrackGroup(name="Coverages"), [signal])
    opened.viewer.model.regions.add([RegionRow("chr1", 1020, 1040), RegionRow("chr2", 1060, 1080)])
    stage = Stage(opened.viewer)
    stage.show(Region("chr1", 1000, 1100))
    plain = FigureOptions(width_mm=180, dpi=300, show_regions=False)
    shaded = plain.with_(show_regions=True)
    figure = drawn(stage, qtbot, shaded)
    texts = [text.text for text in ElementTree.fromstring(figure_svg(figure, shaded)).iter(f"{SVG}text")]
    assert "Coverages" in [text.strip() for text in texts]
    (line,) = figure.sheet.group_rows()
    row = next(row for row in figure.sheet.rows(0) if row.track.name == signal.name)
    assert line.top < row.top < line.top + 2 * line.height
    write_figure(tmp_path / "plain.png", drawn(stage, qtbot, plain), plain)
    write_figure(tmp_path / "shaded.png", figure, shaded)
    stage.close()
    differs = (pixels(tmp_path / "plain.png") != pixels(tmp_path / "shaded.png")).any(axis=2)
    per_px = differs.shape[1] / figure.sheet.width
    left, width = figure.sheet.places[0]
    where = np.flatnonzero(differs.any(axis=0)) / per_px
    assert where[[0, -1]] == pytest.approx([left + 0.2 * width, left + 0.4 * width], abs=1.5)
    top, bottom = figure.sheet.body
    rows = np.flatnonzero(differs.any(axis=1)) / per_px
    assert top - 1 <= rows[0]
    assert rows[-1] <= bottom + 1
