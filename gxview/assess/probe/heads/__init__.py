"""Small models on top of what is probed."""

from gxview.assess.probe.heads.fit import Fitted, fit_head, outputs_of

__all__ = ["Fitted", "fit_head", "outputs_of"]
