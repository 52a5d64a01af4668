"""`gxview explain --sequences`, called as a person calls it."""

from __future__ import annotations

import gzip
import json
import sys

import numpy as np
import pytest

from gxview.cli import main
from gxview.explain import explain
from gxview.models.loading import load_model


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the program; return exit code, standard output and standard error."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["gxview", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return call


@pytest.fixture(params=["tiny_cnn_folder", "tiny_dnabert2_folder"])
def folder(request):
    return request.getfixturevalue(request.param)


def letters(count, length):
    rng = np.random.default_rng(4)
    return ["".join(rng.choice(list("ACGT"), length)) for _ in range(count)]


def names(folder):
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("method", ["gradient_x_input", "occlusion"])
def test_the_table_has_a_line_for_each_base(run, folder, tmp_path, method):
    given = [*letters(2, 40), letters(1, 55)[0][:50] + "nnRyN"]
    source, out = tmp_path / "in.fa.gz", tmp_path / "x.tsv"
    source.write_bytes(gzip.compress("".join(f">s{n} more\n{s}\n" for n, s in enumerate(given)).encode()))
    code, told, error = run("explain", "--sequences", source, "-m", folder, "--method", method, "-o", out)
    assert (code, error) == (0, "")
    assert names(tmp_path) == {"in.fa.gz", "x.tsv", "x.provenance.json"}
    assert told.startswith("s0: sum ")
    lines = [line.split("\t") for line in out.read_text().splitlines()]
    assert lines[0] == ["id", "position", "base", "token", "token_relevance", "relevance"]
    model = load_model(folder)
    expected = explain(model, given, method)
    rows = lines[1:]
    assert [row[0] for row in rows] == [f"s{n}" for n, one in enumerate(given) for _ in one]
    assert [int(row[1]) for row in rows] == [place + 1 for one in given for place in range(len(one))]
    cleaned = "".join(given).upper().replace("R", "N").replace("Y", "N")
    assert "".join(row[2] for row in rows) == cleaned
    assert np.array_equal([np.float32(row[5]) for row in rows], np.concatenate([one.values for one in expected]))
    if model.kind == "cnn":
        assert {(row[3], row[4]) for row in rows} == {(".", "NaN")}
    else:
        for n, one in enumerate(expected):
            mine = [row for row in rows if row[0] == f"s{n}"]
            for (start, end), relevance in zip(one.token_spans, one.token_relevance, strict=True):
                assert {row[3] for row in mine[start:end]} == {"".join(row[2] for row in mine[start:end])}
                assert {np.float32(row[4]) for row in mine[start:end]} == {relevance}
    provenance = json.loads((tmp_path / "x.provenance.json").read_text())
    assert provenance["method"] == method
    assert provenance["sequences"]["file"] == "in.fa.gz"
    assert provenance["sequences"]["count"] == 3
    assert len(provenance["sequences"]["sha256"]) == 64


@pytest.mark.parametrize("method", ["gradient_x_input", "ism"])
def test_the_arrays_are_in_the_order_of_modisco(run, folder, tmp_path, method):
    given = letters(3, 40)
    source, out = tmp_path / "in.csv", tmp_path / "x.npz"
    rows = zip("abc", given, ["1", "", "0"], strict=True)
    source.write_text("id,sequence,label\n" + "".join(f"{','.join(row)}\n" for row in rows))
    code, told, _ = run("explain", "--sequences", source, "-m", folder, "--method", method, "-o", out, "--json")
    assert code == 0
    model = load_model(folder)
    expected = explain(model, given, method)
    with np.load(out) as file:
        assert file["one_hot"].shape == file["contributions"].shape == (3, 4, 40)
        assert (file["one_hot"].argmax(1) == [["ACGT".index(base) for base in one] for one in given]).all()
        assert np.array_equal(file["contributions"].sum(1), np.stack([one.values for one in expected]))
        assert file["id"].tolist() == ["a", "b", "c"]
        assert file["label"].tolist() == [1, -1, 0]
        assert np.array_equal(file["logits"], np.stack([one.logits for one in expected]))
        assert ("hypothetical" in file) == (model.kind == "cnn" or method == "ism")
        if "hypothetical" in file:
            assert np.array_equal(file["hypothetical"], np.stack([one.hypothetical for one in expected]))
    content = json.loads(told)
    assert [one["id"] for one in content["sequences"]] == ["a", "b", "c"]
    assert [one["label"] for one in content["sequences"]] == [1, None, 0]


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        (">a\nACGT\n>b\nAC!T\n", [], ["in.txt, line 4", "'b'", "'!'"]),
        (">a\nACGT\n>b\nACG\n", ["-o", "{}/x.npz"], ["one length", "'b' (line 3)"]),
        (">a\nACGT\n", ["-o", "{}/x.bw"], [".tsv, .npz"]),
        (">a\nACGT\n", ["-o", "{}/none/x.tsv"], ["no folder"]),
        (">a\nACGT\n", ["--window", "60"], ["--window means nothing with --sequences"]),
        (">a\nACGT\n", ["--strand", "minus"], ["--strand means nothing"]),
        (">a\nACGT\n", ["--igv-genome", "hg38"], ["--igv-genome means nothing"]),
        (">a\nACGT\n", ["-g", "x.fa"], ["--genome means nothing"]),
        (">a\nACGT\n", ["--method", "magic"], ["no method 'magic'"]),
    ],
)
def test_bad_requests_leave_no_file(run, tiny_cnn_folder, tmp_path, text, arguments, words):
    source = tmp_path / "in.txt"
    source.write_text(text)
    given = [one.format(tmp_path) for one in arguments]
    out = [] if "-o" in given else ["-o", tmp_path / "x.tsv"]
    code, told, error = run("explain", "--sequences", source, "-m", tiny_cnn_folder, *out, *given)
    assert code != 0
    assert not told
    assert error.count("\n") == 1
    for word in words:
        assert word in error
    assert names(tmp_path) == {"in.txt"}


def test_something_must_be_given(run, tiny_cnn_folder, tmp_path):
    code, _, error = run("explain", "-m", tiny_cnn_folder, "-o", tmp_path / "x.tsv")
    assert code != 0
    assert "--genome and --region, or --sequences" in error


def test_a_sequence_too_short_for_the_model_is_told(run, tiny_cnn_folder, tmp_path):
    source = tmp_path / "in.fa"
    source.write_text(">a\nA\n")
    code, _, error = run("explain", "--sequences", source, "-m", tiny_cnn_folder, "-o", tmp_path / "x.tsv")
    assert code != 0
    assert "at least" in error
    assert names(tmp_path) == {"in.fa"}
