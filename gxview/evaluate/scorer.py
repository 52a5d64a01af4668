"""Scores of many changed sequences at once: equal ones are asked once, all go through the model in large batches."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from gxview.errors import Cancelled, GxviewError
from gxview.explain.settings import CONTRAST, Target, positive_class, probabilities, resolve_target
from gxview.models.base import Model
from gxview.models.batching import similar_length_batches
from gxview.models.tokenizer import pad

Floats = NDArray[np.float64]
Item = TypeVar("Item", bound=Hashable)

_PIECE = 4096
_TOKEN_BATCH = 64
_TOKEN_CELLS = 8 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What a model says about N sequences.

    Attributes
    ----------
    logit : ndarray
        The explained logit (or difference of logits), float64 (N,).
    probability : ndarray
        Probability of the explained class (of a contrast: of the positive class), float64 (N,).
    """

    logit: Floats
    probability: Floats

    def of(self, scale: str) -> Floats:
        """Return ``'logit'`` or ``'probability'``."""
        return self.logit if scale == "logit" else self.probability

    def shaped(self, *shape: int) -> Scores:
        """Return the same numbers in another shape."""
        return Scores(self.logit.reshape(shape), self.probability.reshape(shape))

    def part(self, span: slice) -> Scores:
        """Return some of the sequences."""
        return Scores(self.logit[span], self.probability[span])


class Scorer:
    """Asks one model about one target.

    Parameters
    ----------
    model : Model
        A classifier.
    target : int, str or None
        As for :func:`gxview.explain.explain`.
    cancelled : callable, optional
        Asked every few thousand sequences; true stops the work.

    Raises
    ------
    GxviewError
        If the model has no classifier or the target does not exist.
    """

    def __init__(
        self, model: Model, target: int | str | None = None, *, cancelled: Callable[[], bool] | None = None
    ) -> None:
        model.require_classifier()
        self.model = model
        settled = resolve_target(model, target)
        assert settled is not None, "only a model without a classifier has no target"
        self.target: Target = settled
        self._label = positive_class(model, self.target) if self.target == CONTRAST else int(self.target)
        self._cancelled = cancelled or (lambda: False)

    def letters(self, sequences: Iterable[str]) -> Scores:
        """Score sequences of letters; a token model cuts each of them into tokens anew.

        Raises
        ------
        GxviewError
            For a sequence that the model does not take, or an answer that is no number.
        """
        return self._distinct(list(sequences), self.model.logits)

    def tokens(self, rows: Iterable[NDArray[np.int64]]) -> Scores:
        """Score rows of token ids, [CLS] and [SEP] included (models on tokens only)."""
        return self._distinct([row.tobytes() for row in rows], self._token_logits)

    def _distinct(self, items: list[Item], ask: Callable[[Sequence[Item]], NDArray[np.float32]]) -> Scores:
        places: dict[Item, int] = {}
        which = np.array([places.setdefault(item, len(places)) for item in items], dtype=np.int64)
        distinct = list(places)
        parts = []
        for start in range(0, len(distinct), _PIECE):
            if self._cancelled():
                raise Cancelled("The evaluation was cancelled.")
            parts.append(ask(distinct[start : start + _PIECE]))
        if not parts:
            return Scores(np.zeros(0), np.zeros(0))
        return self._scores(np.concatenate(parts)[which])

    def _scores(self, logits: NDArray[np.float32]) -> Scores:
        if not np.isfinite(logits).all():
            raise GxviewError(f"{self.model.name} gave NaN or infinity; its weights may be damaged.")
        values = logits.astype(np.float64)
        logit = values[:, 1] - values[:, 0] if self.target == CONTRAST else values[:, int(self.target)]
        return Scores(np.ascontiguousarray(logit), probabilities(logits, self._label, self.model.problem_type))

    def _token_logits(self, items: Sequence[bytes]) -> NDArray[np.float32]:
        rows = [np.frombuffer(item, dtype=np.int64) for item in items]
        result = np.empty((len(rows), self.model.num_labels), dtype=np.float32)
        for batch in similar_length_batches([len(row) for row in rows], _TOKEN_BATCH, _TOKEN_CELLS):
            chosen = [rows[index] for index in batch]
            # Only the padding is masked out; which id fills it does not matter then.
            ids, mask = pad(chosen, 0), pad([np.ones_like(row) for row in chosen], 0)
            device = self.model.device
            with torch.inference_mode():
                output = self.model.network(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
            result[batch] = output.float().cpu().numpy()
        return result
