"""The cache of pieces counts heavy ones for more."""

from __future__ import annotations

from dataclasses import dataclass

from gxview.viewer.data.fetch import Fetcher, Piece
from gxview.viewer.work.workers import Workers


@dataclass
class Heavy:
    weight: int


def test_heavy_pieces_leave_room_for_fewer(loop):
    workers = Workers("gxview-test", 1, loop)
    fetcher = Fetcher(workers, capacity=10)
    for number, weight in enumerate((4, 4, 1, 4)):
        fetcher.want("a", [Piece(number, lambda weight=weight: Heavy(weight))])
        assert loop.run(lambda: fetcher.is_idle)
    assert [fetcher.get("a", number) is not None for number in range(4)] == [False, True, True, True]
    fetcher.want("a", [Piece(9, lambda: Heavy(1000))])
    assert loop.run(lambda: fetcher.is_idle)
    assert fetcher.get("a", 9) is not None, "what was asked for is kept, however heavy"
    fetcher.forget("a")
    fetcher.want("b", [Piece(0, lambda: Heavy(9)), Piece(1, lambda: 5)])
    assert loop.run(lambda: fetcher.is_idle)
    assert fetcher.get("b", 0) is not None
    assert fetcher.get("b", 1) == 5
    workers.stop()
    assert workers.join(2.0)
