"""Files of explanations written piece by piece, in the order of the genome, with memory that does not grow."""

from gxview.export.writers.base import BigwigWriter, open_bigwig
from gxview.export.writers.check import check_bigwig

__all__ = ["BigwigWriter", "check_bigwig", "open_bigwig"]
