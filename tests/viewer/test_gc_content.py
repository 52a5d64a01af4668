"""The GC curve is counted from the letters, at every zoom."""

from __future__ import annotations

import numpy as np
import pytest

from gxview.genome import Reference, Region
from gxview.viewer.data.gc_content import CELL, CHUNK, WINDOW, GcContent


@pytest.fixture
def reference(tmp_path):
    rng = np.random.default_rng(3)
    long = "".join(rng.choice(list("ACGTacgtN"), CHUNK + 5 * CELL + 123)) + "N" * 5000
    path = tmp_path / "g.fa"
    path.write_text(f">long\n{long}\n>tiny\nGCGCA\n")
    return Reference(path, cache_dir=tmp_path)


def percent(letters: str) -> float:
    known = sum(letters.upper().count(base) for base in "ACGT")
    return 100 * sum(letters.upper().count(base) for base in "GC") / known if known else float("nan")


@pytest.mark.parametrize(("start", "end", "step"), [(0, 4096, 16), (300_000, 300_640, 64), (1024, 65_536, 512)])
def test_bins_below_a_cell_count_their_window(reference, start, end, step):
    found = GcContent(reference).summary(Region("long", start, end), (end - start) // step).mean
    reach = max(0, (WINDOW - step) // 2)
    text = reference.fetch(Region("long", 0, end + WINDOW))
    wanted = [percent(text[max(0, k - reach) : k + step + reach]) for k in range(start, end, step)]
    assert found == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("step", [CELL, 4 * CELL, 128 * CELL])
def test_wide_bins_count_every_letter_across_chunks_to_the_end_of_the_chromosome(reference, step):
    size = reference.sizes["long"]
    whole = size // step
    source = GcContent(reference)
    parts = [source.summary(Region("long", 0, whole * step), whole).mean]
    parts.append(source.summary(Region("long", whole * step, size), 1).mean)
    found = np.concatenate(parts)
    wanted = [percent(reference.fetch(Region("long", k, min(k + step, size)))) for k in range(0, size, step)]
    assert found == pytest.approx(wanted, rel=1e-6, nan_ok=True)


def test_letters_are_read_once_for_all_wide_zooms(reference, monkeypatch):
    source, read = GcContent(reference), []
    fetch = reference.fetch
    monkeypatch.setattr(reference, "fetch", lambda region: read.append(region) or fetch(region))
    source.summary(Region("long", 0, CHUNK), 1024)
    source.summary(Region("long", 0, CHUNK), 4)
    assert [region.length for region in read] == [CHUNK]


def test_unknown_bases_have_no_share_and_short_sequences_one(reference):
    size = reference.sizes["long"]
    assert np.isnan(GcContent(reference).values(Region("long", size - 1000, size - 990))).all()
    assert GcContent(reference).values(Region("tiny", 0, 5)) == pytest.approx([80.0] * 5)
