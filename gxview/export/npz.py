"""Arrays for motif discovery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gxview.explain.explanation import RegionExplanation
from gxview.export.stretches import cut
from gxview.export.writers.npz import write_rows_npz
from gxview.export.writers.rows import Row
from gxview.genome import Reference, Region


def write_npz(
    path: Path, stretches: Sequence[RegionExplanation], regions: Sequence[Region], reference: Reference
) -> None:
    """Write the regions in the order of TF-MoDISco; see :func:`~gxview.export.writers.npz.write_rows_npz`.

    Most methods for DNABERT-2 have no hypothetical scores: give TF-MoDISco ``contributions`` in their place.

    Parameters
    ----------
    path : Path
        Where.
    stretches : sequence of RegionExplanation
        Joined explanations.
    regions : sequence of Region
        The rows; of one length.
    reference : Reference
        Gives the letters.

    Raises
    ------
    GxviewError
        If the regions differ in length.
    OSError
        If there is no room.
    """

    def rows() -> Iterator[Row]:
        for region in regions:
            part = cut(stretches, region)
            yield Row(reference.fetch(part.region), part.values, part.hypothetical)

    write_rows_npz(path, regions, rows, hypothetical=all(one.hypothetical is not None for one in stretches))
