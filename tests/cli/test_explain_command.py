"""`gxview explain` and `gxview methods`, called as a person calls them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pybigtools
import pytest

from gxview.cli import main
from gxview.explain import explain_region
from gxview.genome import Reference, Region
from gxview.models.loading import load_model


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


@pytest.fixture
def given(small_genome: Path, tiny_cnn_folder: Path) -> list[object]:
    return ["--genome", small_genome, "--model", tiny_cnn_folder, "--device", "cpu"]


def read(path: Path, chrom: str, start: int, end: int) -> np.ndarray:
    with pybigtools.open(str(path)) as file:
        return np.asarray(file.values(chrom, start, end, fillna=np.nan), dtype=np.float64)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("kind", ["tiny_cnn_folder", "tiny_dnabert2_folder"])
def test_the_bigwig_holds_what_python_gives(run, request, small_genome, tmp_path, kind):
    folder = request.getfixturevalue(kind)
    out = tmp_path / "x.bw"
    code, told, _ = run("explain", "-g", small_genome, "-r", "chr1:501-700", "-m", folder, "--device", "cpu", "-o", out)
    assert code == 0
    assert names(tmp_path) == {"x.bw", "x.igv.xml", "x.ucsc.txt", "x.provenance.json"}
    found = explain_region(load_model(folder), Reference(small_genome), "chr1:501-700")
    np.testing.assert_array_equal(read(out, "chr1", 500, 700), found.values.astype(np.float64))
    assert np.isnan(read(out, "chr1", 0, 500)).all()
    assert told.startswith("chr1:501-700: sum ")
    assert f"wrote {out}\n" in told
    top = int(np.argmax(found.values)) + 501
    assert f" at chr1:{top} (" in told


def test_several_regions_that_overlap_are_explained_once(run, given, tmp_path):
    out = tmp_path / "x.bw"
    regions = ["-r", "chr2:1-100", "-r", "chr1:501-600", "-r", "chr2 51 200", "-r", "chr1:601-620"]
    code, told, _ = run("explain", *given, *regions, "-o", out, "--json")
    assert code == 0
    content = json.loads(told)
    assert [one["region"] for one in content["regions"]] == ["chr1:501-620", "chr2:1-200"]
    assert np.isfinite(read(out, "chr2", 0, 200)).all()


def test_json_is_all_there_is_on_standard_output(run, given, tmp_path):
    code, told, _ = run("explain", *given, "-r", "chr2:301-400", "-o", tmp_path / "x.tsv", "--json", "--phases", 2)
    assert code == 0
    content = json.loads(told)
    assert content["files"] == [str(tmp_path / "x.tsv"), str(tmp_path / "x.provenance.json")]
    assert "was cut to chr2:301-333" in content["notes"][0]
    (one,) = content["regions"]
    lines = [line.split("\t") for line in (tmp_path / "x.tsv").read_text().splitlines()[1:]]
    assert one["relevance_sum"] == pytest.approx(sum(float(line[5]) for line in lines), abs=1e-6)
    best = max(lines, key=lambda line: float(line[5]))
    assert (one["top"]["chrom"], one["top"]["position"], one["top"]["base"]) == ("chr2", int(best[1]), best[2])
    assert 0 < one["score"]["min"] <= one["score"]["max"] < 1
    assert content["provenance"]["phases"] == 2


def test_score_and_spread_on_request(run, given, tmp_path):
    out = tmp_path / "x.bedgraph"
    code, *_ = run("explain", *given, "-r", "chr2", "-o", out, "--score", "--spread", "--phases", 3)
    assert code == 0
    assert names(tmp_path) == {"x.bedgraph", "x.score.bedgraph", "x.spread.bedgraph", "x.igv.xml", "x.provenance.json"}


def test_options_reach_the_explanation(run, small_genome, tiny_dnabert2_folder, tmp_path):
    options = {
        "method": "attnlrp",
        "target": "contrast",
        "strand": "minus",
        "window": 48,
        "stride": 12,
        "stitching": "centre",
        "transfer": "copy",
        "alibi": "identity",
        "glu": "cp",
    }
    flags = [text for name, value in options.items() for text in (f"--{name}", value)]
    given = ["-g", small_genome, "-m", tiny_dnabert2_folder, "--device", "cpu", "-r", "chr2:1-120"]
    code, told, err = run("explain", *given, *flags, "-o", tmp_path / "x.npz", "--json")
    assert code == 0, err
    how = json.loads(told)["provenance"]
    assert how["options"] == {"alibi": "identity", "glu": "cp"}
    assert how["target"]["index"] == "contrast"
    assert (how["strand"], how["window"], how["stride"], how["stitching"]) == ("-", 48, 12, "centre")
    assert how["transfer"] == "copy"


def test_aliases_are_understood(run, given, tmp_path):
    table = tmp_path / "aliases.txt"
    table.write_text("# chr1\tgenbank\nchr1\tCM0001.1\n")
    code, told, _ = run("explain", *given, "--aliases", table, "-r", "CM0001.1:501-560", "-o", tmp_path / "x.tsv")
    assert code == 0
    assert told.startswith("chr1:501-560: ")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-r", "chr9:1-10", "-o", "x.bw"], 1, "There is no chromosome 'chr9'"),
        (["-r", "chr1:10-5", "-o", "x.bw"], 1, "reversed"),
        (["-r", "chr2:400-500", "-o", "x.bw"], 1, "beyond the end"),
        (["-r", "chr2", "-o", "x.bed"], 2, "no suffix that names a format"),
        (["-r", "chr2", "-o", "absent/x.bw"], 1, "there is no folder"),
        (["-r", "chr2", "-o", "x.bw", "--target", "3"], 2, "choose one of 0 (promoter)"),
        (["-r", "chr2", "-o", "x.bw", "--method", "attnlrp"], 2, "choose one of lrp, gradient_x_input"),
        (["-r", "chr2", "-o", "x.bw", "--alibi", "uniform"], 2, "--alibi does nothing for the method lrp"),
        (["-r", "chr2", "-o", "x.bw", "--strand", "both"], 2, "--strand is plus, minus or mean"),
        (["-r", "chr2", "-o", "x.bw", "--spread"], 2, "two phases or more"),
        (["-r", "chr2", "-o", "x.bw", "--stride", "100"], 2, "between 1 and the window"),
        (["-r", "chr2", "-o", "x.npz", "--score"], 2, "contributions only"),
        (["-r", "chr2:1-10", "-r", "chr1:1-11", "-o", "x.npz"], 1, "one length"),
        (["-r", "tiny", "-o", "x.bw"], 1, "nothing to write"),
        (["-r", "chr2", "-o", "x.bw", "--device", "cuda:7"], 2, "The device 'cuda:7'"),
    ],
)
def test_bad_requests_are_one_sentence_and_leave_no_file(run, given, tmp_path, monkeypatch, arguments, code, said):
    monkeypatch.chdir(tmp_path)
    ended, out, err = run("explain", *given, *arguments)
    assert (ended, out) == (code, "")
    assert err.startswith("gxview: ")
    assert err.count("\n") == 1
    assert said in err
    assert names(tmp_path) == set()


def test_a_missing_genome_and_a_missing_model_are_named(run, given, small_genome, tmp_path):
    place = ["-r", "chr2", "-o", tmp_path / "x.bw"]
    code, _, err = run("explain", "-g", tmp_path / "no.fa", "-m", "sample-cnn", *place)
    assert code == 1
    assert "no.fa" in err
    code, _, err = run("explain", "-g", small_genome, "-m", tmp_path / "nomodel", *place)
    assert code == 1
    assert "nomodel" in err


def test_missing_options_are_a_usage_error(run):
    code, _, err = run("explain", "-r", "chr1")
    assert code == 2
    assert "--model" in err


def test_an_interruption_is_one_sentence_and_leaves_no_file(run, given, tmp_path, monkeypatch):
    from gxview.explain.grid_batches import GridBatches

    compute, calls = GridBatches._compute, []

    def interrupted(self, numbers):
        calls.append(numbers)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return compute(self, numbers)

    monkeypatch.setattr(GridBatches, "_compute", interrupted)
    code, out, err = run("explain", *given, "-r", "chr1", "--stride", 2, "-o", tmp_path / "x.bw")
    assert (code, out) == (1, "")
    assert err == "gxview: cancelled; no file was written.\n"
    assert names(tmp_path) == set()


def test_methods_are_listed(run):
    code, told, _ = run("methods")
    assert code == 0
    assert told.splitlines()[0].startswith("attnlrp  (AttnLRP, for dnabert2, about 2 forward passes)")
    told_plainly = told
    code, told, _ = run("methods", "--json")
    content = json.loads(told)
    assert {(one["model_kind"], one["name"]) for one in content} >= {("dnabert2", "attnlrp"), ("cnn", "lrp")}
    lrp = next(one for one in content if one["name"] == "lrp")
    assert (lrp["cost_in_forward_passes"], lrp["cost_per"], lrp["signed"]) == (1.5, "window", True)
    rollout = next(one for one in content if one["name"] == "rollout")
    assert (rollout["signed"], rollout["explains"]) == (False, "nothing")
    assert "ism  (In-silico mutagenesis, for cnn, about 3 forward passes for each base)" in told_plainly
    assert lrp["options"]["composite"] == {"choices": ["epsilon", "epsilon_plus", "gamma"], "default": "epsilon"}


@pytest.mark.parametrize("kind", ["tiny_cnn_folder", "tiny_dnabert2_folder"])
def test_the_lac_promoter_of_e_coli(run, request, shared, tmp_path, kind):
    """A compressed real genome, called by an alias; the file equals Python's values."""
    folder = request.getfixturevalue(kind)
    genome = shared / "data" / "genomes" / "ecoli" / "NC_000913.3.fa.gz"
    out = tmp_path / "lac.bw"
    code, _, err = run("explain", "-g", genome, "-r", "NC_000913.3:366,200-366,500", "-m", folder, "-o", out)
    assert code == 0, err
    found = explain_region(load_model(folder), Reference(genome), Region("NC_000913.3", 366_199, 366_500))
    np.testing.assert_array_equal(read(out, "NC_000913.3", 366_199, 366_500), found.values.astype(np.float64))
    assert 'renderer="DYNSEQ"' in (tmp_path / "lac.igv.xml").read_text()


