"""Large annotation through a tabix index: the same as when read wholly."""

from __future__ import annotations

import gzip
import os
import random
import shutil
from itertools import pairwise

import numpy as np
import pysam
import pytest

from gxview.errors import GxviewError
from gxview.genome import Aliases, Reference, Region
from gxview.tracks import open_source
from gxview.tracks.tabix import TabixFeatures


@pytest.fixture
def by_region(monkeypatch):
    monkeypatch.setattr("gxview.tracks.opening.LARGE", 0)


def assert_same(by_region, wholly, chrom, size, seed=0):
    choose = random.Random(seed)
    assert isinstance(by_region, TabixFeatures)
    for _ in range(60):
        start = choose.randrange(size)
        region = Region(chrom, start, start + choose.choice([1, 1000, 100_000, 2_000_000]))
        key = repr
        assert sorted(by_region.features(region), key=key) == sorted(wholly.features(region), key=key)


def test_gff3_by_region(shared, monkeypatch):
    path = shared / "data/genomes/human/GRCh38_chr21_ensembl.gff3.gz"
    wholly = open_source(path)
    monkeypatch.setattr("gxview.tracks.opening.LARGE", 0)
    assert_same(open_source(path), wholly, "21", 46_709_983)


def test_gtf_and_bed_by_region(shared, tmp_path, monkeypatch):
    for name, preset in (("sacCer3.ensGene.chrIV.gtf.gz", "gff"), ("sacCer3.ensGene.bed12.gz", "bed")):
        path = sorted_and_indexed(shared / "data/genomes/yeast" / name, tmp_path, preset)
        monkeypatch.setattr("gxview.tracks.opening.LARGE", 1 << 40)
        wholly = open_source(path)
        monkeypatch.setattr("gxview.tracks.opening.LARGE", 0)
        source = open_source(path)
        assert_same(source, wholly, "chrIV", 1_500_000)
        assert source.search("YDL248W") == wholly.search("YDL248W")
        assert source.density(Region("IV", 0, 10**6), 9).tolist() == wholly.density(Region("IV", 0, 10**6), 9).tolist()
        assert_same(source, wholly, "chrIV", 1_500_000)


def sorted_and_indexed(path, folder, preset):
    plain = folder / path.name.removesuffix(".gz")
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    place = 3 if preset == "gff" else 1
    plain.write_text("\n".join(sorted(lines, key=lambda x: (x.split("\t")[0], int(x.split("\t")[place])))) + "\n")
    return type(path)(pysam.tabix_index(str(plain), preset=preset, force=True))


def test_parts_without_transcripts_are_read_wholly(tmp_path, by_region):
    lines = [f'c\ts\texon\t{start}\t{start + 50}\t.\t+\t.\tgene_id "G"; transcript_id "T";' for start in (100, 9000)]
    plain = tmp_path / "exons.gtf"
    plain.write_text("\n".join(lines) + "\n")
    path = pysam.tabix_index(str(plain), preset="gff", force=True)
    (transcript,) = open_source(path).features(Region("c", 90, 200))
    assert transcript.blocks == ((99, 150), (8999, 9050))


def test_names_of_the_reference(shared, tmp_path, by_region):
    fasta = tmp_path / "genome.fa"
    fasta.write_text(">NC_000021.9\nACGT\n")
    genome = Reference(fasta, aliases=Aliases([("NC_000021.9", "21", "chr21")]), cache_dir=tmp_path)
    source = open_source(shared / "data/genomes/human/GRCh38_chr21_ensembl.gff3.gz", genome)
    assert source.notes == ()
    found = source.features(Region("chr21", 5_011_000, 5_018_000))
    assert found
    assert {f.chrom for f in found} == {"NC_000021.9"}
    assert source.features(Region("chr5", 0, 10)) == []


def test_a_broken_index_is_refused_and_an_old_one_not_used(shared, tmp_path, by_region):
    path = tmp_path / "annotation.gff3.gz"
    shutil.copyfile(shared / "data/genomes/human/GRCh38_chr21_ensembl.gff3.gz", path)
    index = tmp_path / "annotation.gff3.gz.tbi"
    index.write_bytes(b"no index")
    with pytest.raises(GxviewError, match=r"tabix -f .*annotation\.gff3\.gz"):
        open_source(path)
    os.utime(index, (0, 0))
    assert not isinstance(open_source(path), TabixFeatures)


def test_sizes_reach_over_all_features(shared, by_region):
    source = open_source(shared / "data/genomes/human/GRCh38_chr21_ensembl.gff3.gz")
    assert source.sizes.keys() == {"21"}
    assert 46_600_000 < source.sizes["21"] < 47_000_000


@pytest.mark.parametrize("ending", ["", ".tbi"])
def test_a_file_that_changes_or_vanishes_while_open_says_so(shared, tmp_path, by_region, ending):
    path = tmp_path / "annotation.gff3.gz"
    for suffix in ("", ".tbi"):
        shutil.copy(shared / f"data/genomes/human/GRCh38_chr21_ensembl.gff3.gz{suffix}", f"{path}{suffix}")
    os.utime(f"{path}.tbi")
    source, changed = open_source(path), tmp_path / f"{path.name}{ending}"
    assert source.features(Region("21", 5_000_000, 6_000_000))
    changed.chmod(0o644)
    changed.write_bytes(changed.read_bytes()[:1000])
    with pytest.raises(GxviewError, match="changed on disk since it was opened; open it again"):
        source.features(Region("21", 5_000_000, 6_000_000))
    changed.unlink()
    with pytest.raises(GxviewError, match=r"is gone; put it back"):
        source.features(Region("21", 5_000_000, 6_000_000))


@pytest.mark.parametrize("landmark", [False, True])
def test_density_is_counted_near_and_told_by_the_index_far_out(tmp_path, monkeypatch, by_region, landmark):
    choose = np.random.default_rng(0)
    starts = np.sort(
        np.concatenate([choose.integers(0, 40_000_000, 30_000), choose.normal(25e6, 2e6, 60_000).astype(int)])
    )
    rows = [f"c\ts\tgene\t{n + 1}\t{n + 800}\t.\t+\t.\tID=g{i};Name=a{n}\n" for i, n in enumerate(starts.tolist())]
    plain = tmp_path / "genes.gff3"
    plain.write_text(landmark * "c\ts\tregion\t1\t40001000\t.\t.\t.\tID=c\n" + "".join(rows))
    source = open_source(pysam.tabix_index(str(plain), preset="gff", force=True))
    assert isinstance(source, TabixFeatures)
    for near in (Region("c", 25_000_000, 25_234_567), Region("c", 100, 140)):
        edges = np.array([near.start + n * near.length // 37 for n in range(38)])
        exact = [int(((starts < b) & (starts + 800 > a)).sum()) if b > a else 0 for a, b in pairwise(edges)]
        assert source.density(near, 37).tolist() == exact
    monkeypatch.setattr("gxview.tracks.tabix.COUNTED", 0)
    guess, exact = source.density(Region("c", 0, 40_000_000), 40), np.histogram(starts, 40, (0, 40_000_000))[0]
    assert exact.sum() / 1.5 < guess.sum() < exact.sum() * 1.5
    assert np.corrcoef(guess, exact)[0, 1] > 0.9
    assert source._table is None
