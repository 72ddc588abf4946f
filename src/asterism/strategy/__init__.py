"""What we should do: strategies, the gates before them, and the best action for each customer."""

from asterism.strategy.allocation import allocate
from asterism.strategy.caps import Caps
from asterism.strategy.contacts import ASSIGNED, TOUCHED, Contacts
from asterism.strategy.decide import decide
from asterism.strategy.decisions import Decisions
from asterism.strategy.document import dump_strategy, load_strategy, validate_strategy
from asterism.strategy.funnel import REASONS, FunnelStep
from asterism.strategy.gates import GATES
from asterism.strategy.limit_versions import LimitsVersion, current_limits, set_limits
from asterism.strategy.limits import Limits
from asterism.strategy.map import MapCell, StrategyMap, strategy_map
from asterism.strategy.publish import (
    PublishedStrategy,
    draft,
    get_strategy,
    list_strategies,
    list_versions,
    live_strategies,
    publish_strategy,
    stop_strategy,
)
from asterism.strategy.ready_made import library
from asterism.strategy.scripts import MissingValueError, Reader, Rendered, render_script
from asterism.strategy.strategy import Strategy
from asterism.strategy.why import Why, why

__all__ = [
    "ASSIGNED",
    "GATES",
    "REASONS",
    "TOUCHED",
    "Caps",
    "Contacts",
    "Decisions",
    "FunnelStep",
    "Limits",
    "LimitsVersion",
    "MapCell",
    "MissingValueError",
    "PublishedStrategy",
    "Reader",
    "Rendered",
    "Strategy",
    "StrategyMap",
    "Why",
    "allocate",
    "current_limits",
    "decide",
    "draft",
    "dump_strategy",
    "get_strategy",
    "library",
    "list_strategies",
    "list_versions",
    "live_strategies",
    "load_strategy",
    "publish_strategy",
    "render_script",
    "set_limits",
    "stop_strategy",
    "strategy_map",
    "validate_strategy",
    "why",
]
