"""A whole run: files, going on after a stop, and the same numbers by command line and Python."""

import csv
import json

import numpy as np
import pyBigWig
import pysam
import pytest
from typer.testing import CliRunner

from gxview.assess.variants import annotated, engine, score_variants, shards
from gxview.assess.variants.job import VariantsJob, run_variants
from gxview.cli import build_app
from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.models.loading import load_model

RUNNER = CliRunner()
SHIFT = str.maketrans("ACGTacgt", "CGTACGTA")


def run(*arguments):
    return RUNNER.invoke(build_app(["variants"]), ["variants", *map(str, arguments)])


@pytest.fixture
def blocks(monkeypatch):
    """Blocks of four edits, and the edits of each block that is computed."""
    computed = []
    block = engine.Engine.block

    def counted(self, edits):
        computed.append(len(edits))
        return block(self, edits)

    for module in (engine, shards):
        monkeypatch.setattr(module, "BLOCK", 4)
    monkeypatch.setattr(engine.Engine, "block", counted)
    return computed


@pytest.fixture
def vcf(write, letters):
    """Eighteen SNVs, two of them in one line, a symbolic allele, an insertion."""
    one = letters["chr1"]
    places = range(50, 390, 20)
    lines = [
        f"chr1\t{at + 1}\tv{at}\t{one[at]}\t{one[at].translate(SHIFT)}\t.\tPASS\tDP=3;GXV_LOGIT=7" for at in places
    ]
    first, second = sorted(set("ACGT") - {one[50]})[:2]
    lines[0] = f"chr1\t51\tv50\t{one[50]}\t{first},{second}\t.\tPASS\tDP=3"
    lines += [
        f"chr1\t391\tsv\t{one[390]}\t<DEL>\t.\t.\tEND=399",
        f"chr2\t51\tins\t{letters['chr2'][50]}\t{letters['chr2'][50]}TT\t.\t.\t.",
    ]
    return write(lines)


def read_table(path):
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_command_line_and_python_give_the_same_numbers(vcf, genome, reference, tmp_path, tiny_cnn_folder):
    out = tmp_path / "out"
    result = run(
        "--vcf",
        vcf,
        "-g",
        genome,
        "-m",
        tiny_cnn_folder,
        "-o",
        out,
        "--offsets",
        "-5,0",
        "--progress",
        "json",
        "--device",
        "cpu",
    )
    assert result.exit_code == 0, result.output
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [events[0]["event"], events[-1]["event"]] == ["start", "end"]
    assert events[0] == {"event": "start", "tasks": 19, "finished": 0}
    assert {event["state"] for event in events if event["event"] == "progress"} == {"running", "writing"}
    assert (events[-1]["status"], events[-1]["failures"]) == ("complete", 1)
    assert [path.rsplit("/", 1)[1] for path in events[-1]["files"]] == [
        "v.tsv", "v.vcf.gz", "v.vcf.gz.tbi", "v.logit.bw", "v.probability.bw", "variants.json",
    ]  # fmt: skip
    found = score_variants(load_model(tiny_cnn_folder), reference, vcf, offsets=[0, -5])
    rows = read_table(out / "v.tsv")
    assert [(row["chrom"], int(row["pos"]), row["alt"]) for row in rows] == [
        (one.chrom, one.position + 1, one.alt) for one in found
    ]
    for row, one in zip(rows, found, strict=True):
        for name, effect in one.effects.items():
            told = [float(row[name]), float(row[f"{name}_sd"]), float(row[f"{name}_ref"]), float(row[f"{name}_alt"])]
            np.testing.assert_array_equal(told, [effect.value, effect.spread, effect.reference, effect.alternative])
        assert (int(row["windows"]), int(row["line"]), row["reason"]) == (one.windows, one.line, one.reason)
    manifest = json.loads((out / "variants.json").read_text())
    assert manifest["counts"]["kinds"] == {"DEL": 1, "insertion": 1, "snv": 18}
    assert (manifest["counts"]["asked"], manifest["counts"]["scored"], manifest["counts"]["failed"]) == (20, 19, 1)
    assert manifest["failures"][0]["variant"].startswith("line 21, chr1:391 <DEL>")
    assert manifest["provenance"]["reference"]["checksum"] == reference.checksum
    assert manifest["provenance"]["offsets"] == [-5, 0]
    assert "lrp" in manifest["provenance"]["model"]["methods"]


def test_the_annotated_file_is_read_by_others(vcf, genome, tmp_path, tiny_cnn_folder):
    job, out = VariantsJob(genome, str(tiny_cnn_folder), vcf, device="cpu"), tmp_path / "out"
    run_variants(job, out)
    rows = read_table(out / "v.tsv")
    with pysam.VariantFile(str(out / "v.vcf.gz")) as file:
        assert file.header.info["GXV_LOGIT"].number == "A"
        assert file.header.info["GXV_LOGIT_SD"].type == "Float"
        records = list(file)
        assert [one.pos for one in file.fetch("chr1", 100, 140)] == [111, 131]
    assert records[0].info["GXV_LOGIT"] == pytest.approx([float(row["logit"]) for row in rows[:2]], rel=1e-6)
    assert records[1].info["GXV_LOGIT"] == pytest.approx([float(rows[2]["logit"])], rel=1e-6)  # not the 7 of before
    assert "GXV_LOGIT" not in records[-2].info
    again = VariantsJob(genome, str(tiny_cnn_folder), out / "v.vcf.gz", device="cpu")
    run_variants(again, tmp_path / "again")
    with pysam.BGZFile(str(out / "v.vcf.gz")) as one, pysam.BGZFile(str(tmp_path / "again" / "v.vcf.gz")) as two:
        assert one.read() == two.read()
    with pytest.raises(GxviewError, match="is the file that is scored"):
        run_variants(again, out)


