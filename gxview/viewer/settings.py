"""Choices that belong to the person and not to a track."""

from __future__ import annotations

from typing import Literal

from psygnal import EventedModel
from pydantic import ConfigDict

ThemeName = Literal["dark", "light"]


class Settings(EventedModel):
    """Choices that belong to the person and not to a track.

    Parameters
    ----------
    theme
        'dark' or 'light'.
    colour_blind
        Base colours that people with any colour vision can tell apart.
    live
        Explain whatever comes on screen.
    device
        'auto' or the name of a device.
    """

    theme: ThemeName = "dark"
    colour_blind: bool = False
    live: bool = True
    device: str = "auto"

    model_config = ConfigDict(validate_assignment=True, extra="forbid")
