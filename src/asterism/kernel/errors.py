"""Errors that carry the remedy: what was wrong, where, and what to do next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in an input."""

    #: The sentence, an English gettext message id with `{name}` fields.
    message: str
    #: Where: a path such as `tables.customers.birth_date`, or `1:17` (line:column) in a text.
    where: str = ""
    #: Values for the message's fields.
    values: Mapping[str, object] = field(default_factory=dict)
    #: What to do next, also a message id; empty if the sentence says it.
    hint: str = ""

    def __str__(self) -> str:
        text = self.message.format(**self.values)
        if self.where:
            text = f"{self.where}: {text}"
        return f"{text} {self.hint.format(**self.values)}" if self.hint else text


class AsterismError(Exception):
    """Something that a person can put right went wrong.

    `message` is an English gettext message id, `values` fill its `{name}` fields: whoever shows
    the error says it in the reader's language.
    """

    #: The process's exit code when the command line ends with this error.
    exit_code = 1

    def __init__(self, message: str = "", **values: object) -> None:
        self.message = message
        self.values = values
        super().__init__(message.format(**values) if values else message)


class InvalidInputError(AsterismError):
    """An input is wrong; `problems` holds everything wrong with it, not the first thing only."""

    exit_code = 2

    def __init__(self, subject: str, problems: Iterable[Problem]) -> None:
        super().__init__(subject)
        self.subject = subject
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        return f"{self.subject}:\n{lines}"


class NotFoundError(AsterismError):
    """The thing asked for does not exist."""

    exit_code = 3


class ConflictError(AsterismError):
    """The request is well formed but does not fit the present state."""

    exit_code = 4
