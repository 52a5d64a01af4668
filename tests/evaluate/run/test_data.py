import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.evaluate.run.config import Data
from gxview.evaluate.run.data import read_data
from gxview.evaluate.run.truth import region_of, truth_of
from gxview.genome import Reference, Region, reverse_complement


@pytest.fixture
def read(tmp_path):
    def read(text, reference=None, **options):
        path = tmp_path / "s.csv"
        path.write_text(text)
        return read_data(Data(sequences=path, **options), 1, reference)

    return read


def test_masks_count_from_one_and_hold_their_last_base():
    mask = truth_of({"mask_start": "2;6", "mask_end": "3;6"}, 6, "here")
    assert mask.tolist() == [0, 1, 1, 0, 0, 1]


def test_a_measurement_keeps_what_is_missing():
    truth = truth_of({"truth": "0.5 . 2"}, 3, "here")
    assert np.isnan(truth[1])
    assert truth[[0, 2]].tolist() == [0.5, 2]


def test_zeros_and_ones_may_stand_without_blanks():
    assert truth_of({"truth": "0110"}, 4, "here").tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"mask_start": "0", "mask_end": "3"}, "does not lie within"),
        ({"mask_start": "1;4", "mask_end": "3"}, "mask_start has 2"),
        ({"mask_start": "x", "mask_end": "3"}, "whole numbers"),
        ({"truth": "01"}, "has 2 values"),
        ({"truth": "a b c d e f"}, "neither"),
    ],
)
def test_truth_that_does_not_fit_names_the_place(cells, words):
    with pytest.raises(GxviewError, match="file, line 3") as found:
        truth_of(cells, 6, "file, line 3")
    assert words in str(found.value)


def test_both_ways_to_count_are_told_apart_by_the_length():
    closed, half_open = region_of("chr1:11-20(-)", 10, "here"), region_of("chr1:10-20(-)", 10, "here")
    assert closed == half_open == Region("chr1", 10, 20, "-")
    assert region_of("chr1:0-10", 10, "here") == Region("chr1", 0, 10)
    with pytest.raises(GxviewError, match="bases"):
        region_of("chr1:11-30", 10, "here")


def test_a_bed_mask_follows_the_strand(read, small_genome, tmp_path):
    reference = Reference(small_genome)
    letters = reverse_complement(reference.fetch(Region("chr1", 100, 120)))
    bed = tmp_path / "mask.bed"
    bed.write_text("chr1\t100\t103\nchr1\t119\t140\n")
    data = read(f"region,sequence\nchr1:101-120(-),{letters}\n", reference, mask=bed)
    assert np.flatnonzero(data.items[0].mask).tolist() == [0, 17, 18, 19]
    assert data.items[0].region == Region("chr1", 100, 120, "-")


def test_the_flanks_come_from_the_genome_along_the_strand(read, small_genome):
    reference = Reference(small_genome)
    whole = reference.fetch(Region("chr1", 90, 130)).upper()
    data = read(f"region,sequence\nchr1:101-120(-),{reverse_complement(whole[10:30])}\n", reference)
    left, right = data.items[0].flanks
    assert left + data.items[0].letters + right == reverse_complement(whole)


def test_letters_that_the_genome_does_not_have(read, small_genome):
    with pytest.raises(GxviewError, match="other letters"):
        read(f"region,sequence\nchr1:101-120,{'A' * 20}\n", Reference(small_genome))


def test_a_mask_without_places_is_refused(read, tmp_path):
    bed = tmp_path / "mask.bed"
    bed.write_text("chr1\t1\t3\n")
    with pytest.raises(GxviewError, match="no column 'region'"):
        read("sequence\nACGT\n", None, mask=bed)


def test_a_limit_takes_evenly_from_the_classes_and_keeps_the_order(read):
    rows = [f"s{number},{int(number < 4)},{'ACGT'[number % 4] * 9}" for number in range(40)]
    data = read("\n".join(["id,label,sequence", *rows]), limit=6)
    ids = [item.id for item in data.items]
    assert [item.label for item in data.items].count(1) == 3
    assert ids == sorted(ids, key=lambda name: int(name[1:]))
    assert data.in_file == 40


def test_facts_count_n_and_leave_it_out_of_gc(read):
    facts = read("label,sequence\n0,GGNN\n0,ACGT\n1,AAAA\n").facts()
    assert [one.name for one in facts] == ["class 0", "class 1", "all"]
    assert facts[0].unknown == 2
    assert facts[0].with_unknown == 1
    assert facts[0].gc == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("label,sequence\n1,ACGT\n1,AAGT\n", "All sequences are of class 1"),
        ("sequence\nACGT\n", "No sequence has a class"),
        ("id,sequence\na,ACGT\na,ACGG\n", "1 names occurred before"),
        ("sequence\nACGT\nACGT\n", "occur more than once"),
    ],
)
def test_what_a_reader_should_know_is_noted(read, text, words):
    assert any(words in note for note in read(text).notes)


@pytest.mark.parametrize("text", ["", "id,label\na,1\n", "sequence\n", ">only a name\n"])
def test_a_file_without_sequences(read, text):
    with pytest.raises(GxviewError, match=r"s\.csv"):
        read(text)
