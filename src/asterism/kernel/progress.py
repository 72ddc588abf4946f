"""How long work tells how far it is, whoever listens."""

from typing import Protocol


class Progress(Protocol):
    """Called with the name of a step and the share of it that is done, 0.0 to 1.0."""

    def __call__(self, step: str, done: float) -> None:
        """Take note of the progress."""
        ...


def silent(step: str, done: float) -> None:
    """Listen to nothing."""
