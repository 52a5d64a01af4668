import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.evaluate import Planted, WindowDrawer, read_truth
from gxview.genome import reverse_complement

LENGTH = 40


def sequence_with(items):
    """600 bases with the boxes of every promoter and decoy written in."""
    rng = np.random.default_rng(3)
    letters = list("".join(rng.choice(list("AC"), 600)))  # background without the letters of the boxes' ends
    for item in items:
        box = {"-35": "TTGACA", "-10": "TATAAT"}.get(item.kind)
        if box:
            letters[item.start : item.end] = box if item.strand == "+" else reverse_complement(box)
    return "".join(letters)


def promoter(start, strand, owner):
    first, second = ("-35", "-10") if strand == "+" else ("-10", "-35")
    return [
        Planted("promoter", start, start + 29, strand, owner),
        Planted(first, start, start + 6, strand, owner),
        Planted(second, start + 23, start + 29, strand, owner),
    ]


ITEMS = [
    *promoter(100, "+", "P1"),
    *promoter(300, "-", "P2"),
    *promoter(560, "-", "P3"),
    Planted("only-35", 200, 206, "-", "D1"),
    Planted("-35", 200, 206, "-", "D1"),
    Planted("only-10", 104, 110, "+", "D2"),
]


@given(st.integers(0, 2**32 - 1))
def test_promoter_windows_hold_the_whole_promoter_along_its_strand(seed):
    draw = WindowDrawer(sequence_with(ITEMS), ITEMS, LENGTH, np.random.default_rng(seed))
    windows = list(draw.promoters(2))
    assert len(windows) == 6
    for window in windows:
        assert window.mask.sum() == 12
        shown = "".join(np.array(list(window.letters))[window.mask])
        assert shown == "TTGACATATAAT"
        assert len(window.letters) == LENGTH


@given(st.integers(0, 2**32 - 1))
def test_other_windows_touch_no_promoter_of_their_strand(seed):
    draw = WindowDrawer(sequence_with(ITEMS), ITEMS, LENGTH, np.random.default_rng(seed))
    windows = [*draw.random(20), *draw.decoys(3)]
    promoters = [item for item in ITEMS if item.kind == "promoter"]
    for window in windows:
        assert not window.mask.any()
        for item in promoters:
            apart = item.end <= window.start or item.start >= window.start + LENGTH
            assert apart or item.strand != window.strand


def test_a_decoy_inside_a_promoter_of_its_strand_gives_no_window():
    draw = WindowDrawer(sequence_with(ITEMS), ITEMS, LENGTH, np.random.default_rng(0))
    assert {window.kind for window in draw.decoys()} == {"only-35"}


def test_random_windows_come_from_everywhere_and_both_strands():
    draw = WindowDrawer("ACGT" * 30, [], 100, np.random.default_rng(1))
    windows = list(draw.random(400))
    assert {window.start for window in windows} == set(range(21))
    assert {window.strand for window in windows} == {"+", "-"}


def test_same_state_same_windows():
    first, second = (
        [
            (window.start, window.strand, window.letters)
            for window in WindowDrawer(sequence_with(ITEMS), ITEMS, LENGTH, np.random.default_rng(7)).promoters(3)
        ]
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("zipped", [False, True])
def test_truth_is_read_plain_and_compressed(tmp_path, zipped):
    text = "chrA\t10\t16\tP1:-35\t1000\t+\t10\t16\t1,2,3\nchrB\t5\t6\tP2:TSS\t0\t-\n"
    path = tmp_path / "truth.bed"
    path.write_bytes(gzip.compress(text.encode()) if zipped else text.encode())
    assert read_truth(path) == {
        "chrA": [Planted("-35", 10, 16, "+", "P1")],
        "chrB": [Planted("TSS", 5, 6, "-", "P2")],
    }


@pytest.mark.parametrize("line", ["chrA\t10\t16", "chrA\tx\t16\tP1:-35\t0\t+", "chrA\t1\t7\tbox\t0\t+"])
def test_a_line_that_is_no_planted_element_is_named(tmp_path, line):
    path = tmp_path / "truth.bed"
    path.write_text("chrA\t10\t16\tP1:-35\t1000\t+\n" + line + "\n")
    with pytest.raises(GxviewError, match="line 2"):
        read_truth(path)


def test_missing_and_damaged_files_give_one_sentence(tmp_path):
    with pytest.raises(GxviewError, match="cannot be read"):
        read_truth(tmp_path / "none.bed")
    (tmp_path / "cut.bed.gz").write_bytes(gzip.compress(b"chrA\t1\t2\tP1:-35\t0\t+\n" * 50)[:-12])
    with pytest.raises(GxviewError, match="cannot be read"):
        read_truth(tmp_path / "cut.bed.gz")
