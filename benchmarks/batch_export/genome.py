"""Genomes to export: one of random letters, and E. coli where it is at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

CHROM, LINE = "chr1", 60
ECOLI, ECOLI_CHROM = Path("data") / "genomes" / "ecoli" / "NC_000913.3.fa.gz", "NC_000913.3"


def write_random_genome(path: Path, bases: int) -> Path:
    """Write one chromosome of random letters, whole lines only, unless a file of this size is there."""
    lines = bases // LINE
    header = f">{CHROM}\n".encode()
    if not path.exists() or path.stat().st_size != len(header) + lines * (LINE + 1):
        letters = np.full((lines, LINE + 1), ord("\n"), np.uint8)
        codes = np.random.default_rng(7).integers(0, 4, (lines, LINE), dtype=np.uint8)
        letters[:, :LINE] = np.frombuffer(b"ACGT", np.uint8)[codes]
        path.write_bytes(header + letters.tobytes())
    return path
