"""An explaining pass against a plain forward pass, DNABERT-2 of the published size, random weights, CPU, in turns.

AttnLRP, CP-LRP and gradient x input are measured for batches of tokens, and through ``load_model().logits`` and
``explain()`` on whole sequences. Beside them, in the same run: the forward pass with PyTorch's ordinary products; the
forward pass of transformers' BERT with as many layers and the same width (a third less arithmetic, having no gated
unit); and AttnLRP of that BERT by the rules of lxt with frozen weights. (``lxt.efficient`` 2.1 cannot be imported with
transformers 5, so its three rules are put into that BERT here, as its own copy of BERT has them.)

Run with ``python -m benchmarks.attnlrp_pass``; it writes ``benchmarks/results/attnlrp_pass.json``: milliseconds, and
ratios of what was measured in the same turn. Other programs disturb a run on all cores; one thread's processor time is
measured too, which they disturb less.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
import transformers
from torch import Tensor, nn
from transformers import AttentionInterface, BertConfig, BertForSequenceClassification

from benchmarks.record import save
from gxview.explain import explain
from gxview.explain.attnlrp import relevance
from gxview.explain.lxt_rules import lxt_rules
from gxview.models.dnabert2 import DNABert2Config, DNABert2ForSequenceClassification
from gxview.models.loading import load_model
from gxview.models.ops import PlainOps
from gxview.models.saving import write_config, write_network
from gxview.models.tokenizer import train_tokenizer

SHAPES = ((8, 64), (4, 256))
SEQUENCES, BASES = 16, 300
METHODS = ("attnlrp", "cplrp", "gradient_x_input")
SDPA = functional.scaled_dot_product_attention

Ways = dict[str, Callable[[], object]]


class OrdinaryProducts(PlainOps):
    """Linear layers as PyTorch does them by default."""

    def linear(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """``x @ weight.T + bias``."""
        return functional.linear(x, weight, bias)


class LxtLayerNorm(nn.LayerNorm):
    """LayerNorm with a constant standard deviation, as lxt patches it."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise x."""
        centred = x - x.mean(-1, keepdim=True)
        std = (centred.square().mean(-1, keepdim=True) + self.eps).sqrt()
        return centred / lxt_rules().stop_gradient(std) * self.weight + self.bias


class LxtActivation(nn.Module):
    """An activation by the identity rule of lxt."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        """Activate x."""
        result: Tensor = lxt_rules().identity_rule_implicit(self.function, x)
        return result


def lxt_attention(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **_: Any
) -> tuple[Tensor, None]:
    """Scaled dot-product attention with the gradient factors of lxt: 1/4, 1/4, 1/2."""
    divide = lxt_rules().divide_gradient
    context = SDPA(divide(query, 4), divide(key, 4), divide(value, 2), attn_mask=attention_mask)
    return context.transpose(1, 2).contiguous(), None


def bert(attention: str) -> BertForSequenceClassification:
    """Return transformers' BERT of DNABERT-2's depth and width."""
    network = BertForSequenceClassification(BertConfig(vocab_size=4096, attn_implementation=attention)).eval()
    return network.requires_grad_(False)


def lxt_bert() -> BertForSequenceClassification:
    """Return that BERT under the rules of lxt."""
    AttentionInterface.register("lxt", lxt_attention)
    network = bert("lxt")
    for module in network.modules():
        if type(module) is nn.LayerNorm:
            module.__class__ = LxtLayerNorm
    for layer in network.bert.encoder.layer:
        layer.intermediate.intermediate_act_fn = LxtActivation(functional.gelu)
    network.bert.pooler.activation = LxtActivation(torch.tanh)
    return network


def lxt_pass(network: BertForSequenceClassification, ids: Tensor) -> Tensor:
    """Explain logit 1 as the README of lxt does, weights frozen."""
    words = network.get_input_embeddings()(ids).detach().requires_grad_()
    network(inputs_embeds=words, attention_mask=torch.ones_like(ids)).logits[:, 1].sum().backward()
    assert words.grad is not None
    return (words * words.grad).sum(-1)


def token_ways(network: DNABert2ForSequenceClassification, shape: tuple[int, int]) -> Ways:
    """Return what is measured on a batch of tokens."""
    ids = torch.randint(5, 4096, shape)
    mask, ordinary = torch.ones_like(ids), OrdinaryProducts()
    plain, ruled = bert("sdpa"), lxt_bert()
    return {
        "forward": lambda: network(ids, mask).logits,
        **{method: partial(relevance, network, ids, mask, method=method, target=1) for method in METHODS},
        "forward_ordinary_products": lambda: network(ids, mask, ops=ordinary).logits,
        "bert_forward": lambda: plain(input_ids=ids, attention_mask=mask).logits,
        "bert_attnlrp_lxt": lambda: lxt_pass(ruled, ids),
    }


def sequence_ways(network: DNABert2ForSequenceClassification, folder: Path) -> Ways:
    """Return what is measured on sequences, through the functions that everybody calls."""
    rng = np.random.default_rng(0)
    tokenizer = train_tokenizer(["".join(rng.choice(list("ACGT"), 200_000))], 4096)
    block = {"name": "random", "window_length": BASES, "targets": ["no", "yes"], "positive": 1}
    write_config(folder, network, block, tokenizer)
    write_network(folder, network)
    model = load_model(folder)
    sequences = ["".join(rng.choice(list("ACGT"), BASES)) for _ in range(SEQUENCES)]
    explaining = {method: partial(explain, model, sequences, method) for method in METHODS}
    return {"forward": lambda: model.logits(sequences), **explaining}


def measure(ways: Ways, turns: int, clock: Callable[[], float]) -> dict[str, list[float]]:
    """Return milliseconds of every way in every turn, the first turn left out."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(turns + 1):
        for name, way in ways.items():
            start = clock()
            with torch.inference_mode(name != "bert_attnlrp_lxt"):
                way()
            times[name].append((clock() - start) * 1e3)
    return {name: values[1:] for name, values in times.items()}


