"""Masked-language-model pre-training of a DNABERT-2 on sequences without labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
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
from gxview.models.fit import PRETRAINING, Fitter, IsCancelled, Progress, TrainProgress, seeded, stop_if
from gxview.models.folder import DEFAULT_WINDOW
from gxview.models.labelled import DataFile
from gxview.models.loading import resolve_device
from gxview.models.report import METRICS, described_settings, described_start, versions
from gxview.models.saving import new_folder, write_config, write_json, write_network
from gxview.models.start import StartingPoint, start_language_model
from gxview.models.tokenizer import SPECIAL_TOKENS, Tokenizer
from gxview.models.train_settings import TrainSettings

MASKED_SHARE = 0.15
_IGNORED = -100
_MOST_UNKNOWN = 0.1


@dataclass(frozen=True)
class PretrainResult:
    """A pre-trained model: its folder and the mean loss of each epoch."""

    folder: Path
    losses: list[float]


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
    with seeded(settings.seed), new_folder(settings.output) as aside:
        start = start_language_model(settings, sequences)
        run = _Pretraining(settings, start, sequences)
        block = {"name": settings.name or settings.output.name, "window_length": run.window}
        write_config(aside, start.network, block, start.tokenizer)
        losses = run.fit(progress, cancelled)
        write_network(aside, start.network)
        write_json(aside / METRICS, _report(settings, files, losses))
    return PretrainResult(settings.output, losses)


class _Pretraining:
    """One pre-training run."""

    def __init__(self, settings: TrainSettings, start: StartingPoint, sequences: Sequence[str]) -> None:
        assert start.tokenizer is not None
        self.recipe = settings.optimisation or PRETRAINING
        self.window = settings.window_length or DEFAULT_WINDOW
        self.network: Any = start.network.to(resolve_device(settings.device))
        self.tokenizer, self.sequences = start.tokenizer, sequences
        self.rng = np.random.default_rng(settings.seed)

    def fit(self, progress: Progress | None, cancelled: IsCancelled | None) -> list[float]:
        """Train through all epochs and return their losses."""
        tokens = self._epoch_tokens()
        # Tilings of different epochs differ by a window or so per sequence, which the schedule need not know.
        fitter = Fitter(self.network, self.recipe, -(-len(tokens) // self.recipe.batch_size))
        losses = []
        for epoch in range(1, self.recipe.epochs + 1):
            losses.append(self._epoch(fitter, epoch, tokens, progress, cancelled))
            tokens = self._epoch_tokens()
        return losses

    def _epoch(
        self,
        fitter: Fitter,
        epoch: int,
        tokens: list[NDArray[np.int64]],
        progress: Progress | None,
        cancelled: IsCancelled | None,
    ) -> float:
        lengths = np.array([len(row) for row in tokens])
        batches = list(shuffled_batches(lengths, self.recipe.batch_size, self.rng))
        self.network.train()
        total = 0.0
        for step, rows in enumerate(batches, start=1):
            stop_if(cancelled)
            total += fitter.step(self._loss([tokens[row] for row in rows]))
            if progress is not None:
                epochs = self.recipe.epochs
                progress(TrainProgress("pretrain", epoch, epochs, step, len(batches), total / step))
        return total / len(batches)

    def _epoch_tokens(self) -> list[NDArray[np.int64]]:
        pieces = list(windows(self.sequences, self.window, self.rng))
        if not pieces:
            raise GxviewError("There is no window with fewer than a tenth of N to pre-train on.")
        return self.tokenizer.ids(pieces)

    def _loss(self, rows: list[NDArray[np.int64]]) -> Tensor:
        device = next(self.network.parameters()).device
        ids, mask = padded(rows, self.tokenizer.pad_id, torch.device("cpu"))
        inputs, wanted = masked(ids, mask, self.tokenizer, self.rng)
        hidden = self.network.bert(input_ids=inputs.to(device), attention_mask=mask.to(device)).last_hidden_state
        return _masked_loss(self.network, hidden, wanted.to(device))


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


def _masked_loss(network: nn.Module, hidden: Tensor, wanted: Tensor) -> Tensor:
    """Return the cross-entropy at the drawn tokens; the costly scores of the vocabulary are computed only there."""
    from gxview.models.ops import PLAIN

    drawn = wanted != _IGNORED
    head: Any = network.cls
    return functional.cross_entropy(head(hidden[drawn], PLAIN), wanted[drawn])


def _report(settings: TrainSettings, files: Sequence[DataFile], losses: list[float]) -> dict[str, Any]:
    return {
        "history": [{"epoch": epoch, "train_loss": loss} for epoch, loss in enumerate(losses, start=1)],
        "data": {"pretrain": {"files": [asdict(file) for file in files]}},
        "seed": settings.seed,
        "settings": described_settings(settings) | {"optimisation": asdict(settings.optimisation or PRETRAINING)},
        "started_from": described_start(settings),
        "versions": versions(),
    }
