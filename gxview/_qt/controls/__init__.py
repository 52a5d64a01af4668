"""Controls of the properties of tracks: one for each kind of property, whatever track it belongs to."""

from gxview._qt.controls.effect import EffectControl
from gxview._qt.controls.fields import FieldControl, control_of
from gxview._qt.controls.scale import ScaleControl

__all__ = ["EffectControl", "FieldControl", "ScaleControl", "control_of"]
