"""The arithmetic behind the evaluation on real input."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.real_input import ecoli_data, lac
from benchmarks.real_input.augment import augmented, changed
from benchmarks.real_input.letters_start import sketches, write_start
from benchmarks.real_input.location import Target, from_tss, hits, top_window, wilson
from gxview.genome import reverse_complement
from gxview.models import load_model
from gxview.models.labelled import LabelledSequences
from gxview.models.train import TransformerSize

BOX = Target(first=209, last=229, width=8)


def test_chance_counts_the_placements_of_the_window() -> None:
    brute = [start for start in range(300 - 8 + 1) if start >= 209 and start + 7 <= 229]
    assert BOX.placements(300) == (len(brute), 293)
    assert BOX.holds(np.arange(293)).sum() == len(brute)


def test_top_window_is_the_largest_signed_sum() -> None:
    values = np.random.default_rng(1).normal(size=(20, 50)).astype(np.float32)
    brute = [max(range(43), key=lambda start: row[start : start + 8].sum()) for row in values]
    assert top_window(values, 8).tolist() == brute


def test_negative_relevance_never_makes_a_top_window() -> None:
    values = np.zeros((1, 30), dtype=np.float32)
    values[0, 5:13], values[0, 20:28] = -9, 1
    assert top_window(values, 8).tolist() == [20]


def test_ties_are_not_broken_towards_the_start() -> None:
    starts = top_window(np.ones((2000, 300), dtype=np.float32), 8)
    inside, placements = BOX.placements(300)
    assert BOX.holds(starts).mean() == pytest.approx(inside / placements, abs=0.02)


def test_hits_count_rows_and_permuting_destroys_the_place() -> None:
    values = np.random.default_rng(2).normal(size=(400, 300)).astype(np.float32)
    values[:300, 212:220] += 20
    found = hits(values, BOX)
    assert found.n == 400
    assert found.inside >= 300
    assert found.chance == pytest.approx(14 / 293)
    assert found.permuted == pytest.approx(found.chance, abs=0.02)


def test_wilson_interval_of_a_textbook_case() -> None:
    low, high = wilson(81, 263)  # Newcombe 1998, table I: 0.2553 to 0.3662
    assert (low, high) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))


def test_there_is_no_position_zero() -> None:
    assert [from_tss(index, 249) for index in (0, 217, 248, 249, 299)] == [-249, -32, -1, 1, 51]


def test_boxes_of_lac_stand_where_the_literature_says() -> None:
    sequence = "GCTCACTCATTAGGCACCCCAGGCTTTACACTTTATGCTTCCGGCTCGTATGTTGTGTGGAATTGTGAGCGGATAACAATT"
    values = np.zeros(81, dtype=np.float32)
    values[48:54] = 1
    told = lac.boxes(sequence, values)
    assert (told["boxes"]["-35"]["from"], told["boxes"]["-35"]["to"]) == (-36, -31)
    assert (told["boxes"]["-10"]["from"], told["boxes"]["-10"]["to"]) == (-12, -7)
    assert told["boxes"]["-10"]["rank"] == 1
    assert told["positive_relevance_in_boxes"] == 1
    assert told["top_window"] == {"from": -12, "word": "TATGTT"}


@pytest.mark.parametrize("strand", ["+", "-"])
def test_shifting_a_site_moves_it_downstream(strand: str) -> None:
    letters = "".join(np.random.default_rng(3).choice(list("ACGT"), 1000))
    genome = ecoli_data.Genome.__new__(ecoli_data.Genome)
    genome.letters, genome.chrom, genome.size = letters, "c", 1000
    along = letters if strand == "+" else reverse_complement(letters)
    plus_one = 500 if strand == "+" else 999 - 500
    site = ecoli_data.Site(500, strand, "test")
    assert genome.sequence(site) == along[plus_one - 60 : plus_one + 21]
    assert genome.sequence(site, 7) == along[plus_one - 53 : plus_one + 28]
    assert genome.find([genome.sequence(site)], "test") == [site]


def test_split_keeps_blocks_apart_and_leaves_lac_out() -> None:
    parts = {ecoli_data.part_of(block * ecoli_data.BLOCK) for block in range(10)}
    assert parts == {"train", "validation", "test"}
    assert ecoli_data.part_of(ecoli_data.LAC_TSS) == "test"
    assert ecoli_data.near_lac(ecoli_data.LAC_TSS + 4_999)
    assert not ecoli_data.near_lac(ecoli_data.LAC_TSS + 5_000)


def test_lac_promoter_of_the_genome(shared, tmp_path) -> None:
    genome = ecoli_data.Genome(shared / "data" / "genomes" / "ecoli" / "NC_000913.3.fa.gz", tmp_path)
    table = shared / "data" / "promoters" / "regulondb" / "PromoterSet_10.9.txt.gz"
    row = next(row for row in ecoli_data.read_regulondb(table) if row[0] == "lacZp1")
    site = ecoli_data.place_on_genome(genome, row[1], row[2], row[4])
    assert site == ecoli_data.Site(ecoli_data.LAC_TSS, "-", "RegulonDB")
    listed, unplaced = ecoli_data.sigma70_sites(genome, table)
    assert len(listed) + unplaced == 1999
    assert unplaced <= 4


def test_augmented_keeps_the_originals_and_labels_and_changes_the_copies() -> None:
    letters = "".join(np.random.default_rng(4).choice(list("ACGT"), 300))
    data = LabelledSequences.of([letters, letters[::-1]], [1, 0])
    more = augmented(data, copies=5, rate=0.1, shift=12, seed=0)
    assert more.sequences[:2] == data.sequences
    assert more.labels.tolist() == [1, 0, *[1] * 5, *[0] * 5]
    assert len(set(more.sequences)) == 12
    assert all(276 <= len(sequence) <= 300 for sequence in more.sequences)


def test_substitutions_hit_the_stated_share() -> None:
    letters = "A" * 20_000
    copy = changed(letters, 0.2, 0, np.random.default_rng(5))
    assert sum(base != "A" for base in copy) / len(copy) == pytest.approx(0.2 * 0.75, abs=0.01)


def test_words_of_similar_letters_begin_with_similar_vectors() -> None:
    words = ["TATAAA", "TATAAAG", "GGCGCC", "CGGCGC", "TTTTT", "ACGT"]
    rows = sketches(words, 64, seed=0)
    likeness = np.corrcoef(rows)
    assert likeness[0].argsort()[-2] == 1
    assert likeness[2].argsort()[-2] == 3


def test_a_start_folder_loads_and_holds_the_official_words(shared, tmp_path) -> None:
    tokenizer = shared / "data" / "dnabert2" / "tokenizer.json"
    folder = write_start(tmp_path / "start", tokenizer, TransformerSize(hidden=16, layers=1, heads=2), seed=0)
    model = load_model(folder)
    assert model.kind == "dnabert2"
    assert model.tokenize(["TATAAAAGGCGCG"]).input_ids.tolist() == [[1, 1236, 1589, 7, 2]]
