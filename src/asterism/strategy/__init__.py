"""What we should do: strategies, the gates before them, and the best action for each customer."""

from asterism.strategy.contacts import ASSIGNED, TOUCHED, Contacts
from asterism.strategy.decide import decide
from asterism.strategy.decisions import Decisions
from asterism.strategy.document import dump_strategy, load_strategy, validate_strategy
from asterism.strategy.limits import Caps, Limits
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
from asterism.strategy.scripts import Reader, Rendered, render_script
from asterism.strategy.strategy import Strategy

__all__ = [
    "ASSIGNED",
    "TOUCHED",
    "Caps",
    "Contacts",
    "Decisions",
    "Limits",
    "PublishedStrategy",
    "Reader",
    "Rendered",
    "Strategy",
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
    "stop_strategy",
    "validate_strategy",
]
