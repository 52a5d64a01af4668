"""Language models of the transformers library that can be asked about variants."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import torch

from gxview.assess.networks.heads import LanguageHead
from gxview.assess.networks.native import NativeFolder, is_own
from gxview.assess.networks.tokens import PROBE
from gxview.errors import GxviewError, UsageError
from gxview.explain.provenance import device_name, package_versions
from gxview.models.base import Model
from gxview.models.ensemble import is_ensemble
from gxview.models.folder import ModelFolder
from gxview.models.loading import load_model, resolve_device, resolve_folder
from gxview.models.randomised import split_name

_ADVICE = "take a model that the transformers library has itself"
_WINDOW = 512  # bases, unless the network has too few positions


@dataclass(frozen=True)
class NativeLanguageModel:
    """A masked or causal language model that `transformers` loads by itself.

    It answers to what scoring needs of a :class:`~gxview.models.base.Model`; the attributes that are not named here are
    those of that protocol.

    Attributes
    ----------
    head
        Network and tokenizer.
    name, content_hash
        As there.
    num_labels
        0: it has no outputs that can be explained.
    """

    head: LanguageHead
    name: str
    content_hash: str
    num_labels: int = field(default=0, init=False)

    @property
    def kind(self) -> str:
        """Kind of the network, as `transformers` has it."""
        return str(self.head.network.config.model_type)

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.head.batching.device

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know."""
        return self.head.reader.notes

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of the scores that it can answer."""
        return ("cosine", "llr", "pll") if self.head.kind == "masked" else ("cosine", "llr")

    @cached_property
    def window_length(self) -> int:
        """Bases of a window: 512, or half as many until the tokens fit into the network."""
        length = _WINDOW
        while length > 1 and not self._fits(length):
            length //= 2
        return length

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where variants stand in their windows: at three places where tokens of several bases begin anew, else one."""
        row = self.head.reader.placed([PROBE])[0]
        words = self.head.reader.overlap == 0 and len(row.at) < len(PROBE)
        return (-17, 0, 17) if words else (0,)  # 17: words of any length from 2 to 16 begin at other bases

    def check_window(self, length: int) -> int:
        """Return the number of bases of a window.

        Raises
        ------
        UsageError
            When it is not positive.
        GxviewError
            When it has more tokens than the network has positions.
        """
        if length < 1:
            raise UsageError(f"A window has at least one base, not {length:,}.")
        self.head.read([(PROBE * (length // len(PROBE) + 1))[:length]])
        return length

    def _fits(self, length: int) -> bool:
        try:
            self.check_window(length)
        except GxviewError:
            return False
        return True


Asked: TypeAlias = Model | NativeLanguageModel
"""What can be asked about variants."""


def load_asked(name: str, device: str) -> Asked:
    """Load a model of gxview, or a language model that `transformers` loads without code of its folder.

    Errors as for :func:`~gxview.models.load_model`, and one sentence where `transformers` cannot load it.
    """
    path, recipe = split_name(name)
    place = resolve_folder(path)
    if is_ensemble(place) or is_own(folder := ModelFolder.open(place)):
        return load_model(name, device)
    if recipe is not None:
        raise UsageError(f"#randomised is for gxview's own models; {folder.name} is a language model of transformers.")
    head = LanguageHead.load(NativeFolder(folder, _ADVICE), resolve_device(device))
    return NativeLanguageModel(head, folder.name, folder.content_hash())


def zero_shot_provenance(model: NativeLanguageModel) -> dict[str, Any]:
    """Describe model and machine, in a form that JSON can hold."""
    facts = {"name": model.name, "kind": model.kind, "content_hash": model.content_hash, "notes": list(model.notes)}
    return {
        "model": facts,
        "dtype": "float32",
        "device": device_name(model.device),
        "threads": torch.get_num_threads(),
        "versions": package_versions(),
    }
