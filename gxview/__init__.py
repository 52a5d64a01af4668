"""gxview: a desktop viewer for genome tracks in which a model's explanation is a track like any other."""

__version__ = "0.1.0"
