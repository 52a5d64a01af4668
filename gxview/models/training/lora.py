"""LoRA (Hu et al. 2021, arXiv 2106.09685) on DNABERT-2, by peft.

The layers of DNABERT-2 multiply through the operations of the call, so that a pass that explains sees the rules; the
adapted layers here do too. An adapted network therefore explains itself like any other: linear layers take the epsilon
rule with epsilon -> 0, so W x + s B A x and (W + s B A) x give the same relevance.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import Linear as PeftLinear
from safetensors.torch import load_file
from torch import Tensor, nn

from gxview.errors import GxviewError
from gxview.models.dnabert2 import DNABert2ForSequenceClassification, Linear
from gxview.models.ops import PLAIN, Ops
from gxview.models.train_settings import Lora
from gxview.models.weights import read_json, write_weights

_ADAPTER = "default"
_HEAD = ("bert.pooler", "classifier")
_PREFIX = "base_model.model."
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


class AdaptedLinear(PeftLinear):  # type: ignore[misc]  # peft carries no usable types
    """A linear layer with a low-rank change, multiplied by the operations of the call."""

    @property
    def weight(self) -> Tensor:
        """W + s B A, (out, in): what a pass that multiplies by itself must see."""
        base: Tensor = self.get_base_layer().weight
        total: Tensor = base if self.merged else base + self.get_delta_weight(_ADAPTER)
        return total

    def apply_ops(self, x: Tensor, ops: Ops) -> Tensor:
        """``x @ W.T + bias + s (x @ A.T) @ B.T`` for x of shape (..., in)."""
        result: Tensor = self.get_base_layer().apply_ops(x, ops)
        if self.merged:
            return result
        dropped = ops.dropout(x, getattr(self.lora_dropout[_ADAPTER], "p", 0.0), self.training)
        low = ops.linear(dropped, self.lora_A[_ADAPTER].weight, None)
        change = ops.linear(low, self.lora_B[_ADAPTER].weight, None)
        return result + change * float(self.scaling[_ADAPTER])

    def forward(self, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Multiply with the ordinary operations."""
        return self.apply_ops(x, PLAIN)


def adapt(network: DNABert2ForSequenceClassification, lora: Lora) -> None:
    """Put adapters into a classifier; from now on only they and the head learn."""
    _inject(network, _config(lora))


def merged_state(network: nn.Module) -> dict[str, Tensor]:
    """Return the weights of a network by their ordinary names, with the changes of its adapters added in."""
    adapted = _adapted(network)
    state = {
        name.replace(".base_layer.", "."): value for name, value in network.state_dict().items() if ".lora_" not in name
    }
    for name, layer in adapted.items():
        state[f"{name}.weight"] = layer.weight.detach()
    return state


def write_adapter(folder: Path, network: nn.Module, lora: Lora, base: str) -> None:
    """Write adapters and head in peft's layout; ``base`` names the model that they change."""
    folder.mkdir(parents=True, exist_ok=True)
    config = _config(lora)
    config.base_model_name_or_path, config.inference_mode = base, True
    config.modules_to_save = [name.rsplit(".")[-1] for name in _HEAD]
    config.save_pretrained(str(folder))
    write_weights(folder / WEIGHTS, _adapter_state(network))


def load_adapter(network: DNABert2ForSequenceClassification, folder: Path) -> None:
    """Put the adapters and the head of a folder into a classifier with the weights that they were trained on.

    Raises
    ------
    GxviewError
        When the files are missing or do not fit.
    """
    content = read_json(folder / CONFIG)
    try:
        lora = Lora(content["r"], content["lora_alpha"], content["lora_dropout"], tuple(content["target_modules"]))
        state = load_file(folder / WEIGHTS)
    except (KeyError, TypeError, OSError) as error:
        raise GxviewError(f"{folder} holds no adapter for DNABERT-2 ({error}).") from None
    _inject(network, _config(lora))
    names = set(_adapter_state(network))
    if set(state) != names:
        raise GxviewError(f"The adapter of {folder} does not fit this network; it changes other layers.")
    wanted = {_inner(name): value for name, value in state.items()}
    network.load_state_dict(wanted, strict=False)
    network.eval().requires_grad_(False)


def trainable(network: nn.Module) -> tuple[int, int]:
    """Return how many weights of a network learn, and how many there are."""
    sizes = [(weight.numel(), weight.requires_grad) for weight in network.parameters()]
    return sum(size for size, learns in sizes if learns), sum(size for size, _ in sizes)


def _config(lora: Lora) -> LoraConfig:
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=list(lora.targets),
    )
    config._register_custom_module({Linear: AdaptedLinear})
    return config


def _inject(network: nn.Module, config: LoraConfig) -> None:
    inject_adapter_in_model(config, network, adapter_name=_ADAPTER)
    for name in _HEAD:
        network.get_submodule(name).requires_grad_(True)


def _adapted(network: nn.Module) -> dict[str, AdaptedLinear]:
    return {name: layer for name, layer in network.named_modules() if isinstance(layer, AdaptedLinear)}


def _adapter_state(network: nn.Module) -> dict[str, Tensor]:
    """Return adapters and head by the names that peft gives them in a file."""
    heads = tuple(f"{name}." for name in _HEAD)
    return {
        _PREFIX + name.replace(f".{_ADAPTER}.", "."): value
        for name, value in network.state_dict().items()
        if ".lora_" in name or name.startswith(heads)
    }


def _inner(name: str) -> str:
    name = name.removeprefix(_PREFIX)
    for part in (".lora_A.", ".lora_B."):
        name = name.replace(part, f"{part}{_ADAPTER}.")
    return name
