"""What the whole program asks of htslib: no words on stderr, and no reference sequences from the network."""

from __future__ import annotations

import os

import pysam


def tame() -> None:
    """Keep htslib quiet and offline; called before a file is opened through it.

    Its complaints come as exceptions anyway. Without REF_PATH some versions ask a server in silence for the
    reference of a CRAM file; a person who has set it gets what it says.
    """
    pysam.set_verbosity(0)
    os.environ.setdefault("REF_PATH", os.devnull)
