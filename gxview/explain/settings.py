"""What exactly is explained and how: the choices of a person, settled for one model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError, UsageError
from gxview.explain.methods import ALONE, Method, find_method, methods_for
from gxview.explain.precision import check_precision
from gxview.models.base import Model
from gxview.models.ensemble import Ensemble
from gxview.models.folder import CLASSES, LABELS, VALUES

CONTRAST: Literal["contrast"] = "contrast"

Target = int | Literal["contrast"]

NO_CLASS = "tokens"
"""Name of what is explained of a language model, which has no classes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A method with its options and a target, valid for one model.

    Attributes
    ----------
    method : str
        Name of the method.
    target : int, 'contrast' or None
        Index of the explained logit, or the difference of the second and the first of two; None for a language model.
    options : tuple of (str, str)
        Options of the method with their values, in the order of the method.
    precision : str
        Of the matrix products and convolutions, see :mod:`gxview.explain.precision`.
    """

    method: str
    target: Target | None
    options: tuple[tuple[str, str], ...]
    precision: str = "float32"

    @property
    def alone(self) -> bool:
        """Whether each sequence is explained by itself."""
        return self.method in ALONE

    def option(self, name: str, default: str) -> str:
        """Return the value of an option, or a default where the method has no such option."""
        return dict(self.options).get(name, default)

    def weights(self, num_labels: int) -> NDArray[np.float32]:
        """Return the weight of each logit in the explained quantity, float32 (num_labels,)."""
        weights = np.zeros(num_labels, dtype=np.float32)
        if self.target == CONTRAST:
            weights[:] = -1, 1
        elif self.target is not None:
            weights[self.target] = 1
        return weights

    def explained(self, logits: NDArray[np.float32]) -> float:
        """Return the explained quantity from the logits (num_labels,) of one sequence; NaN where there is none."""
        if self.target is None:
            return float("nan")
        if self.target == CONTRAST:
            return float(logits[1] - logits[0])
        return float(logits[self.target])


def settle(
    model: Model,
    method: str | None,
    target: int | str | None,
    options: Mapping[str, str | None],
    precision: str | None = None,
    device: str | None = None,
) -> Settings:
    """Settle the choices for a model, defaults filled in.

    Parameters
    ----------
    model : Model
        The model to explain.
    method : str or None
        Name of a method; None for the default of the model's kind.
    target : int, str or None
        See :func:`resolve_target`.
    options : mapping
        Options by name; those that the method does not have are left out.
    precision : str or None
        ``float32`` (None), ``tf32`` or ``bf16``; the last two on a CUDA device only.
    device : str or None
        Kind of device that does the work, where that is not the model's.

    Raises
    ------
    GxviewError
        If the model has no classifier, or a choice does not exist.
    """
    chosen: Method = find_method(model.kind, method)
    check_answers(model, chosen)
    settled = tuple(chosen.settle(options).items())
    exact = check_precision(precision or "float32", model, settled, device)
    if chosen.alone and exact != "float32":
        raise UsageError(f"The method {chosen.name} is computed in float32 only; leave the precision {exact} out.")
    return Settings(chosen.name, resolve_target(model, target), settled, exact)


def methods_of(model: Model) -> tuple[Method, ...]:
    """Return the methods that explain a model as it is, the default first; none for one without any head."""
    return tuple(method for method in methods_for(model.kind) if _answers(model, method))


def check_answers(model: Model, method: Method) -> None:
    """Raise :class:`~gxview.errors.GxviewError` where a model lacks the head that a method asks."""
    if method.explains != "tokens":
        model.require_classifier()
    elif not _answers(model, method):
        raise GxviewError(
            f"The method {method.name} asks a masked-language-model head, which {model.name} does not have; use a "
            "pre-trained checkpoint, for instance one from 'gxview train --pretrain', before it is fine-tuned."
        )


def _answers(model: Model, method: Method) -> bool:
    if isinstance(model, Ensemble):
        return all(_answers(member, method) for member in model.members)
    return hasattr(model.network, "cls") if method.explains == "tokens" else model.num_labels > 0


def resolve_target(model: Model, target: int | str | None) -> Target | None:
    """Return the index of the explained logit, or ``'contrast'``; None for a language model, which has no logits.

    Parameters
    ----------
    model : Model
        Gives the names of the targets and the positive one.
    target : int, str or None
        None: the positive logit (index 1 of two, 0 of one, or what the model's configuration states); an index; the
        name of a target; or ``'contrast'``: logit 1 minus logit 0 of a model with two logits. A CNN with one logit
        gives the log-odds, to which the contrast of a two-logit DNABERT-2 is comparable, not its positive logit.

    Raises
    ------
    UsageError
        If the target does not exist.
    """
    count = model.num_labels
    if not count and target in (None, NO_CLASS, 0):
        return None
    if target is None:
        if model.positive is None:
            what = "classes, none of them positive" if model.problem_type == CLASSES else "outputs"
            raise UsageError(f"{model.name} has {count} {what}; choose a target: {_named(model)}.")
        return model.positive
    if isinstance(target, str):
        return _by_name(model, target)
    if isinstance(target, bool) or not 0 <= target < count:
        raise UsageError(f"{model.name} has no target {target}; choose one of {_named(model)}.")
    return int(target)


def target_name(model: Model, target: Target | None) -> str:
    """Name a target for people: the name of its class, or both names of a contrast."""
    if target is None:
        return NO_CLASS
    if target == CONTRAST:
        return f"{model.targets[1]} - {model.targets[0]}"
    return model.targets[target]


def positive_class(model: Model, target: Target | None) -> int | None:
    """Return the class whose probability is the score: the positive one; the explained one where none is positive.

    Of several labels or numbers, the score is that of the explained one.

    None for a language model, which has no score.
    """
    if target is None or (model.positive is not None and model.problem_type == CLASSES):
        return model.positive
    assert target != CONTRAST, "a contrast needs two logits, of which one is positive"
    return target


def probability(logits: NDArray[np.float32], label: int | None, problem: str = CLASSES) -> float:
    """Return the score of a sequence from its logits (num_labels,); see :func:`probabilities`."""
    if label is None:
        return float("nan")
    values = logits.astype(np.float64)
    if problem == VALUES:
        return float(values[label])
    if len(values) == 1 or problem == LABELS:
        return float(np.exp(-np.logaddexp(0.0, -values[label if len(values) > 1 else 0])))
    return float(np.exp(values[label] - np.logaddexp.reduce(values)))


def probabilities(logits: NDArray[np.float32], label: int | None, problem: str = CLASSES) -> NDArray[np.float64]:
    """Return the score of each of n sequences, float64 (n,), from their logits (n, num_labels).

    That is the probability of a class, sigmoid of one logit and softmax of more; of a label, sigmoid of its logit; the
    predicted number itself of a regression. NaN without a class.

    Parameters
    ----------
    logits
        Of the sequences.
    label
        Index of the class, label or number; None for none.
    problem
        The ``problem_type`` of the model.
    """
    if label is None:
        return np.full(len(logits), np.nan)
    values = logits.astype(np.float64)
    if problem == VALUES:
        return np.asarray(values[:, label])
    if problem == LABELS and values.shape[1] > 1:
        values = np.ascontiguousarray(values[:, [label]])
    if values.shape[1] == 1:
        logs = -np.logaddexp(0.0, -np.ascontiguousarray(values[:, 0]))
    else:
        logs = np.ascontiguousarray(values[:, label]) - np.logaddexp.reduce(values, axis=1)
    return np.asarray(np.exp(logs))


def _by_name(model: Model, target: str) -> Target | None:
    if target in model.targets:
        if model.targets.count(target) > 1:
            raise UsageError(f"{model.name} has more than one target '{target}'; choose by index: {_named(model)}.")
        return model.targets.index(target)
    if target == CONTRAST:
        if model.num_labels != 2 or model.problem_type != CLASSES:
            raise UsageError(
                "The contrast is logit 1 minus logit 0 of a model of two classes; the targets of "
                f"{model.name} are {_named(model)}."
            )
        return CONTRAST
    if target.isdecimal():
        return resolve_target(model, int(target))
    raise UsageError(f"{model.name} has no target '{target}'; choose one of {_named(model)}.")


def _named(model: Model) -> str:
    names = ", ".join(f"{index} ({name})" for index, name in enumerate(model.targets))
    return f"{names}, contrast" if model.num_labels == 2 and model.problem_type == CLASSES else names
