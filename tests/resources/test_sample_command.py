import json

import pytest
from typer.testing import CliRunner

from gxview.cli import build_app, sample
from gxview.errors import GxviewError, UsageError
from gxview.evaluate import read_truth
from gxview.genome import Reference

RUNNER = CliRunner()


def run(*arguments):
    return RUNNER.invoke(build_app(["sample"]), ["sample", *map(str, arguments)])


def test_copies_everything_that_is_needed(tmp_path):
    result = run(tmp_path / "new" / "folder")
    assert result.exit_code == 0
    folder = tmp_path / "new" / "folder"
    assert {path.name for path in folder.iterdir()} == {*sample.FILES, sample.WINDOWS}
    assert list(Reference(folder / sample.GENOME).sizes) == ["chromosome", "plasmid"]
    assert set(read_truth(folder / sample.TRUTH)) == {"chromosome", "plasmid"}
    assert "sample-cnn" in result.output


def test_copy_speaks_json(tmp_path):
    found = json.loads(run(tmp_path, "--json").output)
    assert found["models"] == ["sample-cnn", "sample-dnabert2"]
    assert len(found["files"]) == len(sample.FILES) + 1


def test_nothing_is_overwritten(tmp_path):
    mine = tmp_path / sample.TRUTH
    mine.write_text("mine")
    result = run(tmp_path)
    assert isinstance(result.exception, GxviewError)
    assert "exists already" in str(result.exception)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_in_the_way_of_the_folder(tmp_path):
    (tmp_path / "file").write_text("")
    result = run(tmp_path / "file" / "folder")
    assert isinstance(result.exception, GxviewError)
    assert "cannot be copied" in str(result.exception)


@pytest.mark.parametrize("arguments", [(), ("somewhere", "--report")])
def test_either_a_folder_or_the_report(arguments):
    assert isinstance(run(*arguments).exception, UsageError)


def test_a_model_that_does_not_exist():
    result = run("--report", "--model", "no-such-model")
    assert isinstance(result.exception, GxviewError)
    assert "no-such-model" in str(result.exception)
