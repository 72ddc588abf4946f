"""Everything wrong with an expression, gathered with its position before anything is raised."""

import difflib
from collections.abc import Iterable

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_

#: What an error says it is about.
SUBJECT = N_("The audience cannot be read")
DID_YOU_MEAN = N_("Did you mean {suggestion}?")
#: Problems told of one text; whoever has more will not read on.
_MOST = 100
#: Characters of a value quoted in a sentence.
_LONGEST_SHOWN = 200


class InvalidAudienceError(InvalidInputError):
    """The expression does not say which customers; `problems` holds everything wrong with it."""


class Findings:
    """Gathers the problems of one text, in the order of their positions."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[tuple[int, Problem]] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, offset: int, message: str, hint: str = "", **values: object) -> None:
        """Note a problem at the character `offset` of the text."""
        if len(self._found) == _MOST:
            return
        shown = {name: shortened(value) for name, value in values.items()}
        problem = Problem(message=message, where=self.place(offset), values=shown, hint=hint)
        if (offset, problem) not in self._found:
            self._found.append((offset, problem))

    def add_misspelt(self, offset: int, message: str, name: str, known: Iterable[str]) -> None:
        """Note an unknown `name`, with the known one it looks most like, if any does."""
        suggestion = closest(name, known)
        if suggestion is None:
            self.add(offset, message, name=name)
        else:
            self.add(offset, message, DID_YOU_MEAN, name=name, suggestion=suggestion)

    def place(self, offset: int) -> str:
        """Return `line:column` of a character offset, both counted from 1."""
        before = self._text[:offset]
        line = before.count("\n") + 1
        column = offset - before.rfind("\n")
        return f"{line}:{column}"

    def error(self) -> InvalidAudienceError:
        """Return everything found as one error."""
        ordered = sorted(self._found, key=lambda found: found[0])
        return InvalidAudienceError(SUBJECT, (problem for _, problem in ordered))


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, ignoring case, or None if none is near."""
    by_folded = {candidate.casefold(): candidate for candidate in sorted(known, reverse=True)}
    near = difflib.get_close_matches(name.casefold()[:_LONGEST_SHOWN], by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def shortened(value: object) -> object:
    """Return a text cut to a length that fits into a sentence; other values as they are."""
    if isinstance(value, str) and len(value) > _LONGEST_SHOWN:
        return value[: _LONGEST_SHOWN - 1] + "…"
    return value
