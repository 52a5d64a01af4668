"""Choices that belong to the person and not to a track."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from psygnal import EventedModel
from pydantic import BaseModel, ConfigDict, Field

from gxview.viewer.assessing.choices import MitChoices, ProbeChoices, TrainChoices, VariantChoices
from gxview.viewer.figures.figure import FigureOptions

ThemeName = Literal["dark", "light"]
Wheel = Literal["zoom", "scroll"]
Color = Annotated[str | None, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
NO_SIMILARITY, NO_AREA = -1.0, -100.0
"""Thresholds that everything reaches."""
DECIMALS = 2
"""Digits of thresholds after the point."""


def _least(title: str, low: float, high: float) -> Any:
    """Return the field of a threshold of the trust lane."""
    return Field(ge=low, le=high, title=title, json_schema_extra={"decimals": DECIMALS, "none": "No threshold"})


class BaseColors(BaseModel):
    """Colours of the bases ('#rrggbb'); None takes the theme's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    a: Color = Field(default=None, title="A")
    c: Color = Field(default=None, title="C")
    g: Color = Field(default=None, title="G")
    t: Color = Field(default=None, title="T")


class Settings(EventedModel):
    """Choices that belong to the person and not to a track; those with a title stand in the preferences.

    Parameters
    ----------
    theme
        'dark' or 'light'.
    text_size
        Size of the text beside and in the tracks, pixels.
    colour_blind
        Base colours that people with any colour vision can tell apart.
    base_colors
        Colours of single bases that the person chose; they come before all others.
    wheel
        What the wheel does over the tracks: 'zoom', or 'scroll' through them (Ctrl+wheel does the other).
    live
        Explain whatever comes on screen.
    tile_memory
        Explained tiles kept in memory, in megabytes.
    disk_cache, disk_size
        Whether explained tiles are kept for the next start, and up to how many megabytes.
    device
        'auto' or the name of a device.
    threads
        Threads that a model computes with; 0 takes those of the machine.
    token_method, base_method
        Method of new explanations by models on tokens and by models on bases; empty for the default of the model.
    trust_deletion, trust_shift, trust_strand, trust_method
        Numbers of the trust lane below which a window fails, see `gxview.viewer.trust.measures`; the smallest value
        stands for no threshold.
    second_token_method, second_base_method
        Method that explanations by models on tokens and on bases are compared with; empty leaves the choice open.
    reopen
        Start with the last session.
    tour
        Show the tour at the next start.
    shortcuts
        Keys of the actions whose keys the person changed, by the identifier of the action.
    recent_commands
        Identifiers of the actions last run from the command palette, the latest first.
    motif_file
        The file of motifs that selected bases are compared with; empty for none.
    figure
        How the last figure was made.
    mit, probe, variants, train
        What was chosen last in the panels MIT, Probe, Variants and Training.
    """

    theme: ThemeName = Field(default="dark", title="Theme")
    text_size: Annotated[int, Field(ge=9, le=13, title="Text size", json_schema_extra={"unit": "px"})] = 11
    colour_blind: bool = Field(default=False, title="Colour-blind-safe bases")
    base_colors: BaseColors = Field(default=BaseColors(), title="Colours of the bases")
    wheel: Wheel = Field(default="zoom", title="Mouse wheel")
    live: bool = Field(default=True, title="Explain while browsing")
    tile_memory: Annotated[
        int, Field(ge=16, le=65_536, title="Explanations in memory", json_schema_extra={"unit": "MB"})
    ] = 256
    disk_cache: bool = Field(default=False, title="Keep explanations on disk")
    disk_size: Annotated[
        int, Field(ge=16, le=1_000_000, title="Explanations on disk", json_schema_extra={"unit": "MB"})
    ] = 1024
    device: str = Field(default="auto", title="Device")
    threads: Annotated[
        int, Field(ge=0, le=1024, title="Threads", json_schema_extra={"unit": "", "zero": "Automatic"})
    ] = 0
    token_method: str = Field(default="", title="Method for models on tokens")
    base_method: str = Field(default="", title="Method for models on bases")
    trust_deletion: Annotated[float, _least("Deletion vs. random at least", NO_AREA, -NO_AREA)] = 0.05
    trust_shift: Annotated[float, _least("Shifted window at least", NO_SIMILARITY, 1.0)] = 0.3
    trust_strand: Annotated[float, _least("Other strand at least", NO_SIMILARITY, 1.0)] = NO_SIMILARITY
    trust_method: Annotated[float, _least("Second method at least", NO_SIMILARITY, 1.0)] = 0.25
    second_token_method: str = Field(default="", title="Second method for models on tokens")
    second_base_method: str = Field(default="", title="Second method for models on bases")
    reopen: bool = Field(default=False, title="Reopen the last session")
    tour: bool = Field(default=True, title="Show the tour at the next start")
    shortcuts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    recent_commands: tuple[str, ...] = ()
    motif_file: str = ""
    figure: FigureOptions = FigureOptions()
    mit: MitChoices = MitChoices()
    probe: ProbeChoices = ProbeChoices()
    variants: VariantChoices = VariantChoices()
    train: TrainChoices = TrainChoices()

    model_config = ConfigDict(validate_assignment=True, extra="forbid")


SECTIONS: dict[str, tuple[str, ...]] = {
    "Appearance": ("theme", "text_size", "colour_blind", "base_colors"),
    "Browsing": ("wheel", "live"),
    "Cache": ("tile_memory", "disk_cache", "disk_size"),
    "Compute": ("device", "threads", "token_method", "base_method"),
    "Trust": (
        "trust_deletion",
        "trust_shift",
        "trust_strand",
        "trust_method",
        "second_token_method",
        "second_base_method",
    ),
    "Startup": ("reopen", "tour"),
}
"""Fields of the preferences by section."""
