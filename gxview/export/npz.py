"""Arrays for motif discovery."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.explain.explanation import RegionExplanation
from gxview.export.stretches import cut
from gxview.genome import Reference, Region
from gxview.models.sequences import base_codes

BASE_ORDER = "ACGT"


def write_npz(
    path: Path, stretches: Sequence[RegionExplanation], regions: Sequence[Region], reference: Reference
) -> None:
    """Write the regions in the order of TF-MoDISco.

    The file holds ``one_hot`` int8 (N, 4, L) and ``contributions`` float32 (N, 4, L), rows A, C, G, T, length last:
    the one-hot sequence times the relevance. For a model on bases it also holds ``hypothetical`` float32 (N, 4, L),
    what each base would contribute; DNABERT-2 has no such scores, give TF-MoDISco ``contributions`` in their place. A
    base that is not A, C, G or T is a column of zeros in ``one_hot``; a base without a value is NaN. Then ``chrom``,
    ``start``, ``end`` (0-based half-open) and ``strand`` of each region (N,): the strand is that of the letters, always
    plus, whichever strand was explained. ``base_order`` is the text ACGT.

    Parameters
    ----------
    path : Path
        Where; the name must end in ``.npz`` or ``.part``.
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
    check_lengths(regions)
    parts = [cut(stretches, region) for region in regions]
    one_hot = np.stack([_one_hot(reference.fetch(part.region)) for part in parts])
    relevance = np.stack([part.values for part in parts])
    arrays = {
        "one_hot": one_hot,
        "contributions": np.where(one_hot == 1, relevance[:, None, :], np.float32(0)),
        "chrom": np.array([region.chrom for region in regions]),
        "start": np.array([region.start for region in regions], dtype=np.int64),
        "end": np.array([region.end for region in regions], dtype=np.int64),
        "strand": np.array(["+"] * len(regions)),
        "base_order": np.array(BASE_ORDER),
    }
    hypothetical = [part.hypothetical for part in parts if part.hypothetical is not None]
    if hypothetical:
        arrays["hypothetical"] = np.stack(hypothetical)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # the stubs take every keyword for allow_pickle


def check_lengths(regions: Sequence[Region]) -> None:
    """Raise :class:`~gxview.errors.GxviewError` when regions are not of one length."""
    lengths = sorted({region.length for region in regions})
    if len(lengths) > 1:
        raise GxviewError(
            f"An npz file needs regions of one length; these have {lengths[0]:,} to {lengths[-1]:,} bases. "
            "Make them equally long, for instance the same number of bases around each centre."
        )


def _one_hot(letters: str) -> NDArray[np.int8]:
    present: NDArray[np.bool_] = base_codes(letters.upper())[None, :] == np.arange(len(BASE_ORDER))[:, None]
    return present.astype(np.int8)
