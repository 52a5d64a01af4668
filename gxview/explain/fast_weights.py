"""Weights laid out for the way back: made on first use, kept as long as the weight itself.

The product with a transposed weight costs several percent more than the forward one, since a library of matrix products
then reads against the grain. A packed copy of every weight on the way back makes both alike, at the price of that much
memory again (340 MB at the published size) and of a fifth of a second once.
"""

from __future__ import annotations

import threading
from collections.abc import MutableMapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

from gxview.models.matmul import packed

_Rows = tuple[int, int]
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: _Stamp
    parts: dict[_Rows, Tensor]


_KEPT: MutableMapping[Tensor, _Kept] = WeakTensorKeyDictionary()  # compares weights by identity
_LOCK = threading.Lock()


def back_weight(weight: Tensor, first: int = 0, last: int | None = None) -> Tensor:
    """Return rows ``first`` to ``last`` of a weight (N, K) for `gxview.models.matmul.back` and its kin.

    Packed where the weight is frozen, since one in training changes with every step; else a view.
    """
    rows = (first, len(weight) if last is None else last)
    if weight.requires_grad or weight.is_inference() or weight.device.type != "cpu":
        return weight[slice(*rows)]
    stamp = _stamp(weight)
    with _LOCK:
        kept = _KEPT.get(weight)
        if kept is None or kept.stamp != stamp:
            kept = _KEPT[weight] = _Kept(stamp, {})
        if rows not in kept.parts:
            kept.parts[rows] = packed(weight[slice(*rows)])
        return kept.parts[rows]


def _stamp(weight: Tensor) -> _Stamp:
    """Return what changes with the values of a weight, and with the layout that suits the number of threads."""
    return weight.data_ptr(), weight._version, torch.get_num_threads()
