"""What a model says about variants: effects of the alleles of VCF or BCF, and of every substitution of regions."""

from gxview.assess.variants.api import score_variants
from gxview.assess.variants.effects import Effect, VariantEffect
from gxview.assess.variants.native import load_asked
from gxview.assess.variants.scores import SCORES, Score

__all__ = ["SCORES", "Effect", "Score", "VariantEffect", "load_asked", "score_variants"]
