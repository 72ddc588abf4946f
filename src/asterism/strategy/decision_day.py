"""What one day's decision works with, from the first layer to the record of it."""

from dataclasses import dataclass
from datetime import date

from asterism.strategy.arms import Arms
from asterism.strategy.funnel import Funnel
from asterism.strategy.programme import Running
from asterism.strategy.readings import Population


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDay:
    """A day, its customers, the strategies that run, and the counts as they grow."""

    day: date
    population: Population
    programme: tuple[Running, ...]
    arms: Arms
    funnel: Funnel
