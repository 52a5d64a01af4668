"""TF-MoDISco finds what was planted, with the places it was planted at, and says clearly when it cannot."""

from __future__ import annotations

import json
import os
from xml.etree import ElementTree

import numpy as np
import pytest
from modiscolite import aggregator

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.evaluate.motifs.comparison import compare_patterns
from gxview.evaluate.motifs.discovery import Discovery, DiscoveryOptions, Pattern, find_patterns
from gxview.evaluate.motifs.hits import seqlet_hits
from gxview.evaluate.motifs.modisco_child import end_every_merge
from gxview.evaluate.motifs.motif import Motif
from gxview.evaluate.motifs.section import motif_section
from gxview.evaluate.motifs.study import Study, write_study
from gxview.evaluate.motifs.tomtom import MotifDatabase
from gxview.genome import Region, reverse_complement

WORD, LENGTH = "GATAAGGC", 100


def motif(word, name=""):
    return Motif(word, name or word, np.eye(4)[:, ["ACGT".index(base) for base in word]] * 20)


def others(count, seed):
    words = np.random.default_rng(seed).choice(list("ACGT"), (count, 8))
    return tuple(motif("".join(word)) for word in words)


@pytest.fixture(scope="module")
def planted():
    """Sequences with a word on a random strand, relevance at the word, and where it is."""
    rng = np.random.default_rng(4)
    sequences, relevance, starts = [], [], []
    for _ in range(400):
        letters = "".join(rng.choice(list("ACGT"), LENGTH))
        word = WORD if rng.random() < 0.5 else reverse_complement(WORD)
        start = int(rng.integers(16, LENGTH - 24))
        sequences.append(letters[:start] + word + letters[start + 8 :])
        values = rng.normal(0, 0.05, LENGTH)
        values[start : start + 8] += rng.uniform(0.8, 1.2, 8)
        relevance.append(values.astype(np.float32))
        starts.append((start, word))
    return sequences, relevance, starts


@pytest.fixture(scope="module")
def found(planted):
    return find_patterns(planted[0], planted[1])


def test_the_planted_word_comes_out(found):
    assert (found.reason, found.sequences) == ("", 400)
    assert found.positive >= 200
    best = max(found.patterns, key=lambda pattern: len(pattern.seqlets))
    assert best.sign == "+"
    assert len(best.seqlets) > 50
    assert any(WORD in one.consensus for one in (best.motif(), best.motif().reverse_complement()))
    np.testing.assert_allclose(best.ppm.sum(axis=0), 1, atol=1e-5)
    assert found.provenance["core"] == 20
    assert found.provenance["hypothetical"] is False


def test_seqlets_lie_on_the_planted_words_in_the_genome_s_coordinates(planted, found):
    sequences, _, starts = planted
    places = [Region("chr", 1000 * n, 1000 * n + LENGTH, "+-"[n % 2]) for n in range(len(sequences))]
    forward = next(p for p in found.patterns if p.name == max(found.patterns, key=lambda q: len(q.seqlets)).name)
    reads_forward = WORD in forward.motif().consensus
    hits = [hit for hit in seqlet_hits(found, places) if hit.name == forward.name]
    right = 0
    for hit in hits:
        index = hit.start // 1000
        start, word = starts[index]
        low = places[index].start + start if index % 2 == 0 else places[index].end - start - 8
        strand = "+" if ((word == WORD) == reads_forward) == (index % 2 == 0) else "-"
        right += abs(hit.start - low) <= 2 and abs(hit.end - low - 8) <= 2 and hit.strand == strand
    assert right / len(hits) > 0.95


