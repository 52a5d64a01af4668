"""What is computed on a GPU for a model: works of fixed shape for the launches, and passes of any shape."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.explain.launches import FlatRelevance, Launcher, launcher, run_rows, run_tokens
from gxview.explain.precision import arithmetic, product_dtype
from gxview.explain.rules import Rules, reference_ops
from gxview.explain.settings import Settings
from gxview.models.base import FlatTokens, Model

BaseRelevance = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]

_ALIGNED = 8  # tokens of a batch, for the rows of the attention's bias


def in_launches(model: Model) -> bool:
    """Whether windows of a genome are computed in launches of fixed shape: on a GPU, where this costs nothing."""
    return model.device.type == "cuda"


def explain_tokens(model: Model, tokens: FlatTokens, settings: Settings, size: int) -> FlatRelevance:
    """Explain windows of tokens in launches of at most `size` windows.

    Raises
    ------
    RuntimeError
        Of PyTorch, where memory is short.
    """
    mine, rules = launcher(model.network, model.device), rules_of(settings)
    with mine.lock:
        target = _target(mine, model, settings)
        work = partial(_token_work, mine, model.network, rules, settings.precision, target)
        key = (rules, settings.target, settings.precision)
        return run_tokens(mine, tokens, size, model.num_labels, None if _by_autograd(rules) else key, work)


def explain_bases(
    model: Model, codes: NDArray[np.uint8], settings: Settings, size: int, hypothetical: bool
) -> BaseRelevance:
    """Explain windows of bases in launches of `size` windows.

    Returns
    -------
    values, logits, hypothetical
        float32 (n, W), (n, num_labels) and (n, 4, W); the last one is empty where it is not asked for.
    """
    mine = launcher(model.network, model.device)
    length, labels = codes.shape[1], model.num_labels
    with mine.lock:
        work = partial(_base_work, model.network, settings, _target(mine, model, settings), hypothetical)
        width = length * (5 if hypothetical else 1) + labels
        rows = run_rows(mine, codes, size, width, (settings, hypothetical), work)
    values, logits, rest = np.split(rows, [length, length + labels], axis=1)
    return np.ascontiguousarray(values), np.ascontiguousarray(logits), rest.reshape(len(codes), -1, length)


def token_pass(
    network: Any, input_ids: Tensor, attention_mask: Tensor | None, target: Tensor, rules: Rules, precision: str
) -> tuple[Tensor, Tensor]:
    """Explain a padded batch of any shape: relevance (B, S) and logits (B, num_labels)."""
    batch, length = input_ids.shape
    mine = launcher(network, input_ids.device)
    padded = torch.nn.functional.pad(input_ids, (0, -length % _ALIGNED))
    lengths = torch.full((batch,), length, device=input_ids.device) if attention_mask is None else attention_mask.sum(1)
    with mine.lock:
        relevance, logits = _token_work(mine, network, rules, precision, target, padded, lengths)
    return relevance[:, :length], logits


def rules_of(settings: Settings) -> Rules:
    """Return the rules of a model on tokens."""
    return Rules(
        settings.method,  # type: ignore[arg-type]  # checked by Rules itself
        settings.option("alibi", "epsilon"),  # type: ignore[arg-type]
        settings.option("glu", "uniform"),  # type: ignore[arg-type]
    )


def _by_autograd(rules: Rules) -> bool:
    return rules.method == "attnlrp" and rules.alibi == "identity"


def _target(mine: Launcher, model: Model, settings: Settings) -> Tensor:
    weights = settings.weights(model.num_labels)
    made: Tensor = mine.prepared(("target", settings.target), lambda: torch.from_numpy(weights).to(model.device))
    return made


def _token_work(
    mine: Launcher, network: Any, rules: Rules, precision: str, target: Tensor, ids: Tensor, lengths: Tensor
) -> tuple[Tensor, Tensor]:
    # These import transformers, which a model on bases does not need.
    from gxview.explain.attnlrp import reference_pass
    from gxview.explain.device_pass import device_pass
    from gxview.explain.device_weights import device_weights

    goal = target.expand(len(ids), -1)
    with arithmetic(precision, ids.device):
        if _by_autograd(rules):
            mask = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
            tokens, logits, _ = reference_pass(network, ids, mask.long(), goal, reference_ops(rules))
            return tokens, logits
        dtype = product_dtype(precision, network.classifier.weight.dtype)
        key: Hashable = ("weights", rules, dtype)
        return device_pass(mine.prepared(key, lambda: device_weights(network, rules, dtype)), ids, lengths, goal)


def _base_work(network: Any, settings: Settings, target: Tensor, hypothetical: bool, codes: Tensor) -> Tensor:
    from gxview.explain import cnn
    from gxview.models.sequences import one_hot_from_codes

    with arithmetic(settings.precision, codes.device), torch.inference_mode(False):
        values, scores, logits = cnn.relevance_tensors(
            network,
            one_hot_from_codes(codes),
            method=settings.method,
            target=target,
            composite=settings.option("composite", "epsilon"),
        )
        return torch.cat([values, logits, *([scores.flatten(1)] if hypothetical else [])], dim=1)
