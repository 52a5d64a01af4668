"""What a person chose about a figure; a frozen value, kept with the settings and given on the command line."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PRESETS = {"Single column, 85 mm": 85.0, "One and a half columns, 120 mm": 120.0, "Double column, 180 mm": 180.0}
"""Widths that journals ask for, in millimetres."""
FORMATS = {".png": "PNG picture", ".svg": "SVG drawing", ".pdf": "PDF document"}
"""What a figure is written as, by the suffix of its file."""

Millimetres = Annotated[float, Field(allow_inf_nan=False, ge=1.0, le=2000.0)]


class FigureOptions(BaseModel):
    """How a figure is drawn; lengths are in millimetres.

    Parameters
    ----------
    width_mm, height_mm
        Size of the figure; without a height it is as high as its tracks.
    dpi
        Device pixels per inch of a PNG, and what images in a vector file would have.
    theme
        'light' for print: black on white; 'dark' as in the window.
    colour_blind
        Base colours that people with any colour vision can tell apart.
    font, font_pt
        Family of the font (empty for that of the window) and its size in points; all that has the size of text (axes,
        boxes of genes, the ruler) grows and shrinks with it.
    title
        Written above; empty for the region.
    header_mm
        Room for the names of the tracks; None makes it as wide as they are, up to a third of the figure.
    heights_mm
        Heights of single tracks by their identifiers; the others have those of the window.
    tracks
        Identifiers of the tracks that are drawn, in the order of the window; None for those that show there.
    show_title, show_overview, show_ruler, show_scale_bar, show_names, show_axes
        What stands around the data; the lines of groups stand with the names.
    show_regions
        Bands of the regions of the table.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    width_mm: Annotated[Millimetres, Field(ge=30.0, title="Width", json_schema_extra={"unit": "mm"})] = 180.0
    height_mm: Annotated[
        Millimetres | None, Field(title="Height", json_schema_extra={"unit": "mm", "none": "Automatic"})
    ] = None
    dpi: Annotated[int, Field(ge=36, le=2400, title="Resolution of PNG", json_schema_extra={"unit": "dpi"})] = 300
    theme: Literal["light", "dark"] = Field(default="light", title="Theme")
    colour_blind: bool = Field(default=False, title="Colour-blind-safe bases")
    font: str = Field(default="", title="Font")
    font_pt: Annotated[
        float, Field(ge=3.0, le=30.0, allow_inf_nan=False, title="Font size", json_schema_extra={"unit": "pt"})
    ] = 7.0
    title: str = Field(default="", title="Text of the title")
    header_mm: Annotated[
        Millimetres | None, Field(title="Width of the names", json_schema_extra={"unit": "mm", "none": "Automatic"})
    ] = None
    heights_mm: dict[str, Millimetres] = {}
    tracks: tuple[str, ...] | None = None
    show_title: bool = Field(default=True, title="Title")
    show_overview: bool = Field(default=False, title="Overview of the chromosome")
    show_ruler: bool = Field(default=True, title="Ruler")
    show_scale_bar: bool = Field(default=False, title="Scale bar")
    show_names: bool = Field(default=True, title="Names of the tracks")
    show_axes: bool = Field(default=True, title="Axes")
    show_regions: bool = Field(default=True, title="Bands of regions")

    def with_(self, **changes: object) -> FigureOptions:
        """Return a validated copy with other values."""
        return FigureOptions(**{**self.model_dump(), **changes})
