"""Outlines of the letters A, C, G, T and N, drawn for this program.

They fill a box of 100 x 100 units exactly, with the baseline at y = 0 and y pointing up, so that a letter stretched to
a value ends exactly at that value; stems are heavy (a quarter of the width) so that letters three pixels wide keep
them. Outlines are carried as data because a machine without a display may have no font, and because text cannot be
stretched the same way on screen and in a vector file.
"""

from __future__ import annotations

from typing import TypeAlias

UNIT = 100.0
"""Width and height of every letter."""

Contour: TypeAlias = tuple[tuple[float, ...], ...]

# A contour is a start point (x, y), then line points (x, y) and cubic curves (x1, y1, x2, y2, x, y).
OUTLINES: dict[str, tuple[Contour, ...]] = {
    "A": (
        ((0, 0), (37, 100), (63, 100), (100, 0), (73, 0), (65.5, 22), (34.5, 22), (27, 0)),
        ((41.5, 42), (58.5, 42), (50, 66.5)),
    ),
    "C": (
        (
            (100, 65),
            (96, 88, 77, 100, 52, 100),
            (21, 100, 0, 79, 0, 50),
            (0, 21, 21, 0, 52, 0),
            (77, 0, 96, 12, 100, 35),
            (73, 39),
            (70, 28, 63, 22, 52, 22),
            (36, 22, 27, 33, 27, 50),
            (27, 67, 36, 78, 52, 78),
            (63, 78, 70, 72, 73, 61),
        ),
    ),
    "G": (
        (
            (97, 70),
            (91, 90, 75, 100, 52, 100),
            (21, 100, 0, 79, 0, 50),
            (0, 21, 21, 0, 53, 0),
            (72, 0, 88, 6, 100, 16),
            (100, 54),
            (53, 54),
            (53, 34),
            (75, 34),
            (75, 27),
            (69, 23, 62, 22, 54, 22),
            (37, 22, 27, 33, 27, 50),
            (27, 67, 36, 78, 52, 78),
            (62, 78, 68, 73, 71, 64),
        ),
    ),
    "T": (((0, 100), (100, 100), (100, 78), (66, 78), (66, 0), (34, 0), (34, 78), (0, 78)),),
    "N": (((0, 0), (0, 100), (27, 100), (73, 39), (73, 100), (100, 100), (100, 0), (73, 0), (27, 61), (27, 0)),),
}
