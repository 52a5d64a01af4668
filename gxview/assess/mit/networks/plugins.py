"""Scorers of other packages: entry points of the group ``gxview.scorers``.

An entry point gives a function that is called with what follows the colon of ``--scorer NAME:ARGUMENT`` and a
:class:`~gxview.assess.mit.scorers.Setting`, and returns a scorer. Nothing of the package is imported before it is asked
for by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.scorers import SCORERS, CountsTokens, Scorer, ScorerKind, Setting
from gxview.errors import Cancelled, GxviewError
from gxview.words import counted

GROUP = "gxview.scorers"


def register_plugins() -> None:
    """Enter the installed plug-ins into the register; a name that gxview has itself is not given away."""
    for entry in entry_points(group=GROUP):
        if entry.name not in SCORERS:
            SCORERS[entry.name] = ScorerKind(entry.name, f"a plug-in of {_package(entry)}", _maker(entry))


@dataclass(frozen=True)
class PluginScorer:
    """A scorer of another package; what it answers is checked, and its errors become one sentence.

    Attributes
    ----------
    title
        How errors call it: the name of the plug-in and its package.
    wrapped
        What the plug-in made.
    """

    title: str
    wrapped: Any

    @property
    def name(self) -> str:
        """What the results call it."""
        return str(self.wrapped.name)

    @property
    def identity(self) -> str:
        """Everything that the scores depend on; empty where the plug-in does not say."""
        return str(getattr(self.wrapped, "identity", ""))

    @property
    def block(self) -> int:
        """Sequences of one task that is kept."""
        return int(getattr(self.wrapped, "block", 50))

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that belong beside the scores."""
        return tuple(map(str, getattr(self.wrapped, "notes", ())))

    @property
    def facts(self) -> Mapping[str, Any]:
        """For the provenance."""
        return {"plugin": self.title, **getattr(self.wrapped, "facts", {})}

    def score(self, sequences: Sequence[str]) -> NDArray[np.float64]:
        """Return one finite number or NaN for each sequence, float64 (N,)."""
        with _told(self.title, "cannot score"):
            found = np.asarray(self.wrapped.score(sequences), dtype=np.float64)
        if found.shape != (len(sequences),):
            raise GxviewError(
                f"The scorer plug-in {self.title} answered {counted(len(sequences), 'sequence')} with an array of "
                f"shape {found.shape}; it must give one number for each."
            )
        if np.isinf(found).any():
            raise GxviewError(
                f"The scorer plug-in {self.title} gave infinity for sequence {int(np.isinf(found).argmax()) + 1}; a "
                "missing score is NaN."
            )
        return found


@dataclass(frozen=True)
class CountingPluginScorer(PluginScorer):
    """A scorer of another package whose model reads tokens of several bases."""

    def tokens(self, sequences: Sequence[str]) -> NDArray[np.int64]:
        """Return how many tokens each sequence has, int64 (N,)."""
        with _told(self.title, "cannot count tokens"):
            return np.asarray(self.wrapped.tokens(sequences), dtype=np.int64)


def _maker(entry: EntryPoint) -> Any:
    title = f"{entry.name} ({_package(entry)})"

    def make(argument: str, setting: Setting) -> Scorer:
        with _told(title, "cannot be made"):
            wrapped = entry.load()(argument, setting)
        if not callable(getattr(wrapped, "score", None)) or not isinstance(getattr(wrapped, "name", None), str):
            raise GxviewError(f"The scorer plug-in {title} gave a {type(wrapped).__name__} without name and score.")
        return (CountingPluginScorer if isinstance(wrapped, CountsTokens) else PluginScorer)(title, wrapped)

    return make


@contextmanager
def _told(title: str, what: str) -> Iterator[None]:
    """Turn any error of a plug-in into a sentence that names it."""
    try:
        yield
    except (GxviewError, Cancelled):
        raise
    except Exception as error:  # code of others raises anything
        reason = (str(error).strip().splitlines() or [""])[0]
        said = f"{type(error).__name__}: {reason}" if reason else type(error).__name__
        raise GxviewError(f"The scorer plug-in {title} {what} ({said}).") from error


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else entry.module
