"""Why: which bases drive a model's prediction."""

from gxview.explain.api import explain
from gxview.explain.cache import BatchCache
from gxview.explain.explanation import Explanation, RegionExplanation, TokenSpan
from gxview.explain.region import explain_region

__all__ = ["BatchCache", "Explanation", "RegionExplanation", "TokenSpan", "explain", "explain_region"]
