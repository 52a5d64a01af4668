"""Models whose right explanation is known, and explanations made by hand."""

from __future__ import annotations

import numpy as np

from gxview.explain.explanation import Explanation

BASES = "ACGT"


class LinearModel:
    """One logit: the sum of a weight for each base at each place; counts the sequences it is asked about."""

    kind, name, num_labels, targets, positive = "cnn", "linear", 1, ("promoter",), 0
    problem_type = "single_label_classification"

    def __init__(self, weights):
        self.weights = np.asarray(weights, dtype=float)  # (L, 4)
        self.asked = []

    def require_classifier(self):
        pass

    def logits(self, sequences):
        self.asked += sequences
        return np.array([[sum(self.parts(one))] for one in sequences], dtype=np.float32)

    def parts(self, sequence):
        """What each base adds; N adds nothing."""
        return [self.weights[i, BASES.index(b)] if b in BASES else 0.0 for i, b in enumerate(sequence.upper())]

    def explain(self, sequences):
        return [explanation(one, self.parts(one)) for one in sequences]


def explanation(sequence, values, spans=None):
    values = np.asarray(values, dtype=np.float32)
    if spans is None:
        spans = np.arange(len(values))[:, None] + np.array([0, 1])
    spans = np.asarray(spans)
    tokens = np.add.reduceat(values, spans[:, 0]).astype(np.float32)
    return Explanation(sequence, values, tokens, spans, 0.0, np.zeros(1, np.float32), None, {}, {})


def random_sequences(count, length, seed=0):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list(BASES), length)) for _ in range(count)]


def by_metric(records, **columns):
    """Values of records by metric, those with the given columns only."""
    found = {}
    for one in records:
        if all(getattr(one, name) == value for name, value in columns.items()):
            found.setdefault(one.metric, []).append(one.value)
    return found
