"""What a person chose about an explanation; a frozen value, so that it can key a cache, an undo step and a session."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class EffectChoice(BaseModel):
    """By which number variants are coloured; without a score by their bases.

    Parameters
    ----------
    score
        A field of INFO of the file, such as ``GXV_LOGIT``; with a `model` the name of a score, such as ``logit``.
    model
        Key of the model that scores what shows; empty for the numbers of the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: str = ""
    model: str = ""


class ExplainOptions(BaseModel):
    """Model, method and rules of one explanation; None leaves the choice to the engine.

    Parameters
    ----------
    model
        Name or folder of the model; empty while none is chosen.
    method, target
        Method and target by name; the target may be an index.
    strand
        '+', '-' or 'mean' of both.
    alibi, glu, composite, transfer, stitching
        Rules of the method, see `gxview.explain`.
    window, stride
        Bases; None takes the model's window and half of it.
    phases
        Tilings of the window grid that are averaged.
    letters
        'dinucleotide' explains shuffled letters, each window with a seed of its own; None those of the reference.
    edited
        Explain the sequence with the edits laid over the reference; the edits themselves are no option, see
        `gxview.viewer.editing`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = ""
    method: str | None = None
    target: str | int | None = None
    strand: str = "+"
    alibi: str | None = None
    glu: str | None = None
    composite: str | None = None
    transfer: str | None = None
    stitching: str | None = None
    window: int | None = Field(default=None, ge=1)
    stride: int | None = Field(default=None, ge=1)
    phases: int = Field(default=1, ge=1, le=64)
    letters: str | None = None
    edited: bool = False

    def with_(self, **changes: Any) -> ExplainOptions:
        """Return a validated copy with other values."""
        return ExplainOptions(**{**self.model_dump(), **changes})

    def rules(self) -> dict[str, Any]:
        """Return every option but the model that was set, by the name that `explain_region` gives it."""
        chosen = self.model_dump(exclude={"model", "edited"})
        return {key: value for key, value in chosen.items() if value is not None}
