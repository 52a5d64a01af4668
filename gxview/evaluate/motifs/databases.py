"""Databases of motifs: JASPAR by release, any motif file, several together, and the permuted database as a null."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gxview.errors import GxviewError, UsageError
from gxview.evaluate.motifs.motif import BASES, Motif
from gxview.evaluate.motifs.tomtom import MotifDatabase

RELEASE = "JASPAR2026"
TAXA = ("diatoms", "fungi", "insects", "nematodes", "plants", "urochordates", "vertebrates")
_JASPAR = re.compile(r"JASPAR(\d{4})?(?::(\w+))?", re.IGNORECASE)
_TRIES = 100


def open_database(names: str | Path | Sequence[str | Path]) -> MotifDatabase:
    """Open one or more databases as one.

    Parameters
    ----------
    names
        Paths of motif files (see :func:`gxview.evaluate.motifs.formats.read_motifs`), or ``JASPAR2026``,
        ``JASPAR2026:vertebrates``: the CORE collection of that release, of all taxa or of one. ``JASPAR`` is the
        release that this version of gxview is pinned to, JASPAR2026.

    Raises
    ------
    GxviewError
        When a file is no motif file, or pyjaspar is missing.
    UsageError
        When there is no such release or taxon.
    """
    wanted = [names] if isinstance(names, str | Path) else list(names)
    found = [_open(name) for name in wanted]
    if len(found) == 1:
        return found[0]
    motifs = tuple(motif for one in found for motif in one.motifs)
    releases = dict.fromkeys(one.release for one in found if one.release)
    left_out = tuple(sentence for one in found for sentence in one.left_out)
    return MotifDatabase(motifs, " + ".join(one.name for one in found), ", ".join(releases), left_out)


def jaspar(release: str = RELEASE, taxon: str | None = None) -> MotifDatabase:
    """Read the CORE collection of a JASPAR release, the newest version of each matrix, from the package pyjaspar.

    Raises
    ------
    GxviewError
        When pyjaspar is missing.
    UsageError
        When it holds no such release, or there is no such taxon.
    """
    if taxon is not None and taxon not in TAXA:
        raise UsageError(f"JASPAR has no taxon '{taxon}'; it has {', '.join(TAXA)}.")
    pyjaspar = _pyjaspar()
    if release not in pyjaspar.jaspar_releases:
        raise UsageError(f"pyjaspar holds no release {release}; it holds {', '.join(pyjaspar.jaspar_releases)}.")
    store = pyjaspar.jaspardb(release=release)
    with closing(store.conn):
        entries = store.fetch_motifs(collection="CORE", tax_group=[taxon] if taxon else None)
    name = f"{release} CORE{f' {taxon}' if taxon else ''}"
    motifs = (
        Motif(one.matrix_id, one.name, np.array([one.counts[base] for base in BASES], float), "counts", name, release)
        for one in entries
    )
    return MotifDatabase(tuple(sorted(motifs, key=lambda motif: motif.id)), name, release)


def permuted(database: MotifDatabase, rng: np.random.Generator) -> MotifDatabase:
    """Return the database with the columns of every motif in random order: same bases, same information, no motif.

    A motif is permuted again while it equals itself on either strand, which short ones often would; one that cannot
    differ (all columns equal) stays.
    """
    motifs = tuple(_permute(motif, rng) for motif in database.motifs)
    return replace(database, motifs=motifs, name=f"{database.name}, columns permuted")


def _permute(motif: Motif, rng: np.random.Generator) -> Motif:
    pfm = motif.pfm
    for _ in range(_TRIES):
        pfm = np.ascontiguousarray(motif.pfm[:, rng.permutation(motif.width)])
        if not (np.array_equal(pfm, motif.pfm) or np.array_equal(pfm, motif.pfm[::-1, ::-1])):
            break
    return replace(motif, pfm=pfm)


def _open(name: str | Path) -> MotifDatabase:
    asked = _JASPAR.fullmatch(str(name))
    if asked and not Path(name).exists():
        return jaspar(f"JASPAR{asked[1]}" if asked[1] else RELEASE, asked[2])
    return MotifDatabase.read(name)


def _pyjaspar() -> Any:
    try:
        import pyjaspar
    except ImportError:
        raise GxviewError(
            "JASPAR needs the package pyjaspar, which is missing: install gxview[motifs] or give a motif file."
        ) from None
    return pyjaspar
