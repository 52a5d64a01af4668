"""The controls of the selected tracks, made from the properties that all of them have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError
from qtpy.QtWidgets import QFormLayout, QFrame, QLabel, QWidget

from gxview._qt.controls import EffectControl, ScaleControl, control_of
from gxview._qt.look.widgets import ElidedLabel
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.tracks.properties import Property, assign, assign_scale, common_properties, value_of
from gxview.viewer.tracks.tracklist import TrackList

WITHOUT_LABEL = {"switch"}
"""Kinds of controls that bear their title themselves."""
Ends: TypeAlias = Callable[[Any], tuple[float, float]]
"""Returns the ends of the scale of a track or group as it is drawn now."""
Offers: TypeAlias = Callable[[Any], Sequence[tuple[str, Any]]]
"""Returns by which numbers a track of variants can be coloured."""


class TrackControls(QWidget):
    """Shows the properties that all selected tracks have; an edit applies to all of them.

    Of a group whose tracks are all selected, its own properties stand on top.

    Parameters
    ----------
    tracks
        What is shown and changed.
    ends
        Asked when a scale becomes fixed: it keeps the ends that it has.
    offers
        Returns by which numbers a track of variants can be coloured.
    """

    def __init__(
        self, tracks: TrackList, ends: Ends | None = None, offers: Offers | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tracks = tracks
        self._ends = ends
        self._offers = offers
        self._editing = False
        self._shape: object = None
        self._sections: list[_Section] = []
        self._form = QFormLayout(self)
        self._form.setContentsMargins(10, 6, 10, 10)
        self._form.setHorizontalSpacing(10)
        self._form.setVerticalSpacing(6)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        tracks.selection_changed.connect(lambda _tracks: self._rebuild())
        tracks.groups_changed.connect(self._rebuild)
        tracks.edited.connect(self._on_edit)
        self._rebuild()

    @property
    def items(self) -> list[Sequence[Any]]:
        """What is edited together, section by section: a selected group, the selected tracks."""
        group, selection = self._tracks.selected_group, self._tracks.selection
        return [[group], selection] if group is not None else [selection]

    def _rebuild(self) -> None:
        """Make the controls anew where there are others than before; else show the values in those that are there."""
        items = self.items
        shape = [(tuple(common_properties(some)), [type(one) for one in some[:1]]) for some in items]
        if shape != self._shape:
            self._shape = shape
            while self._form.rowCount():
                self._form.removeRow(0)
            scaled_by = self._tracks.scaled_by
            self._sections = [
                _Section(self._form, common_properties(some), self._apply, scaled_by, self._offers) for some in items
            ]
            if not items[-1]:
                self._form.addRow(_hint("Select a track to see its controls."))
        for section, some in zip(self._sections, items, strict=True):
            section.show(some, self._heading(some))

    def _heading(self, items: Sequence[Any]) -> str:
        if len(items) == 1:
            return "Group" if isinstance(items[0], TrackGroup) else str(items[0].name)
        return f"{len(items)} tracks" if items else ""

    def _on_edit(self, track: Track, field: str) -> None:
        shown = field == "name" or any(section.holds(field) for section in self._sections)
        if shown and not self._editing and track in self._tracks.selection:
            self._rebuild()

    def _apply(self, items: Sequence[Any], known: Property, value: Any) -> str:
        """Set a property of all items at once; return what is wrong with the value, if anything."""
        self._editing = True
        try:
            if known.kind == "scale":
                scaled = [self._tracks.scaled_by(item) for item in items]
                assign_scale(scaled, **self._with_ends(scaled, value))
            else:
                assign(items, known.field, value)
        except ValidationError as error:
            return str(error.errors()[0]["msg"]).removeprefix("Value error, ").capitalize() + "."
        finally:
            self._editing = False
            self._rebuild()
        return ""

    def _with_ends(self, items: Sequence[Any], parts: dict[str, Any]) -> dict[str, Any]:
        """Let a scale that becomes fixed begin with the ends that show now."""
        if parts.get("mode") != "fixed" or self._ends is None:
            return parts
        lows, highs = zip(*(self._ends(item) for item in items), strict=True)
        return {**parts, "low": min(lows), "high": max(highs)}


class _Section:
    """The heading and the controls of items that are edited together."""

    def __init__(
        self,
        form: QFormLayout,
        properties: Sequence[Property],
        apply: Callable[[Sequence[Any], Property, Any], str],
        scaled_by: Callable[[Any], Any],
        offers: Offers | None,
    ) -> None:
        self._apply = apply
        self._scaled_by = scaled_by
        self._offers = offers
        self._items: Sequence[BaseModel] = ()
        self._controls: list[tuple[Property, Any]] = []
        self._heading = ElidedLabel()
        self._heading.setProperty("role", "section")
        if form.rowCount():
            form.addRow(_line())
        if properties:
            form.addRow(self._heading)
        for known in properties:
            control = control_of(known)
            control.edited.connect(lambda value, known=known, control=control: self._edit(known, control, value))
            if known.kind in WITHOUT_LABEL:
                form.addRow(control)
            else:
                form.addRow(_label(known), control)
            self._controls.append((known, control))

    def holds(self, field: str) -> bool:
        """Whether a field has a control here."""
        return any(known.field == field for known, _ in self._controls)

    def show(self, items: Sequence[BaseModel], heading: str) -> None:
        """Show the values of items."""
        self._items = items
        self._heading.set_text(heading)
        for known, control in self._controls:
            if isinstance(control, ScaleControl):
                control.set_items([self._scaled_by(item) for item in items])
            else:
                if isinstance(control, EffectControl):
                    control.set_items(items, self._offers)
                control.set_value(value_of(items, known.field))

    def _edit(self, known: Property, control: Any, value: Any) -> None:
        problem = self._apply(self._items, known, value)
        if problem and isinstance(control, ScaleControl):
            control.complain(problem)


def _label(known: Property) -> QLabel:
    label = QLabel(known.title)
    label.setToolTip(known.description)
    return label


def _hint(text: str) -> QLabel:
    hint = QLabel(text)
    hint.setProperty("role", "muted")
    hint.setWordWrap(True)
    return hint


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setObjectName("line")
    return line