def test_bigwig_holds_the_strongest_effect_of_each_base(vcf, genome, tmp_path, tiny_cnn_folder):
    out = tmp_path / "out"
    run_variants(VariantsJob(genome, str(tiny_cnn_folder), vcf, scores=("logit",), device="cpu"), out)
    rows = read_table(out / "v.tsv")
    with pyBigWig.open(str(out / "v.logit.bw")) as file:
        strongest = max(rows[:2], key=lambda row: abs(float(row["logit"])))
        assert file.values("chr1", 50, 51) == pytest.approx([float(strongest["logit"])], rel=1e-6)
        assert file.values("chr1", 70, 71) == pytest.approx([float(rows[2]["logit"])], rel=1e-6)
        assert np.isnan(file.values("chr1", 51, 70)).all()
        assert file.values("chr2", 50, 51) == pytest.approx([float(rows[-1]["logit"])], rel=1e-6)
        assert file.chroms()["chr1"] == 600


def test_an_unsorted_file_is_sorted_and_the_table_is_as_the_file(write, letters, genome, tmp_path, tiny_cnn_folder):
    one = letters["chr1"]
    lines = [f"chr1\t{at + 1}\t.\t{one[at]}\t{one[at].translate(SHIFT)}" for at in (300, 100, 200)]
    out, notes = tmp_path / "out", []
    path = write(lines, header="")  # no header either
    run_variants(
        VariantsJob(genome, str(tiny_cnn_folder), path, device="cpu"),
        out,
        tell=lambda event: notes.append(event.get("text")),
    )
    assert "v.vcf is not sorted; the annotated VCF is." in notes
    with pysam.VariantFile(str(out / "v.vcf.gz")) as file:
        assert [record.pos for record in file] == [101, 201, 301]
    assert [row["pos"] for row in read_table(out / "v.tsv")] == ["301", "101", "201"]


def test_any_shard_gives_the_same_bits_and_a_stopped_run_goes_on(vcf, genome, tmp_path, tiny_dnabert2_folder, blocks):
    job = VariantsJob(genome, str(tiny_dnabert2_folder), vcf, scores=("logit", "relevance"), offsets=(0,), device="cpu")
    run_variants(job, tmp_path / "whole", shard=400)
    assert blocks == [4, 4, 4, 4, 3]
    blocks.clear()
    with pytest.raises(Cancelled, match="goes on from there"):
        run_variants(job, tmp_path / "parts", shard=8, cancelled=lambda: len(blocks) > 2)
    assert blocks == [4, 4, 4]  # the first shard is finished, the second half done
    assert {path.name for path in (tmp_path / "parts").iterdir()} == {"work"}
    blocks.clear()
    events = []
    run_variants(job, tmp_path / "parts", shard=8, tell=events.append)
    assert blocks == [4, 4, 3]
    assert events[0]["finished"] == 8
    for name in ("v.tsv", "v.vcf.gz", "v.logit.bw", "v.relevance.bw"):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    blocks.clear()
    outcome = run_variants(job, tmp_path / "parts", shard=8)
    assert blocks == []
    assert "there was nothing to do" in outcome.message
    assert outcome.failures == 1


def test_a_damaged_result_is_made_anew(vcf, genome, tmp_path, tiny_cnn_folder):
    job, out = VariantsJob(genome, str(tiny_cnn_folder), vcf, device="cpu"), tmp_path / "out"
    run_variants(job, out)
    whole = (out / "v.tsv").read_bytes()
    (out / "v.tsv").write_bytes(whole[:100])
    run_variants(job, out)
    assert (out / "v.tsv").read_bytes() == whole


def test_all_files_or_none(vcf, genome, tmp_path, tiny_cnn_folder, monkeypatch):
    job, out = VariantsJob(genome, str(tiny_cnn_folder), vcf, device="cpu"), tmp_path / "out"

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(annotated.pysam, "tabix_index", full)
    with pytest.raises(GxviewError, match="no room left"):
        run_variants(job, out)
    assert {path.name for path in out.iterdir()} == {"work"}
    monkeypatch.undo()
    events = []
    run_variants(job, out, tell=events.append)
    assert events[0]["finished"] == 19  # nothing is computed again


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Say what is scored"),
        (["--vcf", "v.vcf", "--regions", "r.bed"], "Say what is scored"),
        (["--vcf", "v.vcf", "--strand", "up"], "--strand is both"),
        (["--vcf", "v.vcf", "--offsets", "1;2"], "--offsets are whole numbers"),
        (["--vcf", "v.vcf", "--progress", "loud"], "--progress"),
    ],
)
def test_a_request_without_sense_is_refused(arguments, words, genome, tiny_cnn_folder, tmp_path):
    result = run("-g", genome, "-m", tiny_cnn_folder, "-o", tmp_path / "o", *arguments)
    assert isinstance(result.exception, UsageError | SystemExit)
    assert words in f"{result.exception}{result.output}"
