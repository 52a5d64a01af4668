"""The matrices of the biophysical models: points of each base in each column of an element.

Every matrix is float64 (columns, 5) over A, C, G, T and any other letter. The numbers are those of the models that the
authors of the Mechanistic Invariance Test ran.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

UNKNOWN = -2.0
"""Points of a letter that is no base."""


def matrix(columns: Sequence[tuple[float, float, float, float]], unknown: float = UNKNOWN) -> Matrix:
    """Return points of A, C, G, T in each column, with those of an unknown letter behind."""
    return np.array([(*column, unknown) for column in columns])


# fmt: off
_T35 = (-0.5, -1.5, -1.5, 1.5)
_A35 = (1.5, -1.5, -1.5, -0.3)
PA35 = matrix([_T35, _T35, (-0.5, -1.5, 1.5, -1.0), _A35, (-0.5, 1.5, -1.5, -1.0), _A35])
"""-35 box TTGACA of PA-PWM, its ablations, PWM and scanning."""

PA10 = matrix([
    (-0.3, -2.0, -2.0, 1.5), (2.0, -2.5, -2.5, -0.5), (-0.5, -1.5, -2.0, 1.5),
    (1.5, -2.0, -1.5, -0.3), (1.5, -1.5, -1.5, -0.3), (-0.3, -1.5, -2.0, 1.5),
])
"""-10 box TATAAT of the same models."""

_A_OR_T, _A_OR_G = (0.5, -0.5, -0.5, 0.5), (0.5, -0.5, 0.5, -0.5)
PA_UP = matrix([*[(1.0, -1.0, -1.0, 0.5)] * 5, _A_OR_T, _A_OR_G, _A_OR_T, _A_OR_G])
"""UP element."""

PA_EXTENDED = matrix([(-0.5, -1.5, -1.5, 1.5), (-1.0, -1.5, 1.5, -1.0), (0.3, 0.3, 0.3, 0.3)])
"""Extended -10, TGN."""

_THERMO_T35, _THERMO_A35 = (0.0, -1.0, -1.0, 2.0), (2.0, -1.0, -1.0, 0.5)
THERMO35 = matrix([_THERMO_T35, _THERMO_T35, (0.5, -1.0, 2.0, -0.5), _THERMO_A35, (0.5, 2.0, -1.0, -0.5), _THERMO_A35])
"""-35 box of the thermodynamic model."""

THERMO10 = matrix([
    (0.5, -1.5, -2.0, 2.0), (3.0, -3.0, -3.0, 0.0), (0.5, -1.0, -1.5, 2.0),
    (2.0, -1.5, -1.0, 0.5), (2.0, -1.0, -1.0, 0.5), (0.5, -1.0, -1.5, 2.0),
])
"""-10 box of the thermodynamic model."""

THERMO_SPACING = {
    12: -2.0, 13: -1.5, 14: -1.0, 15: -0.3, 16: -0.1, 17: 1.0, 18: -0.1, 19: -0.5, 20: -1.0, 21: -1.5, 22: -2.0,
}
"""Points of a spacing in the thermodynamic model; every other one has -4."""

_RELATIVE_T, _RELATIVE_A = (-0.5, -1.0, -1.0, 1.5), (1.5, -1.0, -1.0, -0.5)
_PLAIN_T = (-1.0, -1.0, -1.0, 1.5)
RELATIVE35 = matrix([
    _PLAIN_T, _PLAIN_T, (-1.0, -1.0, 1.5, -1.0), _RELATIVE_A, (-0.5, 1.5, -1.0, -1.0), _RELATIVE_A,
], unknown=-1.0)
"""-35 box of RPA-PWM."""

_REST10 = [_RELATIVE_T, _RELATIVE_A, _RELATIVE_A, _RELATIVE_T]
RELATIVE10 = matrix([_RELATIVE_T, _RELATIVE_A, *_REST10], unknown=-1.0)
"""-10 box TATAAT of RPA-PWM."""

RELATIVE10_BROKEN = matrix([_RELATIVE_T, (-1.0, -1.0, 1.5, -1.0), *_REST10], unknown=-1.0)
"""The box TGTAAT, which RPA-PWM takes for a -10 box as well."""
# fmt: on


def scores_everywhere(codes: NDArray[np.uint8], points: Matrix) -> NDArray[np.float64]:
    """Return the points of a matrix at each place where it lies wholly within the sequence.

    Parameters
    ----------
    codes : ndarray of uint8, shape (N, L)
        A, C, G, T = 0..3, anything else 4.
    points : ndarray, shape (K, 5)
        The matrix.

    Returns
    -------
    ndarray of float64, shape (N, max(0, L - K + 1))
    """
    width = max(0, codes.shape[1] - len(points) + 1)
    found = np.zeros((len(codes), width))
    for offset, column in enumerate(points):
        found += column[codes[:, offset : offset + width]]
    return found


def score_at(codes: NDArray[np.uint8], points: Matrix, start: int, outside: float) -> NDArray[np.float64]:
    """Return the points (N,) of a matrix at one place; `outside` where it does not lie within the sequence."""
    part = codes[:, start : start + len(points)]
    if part.shape[1] < len(points):
        return np.full(len(codes), outside)
    return np.asarray(points[np.arange(len(points)), part].sum(axis=1))
