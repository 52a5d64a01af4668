"""The scores of a variant: what each is, and which models can answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gxview.assess.variants.native import Asked, NativeLanguageModel
from gxview.errors import GxviewError, UsageError
from gxview.models.ensemble import Ensemble

Needs: TypeAlias = Literal["output", "chance", "tokens", "masked"]
CLASSES, LABELS, VALUES = "single_label_classification", "multi_label_classification", "regression"


@dataclass(frozen=True, slots=True)
class Score:
    """One kind of number about an allele.

    Attributes
    ----------
    name : str
        Word on the command line and in the columns of the table.
    label : str
        For people.
    needs : str
        ``output`` (a classifier or a regressor), ``chance`` (a classifier), ``tokens`` (a transformer), ``masked`` (a
        masked-language-model head; `llr` of a model of `transformers` also a causal one).
    signed : bool
        Whether the number has a direction.
    definition : str
        One sentence.
    """

    name: str
    label: str
    needs: Needs
    signed: bool
    definition: str


SCORES: dict[str, Score] = {
    one.name: one
    for one in (
        Score(
            "logit",
            "logit difference",
            "output",
            True,
            "Explained logit (of a regressor: output) of the alternative minus that of the reference.",
        ),
        Score(
            "probability",
            "probability difference",
            "chance",
            True,
            "Probability of the explained class (of a contrast: the positive one) for the alternative minus that for "
            "the reference.",
        ),
        Score(
            "cosine",
            "cosine distance",
            "tokens",
            False,
            "1 minus the cosine of the mean embeddings (last layer, tokens of bases) of alternative and reference.",
        ),
        Score(
            "llr",
            "log-likelihood ratio",
            "masked",
            True,
            "Sum of the log-probabilities of the tokens that the change touches, each hidden by itself, of the "
            "alternative minus the same of the reference, in nats; of a causal model the log-likelihood of the window.",
        ),
        Score(
            "pll",
            "pseudo-log-likelihood difference",
            "masked",
            True,
            "The same sum over all tokens of the window, in nats.",
        ),
        Score(
            "relevance",
            "relevance difference",
            "output",
            False,
            "Sum over the bases that both alleles have of the absolute difference of their relevance.",
        ),
        Score(
            "relevance_base",
            "relevance change of the changed bases",
            "output",
            True,
            "Relevance of the bases that the alternative brings minus that of the bases it takes away.",
        ),
    )
}


def default_scores(model: Asked) -> tuple[str, ...]:
    """Return what is computed when nobody chooses: ``logit`` and ``probability``, or ``cosine`` and ``llr``."""
    usual = ("logit", "probability") if model.num_labels else ("cosine", "llr")
    return tuple(name for name in usual if _answers(model, SCORES[name]))


def problem_of(model: Asked) -> str:
    """Return what the outputs of a model are: `CLASSES`, `LABELS` or `VALUES`; one that does not say has classes."""
    return str(getattr(model, "problem_type", CLASSES))


def settle_scores(model: Asked, names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the scores to compute, in the order of `SCORES`.

    Raises
    ------
    UsageError
        For a name that does not exist.
    GxviewError
        If the model lacks the head that a score asks, or is an ensemble where a score takes a single model.
    """
    if not names:
        names = default_scores(model)
        if not names and isinstance(model, Ensemble):
            model.refuse("a score of language models")
    for name in names:
        if name not in SCORES:
            raise UsageError(f"There is no score '{name}'; choose from {', '.join(SCORES)}.")
        if not _answers(model, SCORES[name]):
            if isinstance(model, Ensemble) and _answers(model.members[0], SCORES[name]):
                model.refuse(f"the score {name}")
            raise GxviewError(_refusal(model, SCORES[name]))
    return tuple(name for name in SCORES if name in names)


def _answers(model: Asked, score: Score) -> bool:
    if isinstance(model, NativeLanguageModel):
        return score.name in model.scores
    if score.needs in ("output", "chance"):
        return model.num_labels > 0 and (score.needs == "output" or problem_of(model) != VALUES)
    if score.needs == "tokens":
        return model.kind == "dnabert2" and not isinstance(model, Ensemble)
    # What asks the network itself takes a single model.
    return not isinstance(model, Ensemble) and hasattr(model.network, "cls")


def _refusal(model: Asked, score: Score) -> str:
    can = ", ".join(name for name, one in SCORES.items() if _answers(model, one)) or "none"
    if score.needs == "chance" and model.num_labels:
        why = "asks a classifier, and this model predicts numbers"
    elif score.needs in ("output", "chance"):
        why = "asks a trained classifier or regressor, which a pre-trained checkpoint does not have"
    elif score.needs == "tokens":
        why = "compares embeddings of tokens, and this model reads bases"
    else:
        why = "asks a masked-language-model head, which this model does not have"
    return f"The score {score.name} {why}; {model.name} can answer: {can}."
