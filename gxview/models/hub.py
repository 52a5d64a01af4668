"""Model folders of the Hugging Face hub, through its cache."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from gxview.errors import GxviewError
from gxview.models.folder import CONFIG, TOKENIZER, VOCABULARIES
from gxview.models.weights import PICKLE, SAFE, SAFE_INDEX, read_json, shard_names, weight_files

_TIMEOUT = 10.0
_ALONE = "dnabert2"
"""The ``model_type`` whose tokenizer is ``tokenizer.json`` and nothing else."""
_LAST = "tokenizer_config.json"


def download(name: str) -> Path:
    """Bring the files of a hub repository into the hub's cache, with its progress bars, and return their folder.

    Only configuration, weights and all files of the tokenizer are fetched, never code. A folder that is whole in the
    cache is used as it is, without a network. Which files a repository has is known to the hub alone: where the cache
    may lack some of a tokenizer the hub is asked, and where it cannot be reached the cache is used as it is.

    Raises
    ------
    GxviewError
        When the repository does not exist or is no model, or when it is neither reachable nor in the cache.
    """
    cached = _cached(name)
    if cached is not None and _has_tokenizer(cached):
        return cached
    listed = _listed(name)
    if listed is None and cached is not None:
        return cached
    if listed is None:
        raise GxviewError(
            f"There is no folder {name}, and the hub repository of that name is neither in the cache nor reachable; "
            f"connect to the network, or give a folder that holds {CONFIG}, {SAFE} (or {PICKLE}) and {TOKENIZER}."
        )
    return _fetch_all(name, listed)


def _cached(name: str) -> Path | None:
    """Return the cached folder of a repository if it holds configuration and complete weights."""
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(name, CONFIG)
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    try:
        weight_files(folder)
    except GxviewError:
        return None
    return folder


def _has_tokenizer(folder: Path) -> bool:
    """Whether a cached folder holds all files of its tokenizer, as far as that shows without asking the hub.

    Of the vocabularies `_LAST` is fetched last, and `transformers` fetches ``tokenizer.json`` after those it needs.
    """
    if not (folder / TOKENIZER).is_file():
        return False
    return (folder / _LAST).is_file() or read_json(folder / CONFIG).get("model_type") == _ALONE


def _listed(name: str) -> set[str] | None:
    """Return the files of a repository, or None when the hub cannot be reached."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

    try:
        return {file.rfilename for file in HfApi().model_info(name, timeout=_TIMEOUT).siblings or ()}
    except RepositoryNotFoundError:
        raise GxviewError(f"There is neither a folder nor a public hub repository {name}.") from None
    except HfHubHTTPError as error:
        raise GxviewError(f"The hub refuses {name} ({_first_line(error)}).") from None
    except Exception:  # noqa: BLE001  # what a missing network raises depends on the hub's HTTP library
        return None


def _fetch_all(name: str, listed: Collection[str]) -> Path:
    if CONFIG not in listed:
        raise GxviewError(f"The hub repository {name} has no {CONFIG}, so it is no model folder.")
    weights = next((file for file in (SAFE, SAFE_INDEX, PICKLE) if file in listed), None)
    if weights is None:
        raise GxviewError(f"The hub repository {name} holds no weights; it needs {SAFE} or {PICKLE}.")
    folder = _fetch(name, CONFIG).parent
    for file in sorted({TOKENIZER, *VOCABULARIES}.intersection(listed), key=lambda file: (file == _LAST, file)):
        _fetch(name, file)
    path = _fetch(name, weights)
    if weights == SAFE_INDEX:
        for shard in shard_names(path):
            _fetch(name, shard)
    return folder


def _fetch(name: str, file: str) -> Path:
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(name, file))
    except Exception as error:  # noqa: BLE001  # network, disk and hub errors of several libraries
        raise GxviewError(f"{file} of the hub repository {name} cannot be fetched ({_first_line(error)}).") from None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
