"""Measurements of convolutional networks on a GPU."""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.gpu.bench import Bench
from gxview.explain import cnn
from gxview.explain.device_facts import compare
from gxview.explain.launches import Launcher, run_rows
from gxview.explain.on_device import base_work
from gxview.explain.precision import arithmetic
from gxview.explain.settings import Settings
from gxview.explain.trial import TOLERANCE, Way
from gxview.models.cnn import CNN
from gxview.models.presets import PRESETS
from gxview.models.sequences import one_hot_from_codes

Result = dict[str, Any]

LENGTHS = {"promoter-small": 100, "genomic-benchmarks": 250, "chip-seq": 200}


def network_of(bench: Bench, name: str) -> tuple[CNN, int]:
    """Return a network of a preset with random weights, and its window length."""
    torch.manual_seed(0)
    length = LENGTHS.get(name, 500)
    network = CNN(PRESETS[name].build(length, 2)).eval().requires_grad_(False)
    return network.to(bench.device), length


def presets(bench: Bench) -> Result:
    """Measure every preset: a forward pass, the methods, their rate through the engine's launches, and bits."""
    names = list(PRESETS)[:1] if bench.quick else list(PRESETS)
    return {name: _preset(bench, name) for name in names}


def _preset(bench: Bench, name: str) -> Result:
    network, length = network_of(bench, name)
    size = 8 if bench.quick else 256
    codes = np.random.default_rng(0).integers(0, 4, (size * (2 if bench.quick else 16), length), dtype=np.uint8)
    few = torch.from_numpy(codes[:size]).to(bench.device)
    found: Result = {"window": length, "batch": size}
    for precision in ("float32", "tf32"):
        with arithmetic(precision, bench.device), torch.no_grad():
            plain = bench.milliseconds(bench.captured(lambda codes: network(one_hot_from_codes(codes)), few))
        row: Result = {"forward ms": plain}
        for method in cnn.METHODS:
            row[method] = _method(bench, network, method, precision, codes, few)
            row[method]["over forward"] = row[method]["ms"] / plain
        found[precision] = row
    return found


def _method(bench: Bench, network: CNN, method: str, precision: str, codes: np.ndarray, few: Tensor) -> Result:
    target = torch.tensor([-1.0, 1.0], device=bench.device)
    options = (("composite", "epsilon"),) if method == "lrp" else ()
    settings, way = Settings(method, "contrast", options, precision), Way(precision)
    work = partial(base_work, network, settings, way, target, True)
    mine, width = Launcher(bench.device), codes.shape[1] * 5 + 2
    run = partial(run_rows, mine, size=len(few), width=width, key=settings, work=work, tolerance=TOLERANCE[precision])
    bench.forget_peak()
    whole, order = run(codes), np.random.default_rng(1).permutation(len(codes))[: len(codes) // 2]
    exact = cnn.relevance(network.cpu(), one_hot_from_codes(few.cpu()), method=method, target="contrast")
    network.to(bench.device)
    length = codes.shape[1]
    took = bench.milliseconds(lambda: run(codes))
    return {
        "ms": bench.milliseconds(bench.captured(work, few)),
        "windows/s": 1e3 * len(codes) / took,
        "bases/s": 1e3 * codes.size / took,
        "same bits in other company": bool(np.array_equal(run(codes[order]), whole[order])),
        "beside the CPU": compare(whole[: len(few), :length], exact.values),
        "peak MB": bench.peak_megabytes(),
        "notes": mine.notes,
    }


def beside_deeplift(bench: Bench) -> Result:
    """Measure captum's DeepLIFT, one reference of zeros, beside LRP, both as their packages run them."""
    from captum.attr import DeepLift

    network, length = network_of(bench, "promoter-small")
    size = 8 if bench.quick else 256
    codes = torch.from_numpy(np.random.default_rng(0).integers(0, 4, (size, length), dtype=np.uint8)).to(bench.device)
    one_hot = one_hot_from_codes(codes)
    chain: nn.Module = cnn.merged_chain(network)
    method = DeepLift(chain)
    with arithmetic("float32", bench.device), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # captum tells of its hooks
        theirs = bench.milliseconds(lambda: method.attribute(one_hot, torch.zeros_like(one_hot), target=1))
    settings, target = Settings("lrp", 1, (("composite", "epsilon"),)), torch.tensor([0.0, 1.0], device=bench.device)
    mine = bench.milliseconds(bench.captured(partial(base_work, network, settings, Way(), target, True), codes))
    return {"captum ms": theirs, "gxview ms": mine, "gxview rate over captum rate": theirs / mine, "windows": size}
