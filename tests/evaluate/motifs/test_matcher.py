"""What the window asks about selected bases."""

from __future__ import annotations

import os

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.evaluate.motifs.matcher import Matcher

JASPAR = """>MA0001.1 BOX
A [ 1 1 97 1 97 1 97 1 ]
C [ 1 1 1 1 1 1 1 97 ]
G [ 97 1 1 1 1 1 1 1 ]
T [ 1 97 1 97 1 97 1 1 ]
>MA0002.1 OTHER
A [ 97 1 1 1 97 1 ]
C [ 1 97 97 1 1 1 ]
G [ 1 1 1 97 1 97 ]
T [ 1 1 1 1 1 1 ]
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "motifs.jaspar"
    path.write_text(JASPAR)
    return path


def test_bases_find_their_motif_on_either_strand(path):
    matcher = Matcher()
    assert matcher.prepare(path) == 2
    for letters, strand in (("GTATATAC", "+"), ("GTATATAC"[::-1].translate(str.maketrans("ACGT", "TGCA")), "-")):
        answer = matcher.match(letters, np.ones(8, np.float32), path, 1)
        (match,) = answer.matches
        assert match.motif.name == "BOX"
        assert match.offset == 0
        assert answer.query.shape == (4, 8)
        assert answer.motifs == 2
        assert "2 motifs" in answer.note
        if letters != "GTATATAC":
            assert match.strand == strand


def test_a_file_that_changed_is_read_again_and_one_that_is_gone_is_told(path):
    matcher = Matcher()
    assert matcher.match("GTATATAC", None, path, 9).motifs == 2
    path.write_text(JASPAR.split(">MA0002")[0])
    os.utime(path, ns=(1, 1))
    assert matcher.match("GTATATAC", None, path, 9).motifs == 1
    path.unlink()
    with pytest.raises(GxviewError, match=r"motifs\.jaspar cannot be read"):
        matcher.match("GTATATAC", None, path, 9)


def test_bases_that_are_too_few_or_weigh_too_little_match_nothing_and_say_why(path):
    answer = Matcher().match("TATA", None, path, 9)
    assert not answer.matches
    assert answer.note.startswith(
        "4 positions with 8.0 bits are too little to compare; 5 positions and 4 bits are needed."
    )
    weak = Matcher().match("GTATATAC", np.array([1, 0, 0, 0, 0, 0, 0, 0], np.float32), path, 9)
    assert not weak.matches
    assert "8 positions with 2.0 bits" in weak.note
