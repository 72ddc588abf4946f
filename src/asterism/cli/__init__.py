"""The command line."""

from asterism.cli.app import main

__all__ = ["main"]
