"""DeepLIFT and DeepSHAP of convolutional networks.

DeepLIFT (Shrikumar et al. 2017, rescale rule) compares a sequence with a reference; DeepSHAP (Lundberg and Lee 2017)
is the mean over several references. Multipliers m and a reference r give the hypothetical score of base b as ``m[b]``
minus the sum of ``m * r`` over the bases of this position, so that the value, its entry at the base that is there, is
the sum of ``m * (x - r)``. Values add up to the explained quantity minus that of the reference.

captum's DeepLift (0.9) follows the same rules and gives the same numbers with ReLU or max-pooling alone. Where
max-pooling follows ReLU, as in most CNNs here, its values do not add up, and these do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor, nn

from gxview.explain.attribution.found import of_bases
from gxview.explain.attribution.work import Work, generator
from gxview.explain.relevance import Relevance
from gxview.genome.shuffle import dinucleotide_shuffles
from gxview.models.cnn import CNN, Exponential

REFERENCES = 20
_SAME = 1e-10  # a smaller change is none


def deeplift(work: Work, sequence: str) -> Relevance:
    """Compare with the reference of zeros, unknown bases."""
    one_hot = work.model.one_hot([sequence])
    return _compared(work, sequence, one_hot, torch.zeros_like(one_hot))


def deeplift_shap(work: Work, sequence: str) -> Relevance:
    """Compare with 20 dinucleotide shuffles of the sequence itself, seeded by its letters, and take the mean.

    Unknown bases stay where they are in every shuffle.
    """
    shuffles = dinucleotide_shuffles(sequence, REFERENCES, generator(sequence, "deeplift_shap"))
    return _compared(work, sequence, work.model.one_hot([sequence]), work.model.one_hot(shuffles))


def _compared(work: Work, sequence: str, one_hot: Tensor, references: Tensor) -> Relevance:
    network = work.model.network
    assert isinstance(network, CNN)
    weights = torch.from_numpy(work.settings.weights(work.model.num_labels)).to(one_hot)
    scores, logits = [], []
    for part in work.parts(len(references), 2 * one_hot.shape[-1]):
        with work.differentiating():
            multipliers, here, there = _multipliers(network, one_hot, references[part], weights)
        scores.append((multipliers - (multipliers * references[part]).sum(1, keepdim=True)).cpu().numpy())
        logits.append(there.cpu().numpy())
    hypothetical = np.concatenate(scores).mean(axis=0, dtype=np.float64)
    values = (hypothetical * one_hot[0].cpu().numpy()).sum(0)
    details = {"baseline": float(work.explained(np.concatenate(logits)).mean())}
    return of_bases(work, sequence, values, _row(here), details, hypothetical=hypothetical)


def _row(logits: Tensor) -> NDArray[np.float32]:
    return np.asarray(logits[0].float().cpu().numpy())


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A layer with what enters and leaves it, of the sequence (1, ...) and of the references (n, ...)."""

    layer: nn.Module
    x: Tensor
    y: Tensor
    x_ref: Tensor
    y_ref: Tensor

    def back(self, multipliers: Tensor) -> Tensor:
        """Return the multipliers (n, ...) of the inputs from those of the outputs."""
        if isinstance(self.layer, nn.ReLU | Exponential):
            return multipliers * self._slope()
        if isinstance(self.layer, nn.MaxPool1d | nn.AdaptiveMaxPool1d):
            return self._pooled(multipliers)
        (found,) = torch.autograd.grad(self.y_ref, self.x_ref, multipliers)  # linear, so the same everywhere
        return found

    def _slope(self) -> Tensor:
        change = self.x - self.x_ref
        same = change.abs() < _SAME
        if isinstance(self.layer, Exponential):
            return self.y_ref * torch.where(same, 1.0, torch.expm1(change) / torch.where(same, 1.0, change))
        return torch.where(same, (self.x > 0).to(change), (self.y - self.y_ref) / torch.where(same, 1.0, change))

    def _pooled(self, multipliers: Tensor) -> Tensor:
        """Give what the maximum gained to its place in the sequence, what it lost to that in the reference."""
        winner, winner_ref = self._winners(self.x).expand_as(multipliers), self._winners(self.x_ref)
        highest = torch.maximum(self.y, self.y_ref)
        empty = torch.zeros_like(self.x_ref)
        share = empty.scatter(2, winner, multipliers * (highest - self.y_ref))
        share = share + empty.scatter(2, winner_ref, multipliers * (self.y - highest))
        change = self.x - self.x_ref
        same = change.abs() < _SAME
        return torch.where(same, empty.scatter(2, winner, multipliers), share / torch.where(same, 1.0, change))

    def _winners(self, x: Tensor) -> Tensor:
        if isinstance(self.layer, nn.AdaptiveMaxPool1d):
            return x.argmax(dim=2, keepdim=True)
        pool: Any = self.layer
        return functional.max_pool1d(x, pool.kernel_size, pool.stride, return_indices=True)[1]


def _multipliers(network: CNN, one_hot: Tensor, references: Tensor, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the multipliers (n, 4, L) for n references, and the logits of the sequence and of the references."""
    steps, x, x_ref = [], one_hot, references
    for layer in network.layers:
        if isinstance(layer, nn.Dropout):
            continue
        x_ref = x_ref.detach().clone().requires_grad_()
        step = _Step(layer, x, layer(x).detach(), x_ref, layer(x_ref))
        steps.append(step)
        x, x_ref = step.y, step.y_ref
    logits = x, x_ref.detach()
    multipliers = weights.expand(len(references), -1)
    for step in reversed(steps):
        multipliers = step.back(multipliers).detach()
    return multipliers, *logits
