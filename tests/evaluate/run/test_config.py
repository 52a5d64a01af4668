import pytest

from gxview.errors import UsageError
from gxview.evaluate.run.config import read_config

LEAST = '[data]\nsequences = "s.csv"\n[[models]]\nmodel = "sample-cnn"\n'


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "eval.toml"
        path.write_text(text)
        return path

    return write


def test_paths_are_seen_from_the_file(file, tmp_path):
    (tmp_path / "net").mkdir()
    read = read_config(file(LEAST + '[[models]]\nmodel = "net"\n'))
    assert read.data.sequences == tmp_path / "s.csv"
    assert [one.model for one in read.models] == ["sample-cnn", str(tmp_path / "net")]


def test_quick_is_less_than_full(file):
    quick, full = read_config(file(LEAST)), read_config(file("full = true\n" + LEAST))
    assert set(quick.chosen_families) < set(full.chosen_families)
    assert quick.chosen_sets == ("dinucleotide",)
    assert full.chosen_sets == ("dinucleotide", "mononucleotide")  # no genome, so nothing to match GC in
    assert full.chosen_replacements[0] == quick.chosen_replacements[0] == "random"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "data"),
        ('[data]\nsequences = "s.csv"', "models"),
        (LEAST + "colour = 1", "models.0.colour"),
        ("seed = -1\n" + LEAST, "seed"),
        ("seed = [\n", "no TOML"),
        ('families = ["beauty"]\n' + LEAST, "families.0"),
        (LEAST + "[faithfulness]\nbudgets = [0.5, 0.1]", "ascending"),
        (LEAST + '[[models]]\nmodel = "sample-cnn"', "sample-cnn"),
        (LEAST + "[controls]\nsets = ['white noise']", "controls.sets.0"),
    ],
)
def test_an_error_names_the_file_and_the_key(file, text, words):
    with pytest.raises(UsageError, match=r"eval\.toml") as found:
        read_config(file(text))
    assert words in str(found.value)
    assert "\n" not in str(found.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_config(tmp_path / "none.toml")
