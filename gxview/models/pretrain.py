"""Masked-language-model pre-training of a DNABERT-2 on sequences without labels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from gxview.errors import GxviewError
from gxview.genome import reverse_complement
from gxview.models.encoded import padded, shuffled_batches
from gxview.models.fit import PRETRAINING, Fitter, IsCancelled, Optimisation, Progress, seeded
from gxview.models.folder import DEFAULT_WINDOW, TOKENIZER
from gxview.models.labelled import DataFile, LabelledSequences
from gxview.models.report import METRICS, described_settings, described_start, run_of, versions
from gxview.models.saving import write_config, write_json, write_network
from gxview.models.start import StartingPoint, start_language_model
from gxview.models.tokenizer import SPECIAL_TOKENS, Tokenizer
from gxview.models.train_settings import TrainSettings
from gxview.models.training.checkpoint import MODEL, Keeper
from gxview.models.training.devices import Devices
from gxview.models.training.loop import Loop
from gxview.models.training.place import devices_of, run_folder
from gxview.models.weights import read_json

MASKED_SHARE = 0.15
_IGNORED = -100
_MOST_UNKNOWN = 0.1


@dataclass(frozen=True)
class PretrainResult:
    """A pre-trained model: its folder, the mean loss of each epoch, and whether an earlier call had done it all."""

    folder: Path
    losses: list[float]
    finished_before: bool = False


def pretrain_masked_lm(
    settings: TrainSettings,
    sequences: Sequence[str],
    *,
    files: Sequence[DataFile] = (),
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> PretrainResult:
    """Pre-train a DNABERT-2 to name masked tokens and write its folder, ready to fine-tune.

    In every epoch, long sequences are cut at new places into windows of ``settings.window_length`` bases, half of
    the windows are read from the other strand, and 15 % of the tokens are drawn: 80 % of these become [MASK], 10 %
    a random token, 10 % stay (Devlin et al. 2019).

    Parameters
    ----------
    settings
        What to train and how; the recipe is that of pre-training when ``optimisation`` is not given.
    sequences
        Cleaned DNA of any lengths; windows with more than a tenth of N are left out.
    files
        Where the sequences come from, for the report.
    progress, cancelled
        Told after each step; asked before each step.

    Raises
    ------
    GxviewError
        When there is nothing to learn from, or training diverges.
    Cancelled
        When ``cancelled`` answers true; nothing is written then.
    """
    run = _run_of(settings, sequences)
    done = _finished(settings, run)
    if done is not None:
        return done
    recipe, devices = settings.optimisation or PRETRAINING, devices_of(settings)
    with seeded(settings.seed), run_folder(settings, run, devices) as folder:
        made = folder / MODEL / TOKENIZER
        start = start_language_model(replace(settings, tokenizer=made) if made.is_file() else settings, sequences)
        window = settings.window_length or DEFAULT_WINDOW
        if devices.rank == 0:
            block = {"name": settings.name or settings.output.name, "window_length": window}
            write_config(folder / MODEL, start.network, block, start.tokenizer)
        work = _Pretraining(start, sequences, window, recipe, settings.seed, devices, folder / MODEL)
        if devices.world > 1:
            torch.manual_seed(settings.seed + devices.rank)
        # Tilings of different epochs differ by a window or so per sequence, which the schedule need not know.
        fitter = Fitter(work.network, recipe, -(-work.expected() // recipe.batch_size), devices)
        keeper = Keeper(folder if settings.checkpoint_every else None, settings.checkpoint_every or 1, devices)
        state = Loop(work, recipe, fitter, keeper, devices, progress, cancelled).run()
        losses = [row["train_loss"] for row in state.history]
        if devices.rank == 0:
            write_json(folder / MODEL / METRICS, _report(settings, run, files, losses, state.seconds))
    devices.any(False)
    return PretrainResult(settings.output, losses)


class _Pretraining:
    """One pre-training run; see :class:`~gxview.models.training.loop.Work`."""

    phase = "pretrain"
    other_rngs: Sequence[np.random.Generator] = ()

    def __init__(
        self,
        start: StartingPoint,
        sequences: Sequence[str],
        window: int,
        recipe: Optimisation,
        seed: int,
        devices: Devices,
        folder: Path,
    ) -> None:
        assert start.tokenizer is not None
        self.recipe, self.window, self._devices, self._folder = recipe, window, devices, folder
        self.network: Any = start.network.to(devices.device)
        self.module = devices.wrap(_MaskedLoss(self.network))
        self.tokenizer, self.sequences = start.tokenizer, sequences
        self.rng = np.random.default_rng(seed)
        self._tokens: list[NDArray[np.int64]] = []

    def expected(self) -> int:
        """Return about how many windows an epoch has, without drawing any."""
        count = sum(1 for _ in windows(self.sequences, self.window, np.random.default_rng(0)))
        if not count:
            raise GxviewError("There is no window with fewer than a tenth of N to pre-train on.")
        return count

    def batches(self) -> list[NDArray[np.int64]]:
        """Cut the sequences anew and draw the batches of an epoch."""
        self._tokens = self.tokenizer.ids(list(windows(self.sequences, self.window, self.rng)))
        lengths = np.array([len(row) for row in self._tokens])
        return list(shuffled_batches(lengths, self.recipe.batch_size, self.rng))

    def inputs(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
        """Return token ids with some of them hidden, the mask of padding, and the ids to name; each int64 (N, S)."""
        ids, mask = padded([self._tokens[row] for row in rows], self.tokenizer.pad_id, torch.device("cpu"))
        hidden, wanted = masked(ids, mask, self.tokenizer, self.rng)
        return hidden, mask, wanted

    def share(self, inputs: tuple[Tensor, Tensor, Tensor], places: NDArray[np.int64]) -> float:
        """Return how many tokens of a part of a batch are hidden."""
        return float((inputs[2][torch.from_numpy(places)] != _IGNORED).sum())

    def loss(self, inputs: tuple[Tensor, Tensor, Tensor], places: NDArray[np.int64]) -> Tensor:
        """Return the mean loss at the hidden tokens of a part of a batch."""
        part = (tensor[torch.from_numpy(places)].to(self._devices.device) for tensor in inputs)
        value: Tensor = self.module(*part)
        return value

    def addition(self) -> None:
        """Add nothing."""

    def validate(self) -> dict[str, float]:
        """Return nothing: there is no validation set."""
        return {}

    def keep(self) -> None:
        """Write the weights of the moment."""
        write_network(self._folder, self.network)


class _MaskedLoss(nn.Module):
    """From tokens to the loss in one call, as several processes need it."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, mask: Tensor, wanted: Tensor) -> Tensor:
        """Return the cross-entropy at the hidden tokens; only there are the costly scores computed."""
        from gxview.models.ops import PLAIN

        hidden = self.network.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        drawn = wanted != _IGNORED
        scores = self.network.cls(hidden[drawn], PLAIN).float()
        return functional.cross_entropy(scores, wanted[drawn], reduction="sum") / drawn.sum().clamp(min=1)


