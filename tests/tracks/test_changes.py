"""Files that change or vanish while they are open."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.tracks import FeatureSource, open_source

FILES = ["CoolBox/bigwig_chr9_4000000_6000000_K562_H3K27ac.bigwig", "bbi-js/hg18.bb"]


@pytest.fixture(params=FILES)
def opened(request, shared, tmp_path):
    path = tmp_path / request.param.rpartition("/")[2]
    shutil.copyfile(shared / "data/tracks" / request.param, path)
    return path, open_source(path)


def asks(source):
    """Everything a window may ask of a source."""
    (chrom, size), *_ = source.sizes.items()
    whole, near = Region(chrom, 0, size), Region(chrom, size // 2, size // 2 + 100_000)
    if isinstance(source, FeatureSource):
        return [lambda: source.features(near), lambda: source.density(whole, 50), lambda: source.search("KRIT1")]
    return [lambda: source.values(near), lambda: source.summary(whole, 50), lambda: source.summary(near, 50)]


def rewritten(path):
    path.write_bytes(np.random.default_rng(0).bytes(path.stat().st_size))


def truncated(path):
    os.truncate(path, 1000)


def replaced(path):
    other = path.with_name("other")
    other.write_text("something else")
    other.replace(path)


@pytest.mark.parametrize("change", [rewritten, truncated, replaced])
def test_a_changed_file_says_so_and_gives_nothing(opened, change):
    path, source = opened
    for ask in asks(source):
        ask()
    fresh = open_source(path)
    change(path)
    for ask in asks(fresh):
        with pytest.raises(GxviewError, match=f"{path.name} changed on disk since it was opened; open it again"):
            ask()


def test_a_vanished_file_says_so(opened):
    path, source = opened
    path.unlink()
    for ask in asks(source):
        with pytest.raises(GxviewError, match=f"{path.name} is gone; put it back, or remove its track"):
            ask()


def test_a_text_that_was_read_stays(tmp_path):
    path = tmp_path / "a.bed"
    path.write_text("c\t5\t9\tone\n")
    source = open_source(path)
    path.unlink()
    assert [f.name for f in source.features(Region("c", 0, 10))] == ["one"]
