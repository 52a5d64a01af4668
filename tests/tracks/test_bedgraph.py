"""bedGraph in memory."""

from __future__ import annotations

import gzip
import re

import numpy as np
import pyBigWig
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gxview.errors import Cancelled, GxviewError
from gxview.genome import Region
from gxview.tracks import open_source
from gxview.tracks.bedgraph import BedGraphSignal


@pytest.fixture
def opened(tmp_path):
    def _open(text, name="signal.bedgraph"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return BedGraphSignal(path)

    return _open


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9), st.floats(-1e4, 1e4, width=32)), min_size=1, max_size=15),
    st.integers(0, 60),
    st.integers(1, 150),
    st.randoms(use_true_random=False),
)
def test_every_base_has_the_value_of_its_line(opened, pieces, start, length, random):
    base, position, lines = np.full(400, np.nan, np.float32), 0, []
    for gap, size, value in pieces:
        position += gap
        lines.append(f"c\t{position}\t{position + size}\t{value!r}")
        base[position : position + size] = value
        position += size
    random.shuffle(lines)
    source = opened("track type=bedGraph\n" + "\n".join(lines) + "\n")
    region = Region("c", start, start + length)
    np.testing.assert_array_equal(source.values(region), base[start : start + length])
    bins = min(length, 13)
    summary = source.summary(region, bins)
    for number in range(bins):
        part = base[start + number * length // bins : start + (number + 1) * length // bins]
        part = part[~np.isnan(part)]
        if part.size:
            assert (summary.min[number], summary.max[number]) == (part.min(), part.max())
            assert summary.mean[number] == pytest.approx(part.astype(float).mean(), rel=1e-5, abs=1e-3)
        else:
            assert np.isnan([summary.min[number], summary.max[number], summary.mean[number]]).all()


@pytest.mark.parametrize("name", ["a.bedgraph", "a.bedgraph.gz"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_comments_track_lines_blanks_and_compression(opened, name, end):
    lines = ["browser position c:1-9", "# a comment", 'track type=bedGraph name="My signal" color=255,0,0', "",
             "c 2 4 -1.5", "c\t4\t5\tNA", "d 0 1 3"]  # fmt: skip
    source = opened(end.join(lines) + end, name)
    np.testing.assert_array_equal(source.values(Region("c", 0, 6)), [np.nan, np.nan, -1.5, -1.5, np.nan, np.nan])
    assert (source.name, source.color) == ("My signal", "#ff0000")
    assert np.isnan(source.values(Region("other", 0, 3))).all()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("c 0 5 1\nc 5 9\n", "line 2: 3 columns"),
        ("c 0 5 one\n", "line 1: the value 'one' is no number"),
        ("c x 5 1\n", "line 1: the start 'x' is no whole number"),
        ("c 5 5 1\n", "line 1: c:5-5 is no stretch"),
        ("c 9 5 1\n", "line 1: c:9-5 is no stretch"),
        ("c -1 5 1\n", "line 1: the start -1 is negative"),
        (
            "c 5 99999999999999999999 1\n",
            "line 1: the end '99999999999999999999' lies beyond the end of any chromosome",
        ),
        ("# nothing\n", "holds no values"),
    ],
)
def test_malformed_lines_are_named(opened, text, part):
    with pytest.raises(GxviewError, match=part) as caught:
        opened(text)
    assert "signal.bedgraph" in str(caught.value)


def test_a_cut_off_file_is_refused(tmp_path):
    path = tmp_path / "cut.bedgraph.gz"
    path.write_bytes(gzip.compress(b"c 0 5 1\n" * 1000)[:-12])
    with pytest.raises(GxviewError, match="cut off or damaged"):
        BedGraphSignal(path)


def test_a_real_file_line_by_line(shared):
    path = shared / "data/tracks/CoolBox/chr9.1.pc.bedGraph"
    source = BedGraphSignal(path)
    for line in path.read_text().splitlines():
        chrom, start, end, value = line.split()
        assert source.values(Region(chrom, int(start), int(start) + 1))[0] == np.float32(value)
        assert source.values(Region(chrom, int(end) - 1, int(end)))[0] == np.float32(value)


WIG = """track type=wiggle_0 name="first" color=0,128,0
variableStep chrom=c span=2
3 1.5
# a comment
9 -2
fixedStep chrom=c start=21 step=5 span=3
1

2
fixedStep chrom=d start=1 step=1
7
8
track type=bedGraph name="second"
d 10 12 4
"""


@pytest.mark.parametrize("name", ["a.wig", "a.txt", "a.bed.gz"])
def test_wiggle_blocks_of_all_kinds(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(WIG.encode()) if name.endswith(".gz") else WIG.replace("\n", "\r\n").encode())
    source = open_source(path)
    expected = np.full(30, np.nan, np.float32)
    expected[2:4], expected[8:10], expected[20:23], expected[25:28] = 1.5, -2, 1, 2
    np.testing.assert_array_equal(source.values(Region("c", 0, 30)), expected)
    np.testing.assert_array_equal(source.values(Region("d", 0, 3)), [7, 8, np.nan])
    np.testing.assert_array_equal(source.values(Region("d", 9, 13)), [np.nan, 4, 4, np.nan])
    assert (source.name, source.color, source.sizes) == ("first", "#008000", {"c": 28, "d": 12})
    assert source.notes == (f"{name} holds 2 tracks, which are shown as one.",)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["bed", "variable", "fixed"]), st.integers(1, 4), st.integers(0, 3),
                  st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=6)),
        min_size=1, max_size=6,
    ),
    st.integers(1, 64),
)  # fmt: skip
def test_what_was_written_is_read_whatever_the_pieces(tmp_path, monkeypatch, blocks, chunk):
    monkeypatch.setattr("gxview.tracks.text._CHUNK", chunk)
    base, at, lines = np.full(400, np.nan, np.float32), 0, []
    for kind, span, gap, values in blocks:
        step = span + gap
        lines += {"bed": ["track type=bedGraph"], "variable": [f"variableStep chrom=c span={span}"],
                  "fixed": [f"fixedStep chrom=c start={at + 1} step={step} span={span}"]}[kind]  # fmt: skip
        for value in values:
            lines.append({"bed": f"c\t{at}\t{at + span}\t{value!r}", "variable": f"{at + 1} {value!r}",
                          "fixed": repr(value)}[kind])  # fmt: skip
            base[at : at + span] = value
            at += step
    path = tmp_path / "a.wig"
    path.write_text("\n".join(lines))
    np.testing.assert_array_equal(BedGraphSignal(path).values(Region("c", 0, 400)), base)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("fixedStep chrom=c step=1\n1\n", "line 1: a line of fixedStep has chrom, start"),
        ("variableStep span=5\n1 1\n", "line 1: a line of variableStep has chrom"),
        ("fixedStep chrom=c start=0 step=1\n1\n", "line 1: start, step and span of a wiggle block are 1 or more"),
        ("fixedStep chrom=c start=x step=1\n1\n", "line 1: the start 'x' is no whole number"),
        ("fixedStep chrom=c start=1 step=1\n1\n2\nx\n", "line 4: the value 'x' is no number"),
        ("fixedStep chrom=c start=1 step=1\n1 2\n", "line 2: 2 columns"),
        ("variableStep chrom=c\n5 1\n\n0 2\n", "line 4: the position 0 lies before position 1"),
        ("variableStep chrom=c\n5 1 2\n", "line 2: 3 columns"),
        ("variableStep chrom=c\nc 1 2 3\n", "line 2: 4 columns"),
    ],
)
def test_malformed_wiggle_is_named(opened, text, part):
    with pytest.raises(GxviewError, match=part):
        opened(text, "a.wig")


