"""What the viewer asks of the thing that explains: a Protocol, met by structure and handed in by the entry point."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Reference, Region
from gxview.viewer.workers import AskCancelled, Progress


class TokenSpan(Protocol):
    """A token on the genome."""

    @property
    def start(self) -> int:
        """First base, 0-based."""

    @property
    def end(self) -> int:
        """End, exclusive."""

    @property
    def relevance(self) -> float:
        """Relevance of the whole token."""


class RegionExplanation(Protocol):
    """The explanation of one region, L bases long; NaN where there is none."""

    @property
    def region(self) -> Region:
        """The region."""

    @property
    def values(self) -> NDArray[np.float32]:
        """Relevance per base, (L,)."""

    @property
    def score(self) -> NDArray[np.float32]:
        """Probability per base, (L,)."""

    @property
    def tokens(self) -> Sequence[TokenSpan]:
        """Tokens in genome order; empty when the model has none."""

    @property
    def notes(self) -> Sequence[str]:
        """Sentences for the user."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """How the numbers came about."""


@dataclass(frozen=True, slots=True)
class OptionInfo:
    """An option of a method: its name, its choices and the default; without choices it is a number.

    Parameters
    ----------
    name
        Name of the argument of `explain_region`.
    label
        Name on the screen.
    choices
        Allowed values.
    default
        The choice that None stands for.
    """

    name: str
    label: str
    choices: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class MethodInfo:
    """A method that explains a model, with its options."""

    name: str
    label: str
    options: tuple[OptionInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A loaded model as the Explain panel shows it.

    Parameters
    ----------
    key
        What `explain_region(model=...)` takes: the name or folder it was loaded by.
    name
        Shown name.
    kind
        'dnabert2' or 'cnn'.
    window_length
        Bases.
    targets
        Names of the logits; `positive` is the index explained by default, None where a person has to choose.
    methods
        Methods that can explain it, the default first.
    device
        Where it runs.
    has_tokens
        Whether its explanations carry tokens.
    content_hash
        Names its weights.
    notes
        What a person should know about it.
    """

    key: str
    name: str
    kind: str
    window_length: int
    targets: tuple[str, ...]
    methods: tuple[MethodInfo, ...]
    device: str
    positive: int | None = 0
    has_tokens: bool = False
    content_hash: str = ""
    notes: tuple[str, ...] = ()


class EngineProtocol(Protocol):
    """The engine; only the device thread calls it."""

    def load(self, path_or_name: str, device: str = "auto") -> ModelInfo:
        """Load a model, or return the one already loaded."""

    def explain_region(
        self,
        reference: Reference,
        region: Region,
        *,
        model: str,
        progress: Progress | None = None,
        cancelled: AskCancelled | None = None,
        **rules: Any,
    ) -> RegionExplanation:
        """Explain every base of a region."""

    def export(
        self, path: Path, tiles: Sequence[RegionExplanation], region: Region, reference: Reference
    ) -> Sequence[Path]:
        """Write the part of adjacent explanations that lies in a region; return the files written."""

    def devices(self) -> tuple[str, ...]:
        """Names of the devices of this machine, the one that 'auto' takes first."""


EngineFactory: TypeAlias = Callable[[], EngineProtocol]
