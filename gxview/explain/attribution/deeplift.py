"""DeepLIFT and DeepSHAP of convolutional networks, by captum.

DeepLIFT (Shrikumar et al. 2017, rescale rule) compares a sequence with a reference; DeepSHAP (Lundberg and Lee 2017)
is the mean over several references. Multipliers m and a reference r give the hypothetical score of base b as ``m[b]``
minus the sum of ``m * r`` over the bases of this position, so that the value, its entry at the base that is there, is
the sum of ``m * (x - r)``. Values add up to the explained quantity minus that of the reference.
"""

from __future__ import annotations

import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gxview.errors import GxviewError
from gxview.explain.attribution.found import of_bases
from gxview.explain.attribution.work import Work, generator
from gxview.explain.cnn_chain import merged_chain
from gxview.explain.relevance import Relevance
from gxview.genome.shuffle import dinucleotide_shuffles
from gxview.models.cnn import CNN, Exponential

REFERENCES = 20


def deeplift(work: Work, sequence: str) -> Relevance:
    """Compare with the reference of zeros, unknown bases.

    Raises
    ------
    GxviewError
        For an exponential activation.
    """
    one_hot = work.model.one_hot([sequence])
    return _compared(work, sequence, one_hot, torch.zeros_like(one_hot))


def deeplift_shap(work: Work, sequence: str) -> Relevance:
    """Compare with 20 dinucleotide shuffles of the sequence itself, seeded by its letters, and take the mean.

    Unknown bases stay where they are in every shuffle.

    Raises
    ------
    GxviewError
        For an exponential activation.
    """
    shuffles = dinucleotide_shuffles(sequence, REFERENCES, generator(sequence, "deeplift_shap"))
    return _compared(work, sequence, work.model.one_hot([sequence]), work.model.one_hot(shuffles))


def _compared(work: Work, sequence: str, one_hot: Tensor, references: Tensor) -> Relevance:
    network = work.model.network
    assert isinstance(network, CNN)
    if any(isinstance(layer, Exponential) for layer in network.layers):
        raise GxviewError(
            "DeepLIFT has no rule for exponential activations; explain this CNN with ism, integrated_gradients or "
            "gradient_x_input."
        )
    # A copy, because captum hangs its rules on the layers, and other threads may be using the network.
    weights = torch.from_numpy(work.settings.weights(work.model.num_labels)).to(one_hot)
    copied = _Explained(network, one_hot.shape[-1], weights)
    scores, means = [], []
    for part in work.parts(len(references), 4 * one_hot.shape[-1]):
        some = references[part]
        multipliers = _multipliers(copied, one_hot.expand(len(some), -1, -1), some)
        scores.append(multipliers - (multipliers * some).sum(1, keepdim=True))
        with work.answering():
            means.append(copied(some))
    hypothetical = _mean(scores)
    values = (hypothetical * one_hot[0].cpu().numpy()).sum(0)
    with work.answering():
        logits = network(one_hot)[0].float().cpu().numpy()
    return of_bases(work, sequence, values, logits, {"baseline": float(_mean(means))}, hypothetical=hypothetical)


def _multipliers(network: nn.Module, inputs: Tensor, references: Tensor) -> Tensor:
    """Return captum's multipliers (n, 4, L)."""
    from captum.attr import DeepLift

    with warnings.catch_warnings(), torch.inference_mode(False):
        warnings.simplefilter("ignore")  # captum tells each time that it sets hooks, here on a copy
        found: Tensor = DeepLift(network, multiply_by_inputs=False).attribute(inputs.clone(), references.clone())
    return found.detach()


def _mean(parts: list[Tensor]) -> NDArray[np.float64]:
    return np.asarray(np.concatenate([part.cpu().numpy() for part in parts]).mean(axis=0, dtype=np.float64))


class _Explained(nn.Module):
    """A copy of a network in layers that captum knows, with the explained quantity (n,) as its output."""

    def __init__(self, network: CNN, length: int, weights: Tensor) -> None:
        super().__init__()
        for block in network.config.blocks:
            length = block.output_length(length)
        # captum has no rule for the maximum over all positions, which is a maximum over windows of their number.
        layers = [
            nn.MaxPool1d(length) if isinstance(one, nn.AdaptiveMaxPool1d) else one for one in merged_chain(network)
        ]
        self.layers = nn.Sequential(*layers)
        self.weights = weights

    def forward(self, one_hot: Tensor) -> Tensor:
        """Return the weighted sum of logits."""
        explained: Tensor = self.layers(one_hot) @ self.weights
        return explained
