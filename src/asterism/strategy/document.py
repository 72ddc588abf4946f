"""A strategy's file: read with every problem at once, written back without loss."""

from collections.abc import Mapping

from pydantic import ValidationError

from asterism.audience import Catalogue
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.strategy.checks import expression_problems, script_problems, strategy_problems
from asterism.strategy.schema_problems import schema_problems
from asterism.strategy.strategy import Strategy
from asterism.strategy.yaml_text import read_yaml, write_yaml

_SUBJECT = "The strategy does not hold"


def load_strategy(text: str, catalogue: Catalogue | None = None) -> Strategy:
    """Read a strategy from YAML `text`.

    InvalidInputError holds every problem, each with its path. With a `catalogue` the audiences and
    scripts are checked too, even where other parts are wrong; else `validate_strategy` does that.
    """
    data = read_yaml(text, _SUBJECT)
    if not isinstance(data, Mapping):
        message = "A strategy is a mapping of fields such as id, title and audience."
        raise InvalidInputError(_SUBJECT, [Problem(message=message)])
    strategy, problems = read_strategy(data, catalogue)
    if strategy is None or problems:
        raise InvalidInputError(_SUBJECT, problems)
    return strategy


def read_strategy(
    data: Mapping[str, object], catalogue: Catalogue | None = None
) -> tuple[Strategy | None, tuple[Problem, ...]]:
    """Return the strategy that plain `data` holds, and everything that is wrong with it.

    No strategy where the schema is not kept; the problems of audiences and scripts are named even
    then. Without a `catalogue` the schema alone is checked.
    """
    try:
        strategy = Strategy.model_validate(data)
    except ValidationError as error:
        problems = schema_problems(error, Strategy)
        if catalogue is not None:
            problems += expression_problems(data, catalogue) + script_problems(data, catalogue)
        return None, problems
    return strategy, () if catalogue is None else _all_problems(strategy, catalogue)


def dump_strategy(strategy: Strategy) -> str:
    """Return the canonical YAML of `strategy`; loading it gives an equal strategy."""
    return write_yaml(plain(strategy))


def plain(strategy: Strategy) -> dict[str, object]:
    """Return the strategy as plain data, what is at its default left out."""
    data: dict[str, object] = strategy.model_dump(mode="json", exclude_defaults=True)
    data["period"] = strategy.period.model_dump(exclude_defaults=True)
    return data


def validate_strategy(strategy: Strategy, catalogue: Catalogue) -> None:
    """Check `strategy` against the tag catalogue and against itself.

    InvalidInputError holds every problem: audiences with their position, scripts with unknown
    variables, channels without a script, waves out of order and so on.
    """
    problems = _all_problems(strategy, catalogue)
    if problems:
        raise InvalidInputError(_SUBJECT, problems)


def _all_problems(strategy: Strategy, catalogue: Catalogue) -> tuple[Problem, ...]:
    data = plain(strategy)
    return (
        expression_problems(data, catalogue)
        + script_problems(data, catalogue)
        + strategy_problems(strategy)
    )
