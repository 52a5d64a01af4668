"""Out: explanations as files that other programs read."""

from gxview.export.api import FORMATS, check_request, export_explanations, export_region
from gxview.export.npz import check_lengths

__all__ = ["FORMATS", "check_lengths", "check_request", "export_explanations", "export_region"]
