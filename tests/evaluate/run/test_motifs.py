import numpy as np
import pytest

from gxview.evaluate.motifs.discovery import Discovery, Pattern
from gxview.evaluate.run import motifs
from gxview.evaluate.run.report.motifs import motif_section
from gxview.evaluate.run.results import Results

MEME = """MEME version 4

ALPHABET= ACGT

MOTIF TATA box
letter-probability matrix: alength= 4 w= 6 nsites= 20 E= 0
0.05 0.05 0.05 0.85
0.85 0.05 0.05 0.05
0.05 0.05 0.05 0.85
0.85 0.05 0.05 0.05
0.85 0.05 0.05 0.05
0.05 0.05 0.05 0.85
"""


def pattern():
    ppm = np.full((4, 6), 0.05)
    for place, base in enumerate("TATAAT"):
        ppm["ACGT".index(base), place] = 0.85
    return Pattern("pattern 1", "+", ppm, ppm * 2, np.array([[0, 3, 9, 0], [1, 5, 11, 1]], np.int64))


def found(*patterns):
    return Discovery(patterns, 7, 5, 2, "" if patterns else "too few seqlets", ("a note",), {"core": 20})


def test_patterns_come_back_whole():
    before = found(pattern())
    after = motifs.unpack(motifs.pack(before))
    assert (after.sequences, after.positive, after.negative, after.reason) == (7, 5, 2, "")
    assert (after.notes, after.provenance) == (before.notes, before.provenance)
    for name in ("ppm", "cwm", "seqlets"):
        assert np.array_equal(getattr(after.patterns[0], name), getattr(before.patterns[0], name))
    assert motifs.pack(before) == motifs.pack(after)


@pytest.fixture
def results(small, windows, tmp_path):
    """Results of an evaluation whose patterns are given: one in real sequences, none in their control."""
    from gxview.evaluate.run.data import read_data
    from gxview.evaluate.run.plan import Plan
    from gxview.evaluate.run.subjects import open_subjects
    from gxview.store import Store

    database = tmp_path / "known.meme"
    database.write_text(MEME)
    chosen = small(windows, families=["motifs"], motifs={"database": [str(database)], "permutations": 2})
    data, store = read_data(chosen.data, chosen.seed, None), Store(tmp_path / "work")
    plan = Plan(chosen, open_subjects(chosen), {"real": list(data.items), "dinucleotide": list(data.items)})
    for task in motifs.motif_tasks(plan):
        store.put(motifs.MOTIFS, task.key, motifs.pack(found(pattern()) if task.set == "real" else found()))
    return Results(chosen, data, plan, store)


def test_the_section_shows_patterns_with_their_match_and_why_a_control_has_none(results):
    section = motif_section(results)
    texts = [cell.text for block in section.blocks if block.kind == "table" for row in block.rows for cell in row]
    assert any("TATA" in text for text in texts)
    assert any("too few seqlets" in text for text in texts)
    titles = [block.text for block in section.blocks if block.kind == "title"]
    assert titles == ["Real sequences", "Dinucleotide-shuffled sequences"]


def test_a_database_that_is_not_there_is_told_in_the_report(results, tmp_path):
    (tmp_path / "known.meme").unlink()
    (block,) = motif_section(results).blocks
    assert "known.meme" in block.text
