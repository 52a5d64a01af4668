"""Rectangles for Qt straight from numpy: a Python object for each would take most of the time of a frame."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy import API_NAME
from qtpy.QtCore import QRect, QRectF

if API_NAME == "PyQt6":
    from qtpy import sip
else:
    sip = None


def whole_rects(corners: NDArray[np.int32]) -> Any:
    """Return what ``QPainter.drawRects`` takes for whole numbers (n, 4): left, top, right, bottom."""
    if sip is None:
        return [QRect(left, top, right - left, bottom - top) for left, top, right, bottom in corners.tolist()]
    array = sip.array(QRect, len(corners))
    view = np.frombuffer(sip.voidptr(array, corners.shape[0] * 16), np.int32).reshape(-1, 4)
    view[:] = corners
    view[:, 2:] -= 1  # a QRect holds its last pixel
    return array


def rects(corners: NDArray[np.float64]) -> Any:
    """Return what ``QPainter.drawRects`` takes for any numbers (n, 4): left, top, right, bottom."""
    if sip is None:
        return [QRectF(left, top, right - left, bottom - top) for left, top, right, bottom in corners.tolist()]
    array = sip.array(QRectF, len(corners))
    view = np.frombuffer(sip.voidptr(array, corners.shape[0] * 32), np.float64).reshape(-1, 4)
    view[:] = corners
    view[:, 2:] -= corners[:, :2]  # a QRectF holds its size
    return array
