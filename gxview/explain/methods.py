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
        What the method takes for granted, in one or two sentences.
    reference : str
        The paper it comes from.
    options : tuple of Option
        What can be chosen.
    cost_per : str
        What the cost is counted for: a ``window``, each ``token`` or each ``base`` of it.
    signed : bool
        Whether values below 0 speak against what is explained; without a sign a value only ranks.
    explains : str
        ``logit``: shares of or effects on the explained logit; ``tokens``: what a language model expects;
        ``nothing``: no output of the model, so that it says the same for every target.
    hypothetical : bool
        Whether it scores all four bases of each position.
    alone : bool
        Whether each sequence is explained by itself, so that its numbers do not depend on the batch.
    """

    name: str
    label: str
    kind: str
    cost: float
    assumptions: str
    reference: str
    options: tuple[Option, ...] = ()
    cost_per: str = "window"
    signed: bool = True
    explains: str = "logit"
    hypothetical: bool = False
    alone: bool = False

    def passes(self, bases: int) -> float:
        """Return the cost of a window of so many bases in forward passes; a token is taken for five bases."""
        each = {"window": 1.0, "token": bases / _BASES_OF_A_TOKEN, "base": float(bases)}[self.cost_per]
        return max(1.0, self.cost * each)

    @property
    def cost_text(self) -> str:
        """The cost in words, as in ``3 forward passes for each base``."""
        passes = "forward pass" if self.cost == 1 else "forward passes"
        return f"{self.cost:g} {passes}" + ("" if self.cost_per == "window" else f" for each {self.cost_per}")

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
            "cost_per": self.cost_per,
            "signed": self.signed,
            "explains": self.explains,
            "hypothetical": self.hypothetical,
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
IG_PAPER = "Sundararajan et al. 2017, Axiomatic attribution for deep networks, ICML, PMLR 70:3319-3328"
SMOOTHGRAD_PAPER = "Smilkov et al. 2017, SmoothGrad, arXiv 1706.03825"
ROLLOUT_PAPER = "Abnar and Zuidema 2020, Quantifying attention flow in transformers, ACL, 4190-4197"
OCCLUSION_PAPER = "Zeiler and Fergus 2014, ECCV, LNCS 8689:818-833; on tokens Li et al. 2016, arXiv 1612.08220"
ISM_PAPER = "Zhou and Troyanskaya 2015, Nature Methods 12:931-934; centred as in Majdandzic et al. 2023"
ENTROPY_PAPER = "Tang et al. 2025, Genome Biology 26:203, delta-entropy (Methods, attribution of language models)"
DEEPLIFT_PAPER = "Shrikumar et al. 2017, DeepLIFT, ICML, PMLR 70:3145-3153, rescale rule"
DEEPSHAP_PAPER = "Lundberg and Lee 2017, NeurIPS 30; references as in Shrikumar et al. 2017"
NO_PAPER = "The chance level that every method has to beat"
SALIENCY_PAPER = "Tang et al. 2025, Genome Biology 26:203; Majdandzic et al. 2023, Genome Biology 24:109"

ALIBI = Option("alibi", "ALiBi rule", ("epsilon", "uniform", "identity"), "epsilon")
GLU = Option("glu", "GLU rule", ("uniform", "cp"), "uniform")
COMPOSITE = Option("composite", "Composite", ("epsilon", "epsilon_plus", "gamma"), "epsilon")
_BASES_OF_A_TOKEN = 5.0  # of DNABERT-2 in real DNA, by its authors

TRANSFER = Option("transfer", "Token to base", ("uniform", "copy"), "uniform")

_LRP = (
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
        hypothetical=True,
    ),
    Method(
        "gradient_x_input",
        "Gradient x input",
        "cnn",
        2,
        "The model is close to linear between no base and the base that is there.",
        GXI_PAPER,
        hypothetical=True,
    ),
    Method(
        "corrected_saliency",
        "Corrected saliency",
        "cnn",
        2,
        "The gradient at the base that is there, minus the mean over the four bases, as one-hot columns sum to one.",
        SALIENCY_PAPER,
        hypothetical=True,
    ),
)

_ON_BOTH = (
    Method(
        "integrated_gradients",
        "Integrated gradients",
        "dnabert2",
        100,
        "The straight way from [MASK] in place of every token to the sequence says what matters; inputs on it are no "
        "DNA. 50 steps; values add up to the logit minus that of the masked sequence.",
        IG_PAPER,
        (TRANSFER,),
        alone=True,
    ),
    Method(
        "integrated_gradients",
        "Integrated gradients",
        "cnn",
        100,
        "The straight way from unknown bases (zeros) to the sequence says what matters; inputs on it are no DNA. "
        "50 steps; values add up to the logit minus that of unknown bases.",
        IG_PAPER,
        hypothetical=True,
        alone=True,
    ),
    Method(
        "smoothgrad",
        "SmoothGrad",
        "dnabert2",
        50,
        "The gradient near the sequence says more than the gradient at it: 25 copies with noise of 15 % of the range "
        "of each embedding dimension; their mean gradient times the input is no exact share of the logit.",
        SMOOTHGRAD_PAPER,
        (TRANSFER,),
        alone=True,
    ),
    Method(
        "smoothgrad",
        "SmoothGrad",
        "cnn",
        50,
        "The gradient near the sequence says more than the gradient at it: 25 copies with noise of 0.15 on the "
        "one-hot columns; their mean gradient times the input is no exact share of the logit.",
        SMOOTHGRAD_PAPER,
        hypothetical=True,
        alone=True,
    ),
    Method(
        "occlusion",
        "Token occlusion",
        "dnabert2",
        1,
        "Each token matters by itself, and [MASK] stands for nothing: the logit minus that without the token. Effects "
        "of tokens that replace or need each other do not add up.",
        OCCLUSION_PAPER,
        (TRANSFER,),
        cost_per="token",
        alone=True,
    ),
    Method(
        "occlusion",
        "Base occlusion",
        "cnn",
        1,
        "Each base matters by itself, and N (zeros) stands for nothing: the logit minus that without the base. Effects "
        "of bases that replace or need each other do not add up.",
        OCCLUSION_PAPER,
        cost_per="base",
        alone=True,
    ),
    Method(
        "ism",
        "In-silico mutagenesis",
        "dnabert2",
        3,
        "Each base matters by itself: the logit minus its mean over the four letters in this place. A mutant is cut "
        "into tokens anew, so a base also answers for the tokens around it.",
        ISM_PAPER,
        cost_per="base",
        hypothetical=True,
        alone=True,
    ),
    Method(
        "ism",
        "In-silico mutagenesis",
        "cnn",
        3,
        "Each base matters by itself: the logit minus its mean over the four letters in this place. Motifs that occur "
        "twice hide each other.",
        ISM_PAPER,
        cost_per="base",
        hypothetical=True,
        alone=True,
    ),
)

_ON_TOKENS = (
    Method(
        "rollout",
        "Attention rollout",
        "dnabert2",
        1,
        "Attention is explanation, heads count alike and what is attended does not matter: unsigned, the same for "
        "every class, no share of the logit. A weak baseline.",
        ROLLOUT_PAPER,
        (TRANSFER,),
        signed=False,
        explains="nothing",
        alone=True,
    ),
    Method(
        "delta_entropy",
        "Delta-entropy",
        "dnabert2",
        1,
        "What a masked language model is sure of matters: the largest entropy of a hidden token minus that of this "
        "one. Unsigned, no class; for pre-trained models with a masked-language-model head only.",
        ENTROPY_PAPER,
        (TRANSFER,),
        cost_per="token",
        signed=False,
        explains="tokens",
        alone=True,
    ),
)

_ON_BASES = (
    Method(
        "deeplift",
        "DeepLIFT",
        "cnn",
        3,
        "Unknown bases (zeros) are the neutral reference, and activations share by their change from it (rescale "
        "rule). Values add up to the logit minus that of the reference.",
        DEEPLIFT_PAPER,
        hypothetical=True,
        alone=True,
    ),
    Method(
        "deeplift_shap",
        "DeepSHAP",
        "cnn",
        40,
        "The mean of DeepLIFT over 20 dinucleotide shuffles of the sequence as references, seeded by its letters. "
        "Values add up to the logit minus the mean logit of the shuffles.",
        DEEPSHAP_PAPER,
        hypothetical=True,
        alone=True,
    ),
)

_RANDOM = tuple(
    Method(
        "random",
        "Random",
        kind,
        1,
        f"Nothing: normal random numbers for each {unit}, seeded by the letters of the window.",
        NO_PAPER,
        options,
        explains="nothing",
        alone=True,
    )
    for kind, unit, options in (("dnabert2", "token", (TRANSFER,)), ("cnn", "base", ()))
)

METHODS: tuple[Method, ...] = (*_LRP, *_ON_BOTH, *_ON_TOKENS, *_ON_BASES, *_RANDOM)


ALONE = frozenset(method.name for method in METHODS if method.alone)
"""Methods that explain each sequence by itself, see :mod:`gxview.explain.attribution`."""


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
