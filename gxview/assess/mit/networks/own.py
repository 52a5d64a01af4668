"""gxview's own models as scorers: classifiers by logit, DNABERT-2 with a masked-language-model head by likelihood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.assess.mit.networks.language import BYTE_PAIRS, MaskedLanguageModel
from gxview.assess.mit.networks.reading import Reading
from gxview.assess.networks.likelihood import Batching
from gxview.assess.networks.tokens import TokenRow
from gxview.errors import GxviewError, UsageError
from gxview.explain.precision import arithmetic
from gxview.explain.rules import GradientOps
from gxview.explain.settings import CONTRAST, Target, resolve_target, target_name
from gxview.models.base import Model
from gxview.models.loaded import LoadedDNABert2

_CELLS = {"cpu": 4096, "cuda": 65536}


@dataclass(frozen=True)
class Classifier:
    """A classifier or regressor of gxview: the score is a logit.

    Attributes
    ----------
    name, identity, notes, facts
        As in :class:`~gxview.assess.mit.networks.language.LanguageModel`.
    model
        The model.
    target
        Index of the logit, or ``'contrast'``.
    reading
        Which bases it gets.
    """

    name: str
    identity: str
    model: Model
    target: Target
    reading: Reading
    notes: tuple[str, ...] = ()
    block: int = 500
    facts: Mapping[str, Any] = field(default_factory=dict)

    def score(self, sequences: Sequence[str]) -> NDArray[np.float64]:
        """Return the logit of each sequence, float64 (N,); NaN for those that are too short for the network."""
        found = np.full(len(sequences), np.nan)
        known, parts = self.reading.cut_all(sequences)
        if parts:
            with arithmetic("float32", self.model.device):
                logits = self.model.logits(parts).astype(np.float64)
            found[known] = logits[:, 1] - logits[:, 0] if self.target == CONTRAST else logits[:, self.target]
        return found


def scorer_of(
    model: Model, name: str, *, target: str | None = None, start: int | None = None
) -> Classifier | MaskedLanguageModel:
    """Make the scorer of a loaded model.

    Parameters
    ----------
    model
        With a classifier or a masked-language-model head.
    name
        What the results call it.
    target
        Of a classifier: None for the positive class, else a name, an index or ``'contrast'``.
    start
        The first base that a network of a fixed length gets, 0-based.

    Raises
    ------
    GxviewError
        When the model has no head or no such target, or is a language model and a target or a start is given.
    """
    reading = Reading.of(model, start)
    if model.num_labels:
        chosen = resolve_target(model, target)
        assert chosen is not None
        told = {**_facts(model), "score": f"logit of {target_name(model, chosen)}"}
        identity = f"{model.content_hash} {chosen} {reading.start}"
        notes = (*reading.notes, *model.notes)
        return Classifier(name, identity, model, chosen, reading, notes=notes, facts=told)
    if isinstance(model, LoadedDNABert2) and hasattr(model.network, "cls"):
        for given, what in ((start, "from="), (target, "target=")):
            if given is not None:
                raise UsageError(f"{what} is for classifiers; {model.name} is a language model, scored by likelihood.")
        return _language_model(model, name)
    raise GxviewError(
        f"{model.path or model.name} has neither a trained classifier nor a language-model head, so that it gives "
        "sequences no score; use a checkpoint from 'gxview train', or from its --pretrain."
    )


def _language_model(model: LoadedDNABert2, name: str) -> MaskedLanguageModel:
    network: Any = model.network

    def ask(ids: Tensor, places: Tensor) -> Tensor:
        ops = GradientOps()
        with arithmetic("float32", model.device):
            hidden = network.bert(input_ids=ids, ops=ops).last_hidden_state
            logits: Tensor = network.cls(hidden[torch.arange(len(ids), device=ids.device), places], ops)
        return logits

    def read(sequences: Sequence[str]) -> list[TokenRow]:
        tokens = model.flat_tokens(sequences)
        cuts = tokens.starts[1:]
        return [
            _row(ids.astype(np.int64), bases, model.tokenizer.unk_id)
            for ids, bases in zip(np.split(tokens.ids, cuts), np.split(tokens.bases, cuts), strict=True)
        ]

    facts = {**_facts(model), "score": "pseudo-log-likelihood (nats)"}
    batching = Batching(model.device, _CELLS.get(model.device.type, 4096))
    return MaskedLanguageModel(
        name,
        f"{model.content_hash} pll",
        read,
        batching,
        notes=(BYTE_PAIRS,),
        facts=facts,
        mask_id=model.tokenizer.mask_id,
        ask=ask,
    )


def _row(ids: NDArray[np.int64], bases: NDArray[np.int64], unknown: int) -> TokenRow:
    """Describe the tokens of one sequence between [CLS] and [SEP]; an unknown letter is neither hidden nor scored."""
    ends = np.cumsum(bases)
    spans = np.stack([ends - bases, ends], axis=1)
    places = np.flatnonzero((bases > 0) & (ids != unknown))
    return TokenRow(ids, (1, len(ids) - 1), places, spans[places])


def _facts(model: Model) -> dict[str, Any]:
    return {"model": model.name, "kind": model.kind, "content_hash": model.content_hash, "notes": list(model.notes)}
