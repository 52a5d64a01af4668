"""Small models on top of what is probed."""

from gxview.assess.probe.heads.fit import Fitted, fit_head

__all__ = ["Fitted", "fit_head"]