def test_a_real_wiggle_reads_as_the_library_reads_the_same_as_bigwig(shared):
    folder = shared / "data/tracks/igv/wig"
    ours = open_source(folder / "test_fixedStep.wig").values(Region("chr19", 5_930_730, 5_930_760))
    with pyBigWig.open(str(folder / "test_fixedStep.bigwig")) as file:
        theirs = file.values("chr19", 5_930_730, 5_930_760)
    np.testing.assert_array_equal(ours, np.array(theirs, np.float32))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.integers(-9, 9)), min_size=1, max_size=9))
def test_where_lines_overlap_their_mean_is_shown_and_told(opened, pieces):
    total, count = np.zeros(60), np.zeros(60)
    for start, length, value in pieces:
        total[start : start + length] += value
        count[start : start + length] += 1
    source = opened("".join(f"c {start} {start + length} {value}\n" for start, length, value in pieces))
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(source.values(Region("c", 0, 60)), (total / count).astype(np.float32), rtol=1e-6)
    assert bool(source.notes) == bool((count > 1).any())
    if source.notes:
        first, second = (int(word) for word in re.findall(r"line (\d+)", source.notes[0]))
        (a, m, _), (b, n, _) = pieces[first - 1], pieces[second - 1]
        assert first > second
        assert max(a, b) < min(a + m, b + n)


def test_reading_tells_how_far_it_is_and_can_be_stopped(tmp_path):
    path, told = tmp_path / "a.bedgraph", []
    path.write_text("".join(f"c\t{n}\t{n + 1}\t{n % 7}\n" for n in range(200_000)))
    size = path.stat().st_size
    open_source(path, progress=lambda done, total: told.append((done, total)))
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] == (size, size)
    told.clear()
    with pytest.raises(Cancelled):
        open_source(path, progress=lambda *where: told.append(where), cancelled=lambda: len(told) > 1)
    assert len(told) == 2


def test_a_file_that_changes_while_it_is_read_is_not_shown(tmp_path):
    path = tmp_path / "a.bedgraph"
    path.write_text("c\t0\t1\t1\n" * 1 + "".join(f"c\t{n}\t{n + 1}\t1\n" for n in range(1, 300_000)))

    def overwrite(_done, _total):
        path.write_text("c\t5\t6\t9\n")

    with pytest.raises(GxviewError, match="changed on disk"):
        open_source(path, progress=overwrite)


def test_infinite_values_are_left_out_and_told(opened):
    source = opened("c 0 5 inf\nc 5 6 1e300\nc 6 7 2\nc 4 7 -inf\n")
    np.testing.assert_array_equal(source.values(Region("c", 4, 8)), [np.nan, np.nan, 2, np.nan])
    assert "3 values are infinite" in source.notes[0]
