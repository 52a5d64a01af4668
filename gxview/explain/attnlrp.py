"""Relevance of DNABERT-2's tokens: AttnLRP, CP-LRP and gradient x input."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.errors import GxviewError, UsageError
from gxview.explain import on_device
from gxview.explain.conservation import Absorbed, observed_ops
from gxview.explain.fast import fast_pass
from gxview.explain.precision import arithmetic
from gxview.explain.rules import Rules, reference_ops
from gxview.explain.targets import Target, target_vectors
from gxview.models.dnabert2 import DNABert2ForSequenceClassification
from gxview.models.ops import Ops

Diagnostics = Literal["basic", "full"]


class TokenRelevance(NamedTuple):
    """Relevance of a padded batch.

    Attributes
    ----------
    relevance
        float32 (B, S), special tokens included; NaN at padding.
    logits
        float32 (B, num_labels).
    diagnostics
        float64 (B,) by name. Always: ``relevance_sum``; ``remainder``, the explained logit minus that sum;
        ``cls_share`` and ``sep_share``, the first and last token's part of the absolute relevance. ``full`` adds what
        splits the remainder: ``softmax_leak``, ``alibi``, ``bias_linear``, ``bias_layer_norm``, ``token_type``.
    """

    relevance: NDArray[np.float32]
    logits: NDArray[np.float32]
    diagnostics: dict[str, NDArray[np.float64]]


def relevance(
    network: Any,
    input_ids: Tensor,
    attention_mask: Tensor | None = None,
    *,
    method: str = "attnlrp",
    target: Target,
    alibi: str = "epsilon",
    glu: str = "uniform",
    diagnostics: str = "basic",
    precision: str = "float32",
) -> TokenRelevance:
    """Explain a padded batch of token sequences.

    Nothing about the network changes: no class is patched, no gradient is accumulated, its mode does not matter.

    Parameters
    ----------
    network
        `DNABert2ForSequenceClassification`.
    input_ids
        (B, S) token ids, [CLS] first, on the network's device.
    attention_mask
        (B, S), 1 for real tokens, padding on the right; None when nothing is padded.
    method
        ``attnlrp``, ``cplrp`` or ``gradient_x_input``.
    target
        What is explained: the index of a logit; ``'contrast'``, logit 1 minus logit 0; or a vector over the logits,
        (num_labels,) for all sequences or (B, num_labels).
    alibi, glu
        Rules of AttnLRP, see `gxview.explain.rules.Rules`; the other methods leave nothing to choose.
    diagnostics
        ``basic``, or ``full`` through slower explicit attention (``attnlrp`` and ``cplrp`` only).
    precision
        Of the matrix products on a GPU, see `gxview.explain.precision`; ``full`` diagnostics are in float32.

    Raises
    ------
    UsageError
        For an unknown method, rule or target, or diagnostics that the method does not have.
    GxviewError
        If the network is no classifier of this kind.
    """
    if not isinstance(network, DNABert2ForSequenceClassification):
        raise GxviewError(f"AttnLRP explains a DNABERT-2 classifier, not a {type(network).__name__}.")
    rules = Rules(method, alibi, glu)  # type: ignore[arg-type]  # checked by Rules itself
    _check_diagnostics(diagnostics, method)
    goal = target_vectors(target, len(input_ids), network.classifier.weight)
    absorbed = None
    if diagnostics == "full":
        with arithmetic("float32", input_ids.device):
            tokens, logits, absorbed = audited_pass(network, input_ids, attention_mask, goal, rules)
    else:
        tokens, logits = token_pass(network, input_ids, attention_mask, goal, rules, precision)
    return _collect(tokens, logits, goal, attention_mask, absorbed)


def token_pass(
    network: Any,
    input_ids: Tensor,
    attention_mask: Tensor | None,
    target: Tensor,
    rules: Rules,
    precision: str = "float32",
) -> tuple[Tensor, Tensor]:
    """Return relevance (B, S) and logits (B, num_labels) as tensors of the network's precision.

    The fast path serves wherever it has the rules; the ALiBi rule ``identity`` needs explicit attention logits and goes
    through autograd.
    """
    if input_ids.is_cuda:
        return on_device.token_pass(network, input_ids, attention_mask, target, rules, precision)
    if rules.method == "attnlrp" and rules.alibi == "identity":
        tokens, logits, _ = reference_pass(network, input_ids, attention_mask, target, reference_ops(rules))
        return tokens, logits
    return fast_pass(network, input_ids, attention_mask, target, rules)


def reference_pass(
    network: Any, input_ids: Tensor, attention_mask: Tensor | None, target: Tensor, ops: Ops
) -> tuple[Tensor, Tensor, Tensor]:
    """Return relevance (B, S), logits (B, num_labels) and the gradient (B, S, hidden) at the word embedding."""
    with torch.inference_mode(False):
        input_ids, target = input_ids.clone(), target.clone()  # autograd refuses tensors of the caller's inference mode
        attention_mask = None if attention_mask is None else attention_mask.clone()
        with torch.no_grad():
            words = network.bert.embeddings.word_embeddings(input_ids)
        with torch.enable_grad():
            words.requires_grad_()
            logits = network(inputs_embeds=words, attention_mask=attention_mask, ops=ops).logits
            (gradient,) = torch.autograd.grad((logits * target).sum(), words)
        return (words.detach() * gradient).sum(-1), logits.detach(), gradient


def audited_pass(
    network: Any, input_ids: Tensor, attention_mask: Tensor | None, target: Tensor, rules: Rules
) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Return relevance (B, S), logits (B, num_labels) and the shares (B,) that no token receives."""
    tokens, logits, _, shares = audit(network, input_ids, attention_mask, target, rules)
    return tokens, logits, shares


