"""What differs between two versions of a strategy: field by field, and as YAML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff

from asterism.strategy.document import dump_strategy
from asterism.strategy.schema_problems import path_of
from asterism.strategy.strategy import Part, Strategy

Step = int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that is not the same in two versions."""

    #: Where, as in problems: `offers[0].quota.maximum`.
    where: str
    #: The value in each version; None where there is none.
    before: object
    after: object

    @property
    def kind(self) -> str:
        """'added', 'removed' or 'changed'."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def changes(before: Strategy, after: Strategy) -> tuple[Change, ...]:
    """Return every field in which two strategies differ, in the order of the file.

    Offers are told apart by their id and scripts by channel and wave, so that moving one is not
    taken for changing all that follow.
    """
    return tuple(_compare((), _whole(before), _whole(after)))


def yaml_diff(before: Strategy, after: Strategy, names: tuple[str, str]) -> tuple[str, ...]:
    """Return the lines of a unified diff between the files of two strategies."""
    old, new = dump_strategy(before).splitlines(), dump_strategy(after).splitlines()
    return tuple(unified_diff(old, new, *names, lineterm=""))


def _whole(strategy: Strategy) -> Mapping[str, object]:
    """Return the strategy with every default spelt out, its lists of parts by name."""
    data: dict[str, object] = strategy.model_dump(mode="json", exclude_none=True)
    data["offers"] = {offer.id: _plain(offer) for offer in strategy.offers}
    data["scripts"] = {
        f"{script.channel.value}, {script.wave or '*'}, {script.name}": _plain(script)
        for script in strategy.scripts
    }
    return data


def _plain(part: Part) -> dict[str, object]:
    return part.model_dump(mode="json", exclude_none=True)


def _compare(at: tuple[Step, ...], before: object, after: object) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from _compare((*at, name), before.get(name), after.get(name))
    elif _are_parts(before) and _are_parts(after):
        yield from _compare_lists(at, before, after)
    else:
        yield Change(where=path_of(at), before=before, after=after)


def _are_parts(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, Mapping) for item in value)


def _compare_lists(at: tuple[Step, ...], before: object, after: object) -> Iterator[Change]:
    if isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            old = before[place] if place < len(before) else None
            new = after[place] if place < len(after) else None
            yield from _compare((*at, place), old, new)
