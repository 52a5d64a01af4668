"""bigWig against brute force and a second library."""

from __future__ import annotations

import threading
from itertools import pairwise

import numpy as np
import pybigtools
import pyBigWig
import pytest

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks import open_source
from gxview.tracks.bbi import BIGWIG_MAGIC, BbiFile
from gxview.tracks.bigwig import BigWigSignal
from gxview.tracks.bigwig_blocks import zoom_records
from gxview.tracks.places import open_bytes

REAL = [
    "bbi-js/variable_step.bw",
    "bbi-js/volvox.bw",
    "bigtools/mini.bw",
    "CoolBox/bigwig_chr9_4000000_6000000_K562_RNA.bigwig",
    "figeno/LNCaP_ENCFF282KWR_subset.bigwig",
    "igv/wig/test_fixedStep.bigwig",
    "igv.js/bb/nozooms.bw",
    "pyGenomeTracks/bigwig3_X_2.5e6_3.5e6.bw",
    "pyGenomeTracks/bigwig_chrx_2e6_5e6.bw",
    "tangermeme/test.bw",
]


def by_bins(values, bins, reduce):
    edges = np.arange(bins + 1) * len(values) // bins
    with np.errstate(all="ignore"):
        return np.array([reduce(values[a:b]) for a, b in pairwise(edges)])


def extreme(reduce):
    return lambda part: reduce(part[~np.isnan(part)]) if np.any(~np.isnan(part)) else np.nan


def assert_summary(source, region, bins, values):
    summary = source.summary(region, bins)
    np.testing.assert_array_equal(summary.min, by_bins(values, bins, extreme(np.min)))
    np.testing.assert_array_equal(summary.max, by_bins(values, bins, extreme(np.max)))
    mean = by_bins(values.astype(np.float64), bins, extreme(np.mean))
    np.testing.assert_allclose(summary.mean, mean, rtol=1e-5, atol=1e-6 * np.nanmax(np.abs(values), initial=1))


