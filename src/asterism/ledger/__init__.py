"""Operational facts that must never be lost."""

from asterism.ledger.store import AwareMoment, metadata, open_ledger, reading, upgrade

__all__ = ["AwareMoment", "metadata", "open_ledger", "reading", "upgrade"]