def test_the_pattern_matches_the_database_and_not_its_permuted_columns(found, tmp_path):
    database = MotifDatabase((motif(WORD, "GATA"), *others(150, 1)), "made up", "R1")
    nothing = Discovery((), 5, 3, 0, "Too few seqlets.", ("a note",), {})
    report = compare_patterns({"a": found, "b": found, "c": nothing}, database, permutations=24)
    one, _, none = report.models
    assert 1 <= one.beyond_null <= one.matched
    assert one.names[0] == "GATA"
    assert one.null_fraction < one.fraction
    assert (none.patterns, none.reason) == (0, "Too few seqlets.")
    assert np.isnan(none.fraction)
    assert [(pair.first, pair.second, pair.jaccard) for pair in report.overlaps[:1]] == [("a", "b", 1.0)]
    assert report.overlaps[1].shared == ()
    assert report.notes == ("a note",)
    again = compare_patterns({"a": found}, database, permutations=24)
    assert again.models[0] == one
    content = json.loads(report.to_json())
    assert content["models"][2]["fraction"] is None
    assert (content["release"], content["motifs"]) == ("R1", 151)
    places = tuple(Region("chr", 1000 * n, 1000 * n + LENGTH, "+") for n in range(400))
    paths = write_study(tmp_path, Study({"a/b": found, "c": nothing}, report, places))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a_b", "matches.csv", "models.csv", "report.json"]
    assert {"patterns.meme", "seqlets.bed", "pattern_1.svg"} <= {path.name for path in (tmp_path / "a_b").iterdir()}
    assert all(path.exists() for path in paths)
    rows = (tmp_path / "matches.csv").read_text().splitlines()
    assert rows[0].startswith("model,pattern,sign,seqlets,query,consensus,rank,motif,name")
    assert len(rows) == len(report.rows) + 1


def test_two_sites_in_one_pattern_are_compared_alone_too():
    cwm = np.zeros((4, 30))
    cwm[:, 2:8] = cwm[:, 22:28] = 1.0
    cwm[:, 14] = 0.9
    pattern = Pattern("pattern 1", "+", np.full((4, 30), 0.25), cwm, np.zeros((9, 4), dtype=int))
    assert (pattern.core, pattern.parts) == ((2, 28), [(2, 8), (22, 28)])
    assert [one.name for one in pattern.motifs()] == ["pattern 1", "pattern 1, part 1", "pattern 1, part 2"]
    assert [one.id for one in pattern.motifs()] == ["pattern_1", "pattern_1.1", "pattern_1.2"]
    assert [one.width for one in pattern.motifs()] == [26, 6, 6]


def test_a_pattern_too_vague_to_compare_is_noted_and_matches_nothing(found):
    vague = Pattern("pattern 1", "+", np.full((4, 9), 0.25), np.ones((4, 9)), np.zeros((30, 4), dtype=int))
    discovery = Discovery((vague,), 5, 30, 0, "", (), {})
    report = compare_patterns({"a": discovery}, MotifDatabase(others(150, 1), "made up"), permutations=24)
    assert report.rows == ()
    assert (report.models[0].matched, report.models[0].null_high) == (0, 0.0)
    assert report.notes[0].startswith("a, pattern 1 (NNNNNNNNN): 9 positions with ")
    motif_section(report, {"a": discovery}, MotifDatabase(others(150, 1), "made up"))


def test_a_merged_pattern_that_has_no_room_to_grow_is_cut_to_the_same_width(monkeypatch):
    # modisco-lite merges the same two patterns for ever where polishing their merger gives nothing.
    def polish(pattern, flank, window_size, **rest):
        return None if flank else pattern[:window_size]

    monkeypatch.setattr("modiscolite.aggregator.polish_pattern", polish)
    end_every_merge()
    assert aggregator.polish_pattern("x" * 62, flank=10, window_size=30, min_num=30) == "x" * 50
    assert aggregator.polish_pattern("x" * 62, flank=0, window_size=30, min_num=30) == "x" * 30
    assert aggregator.polish_pattern("x" * 40, flank=10, window_size=30, min_num=30) is None


def test_too_few_seqlets_is_a_reason_with_numbers(planted):
    few = find_patterns(planted[0][:6], planted[1][:6])
    assert few.patterns == ()
    assert few.reason.startswith("Too few seqlets: 6 sequences gave ")
    assert "needs more than 100 of one kind; explain more sequences." in few.reason


def test_relevance_that_says_nothing_is_a_reason(planted):
    flat = find_patterns(planted[0][:30], [np.zeros(LENGTH)] * 30)
    assert flat.patterns == ()
    assert "30 sequences" in flat.reason


