"""Tracks of variants and reads in the window: opened, drawn, told about under the pointer."""

from __future__ import annotations

import pysam
import pytest
from qtpy.QtCore import QPoint
from qtpy.QtGui import QImage

from gxview._qt.app import create_window
from gxview._qt.drawing.layout import HEADER_WIDTH
from gxview.genome import Reference, Region
from gxview.tracks import open_source
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.kinds import AlignmentTrack
from tests.viewer.fakes import FakeEngine


@pytest.fixture
def files(genome, tmp_path):
    """A genome, a BAM with a C at base 5,050 of chr1 in all of ten reads, and a VCF that says so."""
    reference = Reference(genome)
    letters = reference.fetch(Region("chr1", 5000, 5100)).upper()
    other = "C" if letters[50] != "C" else "G"
    header = pysam.AlignmentHeader.from_dict({"SQ": [{"SN": n, "LN": size} for n, size in reference.sizes.items()]})
    bam, vcf = tmp_path / "a.bam", tmp_path / "a.vcf"
    with pysam.AlignmentFile(str(bam), "wb", header=header) as file:
        for number in range(10):
            read = pysam.AlignedSegment(header)
            read.query_name, read.query_sequence = f"read{number}", letters[:50] + other + letters[51:]
            read.reference_id, read.reference_start, read.cigarstring = header.get_tid("chr1"), 5000, "100M"
            read.flag, read.mapping_quality = 1024 if number == 9 else 16 * (number % 2), 60
            file.write(read)
    pysam.index(str(bam))
    vcf.write_text(
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts1\ts2\n"
        f"chr1\t5051\trs42\t{letters[50]}\t{other}\t30\tPASS\t.\tGT\t0/1\t1/1\n"
        f"chr1\t5081\t.\t{letters[80]}\t<DEL>\t.\tq10\tEND=5090\tGT\t./.\t./.\n"
    )
    return genome, bam, vcf, letters[50], other


@pytest.fixture
def shown(qtbot, files):
    window = create_window(FakeEngine, open_source, {})
    qtbot.addWidget(window)
    window.resize(1300, 700)
    window.show()
    qtbot.waitExposed(window)
    window.viewer.opener.open(list(files[:3]))
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    window.viewer.show(Region("chr1", 5000, 5100))
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    yield window
    window.close()
    assert window.closed_in_time


def track_of(window, kind):
    return next(track for track in window.viewer.model.tracks if isinstance(track, kind))


def hovered(window, qtbot, track, base, down):
    """What is told about a base of a track, so many pixels below its top."""
    told = []
    window.canvas.hovered.connect(told.append)
    row = next(row for row in window.canvas._shown().rows if row.track is track)
    view = window.viewer.model.camera.view
    x = HEADER_WIDTH + round((base + 0.5 - view.start) / view.bases_per_pixel)
    y = round(row.top + down - window.canvas._offset)
    qtbot.mouseMove(window.canvas, QPoint(x - 3, y))
    qtbot.mouseMove(window.canvas, QPoint(x, y))
    window.canvas.hovered.disconnect(told.append)
    return told[-1]


def test_files_become_tracks_of_their_kind(shown):
    kinds = [track.kind for track in shown.viewer.model.tracks]
    assert kinds == ["sequence", "alignments", "variants"]


def test_a_variant_is_told_with_its_genotypes(shown, qtbot, files):
    hover = hovered(shown, qtbot, track_of(shown, VariantTrack), 5050, 8)
    assert hover.value == f"rs42 {files[3]}>{files[4]}"
    assert "quality 30, PASS" in hover.tip
    assert "s1 0/1, s2 1/1" in hover.tip
    assert hovered(shown, qtbot, track_of(shown, VariantTrack), 5030, 8).value == ""


def test_the_counts_at_a_base_and_the_read_under_the_pointer_are_told(shown, qtbot, files):
    track = track_of(shown, AlignmentTrack)
    assert hovered(shown, qtbot, track, 5020, 10).value == "depth 9"
    assert hovered(shown, qtbot, track, 5050, 10).value == f"depth 9: {files[4]} 9 (100%)"
    tip = hovered(shown, qtbot, track, 5050, 62).tip
    assert tip.startswith("read")
    assert "5,001-5,100" in tip
    assert "mapping quality 60" in tip


def test_options_of_a_track_change_what_is_counted(shown, qtbot):
    track = track_of(shown, AlignmentTrack)
    track.duplicates = True
    qtbot.waitUntil(lambda: shown.viewer.is_idle)
    assert hovered(shown, qtbot, track, 5020, 10).value == "depth 10"
    track.min_mapping_quality = 61
    qtbot.waitUntil(lambda: shown.viewer.is_idle)
    assert hovered(shown, qtbot, track, 5020, 10).value == "depth 0"


def test_rejected_variants_can_be_left_out(shown, qtbot):
    track = track_of(shown, VariantTrack)
    assert "<DEL>" in hovered(shown, qtbot, track, 5085, 8).value
    track.passed_only = True
    qtbot.waitUntil(lambda: shown.viewer.is_idle)
    assert hovered(shown, qtbot, track, 5085, 8).value == ""


def test_the_locus_box_finds_a_variant_by_its_id(shown, qtbot):
    shown.viewer.go_to("rs42")
    qtbot.waitUntil(lambda: shown.viewer.is_idle)
    view = shown.viewer.model.camera.view
    assert view.start <= 5050 < view.end


@pytest.mark.parametrize("span", [30, 1000, 9000])
def test_tracks_are_drawn_at_every_zoom(shown, qtbot, span):
    shown.viewer.show(Region("chr1", max(0, 5050 - span), 5050 + span))
    qtbot.waitUntil(lambda: shown.viewer.is_idle)
    image = shown.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ground = image.pixel(HEADER_WIDTH + 5, image.height() - 5)
    for kind in (AlignmentTrack, VariantTrack):
        row = next(row for row in shown.canvas._shown().rows if isinstance(row.track, kind))
        places = [
            (x, y)
            for x in range(HEADER_WIDTH, shown.canvas.width(), 1)
            for y in range(round(row.top) + 4, round(row.top + row.height) - 4, 3)
        ]
        assert sum(image.pixel(x, y) != ground for x, y in places) > 5


def test_reads_can_be_hidden(shown, qtbot):
    track = track_of(shown, AlignmentTrack)
    track.reads = False
    qtbot.waitUntil(lambda: shown.viewer.is_idle)
    assert hovered(shown, qtbot, track, 5050, 62).tip == ""
