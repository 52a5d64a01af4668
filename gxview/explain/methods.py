"""The methods that explain a model: what each assumes, costs and leaves to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gxview.errors import UsageError


@dataclass(frozen=True, slots=True)
class Option:
    """Something about a method that a person may choose.

    Attributes
    ----------
    name : str
        Name of the argument of :func:`gxview.explain.explain`.
    label : str
        Name on the screen.
    choices : tuple of str
        Allowed values.
    default : str
        The choice that None stands for.
    """

    name: str
    label: str
    choices: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Method:
    """A way to explain one kind of model.

    Attributes
    ----------
    name : str
        What `explain` and the command line call it.
    label : str
        Name on the screen.
    kind : str
        Kind of model that it explains.
    cost : float
        Time of one explanation with the default options, in forward passes of the model, rounded (``gamma`` costs
        half as much again as ``epsilon``).
    assumptions : str
        What the method takes for granted, in one sentence.
    reference : str
        The paper it comes from.
    options : tuple of Option
        What can be chosen.
    """

    name: str
    label: str
    kind: str
    cost: float
    assumptions: str
    reference: str
    options: tuple[Option, ...] = ()

    def settle(self, given: Mapping[str, str | None]) -> dict[str, str]:
        """Fill in the defaults; values for options that the method does not have are left out.

        Raises
        ------
        UsageError
            For a value that is not among the choices.
        """
        settled = {}
        for option in self.options:
            value = given.get(option.name) or option.default
            if value not in option.choices:
                raise UsageError(
                    f"{option.name} of the method {self.name} is {' or '.join(option.choices)}, not '{value}'."
                )
            settled[option.name] = value
        return settled

    def to_dict(self) -> dict[str, Any]:
        """Return everything in a form that JSON can hold."""
        return {
            "name": self.name,
            "label": self.label,
            "model_kind": self.kind,
            "cost_in_forward_passes": self.cost,
            "assumptions": self.assumptions,
            "reference": self.reference,
            "options": {
                option.name: {"choices": list(option.choices), "default": option.default} for option in self.options
            },
        }


ATTNLRP_PAPER = "Achtibat et al. 2024, AttnLRP, ICML, PMLR 235:135-168, arXiv 2402.05602"
CPLRP_PAPER = "Ali et al. 2022, XAI for Transformers: better explanations through conservative propagation, ICML"
LRP_PAPER = "Bach et al. 2015, PLoS ONE 10(7):e0130140; composites as in Montavon et al. 2019"
GXI_PAPER = "Shrikumar et al. 2016, Not just a black box, arXiv 1605.01713"
SALIENCY_PAPER = "Tang et al. 2025, Genome Biology 26:203; Majdandzic et al. 2023, Genome Biology 24:109"

ALIBI = Option("alibi", "ALiBi rule", ("epsilon", "uniform", "identity"), "epsilon")
GLU = Option("glu", "GLU rule", ("uniform", "cp"), "uniform")
COMPOSITE = Option("composite", "Composite", ("epsilon", "epsilon_plus", "gamma"), "epsilon")
TRANSFER = Option("transfer", "Token to base", ("uniform", "copy"), "uniform")

METHODS: tuple[Method, ...] = (
    Method(
        "attnlrp",
        "AttnLRP",
        "dnabert2",
        2,
        "Every operation is explained by its own rule; relevance may leak at the softmax, ALiBi and biases.",
        ATTNLRP_PAPER,
        (ALIBI, GLU, TRANSFER),
    ),
    Method(
        "cplrp",
        "CP-LRP",
        "dnabert2",
        1.5,
        "Attention weights and gates are constants: only the value path is explained.",
        CPLRP_PAPER,
        (TRANSFER,),
    ),
    Method(
        "gradient_x_input",
        "Gradient x input",
        "dnabert2",
        2,
        "The model is close to linear between zero and the embedding of each token.",
        GXI_PAPER,
        (TRANSFER,),
    ),
    Method(
        "lrp",
        "LRP",
        "cnn",
        1.5,
        "Activations are piecewise linear (no exponential); batch normalisation is merged into its convolution.",
        LRP_PAPER,
        (COMPOSITE,),
    ),
    Method(
        "gradient_x_input",
        "Gradient x input",
        "cnn",
        2,
        "The model is close to linear between no base and the base that is there.",
        GXI_PAPER,
    ),
    Method(
        "corrected_saliency",
        "Corrected saliency",
        "cnn",
        2,
        "The gradient at the base that is there, minus the mean over the four bases, as one-hot columns sum to one.",
        SALIENCY_PAPER,
    ),
)


def methods_for(kind: str) -> tuple[Method, ...]:
    """Return the methods for a kind of model, the default first."""
    return tuple(method for method in METHODS if method.kind == kind)


def find_method(kind: str, name: str | None) -> Method:
    """Return a method by name; the default of the kind for None.

    Raises
    ------
    UsageError
        If there is no such method for this kind of model; the sentence names those there are.
    """
    known = methods_for(kind)
    for method in known:
        if name is None or method.name == name:
            return method
    names = ", ".join(method.name for method in known) or "none"
    raise UsageError(f"There is no method '{name}' for a model of kind {kind}; choose one of {names}.")
