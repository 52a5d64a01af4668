"""What the viewer asks of the thing that explains: a Protocol, met by structure and handed in by the entry point."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Edit, Edits, Reference, Region
from gxview.viewer.scoring.effects import ScoreInfo, VariantScorer
from gxview.viewer.trust.evaluator import Evaluator
from gxview.viewer.work.workers import AskCancelled, Progress


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
    def hypothetical(self) -> NDArray[np.float32] | None:
        """What each of A, C, G, T would contribute in its place, (4, L); None where the method does not tell."""

    @property
    def spread(self) -> NDArray[np.float32] | None:
        """How far the values of several tilings lie apart, (L,); None with a single one."""

    @property
    def tokens(self) -> Sequence[TokenSpan]:
        """Tokens in genome order; empty when the model has none."""

    @property
    def notes(self) -> Sequence[str]:
        """Sentences for the user."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """How the numbers came about."""


class OptionInfo(Protocol):
    """Something about a method that a person may choose."""

    @property
    def name(self) -> str:
        """Name of the argument of `explain_region`."""

    @property
    def label(self) -> str:
        """Name on the screen."""

    @property
    def choices(self) -> tuple[str, ...]:
        """Allowed values."""

    @property
    def default(self) -> str:
        """The choice that None stands for."""


class MethodInfo(Protocol):
    """A method that explains a model."""

    @property
    def name(self) -> str:
        """Name in requests."""

    @property
    def label(self) -> str:
        """Name on the screen."""

    @property
    def options(self) -> Sequence[OptionInfo]:
        """What can be chosen."""

    @property
    def assumptions(self) -> str:
        """What it takes for granted."""

    @property
    def reference(self) -> str:
        """The paper it comes from."""

    def passes(self, bases: int) -> float:
        """Cost of a window of so many bases in forward passes of the model."""


class ModelInfo(Protocol):
    """A loaded model as the Explain panel shows it."""

    @property
    def name(self) -> str:
        """Name on the screen."""

    @property
    def kind(self) -> str:
        """Kind of model: 'dnabert2' or 'cnn'."""

    @property
    def window_length(self) -> int:
        """Bases of a window."""

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the logits."""

    @property
    def positive(self) -> int:
        """Index of the target explained by default."""

    @property
    def methods(self) -> Sequence[MethodInfo]:
        """Methods that explain it, the default first."""

    @property
    def device(self) -> str:
        """Where it runs."""

    @property
    def has_tokens(self) -> bool:
        """Whether its explanations carry tokens."""

    @property
    def numbers(self) -> bool:
        """Whether it predicts numbers, so that its score is no probability."""

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know about it."""

    @property
    def scores(self) -> Sequence[ScoreInfo]:
        """What it says about variants, the most telling first."""

    @property
    def members(self) -> int:
        """How many models it is; more than one of an ensemble."""


class WindowEffect(Protocol):
    """What a model predicts for one window of the reference, before and after an edit."""

    @property
    def start(self) -> int:
        """First base of the window, 0-based."""

    @property
    def end(self) -> int:
        """End, exclusive."""

    @property
    def before(self) -> float:
        """Probability before."""

    @property
    def after(self) -> float:
        """Probability after."""

    @property
    def logit_before(self) -> float:
        """Explained logit before."""

    @property
    def logit_after(self) -> float:
        """Explained logit after."""


class EditEffect(Protocol):
    """Reference and alternative around one edit, column by column."""

    @property
    def edit(self) -> Edit:
        """The edit."""

    @property
    def region(self) -> Region:
        """Bases of the reference that the columns show."""

    @property
    def score(self) -> str:
        """Name of the class of the probability."""

    @property
    def target(self) -> str:
        """Name of the explained logit."""

    @property
    def windows(self) -> Sequence[WindowEffect]:
        """Windows that the edit touches, the one with the largest change first."""

    @property
    def reference_letters(self) -> str:
        """Letters of the reference, '-' beside inserted bases."""

    @property
    def edited_letters(self) -> str:
        """Letters of the edited sequence, '-' for deleted bases."""

    @property
    def reference_values(self) -> NDArray[np.float32]:
        """Relevance of the reference, (C,); NaN at '-'."""

    @property
    def edited_values(self) -> NDArray[np.float32]:
        """Relevance of the edited sequence, (C,); NaN at '-'."""


class EngineProtocol(Evaluator, VariantScorer, Protocol):
    """The engine, which evaluates and scores variants too; only the device thread calls it."""

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

    def edit_effect(self, reference: Reference, edits: Edits, edit: Edit, *, model: str, **rules: Any) -> EditEffect:
        """Compare reference and edited sequence around one of the edits."""

    def set_threads(self, number: int) -> None:
        """Compute with so many threads from now on; 0 for those that the machine suggests."""

    def fingerprint(self, reference: Reference, region: Region, *, model: str, **rules: Any) -> str:
        """Name the explanation of a region before it is computed."""

    def pack(self, explanation: Any) -> tuple[str, bytes]:
        """Return the name of an explanation that this engine made, and the explanation as bytes."""

    def unpack(self, data: bytes) -> RegionExplanation:
        """Return the explanation that `pack` made bytes of; ValueError if it is none."""

    def export(self, path: Path, tiles: Sequence[Any], region: Region, reference: Reference) -> Sequence[Path]:
        """Write the part of adjacent explanations, made by this engine, that lies in a region; return the files."""

    def devices(self) -> tuple[str, ...]:
        """Names of the devices of this machine, the one that 'auto' takes first."""


EngineFactory: TypeAlias = Callable[[], EngineProtocol]
