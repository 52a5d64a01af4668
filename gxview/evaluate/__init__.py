"""How sure: metrics of explanations."""

from gxview.evaluate.localisation import Localisation, localisation, separation
from gxview.evaluate.planted import Planted, Window, WindowDrawer, read_truth

__all__ = ["Localisation", "Planted", "Window", "WindowDrawer", "localisation", "read_truth", "separation"]
