"""Series and choices in words."""

from __future__ import annotations

from gxview.evaluate.records import choices
from gxview.evaluate.run.measuring import AGAINST
from gxview.evaluate.run.results import Series
from gxview.measures.registry import METRICS

PRIMARY = "replacement=random scale=probability"
"""The perturbation that stands for all in plots and claims."""

LOCALISED = (
    ("auprc", f"against={AGAINST}"),
    ("signal_auprc", f"against={AGAINST} part=size"),
)
"""What stands for localisation, against a mask or a measurement: metric and detail."""

_WORDS = {
    "order=morf": "most relevant first",
    "order=lerf": "least relevant first",
    "order=abs": "largest size first",
    "order=random": "random order",
    "replacement=random": "random bases",
    "replacement=mask": "[MASK]",
    "replacement=n": "N",
    "replacement=dinucleotide": "dinucleotide shuffle",
    "scale=probability": "probability",
    "scale=logit": "logit",
    "part=signed": "signed relevance",
    "part=size": "size of the relevance",
    "chance=permuted": "positions permuted",
}


def detail_words(detail: str) -> str:
    """Write the choices of a series for people."""
    parts = [f"{name}={value}" for name, value in choices(detail).items() if name != "against"]
    return ", ".join(_WORDS.get(part, part.replace("=", " ")) for part in parts)


def metric_words(series: Series) -> str:
    """Name the metric of a series with its choices."""
    extra = detail_words(series.detail)
    return METRICS[series.metric].label + (f" ({extra})" if extra else "")


def model_words(name: str) -> str:
    """Name a model; a copy with random weights as such."""
    base, mark, seed = name.partition("#randomised-")
    return f"{base}, random weights (seed {seed})" if mark else name


def side_words(series: Series) -> str:
    """Name what a series is about: model and method, or a pair of them."""
    first = f"{model_words(series.model)} {series.method}".strip()
    if not series.other_model:
        return first
    if series.other_model == series.model:
        return f"{first} and {series.other_method}"
    return f"{first} and {model_words(series.other_model)} {series.other_method}"