def test_missing_and_shorter_sequences_are_noted(planted, monkeypatch):
    seen = {}

    def run(one_hot, contributions, arguments, cancelled):
        seen.update(one_hot=one_hot, contributions=contributions, **arguments)
        return {"count": np.array(0), "seqlets": np.array([150, 0])}

    monkeypatch.setattr("gxview.evaluate.motifs.discovery._run", run)
    relevance = [np.ones(LENGTH), np.full(40, np.nan)]
    found = find_patterns([planted[0][0], "N" + "A" * 39], relevance, options=DiscoveryOptions(core=8, flank=3))
    assert found.notes == (
        "Sequences have 40 to 100 bases.",
        "1 sequences have bases without relevance, which count as 0.",
    )
    assert found.reason == "The 150 + 0 seqlets formed no cluster that TF-MoDISco keeps."
    assert seen["one_hot"].shape == (2, 4, LENGTH)
    np.testing.assert_array_equal(seen["contributions"][0], seen["one_hot"][0])
    assert not seen["contributions"][1].any()
    assert not seen["one_hot"][1][:, [0, *range(40, 100)]].any()
    assert (seen["sliding_window_size"], seen["flank_size"], seen["n_leiden_runs"]) == (8, 3, 2)
    scores = [np.random.default_rng(1).normal(size=(4, LENGTH))]
    find_patterns(planted[0][:1], [np.ones(LENGTH)], hypothetical=scores)
    np.testing.assert_allclose(seen["contributions"][0], scores[0], rtol=1e-6)


def test_bad_input_is_one_sentence(planted, monkeypatch):
    sequences, relevance, _ = planted
    with pytest.raises(GxviewError, match="needs relevance for every sequence: 400 and 3"):
        find_patterns(sequences, relevance[:3])
    with pytest.raises(GxviewError, match="Sequence 2 has 100 bases, but relevance of shape"):
        find_patterns(sequences[:2], [relevance[0], relevance[1][:9]])
    with pytest.raises(GxviewError, match=r"needs sequences of 30 bases or more .* not 29"):
        find_patterns(["A" * 29], [np.ones(29)])
    with pytest.raises(GxviewError, match="infinite"):
        find_patterns(sequences[:1], [np.full(LENGTH, np.inf)])
    with pytest.raises(UsageError, match="whole numbers from 1 up"):
        DiscoveryOptions(core=0)
    with pytest.raises(Cancelled):
        find_patterns(sequences, relevance, cancelled=lambda: True)
    monkeypatch.setattr("gxview.evaluate.motifs.discovery.find_spec", lambda name: None)
    with pytest.raises(GxviewError, match=r"install the extra gxview\[motifs\]"):
        find_patterns(sequences, relevance)


def test_a_crash_of_the_process_is_one_sentence(planted, monkeypatch, tmp_path):
    crash = tmp_path / "crash.py"
    crash.write_text("import sys\nprint('Traceback', file=sys.stderr)\nsys.exit('MemoryError: too much')\n")
    monkeypatch.setattr("gxview.evaluate.motifs.discovery._CHILD", crash)
    with pytest.raises(GxviewError, match=r"TF-MoDISco ended with code 1 \(MemoryError: too much\)"):
        find_patterns(planted[0], planted[1])
    assert os.listdir(tmp_path) == ["crash.py"]


def test_the_section_of_the_report_shows_patterns_above_their_matches(found):
    database = MotifDatabase((motif(WORD, "GATA & co"), *others(150, 1)), "made up", "R1")
    nothing = Discovery((), 5, 3, 0, "Too few seqlets.", (), {})
    discoveries = {"a": found, "b": nothing}
    section = motif_section(compare_patterns(discoveries, database, permutations=24), discoveries, database)
    text, models, shared, matches = section.blocks
    assert "151 motifs of made up, release R1" in text.text
    assert models.rows[1][-1].text == "Too few seqlets."
    assert models.rows[1][4].text == "–"
    assert shared.text == "a and b share no match beyond accident (0.0 % of all names of either)."
    row = matches.rows[0]
    first, second = (ElementTree.fromstring(part) for part in row[3].text.split("<br>"))
    assert first.attrib["width"] == second.attrib["width"]
    assert second.attrib["aria-label"].startswith(f"{WORD} GATA & co: ")
    assert row[7].mark == "good"
