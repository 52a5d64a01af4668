"""Measurements of DNABERT-2 on a GPU."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.attnlrp_pass import bert, lxt_bert, lxt_pass
from benchmarks.gpu.bench import BASES, METHODS, Bench
from gxview.explain.device_facts import compare, precision_error
from gxview.explain.flops import forward_flops, pass_flops, utilisation
from gxview.explain.launch import compute, encode, group_size
from gxview.explain.launches import launcher
from gxview.explain.on_device import explain_tokens, token_way, token_work
from gxview.explain.precision import arithmetic
from gxview.explain.rules import Rules
from gxview.explain.settings import Settings, settle
from gxview.models.base import FlatTokens
from gxview.models.loading import load_model

Result = dict[str, Any]


def settings_of(bench: Bench, method: str, precision: str = "float32") -> Settings:
    """Return settings of a method, in a precision even where a device would refuse it."""
    return replace(settle(bench.model, method, None, {}), precision=precision)


def forward(bench: Bench, precision: str) -> Callable[[Tensor], Tensor]:
    """Return a plain forward pass, ids (B, S) to logits; in bf16 all of the network."""
    network: Any = bench.model.network
    if precision == "bf16":
        network = copy.deepcopy(network).bfloat16()

    def call(ids: Tensor) -> Tensor:
        with arithmetic(precision, bench.device), torch.no_grad():
            logits: Tensor = network(ids, None).logits
            return logits

    return call


def explaining(bench: Bench, method: str, precision: str) -> Callable[[Tensor], Tensor]:
    """Return an explaining pass, ids (B, S) to relevance."""
    mine, network, rules = launcher(bench.model.network, bench.device), bench.model.network, Rules(method)  # type: ignore[arg-type]
    way = token_way(mine, network, rules, precision)
    target = torch.tensor([-1.0, 1.0], device=bench.device)

    def call(ids: Tensor) -> Tensor:
        lengths = torch.full((len(ids),), ids.shape[1], device=ids.device)
        return token_work(mine, network, rules, way, target, ids, lengths)[0]

    return call


def passes(bench: Bench) -> Result:
    """Measure a forward pass and the methods on full batches, as graphs, and step by step."""
    found: Result = {}
    shapes = ((4, 16),) if bench.quick else ((256, 32), (128, 64), (64, 128), (16, 512))
    for rows, tokens in shapes:
        ids = bench.ids(rows, tokens)
        for precision in bench.precisions:
            found[f"{rows} x {tokens} tokens, {precision}"] = _passes(bench, ids, precision)
    return found


def _passes(bench: Bench, ids: Tensor, precision: str) -> Result:
    config, (rows, tokens) = bench.model.network.config, ids.shape
    plain = bench.milliseconds(bench.captured(forward(bench, precision), ids))
    part = partial(utilisation, device=bench.name, precision=precision)
    row: Result = {"forward ms": plain, "forward MFU": part(forward_flops(config, rows, tokens), plain / 1e3)}
    for method in METHODS:
        work = explaining(bench, method, precision)
        took = bench.milliseconds(bench.captured(work, ids))
        flops = pass_flops(config, Rules(method), rows, tokens)  # type: ignore[arg-type]
        row[method] = {
            "ms": took,
            "over forward": took / plain,
            "step by step ms": bench.milliseconds(partial(work, ids)),
            "MFU": part(flops, took / 1e3),
            "windows/s": 1e3 * rows / took,
        }
    return row


def rates(bench: Bench) -> Result:
    """Measure windows/s and bases/s of the whole engine by window length, batch size and number of windows."""
    found: Result = {}
    number = 12 if bench.quick else 2048
    for precision in bench.precisions:
        settings = settings_of(bench, "attnlrp", precision)
        for bases in (60, 120) if bench.quick else (100, 300, 1000, 2500):
            some = number if bases <= BASES else max(8, number * BASES // bases)
            found[f"{bases} bases, {precision}"] = rate(bench, settings, some, bases, 64)
        for size in (4, 8) if bench.quick else (8, 32, 64, 128, 256):
            found[f"batches of {size}, {precision}"] = rate(bench, settings, number, BASES, size)
    for some in (4, 8) if bench.quick else (256, 1024, 4096, 8192):
        found[f"{some} windows, float32"] = rate(bench, settings_of(bench, "attnlrp"), some, BASES, 64)
    return found


def rate(bench: Bench, settings: Settings, number: int, bases: int, size: int) -> Result:
    """Measure the engine on windows that are encoded already; the first call also captures graphs."""
    windows, group = bench.windows(number, bases), group_size(bench.model, settings, size)
    began = time.perf_counter()
    encoded = encode(bench.model, [windows[start : start + group] for start in range(0, number, group)])
    reading = time.perf_counter() - began
    bench.forget_peak()
    took = []
    for _ in range(2):
        began = time.perf_counter()
        compute(bench.model, encoded, settings, size=size)
        took.append(time.perf_counter() - began)
    tokens = encoded.content.counts if isinstance(encoded.content, FlatTokens) else np.array([bases])
    return {
        "windows/s": number / took[1],
        "bases/s": number * bases / took[1],
        "first call s": took[0],
        "encoding windows/s": number / reading,
        "tokens of a window": float(tokens.mean()),
        "peak MB": bench.peak_megabytes(),
    }


def errors(bench: Bench) -> Result:
    """Measure what lower precisions cost in exactness, and say which quick ways are used."""
    found: Result = {}
    for method in METHODS:
        for precision in bench.precisions:
            way = token_way(launcher(bench.model.network, bench.device), bench.model.network, Rules(method), precision)  # type: ignore[arg-type]
            row: Result = {"way": str(way), "precision": way.precision, "notes": list(way.notes)}
            if precision != "float32":
                row["error"] = precision_error(bench.model, settings_of(bench, method, precision))
            found[f"{method}, {precision}"] = row
    return found


def company(bench: Bench) -> Result:
    """Compare windows among all others with the same windows in another order and other company, bit for bit."""
    found: Result = {}
    number = 12 if bench.quick else 1500
    for bases in (60,) if bench.quick else (100, 300, 1000):
        windows = bench.windows(number, bases)
        order = np.random.default_rng(2).permutation(number)[: number // 3]
        for precision in bench.precisions:
            settings = settings_of(bench, "attnlrp", precision)
            whole = explain_tokens(bench.model, bench.model.flat_tokens(windows), settings, 64)
            again = explain_tokens(bench.model, bench.model.flat_tokens(windows), settings, 64)
            part = explain_tokens(bench.model, bench.model.flat_tokens([windows[i] for i in order]), settings, 64)
            starts = np.cumsum(counts := bench.model.flat_tokens(windows).counts) - counts
            wanted = np.concatenate([whole.relevance[starts[i] : starts[i] + counts[i]] for i in order])
            found[f"{bases} bases, {precision}"] = {
                "same bits in another run": bool(np.array_equal(whole.relevance, again.relevance)),
                "same bits in other company": bool(np.array_equal(wanted, part.relevance)),
                "largest difference": float(np.abs(wanted - part.relevance).max()),
            }
    return {**found, "notes": launcher(bench.model.network, bench.device).notes}


def beside_cpu(bench: Bench) -> Result:
    """Compare the numbers of the device with those of the CPU."""
    cpu, windows, found = load_model(bench.folder, "cpu"), bench.windows(8, 60 if bench.quick else BASES), Result()
    for method in METHODS:
        settings = settings_of(bench, method)
        encoded = encode(cpu, [windows])
        exact = compute(cpu, encoded, settings, size=8)
        for precision in bench.precisions:
            here = encode(bench.model, [[one] for one in windows] if bench.device.type == "cuda" else [windows])
            mine = compute(bench.model, here, replace(settings, precision=precision), size=8)
            found[f"{method}, {precision}"] = compare(mine.values, exact.values) | {
                "largest difference of logits": float(np.abs(mine.logits - exact.logits).max())
            }
    return found


def beside_lxt(bench: Bench) -> Result:
    """Measure lxt's rules on transformers' BERT of the same size, on the same ids."""
    rows, tokens = (2, 16) if bench.quick else (128, 64)
    ids, found = bench.ids(rows, tokens) % 4096, Result()
    plain, ruled = bert("sdpa").to(bench.device), lxt_bert().to(bench.device)
    mask = torch.ones_like(ids)
    for precision in ("float32", "tf32"):
        mine = bench.milliseconds(bench.captured(explaining(bench, "attnlrp", precision), ids))
        with arithmetic(precision, bench.device):
            with torch.no_grad():
                base = bench.milliseconds(lambda: plain(input_ids=ids, attention_mask=mask).logits)
            theirs = bench.milliseconds(lambda: lxt_pass(ruled, ids))
        found[precision] = {
            "bert forward ms": base,
            "lxt ms": theirs,
            "lxt over its forward": theirs / base,
            "gxview ms": mine,
            "gxview rate over lxt rate": theirs / mine,
        }
    return found


def beside_integrated_gradients(bench: Bench) -> Result:
    """Measure captum's integrated gradients, 50 steps, on the same network and ids."""
    from captum.attr import IntegratedGradients

    rows, tokens = (1, 16) if bench.quick else (16, 64)
    ids, network = bench.ids(rows, tokens), bench.model.network
    words = network.bert.embeddings.word_embeddings(ids).detach()  # type: ignore[union-attr,operator]
    method = IntegratedGradients(lambda embeds: network(inputs_embeds=embeds).logits[:, 1])
    mine = bench.milliseconds(bench.captured(explaining(bench, "attnlrp", "float32"), ids))
    with arithmetic("float32", bench.device):
        theirs = bench.milliseconds(lambda: method.attribute(words, n_steps=50, internal_batch_size=16 * rows))
    return {"captum ms": theirs, "gxview ms": mine, "gxview rate over captum rate": theirs / mine, "windows": rows}
