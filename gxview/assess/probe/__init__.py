"""What the embeddings of a model hold, next to plain letters (Tang et al. 2025, Genome Biology 26:203)."""

from gxview.assess.probe.run import ProbeResult, run_probe
from gxview.assess.probe.settings import Fitting, ProbeSettings, probe_settings

__all__ = ["Fitting", "ProbeResult", "ProbeSettings", "probe_settings", "run_probe"]
