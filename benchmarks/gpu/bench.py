"""What the measurements of a GPU share: networks, the clock, memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gxview.explain.graphs import CaptureFailed, Graphs
from gxview.explain.precision import PRECISIONS
from gxview.models.base import Model
from gxview.models.dnabert2 import DNABert2Config, DNABert2ForSequenceClassification
from gxview.models.loading import load_model
from gxview.models.saving import write_config, write_network
from gxview.models.tokenizer import train_tokenizer

METHODS = ("attnlrp", "cplrp", "gradient_x_input")
BASES = 300


@dataclass(eq=False)
class Bench:
    """A device with a DNABERT-2 of published size, or a small one where only the script is tried.

    Attributes
    ----------
    device
        Where everything runs.
    place
        An empty folder.
    quick
        Whether everything is small.
    """

    device: torch.device
    place: Path
    quick: bool = False
    precisions: tuple[str, ...] = PRECISIONS

    @property
    def name(self) -> str:
        """Name of the device."""
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else str(self.device)

    @cached_property
    def folder(self) -> Path:
        """A folder with the model, random weights."""
        torch.manual_seed(0)
        small = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 64}
        config = DNABert2Config(num_labels=2, **(small if self.quick else {}))
        network = DNABert2ForSequenceClassification(config).eval()
        letters = "".join(np.random.default_rng(0).choice(list("ACGT"), 20_000 if self.quick else 200_000))
        tokenizer = train_tokenizer([letters], 300 if self.quick else config.vocab_size)
        write_config(
            self.place,
            network,
            {"name": "random", "window_length": BASES, "targets": ["no", "yes"], "positive": 1},
            tokenizer,
        )
        write_network(self.place, network)
        return self.place

    @cached_property
    def model(self) -> Model:
        """The model on the device."""
        return load_model(self.folder, self.device)

    def windows(self, number: int, bases: int = BASES, seed: int = 1) -> list[str]:
        """Return random windows."""
        letters = np.random.default_rng(seed).choice(list("ACGT"), (number, bases))
        return ["".join(row) for row in letters]

    def ids(self, rows: int, tokens: int) -> Tensor:
        """Return random token ids (rows, tokens) on the device."""
        vocabulary = int(self.model.network.config.vocab_size)  # type: ignore[union-attr,arg-type]
        values = np.random.default_rng(rows + tokens).integers(5, vocabulary, (rows, tokens))
        return torch.from_numpy(values).to(self.device)

    def milliseconds(self, call: Callable[[], Any]) -> float:
        """Return the median time of a call in milliseconds."""
        least, turns = (0.02, 2) if self.quick else (0.25, 5)
        call()
        took: list[float] = []
        began = time.perf_counter()
        while len(took) < turns or (time.perf_counter() - began < least and len(took) < 50):
            self.wait()
            start = time.perf_counter()
            call()
            self.wait()
            took.append(1e3 * (time.perf_counter() - start))
        return median(took)

    def captured(self, work: Callable[[Tensor], Tensor], values: Tensor) -> Callable[[], None]:
        """Return work on some values as one call, as a CUDA graph where it can be one."""
        graphs = Graphs(self.device)
        result = torch.empty_like(work(values))

        def call() -> None:
            with torch.cuda.stream(graphs.stream):
                try:
                    graphs.run("work", work, values, result)
                except CaptureFailed as failure:  # once; from then on it is done step by step
                    print(f"no CUDA graph: {failure}", flush=True)
                    result.copy_(work(values))

        return call

    def wait(self) -> None:
        """Wait for the device."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def forget_peak(self) -> None:
        """Begin a new measurement of memory."""
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)

    def peak_megabytes(self) -> int | None:
        """Return the largest memory since, None on a CPU."""
        return torch.cuda.max_memory_allocated(self.device) >> 20 if self.device.type == "cuda" else None
