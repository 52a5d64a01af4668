"""The list of metrics: what each says, which direction is better, what values it takes, where it comes from."""

from __future__ import annotations

from gxview.errors import UsageError
from gxview.measures.metric import FAMILIES, Metric
from gxview.measures.metrics_of_checks import CHECKS
from gxview.measures.metrics_of_values import VALUES

__all__ = ["FAMILIES", "METRICS", "Metric", "find_metric", "metrics_of"]

METRICS: dict[str, Metric] = {metric.name: metric for metric in (*VALUES, *CHECKS)}


def find_metric(name: str) -> Metric:
    """Return a metric by name.

    Raises
    ------
    UsageError
        If there is none; the sentence names those there are.
    """
    if name not in METRICS:
        raise UsageError(f"There is no metric '{name}'; choose one of {', '.join(METRICS)}.")
    return METRICS[name]


def metrics_of(family: str) -> tuple[Metric, ...]:
    """Return the metrics of a family, in the order of the list."""
    return tuple(metric for metric in METRICS.values() if metric.family == family)
