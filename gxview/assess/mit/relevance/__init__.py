"""The Mechanistic Invariance Test of explanations: whether relevance lies on the elements, at the right place only."""

from __future__ import annotations

from gxview.assess.mit.relevance.placement import Balance, Enrichment, Placement
from gxview.assess.mit.relevance.run import Explaining, placements
from gxview.assess.mit.relevance.section import relevance_section

__all__ = ["Balance", "Enrichment", "Explaining", "Placement", "placements", "relevance_section"]
