"""``gxview motifs``, called as a person calls it."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from gxview.cli import main
from gxview.evaluate.motifs.formats import write_meme
from gxview.evaluate.motifs.motif import Motif
from gxview.genome import Reference, Region


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the program; return exit code, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["gxview", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return call


@pytest.fixture(scope="module")
def motif_file(tmp_path_factory):
    rng = np.random.default_rng(2)
    words = ["TTGACA", "TATAAT", *("".join(word) for word in rng.choice(list("ACGT"), (60, 7)))]
    motifs = [
        Motif(f"M{n}", word, np.eye(4)[:, ["ACGT".index(one) for one in word]] * 9) for n, word in enumerate(words)
    ]
    path = tmp_path_factory.mktemp("motifs") / "known.meme"
    write_meme(path, motifs)
    return path


def test_motifs_are_listed(run, motif_file):
    code, told, notes = run("motifs", "show", motif_file)
    assert code == 0
    assert told.splitlines()[0] == "M0\tTTGACA\t6\t12.0\tTTGACA"
    assert notes == "62 motifs of known.meme\n"
    code, told, _ = run("motifs", "show", "JASPAR2024:nematodes", "--json")
    content = json.loads(told)
    assert (content["release"], len(content["motifs"])) == ("JASPAR2024", 103)


def test_letters_and_files_are_matched(run, motif_file):
    code, told, notes = run("motifs", "match", "ttgaca", "-d", motif_file, "--top", 1)
    assert code == 0
    assert told.startswith("TTGACA\tM0 TTGACA\tp=")
    assert "\t+\toffset 0\toverlap 6\tTTGACA" in told
    assert "62 motifs of known.meme" in notes
    code, told, _ = run("motifs", "match", motif_file, "-d", motif_file, "--top", 1, "--json")
    assert [row["motif"] for row in json.loads(told)["matches"]] == [f"M{n}" for n in range(62)]
    code, _, told = run("motifs", "match", "no-such-file", "-d", motif_file)
    assert (code, told) == (2, "gxview: 'no-such-file' is neither a file nor letters A, C, G, T, N.\n")


def test_a_genome_is_scanned_into_a_bed_file(run, motif_file, small_genome, tmp_path):
    out = tmp_path / "hits.bed"
    code, told, _ = run(
        "motifs",
        "scan",
        "-g",
        small_genome,
        "--motifs",
        motif_file,
        "--motif",
        "TATAAT",
        "--threshold",
        0.01,
        "-o",
        out,
    )
    assert code == 0
    reference = Reference(small_genome)
    rows = [line.split("\t") for line in out.read_text().splitlines()]
    assert told.startswith(f"{len(rows)} hits of 1 motifs with p up to 0.01\nwrote ")
    assert {row[3] for row in rows} == {"M1_TATAAT"}
    for chrom, start, end, _, _, strand in rows:
        read = reference.fetch(Region(chrom, int(start), int(end), strand)).upper()
        assert sum(a != b for a, b in zip(read, "TATAAT", strict=True)) <= 1
    code, _, told = run("motifs", "scan", "-g", small_genome, "--motifs", motif_file, "--motif", "x", "-o", out)
    assert code == 2
    assert told.startswith("gxview: The file has no motif 'x'; it has M0, M1,")


def test_what_a_motif_does_is_measured(run, motif_file, small_genome, tiny_cnn_folder, tmp_path):
    places = tmp_path / "places.bed"
    places.write_text("chr1\t100\t110\ta\t0\t-\nchr1\t2\t8\tb\t0\t+\nchr2\t200\t210\n")
    common = ["-m", tiny_cnn_folder, "-g", small_genome, "--bed", places, "--motifs", motif_file, "--device", "cpu"]
    code, told, _ = run("motifs", "effect", *common, "--motif", "M0", "--position", 5, "--backgrounds", 8, "--json")
    (row,) = json.loads(told)["effects"]
    assert (code, row["label"], row["position"], row["backgrounds"]) == (0, "M0 TTGACA", 5, 8)
    assert row["low"] <= row["effect"] <= row["high"]
    assert "spacing" not in row
    code, told, _ = run(
        "motifs",
        "effect",
        *common,
        "--motif",
        "M0",
        "--motif",
        "M1",
        "--spacing",
        17,
        "--spacing",
        18,
        "--backgrounds",
        4,
    )
    assert [line.split("\t")[0] for line in told.splitlines()] == ["spacing", "17", "18"]
    code, _, told = run("motifs", "effect", *common, "--motif", "M0", "--spacing", 17)
    assert (code, "needs two motifs" in told) == (2, True)
    code, _, told = run("motifs", "effect", "-m", tiny_cnn_folder, "--motifs", motif_file, "--device", "cpu")
    assert (code, "Give either --sequences, or --genome and --bed" in told) == (2, True)


def test_few_sequences_give_words_and_files(run, motif_file, small_genome, tiny_cnn_folder, tmp_path):
    places = tmp_path / "places.bed"
    places.write_text("".join(f"chr1\t{start}\t{start + 9}\n" for start in range(0, 900, 60)))
    out = tmp_path / "found"
    code, told, notes = run(
        "motifs",
        "discover",
        "-m",
        tiny_cnn_folder,
        "-g",
        small_genome,
        "--bed",
        places,
        "-d",
        motif_file,
        "-o",
        out,
        "--device",
        "cpu",
    )
    assert code == 0
    assert "tiny-cnn: Too few seqlets: 14 sequences gave " in told
    assert "note: 1 regions lie too close to the end of their chromosome and were left out." in notes
    assert sorted(path.name for path in out.iterdir()) == ["matches.csv", "models.csv", "report.json"]
    assert json.loads((out / "report.json").read_text())["models"][0]["fraction"] is None