def signed(length, seed=0, gap=5000):
    """Noise of both signs with gaps and steps."""
    random = np.random.default_rng(seed)
    values = random.normal(size=length).astype(np.float32)
    values[: length // 50] = np.nan
    values[length // 3 : length // 3 + gap] = np.nan
    values[length // 2 : length // 2 + 3000] = -2.5
    return values


def stretches(values):
    known = np.flatnonzero(~np.isnan(values))
    return [("c", int(place), int(place) + 1, float(values[place])) for place in known]


def written_by_pybigwig(path, values):
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader([("a", 50), ("c", len(values)), ("z", 50)])
        known = ~np.isnan(values)
        edges = np.flatnonzero(np.diff(known.astype(np.int8), prepend=0, append=0))
        for start, end in edges.reshape(-1, 2):
            file.addEntries("c", int(start), values=values[start:end].astype(float), span=1, step=1)
    return path


def written_by_pybigtools(path, values):
    pybigtools._rust_open(str(path), "w").write({"a": 50, "c": len(values), "z": 50}, iter(stretches(values)))
    return path


# bigtools fills long gaps in its coarse zoom levels with the last value before them, so it gets none
@pytest.mark.parametrize(("write", "gap"), [(written_by_pybigwig, 5000), (written_by_pybigtools, 0)])
def test_extremes_and_means_are_exact_at_every_zoom(tmp_path, monkeypatch, write, gap):
    monkeypatch.setattr("gxview.tracks.bigwig._PER_BASE", 2000)
    values = signed(300_000, gap=gap)
    source = BigWigSignal(write(tmp_path / "signal.bw", values))
    assert len(source._file.levels) > 1
    for start, end, bins in [(0, 300_000, 100), (0, 300_000, 7), (0, 300_000, 1), (1234, 298_765, 333)]:
        assert_summary(source, Region("c", start, end), bins, values[start:end])
    for start, end, bins in [(99_000, 101_777, 500), (149_990, 150_010, 20), (10, 5000, 3), (0, 300_000, 20_000)]:
        assert_summary(source, Region("c", start, end), bins, values[start:end])


def test_sparse_stretches_without_a_fitting_zoom_level(tmp_path, monkeypatch):
    monkeypatch.setattr("gxview.tracks.bigwig._PER_BASE", 2000)
    random = np.random.default_rng(1)
    values, path = np.full(400_000, np.nan, np.float32), tmp_path / "sparse.bw"
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader([("c", 400_000)])
        edges = np.sort(random.choice(400_000, 60, replace=False))
        for start, end in edges.reshape(-1, 2).tolist():
            value = float(np.float32(random.normal()))
            file.addEntries(["c"], [start], ends=[end], values=[value])
            values[start:end] = value
    source = BigWigSignal(path)
    for bins in (3, 50, 999):
        assert_summary(source, Region("c", 0, 400_000), bins, values)


def test_more_bins_than_bases_repeat_the_base(tmp_path):
    source = BigWigSignal(written_by_pybigwig(tmp_path / "s.bw", signed(20_000)))
    summary = source.summary(Region("c", 100, 103), 9)
    np.testing.assert_array_equal(summary.mean, np.repeat(source.values(Region("c", 100, 103)), 3))


@pytest.mark.filterwarnings("ignore:The default behavior of `values:DeprecationWarning")
@pytest.mark.parametrize("name", REAL)
def test_real_files_read_as_a_second_library_reads_them(shared, monkeypatch, name):
    path = shared / "data/tracks" / name
    source, second = open_source(path), pybigtools.open(str(path))
    monkeypatch.setattr("gxview.tracks.bigwig._PER_BASE", 2000)
    for chrom, size in list(second.chroms().items())[:2]:
        records = [r for r, _ in zip(second.records(chrom), range(20_000), strict=False)]
        if not records:
            continue
        start, end = records[0][0], min(records[-1][1], records[0][0] + 400_000)
        theirs = np.asarray(second.values(chrom, start, end), dtype=np.float32)
        ours = source.values(Region(chrom, start, end))
        np.testing.assert_array_equal(ours, theirs)
        for bins in (1, 10, 77):
            if bins <= end - start:
                assert_summary(source, Region(chrom, start, end), bins, ours)
        assert np.isnan(source.values(Region(chrom, size, size + 3))).all()


@pytest.mark.filterwarnings("ignore:The default behavior of `values:DeprecationWarning")
def test_values_of_a_file_whose_zoom_levels_contradict_them(shared):
    path = shared / "data/tracks/bbi-js/fixedStep.bw"
    theirs = np.asarray(pybigtools.open(str(path)).values("chr1", 11_000, 60_000), dtype=np.float32)
    np.testing.assert_array_equal(open_source(path).values(Region("chr1", 11_000, 60_000)), theirs)


def test_the_records_themselves_agree_with_a_second_library(shared):
    path = shared / "data/tracks/CoolBox/bigwig_chr9_4000000_6000000_K562_H3K27ac.bigwig"
    ours, theirs = BbiFile(open_bytes(path), BIGWIG_MAGIC), pybigtools.open(str(path))
    assert [level.bases for level in ours.levels] == sorted(theirs.zooms())
    for level in ours.levels:
        expected = list(theirs.zoom_records(level.bases, "chr9", 4_000_000, 6_000_000))
        found = zoom_records(ours, level, ours.numbers["chr9"], 4_000_000, 6_000_000)
        assert [(int(r["start"]), int(r["end"])) for r in found] == [(r[0], r[1]) for r in expected]


def test_what_lies_beyond_the_end_or_on_another_chromosome_is_missing(tmp_path):
    source = BigWigSignal(written_by_pybigwig(tmp_path / "s.bw", signed(20_000)))
    values = source.values(Region("c", 19_990, 20_010))
    assert not np.isnan(values[:10]).any()
    assert np.isnan(values[10:]).all()
    assert np.isnan(source.values(Region("nowhere", 0, 5))).all()
    assert np.isnan(source.summary(Region("a", 0, 50), 5).max).all()
    assert np.isnan(source.summary(Region("c", 30_000, 40_000), 5).max).all()


def test_names_of_another_custom_are_understood(tmp_path):
    path, values = tmp_path / "s.bw", np.nan_to_num(signed(20_000))
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader([("chrM", 100), ("chr4", 20_000)])
        file.addEntries("chr4", 0, values=values.astype(float), span=1, step=1)
    fasta = tmp_path / "g.fa"
    fasta.write_text(f">III\nACGT\n>IV\n{'A' * 20_000}\n>Mito\n{'C' * 60}\n")
    source = BigWigSignal(path, Reference(fasta, cache_dir=tmp_path))
    np.testing.assert_array_equal(source.values(Region("IV", 0, 100)), values[:100])
    np.testing.assert_array_equal(source.values(Region("chrIV", 0, 100)), values[:100])
    assert len(source.notes) == 1
    assert "another assembly" in source.notes[0]
    assert "chrM:100" in source.notes[0]


def test_threads_share_a_source(tmp_path):
    values = signed(200_000)
    source = BigWigSignal(written_by_pybigwig(tmp_path / "s.bw", values))
    wrong = []

    def read(seed):
        random = np.random.default_rng(seed)
        for start in random.integers(0, 199_000, 100).tolist():
            found = source.values(Region("c", start, start + 500))
            if not np.array_equal(found, values[start : start + 500], equal_nan=True):
                wrong.append(start)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_damaged_files_are_refused(tmp_path):
    whole = written_by_pybigwig(tmp_path / "s.bw", signed(50_000)).read_bytes()
    for cut in (30, 100, 400, len(whole) // 2, len(whole) - 1):
        path = tmp_path / "cut.bw"
        path.write_bytes(whole[:cut])
        with pytest.raises(GxviewError, match=r"cut\.bw"):
            open_source(path)
    with pytest.raises(GxviewError, match="There is no file"):
        BigWigSignal(tmp_path / "nowhere.bw")


@pytest.mark.parametrize("span", [1, 7, 25])
def test_a_sketch_moves_values_by_less_than_a_bin_and_loses_none(tmp_path, span):
    length = 300_000 // span * span
    values = np.repeat(signed(length // span, gap=400), span)
    path = tmp_path / "signal.bw"
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader([("chr1", length)], maxZooms=8)
        steps = values[::span]
        known = np.flatnonzero(~np.isnan(steps))
        starts = (known * span).tolist()
        file.addEntries(["chr1"] * len(known), starts, ends=[s + span for s in starts], values=steps[known].tolist())
    source = BigWigSignal(path)
    for bins in (100, 1024, 4000):
        region = Region("chr1", 5_000, length - 3)
        sketch, exact = source.sketch(region, bins), source.summary(region, bins)
        assert np.nanmin(sketch.min) == np.nanmin(exact.min)
        assert np.nanmax(sketch.max) == np.nanmax(exact.max)
        around = [np.roll(exact.max, shift) for shift in (-1, 0, 1)]
        inside = slice(1, -1)
        low, high = np.fmin.reduce([np.roll(exact.min, shift) for shift in (-1, 0, 1)]), np.fmax.reduce(around)
        known = ~np.isnan(sketch.mean[inside])
        assert known.mean() > 0.9
        assert (sketch.min[inside][known] >= low[inside][known]).all()
        assert (sketch.max[inside][known] <= high[inside][known]).all()
        assert ((sketch.min <= sketch.mean) & (sketch.mean <= sketch.max))[~np.isnan(sketch.mean)].all()
        total = np.nanmean(exact.mean)
        assert abs(np.nanmean(sketch.mean) - total) < 0.02


@pytest.mark.parametrize("path", REAL)
def test_a_sketch_of_a_real_file_holds_its_extremes(shared, path):
    source = BigWigSignal(shared / "data" / "tracks" / path)
    for name, size in source.sizes.items():
        region = Region(name, 0, size)
        sketch, exact = source.sketch(region, min(50, size)), source.summary(region, min(50, size))
        np.testing.assert_allclose(
            np.nanmax(sketch.max, initial=-np.inf), np.nanmax(exact.max, initial=-np.inf), rtol=1e-6
        )
        np.testing.assert_allclose(
            np.nanmin(sketch.min, initial=np.inf), np.nanmin(exact.min, initial=np.inf), rtol=1e-6
        )
