"""Networks of the transformers library from a local folder, without any code of the folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from gxview.assess.networks.tokens import DnaTokenizer, dna_tokenizer
from gxview.errors import GxviewError
from gxview.models.cnn import MODEL_TYPE
from gxview.models.folder import ModelFolder
from gxview.models.weights import PICKLE, read_weights, weight_files

_SHIFTED = ("esm", "roberta", "xlm-roberta", "camembert")  # positions are counted from the padding id + 1 on
_BESIDE = ("contact_head", "pooler", "position_ids")  # weights on which neither hidden states nor likelihoods depend
_OWN = "Wqkv"  # a matrix that DNABERT-2 has and the BERT of transformers has not


class NoHead(GxviewError):
    """The weights of the body are all there, but not those of the head; the text is the first that is missing."""


@dataclass(frozen=True)
class NativeFolder:
    """A folder that `transformers` can load by itself.

    Attributes
    ----------
    folder
        Configuration, weights and tokenizer.
    advice
        What to do with a model that needs code of its own; the end of a sentence.
    """

    folder: ModelFolder
    advice: str

    def check_kind(self) -> None:
        """Refuse a kind of model that `transformers` does not have.

        Raises
        ------
        GxviewError
            One sentence.
        """
        from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

        kind = self.folder.config.get("model_type")
        if kind in CONFIG_MAPPING_NAMES:
            return
        why = (
            "needs code of its own, which gxview never runs"
            if "auto_map" in self.folder.config
            else "is of a kind that the installed transformers library does not know"
        )
        raise GxviewError(f"{self.folder.path} (model_type {kind or 'not stated'}) {why}; {self.advice}.")

    def tokenizer(self) -> DnaTokenizer:
        """Read the tokenizer and find out how it reads DNA.

        Raises
        ------
        GxviewError
            When it is missing or damaged, needs code of its own, or reads no DNA.
        """
        from transformers import AutoTokenizer

        path = self.folder.path
        with _quiet():
            try:
                wrapped = AutoTokenizer.from_pretrained(path, trust_remote_code=False, local_files_only=True)
            except Exception as error:  # noqa: BLE001  # the library raises what its parts raise
                if "trust_remote_code" in str(error):
                    why = "needs code of its own, which gxview never runs"
                    raise GxviewError(f"The tokenizer of {path} {why}; {self.advice}.") from None
                raise GxviewError(f"The tokenizer of {path} cannot be read ({_first_line(error)}).") from None
        return dna_tokenizer(wrapped, self.folder.name)

    def network(self, loader: Any) -> Any:
        """Load the network in float32, for inference.

        Parameters
        ----------
        loader
            A class ``AutoModel...`` of `transformers`.

        Raises
        ------
        NoHead
            When all that is missing belongs to the head that `loader` wants.
        GxviewError
            When weights are missing or misshapen.
        """
        weight_files(self.folder.path)
        with _quiet():
            try:
                network, found = loader.from_pretrained(
                    self.folder.path,
                    trust_remote_code=False,
                    local_files_only=True,
                    dtype=torch.float32,
                    output_loading_info=True,
                )
            except Exception as error:  # noqa: BLE001
                raise GxviewError(f"{self.folder.path} cannot be loaded ({_first_line(error)}).") from None
        self._check_complete(network, found)
        return network.eval().requires_grad_(False)

    def check_room(self, network: Any, reader: DnaTokenizer) -> None:
        """Refuse a tokenizer whose ids the network does not know, by :class:`~gxview.errors.GxviewError`."""
        known, wanted = int(network.get_input_embeddings().num_embeddings), len(reader.wrapped)
        if wanted > known:
            raise GxviewError(
                f"The tokenizer of {self.folder.path} has {wanted} tokens, but the network knows only {known}; the two "
                "belong to different models."
            )

    def check_length(self, network: Any, longest: int) -> None:
        """Refuse sequences of more tokens than the network has positions, by :class:`~gxview.errors.GxviewError`."""
        most = self.most_tokens(network)
        if longest > most:
            raise GxviewError(
                f"{self.folder.name} takes at most {most:.0f} tokens, but a sequence has {longest}; use shorter ones."
            )

    def most_tokens(self, network: Any) -> float:
        """Return how many tokens have a position of their own; infinite where positions are not learned one by one."""
        config = network.config
        most = getattr(config, "max_position_embeddings", None)
        if most is None or getattr(config, "position_embedding_type", "absolute") not in ("absolute", None):
            return float("inf")
        return int(most) - (int(config.pad_token_id or 0) + 1 if config.model_type in _SHIFTED else 0)

    def _check_complete(self, network: Any, found: dict[str, Any]) -> None:
        """Refuse weights that would leave a part of the network at random numbers."""
        lost = {*found["missing_keys"], *(str(entry[0]) for entry in found.get("mismatched_keys", ()))}
        unused = getattr(network.config, "position_embedding_type", "absolute") == "rotary"
        beside = (*_BESIDE, "position_embeddings") if unused else _BESIDE
        missing = sorted(name for name in lost if not any(part in name for part in beside))
        if not missing:
            return
        prefix = f"{network.base_model_prefix}."
        if hasattr(network, network.base_model_prefix) and not any(name.startswith(prefix) for name in missing):
            raise NoHead(missing[0])
        raise GxviewError(
            f"The weights of {self.folder.path} are not those of a {type(network).__name__} ({missing[0]} is missing "
            f"or misshapen{f', and {len(missing) - 1} more' if len(missing) > 1 else ''}); if it has code of its own, "
            f"{self.advice}."
        )


def is_own(folder: ModelFolder) -> bool:
    """Whether a folder holds a CNN or a DNABERT-2, and no other BERT."""
    kind = folder.config.get("model_type")
    if kind in (MODEL_TYPE, "dnabert2"):
        return True
    return kind in (None, "bert") and any(_OWN in name for name in _weight_names(folder))


def _weight_names(folder: ModelFolder) -> list[str]:
    names: list[str] = []
    for path in weight_files(folder.path):
        if path.name == PICKLE:
            return list(read_weights(folder.path))
        try:
            with safe_open(path, framework="pt") as file:
                names += file.keys()
        except (SafetensorError, OSError) as error:
            raise GxviewError(f"{path} is damaged or incomplete ({error}); copy or download it again.") from None
    return names


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library from writing about weights: what matters is told in an error."""
    from transformers.utils import logging

    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
