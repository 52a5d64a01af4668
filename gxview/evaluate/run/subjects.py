"""What is explained: the models of an evaluation, their randomised copies, and the methods and targets of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from gxview.errors import UsageError
from gxview.evaluate.run.config import Evaluation, ModelEntry
from gxview.explain.methods import find_method, methods_for
from gxview.explain.settings import CONTRAST, Target, resolve_target
from gxview.models.base import Model
from gxview.models.loading import load_model

QUICK_METHODS = ("gradient_x_input", "random")
RANDOM = "random"


@dataclass(frozen=True)
class Subject:
    """A model and how it is explained.

    Attributes
    ----------
    name
        What the tables call it.
    model
        The loaded model.
    methods
        By name, the main one first.
    target
        The explained logit.
    copy_of
        Name of the trained model of which this is a copy with random weights; empty for a trained model.
    seed_of
        Name of the model of which this is another training run; empty if none.
    left_out
        Methods that were left out, with the reason.
    """

    name: str
    model: Model
    methods: tuple[str, ...]
    target: Target
    copy_of: str = ""
    seed_of: str = ""
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def main(self) -> str:
        """The method by which models are compared."""
        return self.methods[0]


def open_subjects(evaluation: Evaluation) -> list[Subject]:
    """Load the models and their randomised copies, each copy after its model.

    Raises
    ------
    UsageError
        If a method or target does not exist, or two models have one name.
    GxviewError
        If a model cannot be loaded.
    """
    loaded = [(entry, load_model(entry.model, evaluation.device)) for entry in evaluation.models]
    names = [entry.name or model.name for entry, model in loaded]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"Two models are called '{twice}'; give one of them another name in the configuration.")
    for entry, model in loaded:
        model.require_classifier()
        if entry.seed_of and entry.seed_of not in names:
            raise UsageError(f"'{entry.seed_of}', of which {entry.model} is another training run, is not in the list.")
    one_logit = any(model.num_labels == 1 for _, model in loaded)
    subjects = []
    for (entry, model), name in zip(loaded, names, strict=True):
        target = _target(entry, model, one_logit)
        methods, left_out = _methods(entry, model, full=evaluation.full)
        subjects.append(Subject(name, model, methods, target, seed_of=entry.seed_of or "", left_out=left_out))
        if not entry.seed_of:
            subjects += _copies(subjects[-1], entry, evaluation)
    return subjects


def _copies(subject: Subject, entry: ModelEntry, evaluation: Evaluation) -> list[Subject]:
    wanted = [name for name in subject.methods if name != RANDOM] if evaluation.full else [subject.main]
    copies = []
    for number in range(evaluation.controls.randomised):
        suffix = f"#randomised-{evaluation.seed + number}"
        model = load_model(entry.model + suffix, evaluation.device)
        copies.append(Subject(subject.name + suffix, model, tuple(wanted), subject.target, copy_of=subject.name))
    return copies


def _target(entry: ModelEntry, model: Model, one_logit: bool) -> Target:
    """Return the target; beside a model that gives log-odds, two logits are compared by their difference."""
    if entry.target is None and one_logit and model.num_labels == 2:
        return CONTRAST
    target = resolve_target(model, entry.target)
    assert target is not None, "a classifier has targets"
    return target


def _methods(entry: ModelEntry, model: Model, *, full: bool) -> tuple[tuple[str, ...], dict[str, str]]:
    if entry.methods:
        return tuple(dict.fromkeys(find_method(model.kind, name).name for name in entry.methods)), {}
    fitting = [method.name for method in methods_for(model.kind) if method.explains != "tokens"]
    left_out = dict.fromkeys(
        (method.name for method in methods_for(model.kind) if method.explains == "tokens"),
        "explains a masked language model, not a classifier",
    )
    if full:
        return tuple(fitting), left_out
    quick = [fitting[0], *(name for name in QUICK_METHODS if name in fitting)]
    rest = {name: "only with --full" for name in fitting if name not in quick}
    return tuple(dict.fromkeys(quick)), {**left_out, **rest}
