"""Embeddings on disk: whole or absent, whatever happens."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from gxview.assess.probe.cache import BLOCK, Blocks, Window
from gxview.assess.probe.features import shuffled
from gxview.assess.probe.vectors import Floats, Layer, Piece
from gxview.errors import GxviewError

PIECES: list[Piece] = [(1, "mean"), (1, "full")]
SEQUENCES = ["ACGT" * (1 + n % 5) for n in range(3 * BLOCK + 40)]

KILLED = """
import os, signal, sys
sys.path.insert(0, {here!r})
from tests.assess.probe.test_cache import Counting, PIECES, SEQUENCES, fill
from gxview.assess.probe.cache import Blocks
from pathlib import Path
model, steps = Counting(), []
def step():
    steps.append(1)
    if len(steps) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
fill(Blocks(Path({cache!r}), model, SEQUENCES, PIECES), step)
"""


class Counting:
    """A model that counts what it is asked for; its vectors are made of the letters."""

    name, content_hash, notes = "counting", "abc", ()
    layers = (Layer(1, "only", 3, ("mean", "full")),)

    def __init__(self, bad: float = 1.0) -> None:
        self.asked, self._bad = 0, bad

    def slots(self, sequences: Sequence[str]) -> int:
        return 5

    def bases(self, sequences: Sequence[str], layer: int, slots: int) -> np.ndarray:
        raise NotImplementedError

    def read(self, sequences: Sequence[str], pieces: Sequence[Piece], slots: int) -> Mapping[Piece, Floats]:
        self.asked += len(sequences)
        mean = np.array([[len(text), text.count("A"), 0.5] for text in sequences], np.float32) * self._bad
        return {piece: mean if piece[1] == "mean" else np.repeat(mean[:, None], slots, 1) for piece in pieces}


def fill(blocks: Blocks, step: Callable[[], object] = lambda: None) -> None:
    """Compute what is missing, as a run does."""
    for number in blocks.missing():
        step()
        blocks.compute(number)


def known(rows: np.ndarray) -> np.ndarray:
    return Counting().read([SEQUENCES[row] for row in rows], [(1, "mean")], 5)[1, "mean"]


def test_what_is_there_is_not_computed_again(tmp_path):
    first = Counting()
    fill(Blocks(tmp_path / "e.zarr", first, SEQUENCES, PIECES))
    assert first.asked == len(SEQUENCES)
    second = Counting()
    blocks = Blocks(tmp_path / "e.zarr", second, SEQUENCES, PIECES)
    assert blocks.missing() == []
    rows = np.random.default_rng(0).permutation(len(SEQUENCES))[:300]
    assert np.array_equal(Window(blocks, (1, "mean"), 1 << 20).rows(rows), known(rows))
    assert second.asked == 0


def test_a_killed_process_leaves_whole_blocks_and_the_rest_is_computed(tmp_path):
    here = str(Path(__file__).parents[3])
    code = KILLED.format(here=here, cache=str(tmp_path / "e.zarr"))
    ended = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3])
    assert ended.returncode == -signal.SIGKILL
    model = Counting()
    blocks = Blocks(tmp_path / "e.zarr", model, SEQUENCES, PIECES)
    assert blocks.missing() == [2, 3]
    fill(blocks)
    assert model.asked == BLOCK + 40
    rows = np.arange(len(SEQUENCES))
    assert np.array_equal(Window(blocks, (1, "full"), 1 << 20).rows(rows)[:, 4], known(rows))


@pytest.mark.parametrize("damage", ["flip", "cut", "empty"])
def test_a_damaged_block_is_computed_again(tmp_path, damage):
    fill(Blocks(tmp_path / "e.zarr", Counting(), SEQUENCES, PIECES))
    chunks = [path for path in tmp_path.rglob("c/1/*") if path.is_file()]
    assert chunks
    for chunk in chunks:
        content = bytearray(chunk.read_bytes())
        content[len(content) // 2] ^= 255
        chunk.write_bytes({"flip": bytes(content), "cut": bytes(content[:7]), "empty": b""}[damage])
    model = Counting()
    rows = np.arange(len(SEQUENCES))
    found = Window(Blocks(tmp_path / "e.zarr", model, SEQUENCES, PIECES), (1, "mean"), 1 << 20).rows(rows)
    assert np.array_equal(found, known(rows))
    assert model.asked == BLOCK


def test_a_damaged_description_is_made_anew(tmp_path):
    fill(Blocks(tmp_path / "e.zarr", Counting(), SEQUENCES, PIECES))
    for path in tmp_path.glob("e.zarr/*/zarr.json"):
        path.write_bytes(b"{")
    assert len(Blocks(tmp_path / "e.zarr", Counting(), SEQUENCES, PIECES).missing()) == 4


def test_other_letters_are_another_array(tmp_path):
    fill(Blocks(tmp_path / "e.zarr", Counting(), SEQUENCES, PIECES))
    assert Blocks(tmp_path / "e.zarr", Counting(), SEQUENCES[::-1], PIECES).missing() == [0, 1, 2, 3]


def test_values_that_are_no_numbers_are_refused(tmp_path):
    with pytest.raises(GxviewError, match="no finite numbers in layer 1"):
        fill(Blocks(tmp_path / "e.zarr", Counting(float("nan")), SEQUENCES, PIECES))


def test_memory_holds_no_more_blocks_than_it_may(tmp_path):
    blocks = Blocks(tmp_path / "e.zarr", Counting(), SEQUENCES, PIECES)
    fill(blocks)
    block = BLOCK * 3 * 4
    window = Window(blocks, (1, "mean"), 2 * block)
    window.rows(np.arange(len(SEQUENCES)))
    assert sum(part.nbytes for part in window._held.values()) <= 2 * block


def test_random_batches_hold_each_row_once_and_few_blocks():
    rows = np.sort(np.random.default_rng(1).permutation(20_000)[:9_000])
    batches = shuffled(rows, 64, np.random.default_rng(2))
    assert sorted(np.concatenate(batches).tolist()) == rows.tolist()
    assert {len(batch) for batch in batches[:-1]} == {64}
    assert max(len(np.unique(batch // BLOCK)) for batch in batches) <= 32
    assert not np.array_equal(np.concatenate(batches)[:64], rows[:64])
    assert [len(batch) for batch in shuffled(np.arange(65), 64, np.random.default_rng(3))] == [64]
