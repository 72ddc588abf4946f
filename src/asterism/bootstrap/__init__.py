"""The one place that wires; the web is wired apart, so that commands without it start fast."""

from asterism.bootstrap.installation import Asterism, open_asterism

__all__ = ["Asterism", "open_asterism"]
