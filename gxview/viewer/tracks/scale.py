"""How values map to the height of a track or of all tracks of a group."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

ScaleMode = Literal["auto", "symmetric", "percentile", "fixed", "group"]


class ScaleOptions(BaseModel):
    """How values map to the height of a track.

    Parameters
    ----------
    mode
        'auto' fits what is on screen, 'symmetric' does so around zero, 'percentile' leaves the most extreme values
        out, 'fixed' keeps `low` to `high`, 'group' takes the scale of the track's group ('auto' without a group).
    low, high
        Ends of a fixed scale.
    percent
        Share of the absolute values, zeros left out, that a scale of mode 'percentile' holds, in percent.
    log
        Heights grow with ``sign(v) * log10(1 + |v|)``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: ScaleMode = "auto"
    low: float = Field(default=0.0, allow_inf_nan=False)
    high: float = Field(default=1.0, allow_inf_nan=False)
    percent: float = Field(default=99.0, gt=50.0, le=100.0)
    log: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> ScaleOptions:
        if not self.low < self.high:
            raise ValueError("the lower end of a scale must lie below its upper end")
        return self
