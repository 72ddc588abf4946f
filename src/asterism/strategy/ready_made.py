"""The library of ready strategies that come with the product."""

from functools import cache
from importlib.resources import files

from asterism.strategy.document import load_strategy
from asterism.strategy.strategy import Strategy


@cache
def library() -> tuple[Strategy, ...]:
    """Return the ready strategies, ordered by id: publish one as it is, or start from it."""
    directory = files("asterism.strategy") / "library"
    texts = [
        file.read_text(encoding="utf-8")
        for file in directory.iterdir()
        if file.name.endswith(".yaml")
    ]
    return tuple(sorted(map(load_strategy, texts), key=lambda strategy: strategy.id))
