"""Where: regions, reference sequences and chromosome names."""

from gxview.genome.aliases import Aliases
from gxview.genome.bare import BareGenome
from gxview.genome.edited import Coordinates, EditedReference
from gxview.genome.edits import Edit, Edits
from gxview.genome.reference import Reference
from gxview.genome.region import Region
from gxview.genome.sequence import Composition, reverse_complement

__all__ = [
    "Aliases",
    "BareGenome",
    "Composition",
    "Coordinates",
    "Edit",
    "EditedReference",
    "Edits",
    "Reference",
    "Region",
    "reverse_complement",
]
