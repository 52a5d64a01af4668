"""What a text in the locus box means, and what is suggested."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks import Feature, open_source
from gxview.viewer.places.locus import chromosomes_like, find_all, last_part, split, suggest
from tests.viewer.fakes import FakeFeatures, write_genome


@pytest.fixture
def reference(tmp_path):
    return Reference(write_genome(tmp_path))


def places(text, reference, sources=()):
    return [place.region for place in find_all(text, reference, sources)]


@pytest.mark.parametrize("text", ["chr1:101-200 ; chr2:5-90", "chr1:101-200;chr2 5 90", "chr1:101-200 vs chr2:5-90",
                                  "chr1:101-200 VS. chr2:5..90 ;", "chr1:101+100; 2:5-90"])  # fmt: skip
def test_several_places_are_parted(reference, text):
    assert places(text, reference) == [Region("chr1", 100, 200), Region("chr2", 4, 90)]


def test_genes_and_regions_may_be_mixed(reference):
    assert places("gene1 vs gene2", reference, [FakeFeatures()]) == [
        Region("chr1", 550, 950),
        Region("chr1", 1050, 1450),
    ]


def test_one_bad_place_of_several_is_named(reference):
    with pytest.raises(GxviewError, match="nonsense"):
        find_all("chr1:1-50 ; nonsense", reference, [])
    with pytest.raises(GxviewError, match="at most 4"):
        find_all(";".join(["chr1"] * 5), reference, [])


def test_a_name_with_a_semicolon_stays_whole(tmp_path):
    path = tmp_path / "odd.fa"
    path.write_text(">a;b\n" + "ACGT" * 30 + "\n")
    assert places("a;b", Reference(path)) == [Region("a;b", 0, 120)]


@given(st.lists(st.text(st.sampled_from("ab1:- "), min_size=1).filter(str.strip), min_size=1, max_size=4))
def test_what_is_being_typed_is_the_last_part(parts):
    text = " ; ".join(parts)
    before, last = last_part(text)
    assert before + last == text
    assert last.strip() == parts[-1].strip()


def test_split_keeps_a_lone_text_as_it_is(reference):
    assert split("  gene vsx ", reference) == ["  gene vsx "]


def test_suggestions_tell_kind_and_place_and_the_exact_name_comes_first(reference):
    class Source(FakeFeatures):
        def search(self, text, limit=20):
            return [Feature("chr1", 5, 90, "chr", kind="gene"), Feature("chr2", 507, 508, "rs77", kind="variant")]

    found = suggest("chr", reference, [Source()])
    assert [item.label for item in found] == ["chr", "chr1", "chr2", "rs77"]
    assert found[0].detail == "gene   chr1:6-90"
    assert found[1].detail == "chromosome   20,000 bp"
    # a single base is shown with its surroundings
    assert found[3].region.length > 50


def test_contigs_do_not_crowd_out_genes(tmp_path):
    path = tmp_path / "contigs.fa"
    path.write_text("".join(f">gene_contig{k}\n{'ACGT' * 5}\n" for k in range(60)) + ">chr1\n" + "ACGT" * 6000 + "\n")
    found = suggest("gene", Reference(path), [FakeFeatures()])
    assert len(found) == 12
    assert sum(item.label.startswith("gene_contig") for item in found) == 6


def test_many_contigs_are_searched_by_start_and_within():
    names = tuple(f"NODE_{k}_length_{k * 7}" for k in range(200_000))
    assert chromosomes_like("node_199999", names, 5) == ["NODE_199999_length_1399993"]
    assert chromosomes_like("length_700_", names, 5) == []
    assert chromosomes_like("length_1399993", names, 5) == ["NODE_199999_length_1399993"]
    assert len(chromosomes_like("node", names, 5)) == 5
    assert chromosomes_like("zz", names, 5) == []


def test_genes_of_a_real_annotation_are_found_and_suggested(shared: Path):
    folder = shared / "data/genomes/ecoli"
    reference = Reference(folder / "NC_000913.3.fa.gz")
    source = open_source(folder / "NC_000913.3.gff.gz", reference)
    (thr, lac) = places("thrA ; LACZ", reference, [source])
    assert thr.start < 336 < 2799 < thr.end  # thrA lies at 337..2799
    assert lac.start < 363_230 < 366_305 < lac.end  # lacZ lies at 363231..366305
    labels = [item.label for item in suggest("lac", reference, [source])]
    assert {"lacZ", "lacY", "lacA", "lacI"} <= set(labels)
