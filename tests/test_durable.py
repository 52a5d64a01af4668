import pytest

from gxview.durable import make_folder
from gxview.errors import GxviewError


def test_a_folder_is_made_with_those_above_it_and_may_be_there(tmp_path):
    for _ in range(2):
        make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_made_is_told_with_the_reason(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GxviewError, match=r"The folder .*inside.x cannot be made: .*file is a file\. Name one"):
        make_folder(tmp_path / "file" / "inside" / "x")
    with pytest.raises(GxviewError, match=r"The folder mine cannot be made: .* takes no new folder \(.*long"):
        make_folder(tmp_path / ("x" * 300), tmp_path.__class__("mine"))
