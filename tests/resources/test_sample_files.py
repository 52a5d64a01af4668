from collections import defaultdict
from pathlib import Path

import numpy as np
import pyBigWig
import pysam
import pytest
from gxview.resources import files, make_sample
from gxview.resources.elements import BOX_10, BOX_35, OPERATORS, SPACERS, WRONG_SPACERS
from gxview.resources.simulate import STARTS, STOPS

from gxview.cli import sample
from gxview.evaluate import read_truth
from gxview.genome import Reference, Region, reverse_complement

FOLDER = Path(files.__file__).parent


@pytest.fixture(scope="module")
def reference():
    return Reference(FOLDER / files.GENOME)


@pytest.fixture(scope="module")
def truth():
    return read_truth(FOLDER / files.TRUTH)


@pytest.fixture(scope="module")
def owners(truth):
    """Elements of each promoter and decoy by kind."""
    found = defaultdict(dict)
    for chrom, items in truth.items():
        for item in items:
            found[chrom, item.owner][item.kind] = item
    return found


def letters(reference, chrom, item):
    return reference.fetch(Region(chrom, item.start, item.end, item.strand))


def agreement(found, consensus):
    return sum(a == b for a, b in zip(found, consensus, strict=True))


def test_two_sequences_of_the_promised_lengths(reference):
    assert reference.sizes == {"chromosome": 1_000_000, "plasmid": 200_000}


def test_every_planted_element_stands_in_the_genome_on_its_strand(reference, truth):
    agreements = defaultdict(list)
    for chrom, items in truth.items():
        for item in items:
            found = letters(reference, chrom, item)
            if item.kind in ("-35", "-10"):
                agreements[item.kind].append(agreement(found, BOX_35 if item.kind == "-35" else BOX_10))
            elif item.kind == "operator":
                assert found in OPERATORS
            elif item.kind == "ext-10":
                assert found == "TG"
            elif item.kind == "TSS":
                assert found in ("A", "G")
            elif item.kind == "UP":
                assert found[2:5] == "AAA"
    for counts in agreements.values():
        assert np.mean(counts) > 5.4  # a box elsewhere in the genome agrees in 1.5 of 6 bases
        assert min(counts) >= 2


def test_promoters_have_both_boxes_at_the_right_distance_and_decoys_do_not(owners):
    for (_, owner), kinds in owners.items():
        if owner.startswith("P"):
            first, second = kinds["-35"], kinds["-10"]
            gap = second.start - first.end if first.strand == "+" else first.start - second.end
            assert gap in SPACERS
            assert kinds["promoter"].start == min(first.start, second.start)
            assert kinds["promoter"].end == max(first.end, second.end)
            continue
        assert "promoter" not in kinds
        if "-35" in kinds and "-10" in kinds:
            first, second = sorted((kinds["-35"], kinds["-10"]), key=lambda item: item.start)
            assert second.start - first.end in WRONG_SPACERS


def test_there_is_enough_of_everything_on_both_sequences(truth):
    for items in truth.values():
        kinds = [item.kind for item in items]
        for kind in ("promoter", "only-35", "only-10", "spacing", "shuffled", "UP", "ext-10", "operator"):
            assert kinds.count(kind) >= 15, kind


def test_genes_of_the_annotation_are_open_reading_frames(reference):
    names, count = set(), 0
    with pysam.TabixFile(str(FOLDER / files.ANNOTATION)) as annotation:
        for row in annotation.fetch("plasmid", parser=pysam.asGTF()):
            if row.feature != "gene":
                continue
            found = reference.fetch(Region("plasmid", row.start, row.end, row.strand))
            codons = [found[at : at + 3] for at in range(0, len(found), 3)]
            assert codons[0] in STARTS
            assert codons[-1] in STOPS
            assert not set(codons[:-1]) & set(STOPS)
            names.add(row.attributes.split("Name=")[1].split(";")[0])
            count += 1
    assert count > 100
    assert len(names) == count


def test_coverage_spans_both_sequences_and_rises_at_transcription_starts(reference, truth):
    with pyBigWig.open(str(FOLDER / files.COVERAGE)) as track:
        assert track.chroms() == reference.sizes
        assert track.header()["nLevels"] > 0
        before, behind = [], []
        for item in truth["plasmid"]:
            if item.kind == "TSS":
                step = 100 if item.strand == "+" else -100
                centre = item.start + step
                behind.append(track.stats("plasmid", centre - 30, centre + 30, exact=True)[0])
                before.append(track.stats("plasmid", item.start - step - 30, item.start - step + 30, exact=True)[0])
    assert np.median(behind) > 5 * np.median(before)


def test_the_script_still_makes_this_genome(reference, truth):
    """The committed files are what the seed gives."""
    for one in make_sample.make_genome(make_sample.SEED):
        assert reference.fetch(Region(one.name, 0, len(one.letters))) == one.letters
        assert truth[one.name] == [item for item in one.planted if item.kind not in files.NOT_PLANTED]


def test_reading_the_minus_strand_by_hand_agrees(reference, truth):
    item = next(one for one in truth["plasmid"] if one.kind == "-10" and one.strand == "-")
    plus = reference.fetch(Region("plasmid", item.start, item.end))
    assert reverse_complement(plus) == letters(reference, "plasmid", item)


def test_command_line_and_script_name_the_same_files():
    assert (sample.GENOME, sample.ANNOTATION, sample.TRUTH, sample.COVERAGE) == (
        files.GENOME,
        files.ANNOTATION,
        files.TRUTH,
        files.COVERAGE,
    )
    assert list(make_sample.LENGTHS)[1] == sample.UNSEEN


def test_everything_together_is_small():
    size = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert size < 12e6