def summary(times: dict[str, list[float]]) -> dict[str, Any]:
    """Return fastest and median milliseconds, and ratios: of the fastest, and the median of those within a turn."""

    def ratio(name: str, base: str) -> dict[str, float]:
        turns = [a / b for a, b in zip(times[name], times[base], strict=True)]
        return {
            "of_fastest": round(min(times[name]) / min(times[base]), 2),
            "median_of_turns": round(statistics.median(turns), 2),
        }

    pairs = [(method, "forward") for method in METHODS]
    if "bert_forward" in times:
        pairs += [("forward", "bert_forward"), ("attnlrp", "bert_forward"), ("attnlrp", "forward_ordinary_products")]
        pairs += [("bert_attnlrp_lxt", "bert_forward"), ("bert_attnlrp_lxt", "attnlrp")]
    return {
        "fastest_ms": {name: round(min(values), 1) for name, values in times.items()},
        "median_ms": {name: round(statistics.median(values), 1) for name, values in times.items()},
        "ratios": {f"{name} / {base}": ratio(name, base) for name, base in pairs},
    }


def run(network: DNABert2ForSequenceClassification, folder: Path, turns: int) -> dict[str, Any]:
    """Measure everything with the present number of threads; processor time with one, time on the wall with more."""
    clock = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter
    cases = {f"{batch} x {tokens} tokens": token_ways(network, (batch, tokens)) for batch, tokens in SHAPES}
    cases[f"{SEQUENCES} sequences of {BASES} bases, load_model().logits and explain()"] = sequence_ways(network, folder)
    results = {}
    for name, ways in cases.items():
        results[name] = summary(measure(ways, turns, clock))
        print(f"{torch.get_num_threads()} threads, {name}: {json.dumps(results[name], indent=1)}", flush=True)
    return results


def main() -> None:
    """Measure on all cores and on one, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=10)
    turns = parser.parse_args().turns
    torch.manual_seed(0)
    network = DNABert2ForSequenceClassification(DNABert2Config(num_labels=2)).eval().requires_grad_(False)
    cores, results = torch.get_num_threads(), {}
    for threads in dict.fromkeys((cores, 1)):
        torch.set_num_threads(threads)
        with tempfile.TemporaryDirectory() as folder:
            key = f"{threads} threads, time on the wall" if threads > 1 else "1 thread, processor time"
            results[key] = run(network, Path(folder), turns)
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    what = "Explaining pass over forward pass, 12 layers x 768, random weights, float32, inference mode, SDPA"
    print(save("attnlrp_pass", {"what": what, "turns": turns, **versions, "results": results}))


if __name__ == "__main__":
    main()
