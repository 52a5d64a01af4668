"""The weights of a DNABERT-2 as a pass on a GPU reads them: in the precision of its products, factors folded in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gxview.explain import fused
from gxview.explain.rules import Rules
from gxview.models.alibi import alibi_slopes


@dataclass(frozen=True, slots=True, eq=False)
class LayerWeights:
    """One layer; what enters a product in the precision of products, biases and normalisation as they are.

    Attributes
    ----------
    qkv, qkv_bias
        Projection (3 W, W) whose queries are scaled.
    qkv_back
        The rows that a gradient goes back through, times the factors of the rule: (3 W, W), or (W, W) of the values.
    dense, dense_bias, dense_norm
        Output of the attention.
    gated, gated_back
        Gate and value (2 I, W); and the rows that a gradient goes back through.
    wo, wo_bias, wo_norm
        Output of the gated unit.
    attention
        The module, for the last layer.
    """

    qkv: Tensor
    qkv_bias: Tensor
    qkv_back: Tensor
    dense: Tensor
    dense_bias: Tensor
    dense_norm: Any
    gated: Tensor
    gated_back: Tensor
    wo: Tensor
    wo_bias: Tensor
    wo_norm: Any
    attention: Any


@dataclass(frozen=True, slots=True, eq=False)
class DeviceWeights:
    """A network for one set of rules.

    Attributes
    ----------
    network
        The `DNABert2ForSequenceClassification` itself, for what is small.
    rules
        Rules of the pass.
    dtype
        Precision of the large products.
    slopes
        ALiBi slopes (H,).
    layers
        The layers.
    """

    network: Any
    rules: Rules
    dtype: torch.dtype
    slopes: Tensor
    layers: tuple[LayerWeights, ...]

    @property
    def gate_rule(self) -> int:
        """How `fused.gate_back` shares."""
        if self.rules.method == "gradient_x_input":
            return fused.DERIVATIVE
        return fused.TO_VALUE if self.rules.method == "cplrp" or self.rules.glu == "cp" else fused.SHARED

    @property
    def gate_factor(self) -> float:
        """What a gradient at the gated unit is multiplied with."""
        return 0.5 if self.gate_rule == fused.SHARED else 1.0

    @property
    def values_only(self) -> bool:
        """Whether attention weights are constants."""
        return self.rules.method == "cplrp"


def device_weights(network: Any, rules: Rules, dtype: torch.dtype) -> DeviceWeights:
    """Prepare a `DNABert2ForSequenceClassification`; copies are made of what differs from the network's own weights."""
    slopes = torch.tensor(alibi_slopes(network.config.num_attention_heads))
    plain = DeviceWeights(network, rules, dtype, slopes.to(network.classifier.weight), ())
    layers = tuple(_layer(layer, plain) for layer in network.bert.encoder.layer)
    return DeviceWeights(network, rules, dtype, plain.slopes, layers)


@torch.no_grad()
def _layer(layer: Any, network: DeviceWeights) -> LayerWeights:
    attention, output, mlp, dtype = layer.attention.self, layer.attention.output, layer.mlp, network.dtype
    width = attention.Wqkv.weight.shape[1]
    scale = torch.ones_like(attention.Wqkv.bias)
    scale[:width] = (width // attention.heads) ** -0.5
    qkv = attention.Wqkv.weight * scale[:, None]
    factor = torch.full_like(scale, network.rules.score_factor)
    factor[2 * width :] = network.rules.value_factor
    back, gated = (qkv * factor[:, None])[2 * width if network.values_only else 0 :], mlp.gated_layers.weight.to(dtype)
    return LayerWeights(
        qkv=qkv.to(dtype),
        qkv_bias=(attention.Wqkv.bias * scale).to(dtype),
        qkv_back=back.to(dtype),
        dense=output.dense.weight.to(dtype),
        dense_bias=output.dense.bias,
        dense_norm=output.LayerNorm,
        gated=gated,
        gated_back=gated[len(gated) // 2 :] if network.gate_rule == fused.TO_VALUE else gated,
        wo=mlp.wo.weight.to(dtype),
        wo_bias=mlp.wo.bias,
        wo_norm=mlp.layernorm,
        attention=attention,
    )
