"""Files of explanations written piece by piece, in the order of the genome, never held as a whole."""

from gxview.export.writers.base import BigwigWriter, open_bigwig
from gxview.export.writers.check import check_bigwig

__all__ = ["BigwigWriter", "check_bigwig", "open_bigwig"]
