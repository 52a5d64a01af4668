from types import SimpleNamespace

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.evaluate import Window
from gxview.evaluate import report as module
from gxview.evaluate.report import evaluation_windows, report

LENGTH = 10
MASK = np.arange(LENGTH) < 3


def window(kind, letter):
    mask = MASK if kind == "promoter" else np.zeros(LENGTH, dtype=bool)
    return Window(kind, 0, "+", letter * LENGTH, mask)


WINDOWS = [
    *[window("promoter", "A")] * 4,
    *[window("only-35", "C")] * 3,
    *[window("spacing", "A")] * 1,
    *[window("random", "G")] * 5,
]


class FirstLetterModel:
    """Scores windows by their first letter: A above C above G."""

    name = "first letter"

    def __init__(self, logits=2):
        self.num_labels = logits

    def require_classifier(self):
        pass

    def logits(self, sequences):
        scores = np.array([{"A": 2.0, "C": 0.0, "G": -1.0}[letters[0]] for letters in sequences], dtype=np.float32)
        if self.num_labels == 1:
            return scores[:, None]
        # The score is the difference, whatever both logits share.
        return np.stack([np.full_like(scores, 7.0), scores + 7.0], axis=1)


@pytest.fixture
def explained(monkeypatch):
    """Let the explanation point at the known bases and remember what was explained."""
    seen = []

    def explain(_model, sequences, progress=None):
        seen.extend(sequences)
        values = np.where(MASK, 1.0, -1.0).astype(np.float32)
        return [SimpleNamespace(values=values, provenance={"method": "pointing"}) for _ in sequences]

    monkeypatch.setattr(module, "explain", explain)
    return seen


@pytest.mark.parametrize("logits", [1, 2])
def test_numbers_of_a_model_that_can_be_worked_out(explained, logits):
    found = report(FirstLetterModel(logits), WINDOWS)
    assert found.auroc_random == 1.0
    assert found.auroc_decoys == pytest.approx(1 - 0.5 / 4)  # one of four decoys ties with every promoter
    assert found.auroc_both == pytest.approx(1 - 0.5 / 9)
    assert found.relevance.auprc == found.relevance.auprc_pooled == 1.0
    assert found.relevance.share == pytest.approx(0.3)
    assert found.method == "pointing"
    assert found.counts == {"promoter": 4, "only-35": 3, "spacing": 1, "random": 5}


def test_only_true_promoters_are_explained(explained):
    report(FirstLetterModel(), WINDOWS)
    assert explained == ["A" * LENGTH] * 4


def test_three_classes_are_refused(explained):
    with pytest.raises(GxviewError, match="one or two"):
        report(FirstLetterModel(3), WINDOWS)


def test_windows_are_the_same_every_time():
    letters = "".join(np.random.default_rng(0).choice(list("ACGT"), 2_000))
    first, again = ([one.letters for one in evaluation_windows(letters, [], 50, count=30)] for _ in range(2))
    assert first == again
    assert len(first) == 30
