"""What the buttons beside the rows of the editor do: add, remove, move."""

import re
from collections.abc import Callable

from asterism.server.console.strategy_form import MOST_ROWS

_ACTION = re.compile(r"(add|remove|up|down) (\w+(?:\[\d{1,3}\]\.\w+)?)(?:\[(\d{1,3})\])?")
Items = list[object]


def move_rows(content: dict[str, object], action: str) -> None:
    """Do what a button says: `add offers`, `remove waves[1]`, `up waves[0].channels[2]`.

    What does not fit the content changes nothing.
    """
    found = _ACTION.fullmatch(action)
    if found is None:
        return
    holder: object = content
    *outer, name = re.findall(r"\w+", found[2])
    for step in outer:
        holder = _inner(holder, step)
    items = holder.setdefault(name, []) if isinstance(holder, dict) else None
    if isinstance(items, list):
        _DO[found[1]](items, int(found[3] or 0), "" if name == "channels" else {})


def _inner(holder: object, step: str) -> object:
    if isinstance(holder, dict):
        return holder.setdefault(step, [])
    if isinstance(holder, list) and step.isdecimal() and int(step) < len(holder):
        return holder[int(step)]
    return None


def _add(items: Items, _: int, blank: object) -> None:
    if len(items) < MOST_ROWS:
        items.append(blank)


def _remove(items: Items, place: int, _: object) -> None:
    del items[place : place + 1]


def _up(items: Items, place: int, _: object) -> None:
    if 0 < place < len(items):
        items[place - 1], items[place] = items[place], items[place - 1]


def _down(items: Items, place: int, _: object) -> None:
    _up(items, place + 1, None)


_DO: dict[str, Callable[[Items, int, object], None]] = {
    "add": _add,
    "remove": _remove,
    "up": _up,
    "down": _down,
}
