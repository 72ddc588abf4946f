"""What came of it: outcomes from facts, effects against the hold-out, and advice."""

from asterism.review.advice import ACTION_TITLES, Action, Advice, advise
from asterism.review.daily import review
from asterism.review.effect import Economics, Effect, Range, measure
from asterism.review.latest import (
    StrategyEffect,
    effect_course,
    effect_of,
    effects_by,
    latest_effects,
)
from asterism.review.many import Part, discoveries, kinds_of, parts_of
from asterism.review.metrics import METRICS, Metric
from asterism.review.narrowing import Funnel, funnel
from asterism.review.programme import Programme, programme_of
from asterism.review.ratio import sample_ratio
from asterism.review.sums import EffectSums

__all__ = [
    "ACTION_TITLES",
    "METRICS",
    "Action",
    "Advice",
    "Economics",
    "Effect",
    "EffectSums",
    "Funnel",
    "Metric",
    "Part",
    "Programme",
    "Range",
    "StrategyEffect",
    "advise",
    "discoveries",
    "effect_course",
    "effect_of",
    "effects_by",
    "funnel",
    "kinds_of",
    "latest_effects",
    "measure",
    "parts_of",
    "programme_of",
    "review",
    "sample_ratio",
]
