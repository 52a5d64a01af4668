"""The genome as htslib wants it for CRAM."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gxview.genome import Reference
from gxview.genome.fasta_index import open_index
from gxview.tracks.names import ChromosomeNames


def linked_genome(reference: Reference, names: Sequence[str]) -> Path:
    """Return a FASTA file with the letters of a genome under the chromosome names of a CRAM file.

    htslib knows sequences by exactly these names, and writes an index beside a FASTA that has none. So it gets a link
    to the genome in a folder of its own, and there an index with the names it looks for.

    Returns
    -------
    Path
        To be given to `remove_genome` when it is no longer needed.
    """
    index = open_index(reference.path)
    known = ChromosomeNames(reference.path, names, reference)
    records = {record.name: record for record in index.records}
    wanted = {name: records.get(known.canonical(name)) for name in names}
    lines = (str(replace(record, name=name)) for name, record in wanted.items() if record is not None)
    link = Path(tempfile.mkdtemp(prefix="gxview-")) / ("genome.fa" if index.gzi is None else "genome.fa.gz")
    os.symlink(reference.path.resolve(), link)
    Path(f"{link}.fai").write_text("".join(lines), encoding="utf-8")
    if index.gzi is not None:
        os.symlink(index.gzi.resolve(), f"{link}.gzi")
    return link


def remove_genome(link: Path) -> None:
    """Remove what `linked_genome` made; the genome itself stays."""
    shutil.rmtree(link.parent, ignore_errors=True)
