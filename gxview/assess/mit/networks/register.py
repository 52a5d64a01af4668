"""Enters models and plug-ins into the register of scorers, without the libraries that they need."""

from __future__ import annotations

from gxview.assess.mit.networks.plugins import register_plugins
from gxview.assess.mit.scorers import Scorer, Setting, scorer


@scorer("model", "a classifier by logit, or a language model by likelihood: model:[NAME=]PATH[,from=N][,target=T]")
def model(argument: str, setting: Setting) -> Scorer:
    """Make the scorer of a model (:func:`gxview.assess.mit.networks.named.model_scorer`)."""
    from gxview.assess.mit.networks.named import model_scorer

    return model_scorer(argument, setting)


register_plugins()
