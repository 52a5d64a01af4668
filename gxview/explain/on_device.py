"""What is computed on a GPU for a model: works of fixed shape for the launches, and passes of any shape."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.explain.launches import FlatRelevance, Launcher, launcher, run_rows, run_tokens
from gxview.explain.precision import arithmetic, product_dtype
from gxview.explain.rules import Rules, reference_ops
from gxview.explain.settings import Settings
from gxview.explain.trial import TOLERANCE, Numbers, Step, Way, find_way
from gxview.models.base import FlatTokens, Model

BaseRelevance = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]

_ALIGNED = 8  # tokens of a batch, for the rows of the attention's bias
_TRIED = (24, 21, 17, 20, 23)  # tokens of the windows of a trial
_SLOWER = "the numbers are the same, but come more slowly"
_EXACT = "the numbers are those of float32"


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
        way = token_way(mine, model.network, rules, settings.precision)
        work = partial(token_work, mine, model.network, rules, way, _target(mine, model, settings))
        key = (rules, settings.target, way)
        return run_tokens(mine, tokens, size, model.num_labels, key, work, TOLERANCE[way.precision], way.by_hand)


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
        way = base_way(mine, model, settings)
        work = partial(base_work, model.network, settings, way, _target(mine, model, settings), hypothetical)
        width = length * (5 if hypothetical else 1) + labels
        rows = run_rows(mine, codes, size, width, (settings, hypothetical, way), work, TOLERANCE[way.precision])
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
        way = token_way(mine, network, rules, precision)
        relevance, logits = token_work(mine, network, rules, way, target, padded, lengths)
    return relevance[:, :length], logits


def way_of(model: Model, settings: Settings) -> Way:
    """Return how a model on a GPU is explained, trying it out when nobody did."""
    mine = launcher(model.network, model.device)
    if model.kind == "dnabert2":
        return token_way(mine, model.network, rules_of(settings), settings.precision)
    return base_way(mine, model, settings)


def token_way(mine: Launcher, network: Any, rules: Rules, precision: str) -> Way:
    """Return how a model on tokens is explained, trying it out when nobody did."""
    steps = [
        Step("by_hand", True, "The quick pass", _SLOWER),
        Step("fused_attention", True, "Fused attention", _SLOWER, by_hand=True),
        Step("kernels", True, "The kernels of Triton", _SLOWER, by_hand=True),
        Step("precision", precision, f"The precision {precision}", _EXACT),
    ]
    possible = {"by_hand": not _by_autograd(rules), "fused_attention": rules.method != "cplrp"}
    possible |= {"kernels": _has_triton(network), "precision": precision != "float32"}
    attempt = partial(_try_tokens, mine, network, rules)
    return _way(mine, (rules, precision), [step for step in steps if possible[step.field]], attempt)


def base_way(mine: Launcher, model: Model, settings: Settings) -> Way:
    """Return how a model on bases is explained, trying it out when nobody did."""
    name = settings.precision
    steps = [] if name == "float32" else [Step("precision", name, f"The precision {name}", _EXACT)]
    return _way(mine, settings, steps, partial(_try_bases, model, settings))


def _way(mine: Launcher, key: Any, steps: Sequence[Step], attempt: Any) -> Way:
    def find() -> Way:
        return find_way(Way(), steps, attempt, str(mine.device)) if steps else Way()

    found: Way = mine.known(("way", key), find)
    return found


def _try_tokens(mine: Launcher, network: Any, rules: Rules, way: Way) -> Numbers:
    """Explain a few sequences of random tokens."""
    rng, labels = np.random.default_rng(0), len(network.classifier.weight)
    ids = torch.from_numpy(rng.integers(5, network.config.vocab_size, (len(_TRIED), max(_TRIED)), dtype=np.int32))
    lengths = torch.tensor(_TRIED, dtype=torch.int32)
    target = torch.arange(labels, dtype=torch.float32) % 2 * 2 - 1
    place = [values.to(mine.device) for values in (target.to(network.classifier.weight.dtype), ids, lengths)]
    relevance, logits = token_work(mine, network, rules, way, *place)
    real = torch.arange(max(_TRIED)) < lengths[:, None]
    return relevance.float().cpu()[real].numpy(), logits.float().cpu().numpy()


def _try_bases(model: Model, settings: Settings, way: Way) -> Numbers:
    """Explain a few random sequences."""
    codes = np.random.default_rng(0).integers(0, 4, (len(_TRIED), model.window_length), dtype=np.uint8)
    target = torch.from_numpy(settings.weights(model.num_labels)).to(model.device)
    rows = base_work(model.network, settings, way, target, False, torch.from_numpy(codes).to(model.device))
    values, logits = np.split(rows.float().cpu().numpy(), [model.window_length], axis=1)
    return values, logits


def rules_of(settings: Settings) -> Rules:
    """Return the rules of a model on tokens."""
    return Rules(
        settings.method,  # type: ignore[arg-type]  # checked by Rules itself
        settings.option("alibi", "epsilon"),  # type: ignore[arg-type]
        settings.option("glu", "uniform"),  # type: ignore[arg-type]
    )


def _by_autograd(rules: Rules) -> bool:
    return rules.method == "attnlrp" and rules.alibi == "identity"


def _has_triton(network: Any) -> bool:
    return find_spec("triton") is not None and network.classifier.weight.dtype == torch.float32


def _target(mine: Launcher, model: Model, settings: Settings) -> Tensor:
    weights = settings.weights(model.num_labels)
    made: Tensor = mine.known(("target", settings.target), lambda: torch.from_numpy(weights).to(model.device))
    return made


def token_work(
    mine: Launcher, network: Any, rules: Rules, way: Way, target: Tensor, ids: Tensor, lengths: Tensor
) -> tuple[Tensor, Tensor]:
    """Explain token ids (B, S) of these lengths (B,) in some way: relevance (B, S) and logits (B, num_labels)."""
    # These import transformers, which a model on bases does not need, or Triton.
    from gxview.explain import fused
    from gxview.explain.attnlrp import reference_pass
    from gxview.explain.device_attention import efficient, explicit
    from gxview.explain.device_pass import device_pass
    from gxview.explain.device_weights import device_weights

    steps: fused.Steps = fused
    if way.kernels:
        from gxview.explain import kernels

        steps = kernels
    goal, dtype = target.expand(len(ids), -1), product_dtype(way.precision, network.classifier.weight.dtype)
    with arithmetic(way.precision, ids.device):
        if way.by_hand:
            weights = mine.prepared((rules, dtype), lambda: device_weights(network, rules, dtype))
            make_attention = efficient if way.fused_attention else explicit
            return device_pass(weights, ids, lengths, goal, steps, make_attention)
        if dtype != network.classifier.weight.dtype:
            raise RuntimeError("only the quick pass has it")
        mask = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        tokens, logits, _ = reference_pass(network, ids, mask.long(), goal, reference_ops(rules))
        return tokens, logits


def base_work(network: Any, settings: Settings, way: Way, target: Tensor, hypothetical: bool, codes: Tensor) -> Tensor:
    """Explain codes (B, L) in some way: (B, L) values, logits and, where asked for, 4 L hypothetical scores."""
    from gxview.explain import cnn
    from gxview.models.sequences import one_hot_from_codes

    with arithmetic(way.precision, codes.device), torch.inference_mode(False):
        values, scores, logits = cnn.relevance_tensors(
            network,
            one_hot_from_codes(codes),
            method=settings.method,
            target=target,
            composite=settings.option("composite", "epsilon"),
        )
        return torch.cat([values, logits, *([scores.flatten(1)] if hypothetical else [])], dim=1)
