"""Who: the explained models, their loading and their training."""

from gxview.models.base import Model, TokenBatch
from gxview.models.loading import load_model

__all__ = ["Model", "TokenBatch", "load_model"]
