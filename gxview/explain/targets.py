"""What is explained, as weights of the logits."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from gxview.errors import UsageError

Target = int | str | ArrayLike | Tensor


def target_vectors(target: Target, batch: int, like: Tensor) -> Tensor:
    """Return a target as (B, num_labels) of the dtype and device of the classifier's weight ``like``.

    Raises
    ------
    UsageError
        If the network has no such target.
    """
    labels = len(like)
    if isinstance(target, str):
        return _contrast(target, batch, like)
    if isinstance(target, int | np.integer):
        if not 0 <= target < labels:
            raise UsageError(f"There is no logit {target}; the network has {labels}, counted from 0.")
        vector = torch.zeros(labels, dtype=like.dtype, device=like.device)
        vector[int(target)] = 1
        return vector.expand(batch, labels)
    vectors = torch.as_tensor(target, dtype=like.dtype, device=like.device)
    if vectors.shape not in ((labels,), (batch, labels)):
        raise UsageError(
            f"A target is a vector over {labels} logits, one for all or one for each of {batch} sequences, "
            f"not of shape {tuple(vectors.shape)}."
        )
    return vectors.expand(batch, labels)


def _contrast(name: str, batch: int, like: Tensor) -> Tensor:
    if name != "contrast":
        raise UsageError(f"The target {name!r} is not known; give an index, 'contrast' or a vector over the logits.")
    if len(like) != 2:
        raise UsageError(f"The contrast is logit 1 minus logit 0 of two; the network has {len(like)}.")
    return torch.tensor([-1.0, 1.0], dtype=like.dtype, device=like.device).expand(batch, 2)
