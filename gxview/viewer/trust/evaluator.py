"""What the trust lane asks of the thing that evaluates: a Protocol, met by structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from gxview.genome import Reference, Region
from gxview.viewer.work.workers import AskCancelled


class WindowTrust(Protocol):
    """How far the explanation of one window of the grid can be trusted."""

    @property
    def start(self) -> int:
        """First base of the window, 0-based."""

    @property
    def end(self) -> int:
        """End of the window, exclusive."""

    @property
    def zone(self) -> tuple[int, int]:
        """The bases [start, end) that lie nearer to its middle than to that of any other window."""

    @property
    def values(self) -> Mapping[str, float]:
        """Number of each measure by its name (`gxview.viewer.trust.measures`); NaN where there is none."""

    @property
    def words(self) -> Mapping[str, str]:
        """What exactly was compared, or why there is no number, by the name of the measure; whole sentences."""


class Evaluator(Protocol):
    """Evaluates explanations; only the device thread calls it."""

    def evaluate(
        self,
        reference: Reference,
        region: Region,
        *,
        model: str,
        second: str | None = None,
        cancelled: AskCancelled | None = None,
        **rules: Any,
    ) -> Sequence[WindowTrust]:
        """Evaluate the windows of the grid whose zone begins in a region, in genome order.

        Parameters
        ----------
        reference, region
            Where.
        model, rules
            Which explanation, as for `EngineProtocol.explain_region`.
        second
            Method that the explanation is compared with.
        cancelled
            Asked between batches; true stops the work, of which what is finished is kept for the next call.
        """
