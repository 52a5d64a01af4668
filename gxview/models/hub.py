"""Model folders of the Hugging Face hub, through its cache."""

from __future__ import annotations

from pathlib import Path

from gxview.errors import GxviewError
from gxview.models.folder import CONFIG, TOKENIZER
from gxview.models.weights import PICKLE, SAFE, SAFE_INDEX, read_json


def download(name: str) -> Path:
    """Bring the files of a hub repository into the hub's cache, with its progress bars, and return their folder.

    Only configuration, weights and tokenizer are fetched, never code. Files already in the cache are used without a
    network.

    Raises
    ------
    GxviewError
        When the repository does not exist, or when it is neither reachable nor in the cache.
    """
    config = _fetch(name, CONFIG)
    if config is None:
        raise GxviewError(f"The hub repository {name} has no {CONFIG}, so it is no model folder.")
    _fetch(name, TOKENIZER)
    if _fetch(name, SAFE) is None and not _fetch_shards(name) and _fetch(name, PICKLE) is None:
        raise GxviewError(f"The hub repository {name} holds no weights; it needs {SAFE} or {PICKLE}.")
    return config.parent


def _fetch_shards(name: str) -> bool:
    index = _fetch(name, SAFE_INDEX)
    if index is None:
        return False
    for shard in set(read_json(index).get("weight_map", {}).values()):
        _fetch(name, str(shard))
    return True


def _fetch(name: str, file: str) -> Path | None:
    """Return the cached file, downloaded if need be; None when the repository has no such file."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, LocalEntryNotFoundError
    from huggingface_hub.errors import RepositoryNotFoundError as NoRepository

    try:
        return Path(hf_hub_download(name, file))
    except NoRepository:
        raise GxviewError(f"There is neither a folder nor a hub repository {name} (or it is private).") from None
    except LocalEntryNotFoundError:
        if _known(name):
            return None
        raise GxviewError(
            f"There is no folder {name}, and the hub repository of that name is neither in the cache nor reachable; "
            f"connect to the network, or give a folder that holds {CONFIG}, {SAFE} (or {PICKLE}) and {TOKENIZER}."
        ) from None
    except EntryNotFoundError:
        return None
    except (HfHubHTTPError, OSError) as error:
        raise GxviewError(f"{file} of the hub repository {name} cannot be fetched ({error}).") from None


def _known(name: str) -> bool:
    """Whether the cache holds the configuration of a repository (then a missing file is truly missing)."""
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(name, CONFIG), str)
