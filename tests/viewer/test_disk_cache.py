from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.viewer.explaining.disk_cache import DiskCache


@pytest.fixture
def told():
    return []


@pytest.fixture
def cache(tmp_path, told):
    cache = DiskCache(tmp_path / "cache" / "tiles.sqlite", 10_000, told.append)
    yield cache
    cache.close()


def test_bytes_come_back_at_the_next_start(cache, told):
    cache.put("a", b"\x00\xff" * 100)
    cache.close()
    again = DiskCache(cache.path, 10_000, told.append)
    assert again.get("a") == b"\x00\xff" * 100
    assert again.get("b") is None
    again.close()
    assert told == []


def test_what_was_not_used_for_longest_goes_first(cache):
    for name in "abcdefghi":
        cache.put(name, bytes(1000))
    assert cache.get("a") is not None
    cache.put("j", bytes(1500))
    assert cache.size() <= 10_000
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert cache.get("j") is not None
    cache.put("huge", bytes(20_000))
    assert cache.get("huge") is None
    assert cache.get("j") is not None


def test_a_smaller_limit_shrinks_the_file(cache):
    for name in "abcdefghi":
        cache.put(name, os.urandom(1000))
    cache.set_limit(3000)
    cache.put("x", os.urandom(500))
    assert cache.size() <= 3000
    cache.close()
    assert cache.path.stat().st_size < 12_000 * 2


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 900)), max_size=40))
def test_the_total_never_exceeds_the_limit_and_the_last_is_there(tmp_path_factory, puts):
    cache = DiskCache(tmp_path_factory.mktemp("c") / "t.sqlite", 2000, lambda reason: pytest.fail(reason))
    for name, size in puts:
        cache.put(name, bytes(size))
        assert cache.size() <= 2000
        assert cache.get(name) == bytes(size)
    cache.close()


@pytest.mark.parametrize("content", [b"no database at all" * 300, b"SQLite format 3\x00" + bytes(5000)])
def test_a_damaged_file_is_made_anew(cache, told, content):
    cache.path.parent.mkdir()
    cache.path.write_bytes(content)
    assert cache.get("a") is None
    cache.put("a", b"1")
    assert cache.get("a") == b"1"
    assert told == []


def test_a_folder_that_cannot_be_is_told_once_and_nothing_is_kept(tmp_path, told):
    (tmp_path / "file").write_text("")
    cache = DiskCache(tmp_path / "file" / "tiles.sqlite", 1000, told.append)
    cache.put("a", b"1")
    assert cache.get("a") is None
    assert len(told) == 1
    assert str(cache.path) in told[0]


def test_a_killed_program_leaves_whole_tiles(cache, told):
    program = (
        "import sys, os\nfrom pathlib import Path\nfrom gxview.viewer.explaining.disk_cache import DiskCache\n"
        "cache = DiskCache(Path(sys.argv[1]), 10**8, print)\n"
        "for k in range(1000):\n    cache.put(str(k), bytes([k % 256]) * 1000)\n    if k == 120: os._exit(9)\n"
    )
    run = subprocess.run([sys.executable, "-c", program, str(cache.path)], check=False)
    assert run.returncode == 9
    assert [cache.get(str(k)) for k in range(121)] == [bytes([k]) * 1000 for k in range(121)]
    assert told == []