def audit(
    network: Any, input_ids: Tensor, attention_mask: Tensor | None, target: Tensor, rules: Rules
) -> tuple[Tensor, Tensor, Absorbed, dict[str, Tensor]]:
    """Return relevance, logits, what was absorbed by layer and head, and its sums with the token-type embedding's."""
    ops = observed_ops(rules)
    tokens, logits, gradient = reference_pass(network, input_ids, attention_mask, target, ops)
    absorbed = ops.ledger.close(len(tokens), logits)
    token_type = network.bert.embeddings.token_type_embeddings.weight[0].detach().double()
    return tokens, logits, absorbed, absorbed.shares() | {"token_type": (gradient.double() @ token_type).sum(1)}


def _check_diagnostics(diagnostics: str, method: str) -> None:
    if diagnostics not in get_args(Diagnostics):
        raise UsageError(f"diagnostics {diagnostics!r} is not known; choose basic or full.")
    if diagnostics == "full" and method == "gradient_x_input":
        raise UsageError(
            "Full diagnostics split what layer-wise relevance propagation absorbs on its way; gradient x input "
            "propagates no relevance, so choose basic, or the method attnlrp or cplrp."
        )


def _collect(
    tokens: Tensor,
    logits: Tensor,
    target: Tensor,
    attention_mask: Tensor | None,
    absorbed: dict[str, Tensor] | None,
) -> TokenRelevance:
    real = torch.ones_like(tokens, dtype=torch.bool) if attention_mask is None else attention_mask.bool()
    wide = torch.where(real, tokens.double(), 0.0)
    total, absolute = wide.sum(1), wide.abs().sum(1)
    last = wide.gather(1, real.sum(1, keepdim=True) - 1)[:, 0]
    details = {
        "relevance_sum": total,
        "remainder": (logits.double() * target.double()).sum(1) - total,
        "cls_share": _share(wide[:, 0], absolute),
        "sep_share": _share(last, absolute),
        **(absorbed or {}),
    }
    return TokenRelevance(
        relevance=torch.where(real, tokens, torch.nan).float().cpu().numpy(),
        logits=logits.float().cpu().numpy(),
        diagnostics={name: value.cpu().numpy() for name, value in details.items()},
    )


def _share(part: Tensor, absolute: Tensor) -> Tensor:
    return torch.where(absolute > 0, part.abs() / absolute, 0.0)
