"""What of a track or a group a person can set: read from the fields of its model, so that no kind needs a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, TypeAlias, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gxview.viewer.tracks.options import EffectChoice
from gxview.viewer.tracks.scale import ScaleOptions

PropertyKind: TypeAlias = Literal["switch", "choice", "number", "color", "scale", "effect", "text"]
WORDS = {"heatmap": "Heat map"}
"""Words for choices that are no words."""


class Mixed(Enum):
    """Stands for values that differ between the items."""

    MIXED = "mixed"


MIXED: Final = Mixed.MIXED


@dataclass(frozen=True, slots=True)
class Property:
    """A field that can be set.

    Parameters
    ----------
    field
        Its name in the model.
    title, description
        How it is called, and a sentence about it.
    kind
        Which control it needs.
    choices
        Values of a choice.
    low, high
        Least and largest value of a number.
    """

    field: str
    title: str
    description: str
    kind: PropertyKind
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0


@cache
def properties_of(model: type[BaseModel]) -> tuple[Property, ...]:
    """Return the fields of a model that have a title, in their order."""
    return tuple(_property(name, info) for name, info in model.model_fields.items() if info.title)


def common_properties(items: Sequence[BaseModel]) -> list[Property]:
    """Return the properties that all items have, in the order of the first."""
    if not items:
        return []
    others = [set(properties_of(kind)) for kind in {type(item) for item in items}]
    return [known for known in properties_of(type(items[0])) if all(known in other for other in others)]


def value_of(items: Sequence[BaseModel], field: str, part: str = "") -> Any:
    """Return the value that all items have in a field, or `MIXED`.

    Parameters
    ----------
    items
        At least one.
    field
        Name of the field.
    part
        Name of a field of that field's value, such as the mode of a scale.
    """
    values = [getattr(item, field) for item in items]
    if part:
        values = [getattr(value, part) for value in values]
    return values[0] if all(value == values[0] for value in values) else MIXED


def assign(items: Sequence[BaseModel], field: str, value: Any) -> None:
    """Set a field of all items.

    Raises
    ------
    pydantic.ValidationError
        The value is out of range; no item has changed.
    """
    for item in items:
        setattr(item, field, value)


def assign_scale(items: Sequence[Any], **parts: Any) -> None:
    """Set parts of the scales of all items; the other parts of each stay.

    Raises
    ------
    pydantic.ValidationError
        A lower end would not lie below its upper end; no item has changed.
    """
    scales = [ScaleOptions(**(item.scale.model_dump() | parts)) for item in items]
    for item, scale in zip(items, scales, strict=True):
        item.scale = scale


def word(choice: str) -> str:
    """Return what a choice is called."""
    return WORDS.get(choice, choice.replace("_", " ").capitalize())


def _property(name: str, info: FieldInfo) -> Property:
    title, description = info.title or name, info.description or ""
    kind: Any = info.annotation
    if kind is bool:
        return Property(name, title, description, "switch")
    if get_origin(kind) is Literal:
        return Property(name, title, description, "choice", tuple(map(str, get_args(kind))))
    if kind is int:
        low = next((int(str(rule.ge)) for rule in info.metadata if isinstance(rule, Ge)), 0)
        high = next((int(str(rule.le)) for rule in info.metadata if isinstance(rule, Le)), 1_000_000)
        return Property(name, title, description, "number", (), low, high)
    if kind is EffectChoice:
        return Property(name, title, description, "effect")
    if kind is ScaleOptions:
        return Property(name, title, description, "scale")
    return Property(name, title, description, "text" if kind is str else "color")
