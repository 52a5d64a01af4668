"""Genomes in files: whole, damaged, unusual."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import threading

import pysam
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gxview.errors import Cancelled, GxviewError
from gxview.genome import Reference, Region, reverse_complement

LETTERS = {"one": "ACGTNacgtnRYKMacgta", "two": "TTTTTGGGGG"}


def fasta(records, width=7, end="\n"):
    lines = []
    for name, letters in records.items():
        lines.append(f">{name}")
        lines += [letters[i : i + width] for i in range(0, len(letters), width)]
    return end.join(lines) + end


@pytest.fixture
def write(tmp_path):
    def _write(content, name="genome.fa"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write


@pytest.fixture
def opened(write, tmp_path):
    def _open(content, name="genome.fa", **options):
        return Reference(write(content, name), cache_dir=tmp_path / "cache", **options)

    return _open


def bgzip(path, target):
    pysam.tabix_compress(str(path), str(target), force=True)
    return target


# letters


def test_letters_keep_their_case_on_both_strands(opened):
    reference = opened(fasta(LETTERS))
    assert reference.names == ("one", "two")
    assert reference.sizes == {"one": 19, "two": 10}
    assert reference.fetch(Region("one", 0, 19)) == LETTERS["one"]
    assert reference.fetch(Region("one", 5, 9)) == "acgt"
    assert reference.fetch(Region("one", 8, 14, "-")) == "KMRYna"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["with", "without"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_position_reads_right(write, tmp_path, end, last, packed):
    text = fasta(LETTERS, end=end)
    path = write(text if last == "with" else text.removesuffix(end))
    if packed:
        path = bgzip(path, tmp_path / "genome.fa.gz")
    reference = Reference(path, cache_dir=tmp_path)
    for name, letters in LETTERS.items():
        for start in range(len(letters)):
            for stop in range(start + 1, len(letters) + 1):
                assert reference.fetch(Region(name, start, stop)) == letters[start:stop]


records = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9_.|:*-]{1,8}", fullmatch=True),
    st.text("ACGTNacgtnRYSWKMBDHV", min_size=1, max_size=90),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records, st.integers(1, 40), st.sampled_from(["\n", "\r\n"]), st.integers(0, 2))
def test_our_index_is_the_one_of_samtools(tmp_path, records, width, end, blank):
    path = tmp_path / "random.fa"
    for old in tmp_path.glob("random.fa*"):
        old.unlink()
    path.write_bytes((fasta(records, width, end) + end * blank).encode())
    pysam.faidx(str(path), "--fai-idx", str(tmp_path / "samtools.fai"))
    reference = Reference(path, cache_dir=tmp_path)
    assert (tmp_path / "random.fa.fai").read_text() == (tmp_path / "samtools.fai").read_text()
    for name, letters in records.items():
        assert reference.fetch(Region(name, 0, len(letters))) == letters
    reference.close()


def test_the_indexes_of_a_compressed_file_are_those_of_samtools(tmp_path):
    letters = "".join(random.Random(1).choices("ACGT", k=500_000))
    plain = tmp_path / "big.fa"
    plain.write_text(fasta({"big": letters, "small": "ACGT"}, 60))
    ours, theirs = bgzip(plain, tmp_path / "ours.fa.gz"), bgzip(plain, tmp_path / "theirs.fa.gz")
    pysam.faidx(str(theirs))
    reference = Reference(ours, cache_dir=tmp_path)
    for suffix in (".fai", ".gzi"):
        assert (tmp_path / f"ours.fa.gz{suffix}").read_bytes() == (tmp_path / f"theirs.fa.gz{suffix}").read_bytes()
    assert reference.fetch(Region("big", 399_990, 400_010)) == letters[399_990:400_010]


def test_one_very_long_line_and_pieces_smaller_than_a_line(write, tmp_path, monkeypatch):
    monkeypatch.setattr("gxview.genome.fasta_index._CHUNK", 11)
    letters = "ACGTTGCAAC" * 20
    reference = Reference(write(f">a\n{letters}\n>b\nAC\n"), cache_dir=tmp_path)
    assert reference.fetch(Region("a", 150, 200)) == letters[150:]
    assert reference.fetch(Region("b", 0, 2)) == "AC"


def test_many_threads_read_the_same_letters(shared):
    reference = Reference(shared / "data/genomes/ecoli/NC_000913.3.fa.gz")
    whole = reference.fetch(Region("NC_000913.3", 0, 4_641_652))
    wrong = []

    def read(seed):
        choose = random.Random(seed)
        for _ in range(200):
            start = choose.randrange(4_600_000)
            if reference.fetch(Region("NC_000913.3", start, start + 500)) != whole[start : start + 500]:
                wrong.append(start)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# reverse complement and counts


@given(st.text("ACGTNRYSWKMBDHVacgtnryswkmbdhv-", max_size=50))
def test_the_reverse_complement_of_the_reverse_complement_is_the_sequence(letters):
    assert reverse_complement(reverse_complement(letters)) == letters


def test_the_complement_of_a_code_stands_for_the_complements_of_its_bases():
    bases = {"A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC"}
    bases |= {"B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT"}
    pairs = {"A": "T", "C": "G", "G": "C", "T": "A"}
    for code, members in bases.items():
        assert set(bases[reverse_complement(code)]) == {pairs[base] for base in members}
        assert reverse_complement(code.lower()) == reverse_complement(code).lower()


def test_composition_counts_each_kind_of_letter(opened):
    reference = opened(fasta({"a": "AaCcGgTtUuNnRyX-acg"}))
    counts = reference.composition(Region("a", 0, 19))
    assert (counts.a, counts.c, counts.g, counts.t, counts.n) == (3, 3, 3, 4, 2)
    assert (counts.other, counts.soft_masked, counts.length) == (4, 10, 19)
    assert counts.gc == pytest.approx(6 / 13)
    minus = reference.composition(Region("a", 0, 3, "-"))
    assert (minus.t, minus.g, minus.a, minus.soft_masked) == (2, 1, 0, 1)


def test_composition_of_human_dna(shared):
    counts = Reference(shared / "data/genomes/human/hg38_1m.fa.gz").composition(Region("chr1", 0, 1_000_000))
    assert counts.n == 160_000
    assert counts.length == 1_000_000


# regions and names


def test_a_region_off_the_end_is_cut_and_says_so(opened):
    reference = opened(fasta(LETTERS))
    assert reference.region("one:5-10") == (Region("one", 4, 10), None)
    region, note = reference.region("one:15-30")
    assert region == Region("one", 14, 19)
    assert "one:15-30" in note
    assert "19 bases" in note
    assert reference.region(Region("two", 3, 99, "-"))[0] == Region("two", 3, 10, "-")


@pytest.mark.parametrize("text", ["one:20-30", "one:20", "three:1-2", "three", "one:9-5", "one:0-5", ""])
def test_a_region_that_is_not_there_is_refused(opened, text):
    with pytest.raises(GxviewError):
        opened(fasta(LETTERS)).region(text)


def test_fetching_beyond_the_end_is_refused(opened):
    reference = opened(fasta(LETTERS))
    for call in (reference.fetch, reference.composition):
        with pytest.raises(GxviewError, match="beyond the end of one"):
            call(Region("one", 0, 20))


def test_names_with_colons_are_found(opened):
    reference = opened(fasta({"HLA-A*01:01:01:01": "ACGTACGTACGT", "chr1": "ACGT"}))
    assert reference.region("HLA-A*01:01:01:01")[0].length == 12
    assert reference.region("HLA-A*01:01:01:01:2-3")[0] == Region("HLA-A*01:01:01:01", 1, 3)


def test_aliases_reach_every_method(opened, write):
    table = write("# ucsc\trefseq\nchr\tNC_000913.3\nchrF\tNC_002483.1\n", "alias.txt")
    reference = opened(fasta({"NC_000913.3": "ACGTAC", "chr2": "GG"}), aliases=table)
    assert reference.resolve("chr") == "NC_000913.3"
    assert reference.region("chr:2-3(-)")[0] == Region("NC_000913.3", 1, 3, "-")
    assert reference.region("chr")[0].length == 6
    assert reference.region("2:1-2")[0].chrom == "chr2"
    assert reference.fetch(Region("chr", 0, 2)) == "AC"
    with pytest.raises(GxviewError, match="no chromosome 'chrF'"):
        reference.resolve("chrF")


# index files


def test_the_index_lands_beside_the_file_and_is_used_again(write, tmp_path):
    path = write(fasta(LETTERS))
    calls = []
    Reference(path, cache_dir=tmp_path / "cache", progress=lambda done, total: calls.append((done, total)))
    assert (tmp_path / "genome.fa.fai").exists()
    assert not (tmp_path / "cache").exists()
    assert calls[-1] == (path.stat().st_size, path.stat().st_size)
    calls.clear()
    Reference(path, cache_dir=tmp_path / "cache", progress=lambda done, total: calls.append((done, total)))
    assert calls == []


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_that_takes_no_files_sends_the_index_to_the_cache(tmp_path, packed):
    folder = tmp_path / "locked"
    folder.mkdir()
    path = folder / "genome.fa"
    path.write_text(fasta(LETTERS))
    if packed:
        path = bgzip(path, folder / "genome.fa.gz")
    before = sorted(folder.iterdir())
    folder.chmod(0o555)
    try:
        for _ in range(2):
            reference = Reference(path, cache_dir=tmp_path / "cache")
            assert reference.fetch(Region("one", 3, 12)) == LETTERS["one"][3:12]
        assert sorted(folder.iterdir()) == before
        assert len(list((tmp_path / "cache").iterdir())) == (2 if packed else 1)
    finally:
        folder.chmod(0o755)


def test_nowhere_to_write_the_index_is_one_sentence(write, tmp_path, monkeypatch):
    path = write(fasta(LETTERS))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gxview.genome.fasta_index.write_whole", full)
    with pytest.raises(GxviewError, match="No space left on device"):
        Reference(path, cache_dir=tmp_path / "cache")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("newer", [True, False])
def test_an_index_of_an_earlier_file_is_built_anew(write, tmp_path, packed, newer):
    path = write(fasta(LETTERS))
    target = bgzip(path, tmp_path / "genome.fa.gz") if packed else path
    Reference(target, cache_dir=tmp_path)
    write(fasta({"zero": "GATTACA" * 9000, **LETTERS}, 10))
    if packed:
        bgzip(path, target)
    shift = 10 if newer else -10
    for index in tmp_path.glob("*.[fg][az]i"):
        os.utime(index, (target.stat().st_mtime - shift,) * 2)
    reference = Reference(target, cache_dir=tmp_path)
    assert reference.names == ("zero", "one", "two")
    assert reference.fetch(Region("one", 3, 12)) == LETTERS["one"][3:12]


@pytest.mark.parametrize("content", [b"", b"no index\n", b"one\t5\n", b"one\t-5\t1\t2\t3\n", b"\xff\xfe"])
def test_a_broken_index_is_built_anew(write, tmp_path, content):
    path = write(fasta(LETTERS))
    (tmp_path / "genome.fa.fai").write_bytes(content)
    assert Reference(path, cache_dir=tmp_path).sizes == {"one": 19, "two": 10}


def test_stopping_the_index_leaves_no_file(write, tmp_path):
    path = write(fasta(LETTERS))

    def stop(*_):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        Reference(path, cache_dir=tmp_path / "cache", progress=stop)
    assert [file.name for file in tmp_path.iterdir()] == ["genome.fa"]


# checksum


def test_the_checksum_is_of_names_and_upper_case_letters(opened, tmp_path):
    reference = opened(fasta(LETTERS))
    expected = hashlib.sha256(b">one\nACGTNACGTNRYKMACGTA>two\nTTTTTGGGGG").hexdigest()
    assert reference.checksum == expected
    assert opened(fasta(LETTERS, 3, "\r\n").replace("acgt", "ACGT"), "other.fa").checksum == expected
    assert opened(fasta({"one": LETTERS["one"]}), "third.fa").checksum != expected


def test_the_checksum_is_kept_until_the_file_changes(opened, write, tmp_path):
    calls = []
    first = opened(fasta(LETTERS)).checksum
    again = Reference(tmp_path / "genome.fa", cache_dir=tmp_path / "cache", progress=lambda *step: calls.append(step))
    assert again.checksum == first
    assert calls == []
    changed = opened(fasta({"one": "ACGT"}), progress=lambda *step: calls.append(step))
    assert changed.checksum != first
    assert calls[-1] == (4, 4)


# what is no genome


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "is empty"),
        ("\n\n", "holds no sequence"),
        (">one\n>two\n", "holds no sequence"),
        ("ACGT\nACGT\n", "is no FASTA file"),
        ("\n\nACGT\n>a\nAC\n", "is no FASTA file: line 3"),
        ("@read\nACGT\n+\nIIII\n", "is no FASTA file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is no FASTA file"),
        (">a\nACGT\n>b\nAC\n>a\nGG\n", "two records 'a', in lines 1 and 5"),
        (">a\nACGT\n>\nAC\n", "line 3: this record has no name"),
        (">p\nMKTAYIAKQRQISFVKSHFSRQ\n", "line 2: .* looks like a protein"),
        (">a\nACGT\n>p\nMKTW*\n", "line 4: .* looks like a protein"),
        (">a\nAC GT\n", "line 2: the sequence holds white space"),
        (">a\nACGT\nAC1T\n", "line 3: '1' is no letter of DNA"),
        (">a\nACGT\nACG\nACGT\n", "line 4: the lines of 'a' differ in length"),
        (">a\nACGT\nACGTA\n", "line 3: the lines of 'a' differ in length"),
        (">a\nACGT\n\nACGT\n", "line 4: the lines of 'a' differ in length"),
        (">a\nACGT\r\nACGT\nACGT\n", "line 4: the lines of 'a' differ"),
        (">a\rACGT\rACGT\r", "old Macintosh"),
    ],
)
@pytest.mark.parametrize("chunk", [1 << 23, 5])
def test_what_is_no_genome_is_refused_with_file_and_line(write, tmp_path, monkeypatch, content, part, chunk):
    monkeypatch.setattr("gxview.genome.fasta_index._CHUNK", chunk)
    with pytest.raises(GxviewError, match=part) as caught:
        Reference(write(content), cache_dir=tmp_path)
    assert "genome.fa" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == ["genome.fa"]


def test_duplicate_names_in_a_given_index_are_refused(write, tmp_path):
    path = write(">a\nACGT\n>a\nGGCC\n")
    (tmp_path / "genome.fa.fai").write_text("a\t4\t3\t4\t5\na\t4\t11\t4\t5\n")
    with pytest.raises(GxviewError, match="two records 'a'"):
        Reference(path, cache_dir=tmp_path)


def test_a_protein_file_with_an_index_is_refused(write, tmp_path):
    path = write(">p\nMKTAYIAKQR\n")
    (tmp_path / "genome.fa.fai").write_text("p\t10\t3\t10\t11\n")
    with pytest.raises(GxviewError, match="no letter of DNA"):
        Reference(path, cache_dir=tmp_path)


def test_no_such_file_and_a_folder(tmp_path):
    with pytest.raises(GxviewError, match=r"There is no file .*nowhere\.fa"):
        Reference(tmp_path / "nowhere.fa")
    with pytest.raises(GxviewError, match="is a folder"):
        Reference(tmp_path)


def test_plain_gzip_is_refused_with_the_command_that_mends_it(write):
    path = write(gzip.compress(fasta(LETTERS).encode()), "genome.fa.gz")
    with pytest.raises(GxviewError) as caught:
        Reference(path)
    assert f"gunzip -c {path} | bgzip > {path.parent / 'genome.fa.bgz'}" in str(caught.value)


def test_a_truncated_compressed_file_is_refused(tmp_path):
    plain = tmp_path / "big.fa"
    plain.write_text(fasta({"big": "".join(random.Random(2).choices("ACGT", k=300_000))}, 60))
    whole = bgzip(plain, tmp_path / "whole.fa.gz").read_bytes()
    for cut in (len(whole) // 2, len(whole) - 40, 30):
        path = tmp_path / "cut.fa.gz"
        path.write_bytes(whole[:cut])
        with pytest.raises(GxviewError, match=r"cut\.fa\.gz is cut off or damaged"):
            Reference(path, cache_dir=tmp_path)


def test_a_damaged_block_is_refused(tmp_path):
    plain = tmp_path / "big.fa"
    plain.write_text(fasta({"big": "".join(random.Random(3).choices("ACGT", k=300_000))}, 60))
    damaged = bytearray(bgzip(plain, tmp_path / "bad.fa.gz").read_bytes())
    damaged[30_000:30_010] = bytes(10)
    (tmp_path / "bad.fa.gz").write_bytes(damaged)
    with pytest.raises(GxviewError, match=r"bad\.fa\.gz is damaged"):
        Reference(tmp_path / "bad.fa.gz", cache_dir=tmp_path)


# real genomes


def test_ecoli(shared):
    reference = Reference(shared / "data/genomes/ecoli/NC_000913.3.fa.gz")
    assert reference.sizes == {"NC_000913.3": 4_641_652}
    letters = reference.fetch(Region("NC_000913.3", 0, 4_641_652))
    with pysam.BGZFile(str(reference.path)) as file:
        text = file.read()
    assert hashlib.md5(text).hexdigest() == "92c997bcd88e983ffdb21b2712ed3736"
    assert letters.encode() == b"".join(text.split(b"\n")[1:])
    # lacZ is on the minus strand, 363,231 to 366,305
    lacz = reference.fetch(reference.region("NC_000913.3:363,231-366,305(-)")[0])
    assert lacz.startswith("ATGACCATGATTACGGATTCACTGG")
    assert lacz.endswith("TAA")


def test_all_tata_boxes_of_yeast_read_tatawawr_on_their_strand(shared):
    reference = Reference(shared / "data/genomes/yeast/Saccharomyces_cerevisiae.R64-1-1.fa.gz")
    assert sum(reference.sizes.values()) == 12_157_105
    boxes = (shared / "data/promoters/yeast/rhee2012-TATAboxes-cleaned.bed").read_text().splitlines()
    meaning = {"T": "T", "A": "A", "W": "AT", "R": "AG"}
    assert len(boxes) == 572
    for line in boxes:
        chrom, start, end, _, _, strand = line.split("\t")[:6]
        letters = reference.fetch(reference.region(Region(chrom, int(start), int(end), strand))[0])
        assert all(base in meaning[code] for base, code in zip(letters.upper(), "TATAWAWR", strict=True))


def test_a_space_before_the_name_is_no_part_of_it(shared, tmp_path):
    reference = Reference(shared / "data/tracks/tangermeme/test.fa", cache_dir=tmp_path)
    assert reference.names[:2] == ("chr1", "chr2")


@pytest.mark.parametrize(
    "name", ["igv/fasta/fasta_uneven.fa", "genomepy/as_seqdict/empty.fa", "jbrowse/yeast_scaffolds/chr1.fa.gz"]
)
def test_unusable_files_of_other_projects_are_refused(shared, tmp_path, name):
    with pytest.raises(GxviewError):
        Reference(shared / "data/tracks" / name, cache_dir=tmp_path)


def test_a_record_without_letters_is_left_out(opened):
    assert opened(">none\n>one\nACGT\n\n>nothing\n\n").sizes == {"one": 4}
