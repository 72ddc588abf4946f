"""What came of it: outcomes from facts, effects against the hold-out, and advice."""

from asterism.review.effect import Economics, Effect, Range, measure, sample_ratio
from asterism.review.sums import EffectSums

__all__ = ["Economics", "Effect", "EffectSums", "Range", "measure", "sample_ratio"]