def test_a_precision_that_a_cpu_has_not_is_one_sentence(run, given, tmp_path):
    code, told, error = run("explain", *given, "-r", "chr1:501-700", "-o", tmp_path / "x.bw", "--precision", "tf32")
    assert code != 0
    assert not told
    assert "The precision tf32 needs a CUDA device" in error
    assert not names(tmp_path)


def test_shuffled_letters_are_explained_on_request(run, given, small_genome, tiny_cnn_folder, tmp_path):
    arguments = [*given, "--region", "chr2:1-200", "--letters", "dinucleotide", "--output", tmp_path / "x.bw"]
    code, out, _ = run("explain", *arguments, "--json")
    assert code == 0
    content = json.loads(out)
    assert content["provenance"]["letters"] == "dinucleotide"
    assert content["regions"][0]["top"]["base"] is None  # the letter is not that of the genome
    assert any("shuffled" in note for note in content["notes"])
    wanted = explain_region(
        load_model(tiny_cnn_folder), Reference(small_genome), Region("chr2", 0, 200), letters="dinucleotide"
    )
    np.testing.assert_allclose(read(tmp_path / "x.bw", "chr2", 0, 200), wanted.values, rtol=1e-5)
    code, _, err = run("explain", *given, "--region", "chr2", "--letters", "x", "--output", tmp_path / "y.bw")
    assert code != 0
    assert "The letters are reference, dinucleotide or mononucleotide, not 'x'." in err
