"""Hub names through the hub's own cache, without a network."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gxview.errors import GxviewError
from gxview.models import load_model
from gxview.models.hub import download

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty hub cache, and a hub that cannot be reached."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def put(cache: Path, name: str, folder: Path) -> Path:
    """Lay a model folder into the cache as the hub's client does."""
    repository = cache / f"models--{name.replace('/', '--')}"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(COMMIT)
    return Path(shutil.copytree(folder, repository / "snapshots" / COMMIT))


@pytest.mark.parametrize("fixture", ["tiny_dnabert2_folder", "tiny_cnn_folder"])
def test_a_cached_repository_needs_no_network(cache, fixture, request):
    folder = request.getfixturevalue(fixture)
    put(cache, "someone/some-model", folder)
    assert load_model("someone/some-model").content_hash == load_model(folder).content_hash


def test_without_network_and_files_one_sentence_says_which_folder_would_do(cache):
    with pytest.raises(GxviewError, match=r"give a folder that holds config\.json, model\.safetensors") as caught:
        load_model("zhihan1996/DNABERT-2-117M")
    assert "\n" not in str(caught.value)


def test_a_half_downloaded_repository_counts_as_missing(cache, tiny_dnabert2_folder):
    snapshot = put(cache, "someone/half", tiny_dnabert2_folder)
    (snapshot / "model.safetensors").unlink()
    with pytest.raises(GxviewError, match="neither in the cache nor reachable"):
        load_model("someone/half")


class Hub:
    """Stands in for a reachable hub that holds one folder."""

    def __init__(self, folder: Path, extra: tuple[str, ...] = ()) -> None:
        self.folder, self.extra, self.fetched = folder, extra, []

    def model_info(self, _name: str, timeout: float):
        assert timeout > 0
        files = [path.name for path in self.folder.iterdir()] + list(self.extra)
        return type("Info", (), {"siblings": [type("File", (), {"rfilename": file}) for file in files]})

    def fetch(self, _name: str, file: str) -> str:
        self.fetched.append(file)
        return str(self.folder / file)


@pytest.fixture
def reachable(cache, monkeypatch, tiny_dnabert2_folder, tmp_path):
    folder = Path(shutil.copytree(tiny_dnabert2_folder, tmp_path / "remote"))
    hub = Hub(folder, extra=("bert_layers.py", "pytorch_model.bin"))
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: hub)
    monkeypatch.setattr("huggingface_hub.hf_hub_download", hub.fetch)
    return hub


def test_only_configuration_tokenizer_and_one_kind_of_weights_are_fetched(reachable):
    load_model("someone/some-model")
    assert sorted(reachable.fetched) == ["config.json", "model.safetensors", "tokenizer.json"]


def library_model(folder: Path) -> None:
    """Make a folder one of the transformers library, with the files of its tokenizer."""
    (folder / "config.json").write_text(json.dumps({"model_type": "esm"}))
    (folder / "tokenizer.json").unlink()
    for name in ("vocab.txt", "tokenizer_config.json", "special_tokens_map.json", "README.md", "spm.model"):
        (folder / name).write_text("{}")


TOKENIZER_FILES = ["special_tokens_map.json", "spm.model", "tokenizer_config.json", "vocab.txt"]


def test_every_file_of_a_tokenizer_is_fetched_before_the_weights(reachable):
    library_model(reachable.folder)
    assert download("someone/some-esm") == reachable.folder
    assert sorted(reachable.fetched) == sorted(["config.json", *TOKENIZER_FILES, "model.safetensors"])
    assert reachable.fetched[-1] == "model.safetensors"


def test_a_cached_model_without_its_tokenizer_is_completed_and_offline_taken_as_it_is(cache, reachable, monkeypatch):
    library_model(reachable.folder)
    snapshot = put(cache, "someone/some-esm", reachable.folder)
    for name in TOKENIZER_FILES:
        (snapshot / name).unlink()
    download("someone/some-esm")
    assert set(TOKENIZER_FILES) < set(reachable.fetched)
    monkeypatch.undo()
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    assert download("someone/some-esm") == snapshot


@pytest.mark.parametrize(
    ("kind", "files", "asked"),
    [("dnabert2", (), False), ("gpt2", (), True), ("gpt2", ("vocab.json", "tokenizer_config.json"), False)],
)
def test_the_hub_is_asked_unless_the_tokenizer_in_the_cache_is_whole(cache, reachable, kind, files, asked):
    config = json.loads((reachable.folder / "config.json").read_text())
    (reachable.folder / "config.json").write_text(json.dumps({**config, "model_type": kind}))
    snapshot = put(cache, "someone/some-model", reachable.folder)
    for name in files:
        (snapshot / name).write_text("{}")
    download("someone/some-model")
    assert bool(reachable.fetched) == asked


@pytest.mark.parametrize(("file", "message"), [("config.json", "has no config"), ("model.safetensors", "no weights")])
def test_a_repository_that_is_no_model(reachable, file, message):
    reachable.extra = ()
    (reachable.folder / file).unlink()
    with pytest.raises(GxviewError, match=message):
        load_model("someone/some-model")


def test_a_disk_or_network_failure_while_fetching_is_one_sentence(reachable, monkeypatch):
    def fail(_name: str, _file: str) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr("huggingface_hub.hf_hub_download", fail)
    with pytest.raises(GxviewError, match="No space left"):
        load_model("someone/some-model")