def windows(sequences: Sequence[str], length: int, rng: np.random.Generator) -> Iterator[str]:
    """Yield windows that tile each sequence from a random start on, half of them from the other strand.

    Sequences no longer than a window come whole; windows with more than a tenth of N are left out.
    """
    for sequence in sequences:
        offset = int(rng.integers(length)) if len(sequence) > length else 0
        for start in range(offset, max(1, len(sequence) - length // 2), length):
            piece = sequence[start : start + length]
            if piece and piece.count("N") <= _MOST_UNKNOWN * len(piece):
                yield reverse_complement(piece) if rng.random() < 0.5 else piece


def masked(ids: Tensor, mask: Tensor, tokenizer: Tokenizer, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return token ids (N, S) with some of them hidden, and the ids to name there, -100 elsewhere.

    Special tokens and padding are never drawn; at least one token of the batch is.
    """
    tokens = ids.numpy().copy()
    may = mask.numpy().astype(bool) & (tokens >= len(SPECIAL_TOKENS))
    drawn = may & (rng.random(tokens.shape) < MASKED_SHARE)
    if not drawn.any() and may.any():
        drawn.flat[int(rng.choice(np.flatnonzero(may)))] = True
    wanted = np.where(drawn, tokens, _IGNORED)
    fate = rng.random(tokens.shape)
    tokens[drawn & (fate < 0.8)] = tokenizer.mask_id
    random = drawn & (fate >= 0.9)
    tokens[random] = rng.integers(len(SPECIAL_TOKENS), tokenizer.vocab_size, int(random.sum()))
    return torch.from_numpy(tokens), torch.from_numpy(wanted)


def _run_of(settings: TrainSettings, sequences: Sequence[str]) -> dict[str, Any]:
    recipe = settings.optimisation or PRETRAINING
    data = LabelledSequences(tuple(sequences), np.zeros(len(sequences), np.int64))
    run = run_of(replace(settings, optimisation=recipe), {"pretrain": data}, auxiliary=None)
    return {**run, "phase": "pretrain"}


def _finished(settings: TrainSettings, run: dict[str, Any]) -> PretrainResult | None:
    path = settings.output / METRICS
    if settings.checkpoint_every is None or not path.is_file():
        return None
    report = read_json(path)
    if report.get("run") != json.loads(json.dumps(run)):
        return None
    return PretrainResult(settings.output, [row["train_loss"] for row in report["history"]], True)


def _report(
    settings: TrainSettings, run: dict[str, Any], files: Sequence[DataFile], losses: list[float], seconds: float
) -> dict[str, Any]:
    return {
        "history": [{"epoch": epoch, "train_loss": loss} for epoch, loss in enumerate(losses, start=1)],
        "data": {"pretrain": {"files": [asdict(file) for file in files]}},
        "seed": settings.seed,
        "seconds": round(seconds, 1),
        "settings": described_settings(settings) | {"optimisation": asdict(settings.optimisation or PRETRAINING)},
        "started_from": described_start(settings),
        "run": run,
        "versions": versions(),
    }
