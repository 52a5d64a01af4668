"""bedGraph in memory."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Region
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
        ("c 0 5 1\nc 4 9 2\n", "line 2: it overlaps line 1"),
        ("c 4 9 2\nc 0 5 1\n", "line 2: it overlaps line 1"),
        ("c 0 5 1\nc 5 9\n", "line 2: 3 columns"),
        ("c 0 5 one\n", "line 1: the value 'one' is no number"),
        ("c x 5 1\n", "line 1: the start 'x' is no whole number"),
        ("c 5 5 1\n", "line 1: c:5-5 is no stretch"),
        ("c 9 5 1\n", "line 1: c:9-5 is no stretch"),
        ("c -1 5 1\n", "line 1: c:-1-5 is no stretch"),
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
