"""Arithmetic of an explaining pass: floating-point operations of its products, and what a device could do at most."""

from __future__ import annotations

from typing import Any

from gxview.explain.rules import Rules

# Dense products by the vendors' data sheets, in 10^12 operations a second.
_PEAK = {
    "H200": {"float32": 67.0, "tf32": 494.7, "bf16": 989.4},
    "H100": {"float32": 67.0, "tf32": 494.7, "bf16": 989.4},
    "A100": {"float32": 19.5, "tf32": 156.0, "bf16": 312.0},
    "L40S": {"float32": 91.6, "tf32": 183.0, "bf16": 362.0},
}


def forward_flops(config: Any, rows: int, tokens: int) -> int:
    """Return the operations of a plain forward pass of a DNABERT-2 classifier.

    Parameters
    ----------
    config
        `DNABert2Config`.
    rows, tokens
        Sequences, and tokens of each.
    """
    width, inner, cells = int(config.hidden_size), int(config.intermediate_size), rows * tokens
    linear = 2 * cells * width * (4 * width + 3 * inner)
    attention = 4 * cells * tokens * width
    return int(config.num_hidden_layers) * (linear + attention) + _head(config, rows)


def pass_flops(config: Any, rules: Rules, rows: int, tokens: int) -> int:
    """Return the operations of `gxview.explain.device_pass`, which leaves out what the last layer does not need.

    Parameters
    ----------
    config, rows, tokens
        See `forward_flops`.
    rules
        What is explained by which rules.
    """
    width, inner, cells = config.hidden_size, config.intermediate_size, rows * tokens
    values_only = rules.method == "cplrp"
    gate_back = 1 if values_only or (rules.method == "attnlrp" and rules.glu == "cp") else 2
    unit = 2 * width * (width + (2 + 1) * inner) + 2 * width * (width + (gate_back + 1) * inner)
    projection = 2 * width * 3 * width + 2 * width * width * (1 if values_only else 3)
    attention = 4 * tokens * width + 2 * tokens * width * (1 if values_only else 4)
    full = cells * (unit + projection + attention)
    last = _last(config, values_only, rows, tokens, unit)
    total: int = (config.num_hidden_layers - 1) * full + last + 2 * _head(config, rows)
    return total


def utilisation(flops: int, seconds: float, device: str, precision: str) -> float | None:
    """Return which part of a device's peak a pass reached; None for a device whose peak is not known.

    Parameters
    ----------
    flops, seconds
        Operations of the pass, and the time that it took.
    device
        Name of the device as PyTorch gives it.
    precision
        Of the products; float32 without tensor cores.
    """
    peaks = [peak for name, peak in _PEAK.items() if name in device]
    return flops / seconds / (peaks[0][precision] * 1e12) if peaks else None


def _head(config: Any, rows: int) -> int:
    """Count pooler and classifier, once."""
    width, labels = int(config.hidden_size), int(config.num_labels)
    return 2 * rows * width * (width + labels)


def _last(config: Any, values_only: bool, rows: int, tokens: int, unit: int) -> int:
    """Count the last layer: one query in each sequence, and nothing else behind its attention."""
    width, heads = config.hidden_size, config.num_attention_heads
    mixed = 2 * tokens * heads * width  # all rows by a vector of each head, or the reverse
    forward = 2 * width * width * 3 + 2 * mixed
    backward = 2 * width * width + mixed if values_only else 2 * width * width * 3 + 4 * mixed
    return rows * int(unit + forward + backward)
