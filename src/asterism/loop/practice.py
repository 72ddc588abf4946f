"""How a bank decides its days: who is left alone, how often, how many, within which limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, select

from asterism.execution.policy import read_policy
from asterism.ledger import reading
from asterism.strategy import Limits
from asterism.strategy.limit_versions import bank_limits
from asterism.strategy.limits_document import BankLimits, load_limits


class Deciding(Protocol):
    """What is read of a bank, or of its settings."""

    @property
    def touches_per_day(self) -> int:
        """The most marketing touches for one customer in a day."""
        ...

    @property
    def universal_control(self) -> float:
        """Share of customers who are never contacted."""
        ...

    @property
    def time_zone(self) -> str:
        """IANA zone of the business day."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Everything besides data and strategies that a day is decided by."""

    home: Path
    touches_per_day: int
    universal_control: float
    time_zone: str

    @classmethod
    def of(cls, home: Path, deciding: Deciding) -> "Practice":
        """Return the practice of a home with its settings."""
        return cls(
            home=home,
            touches_per_day=deciding.touches_per_day,
            universal_control=deciding.universal_control,
            time_zone=deciding.time_zone,
        )

    @property
    def zones(self) -> Sequence[str]:
        """Where the bank's customers may live."""
        return read_policy(self.home, self.time_zone).zones

    def limits(self, engine: Engine, moment: datetime | None = None) -> Limits:
        """Return the limits in force at `moment`, by default now.

        The bank's limits are versions in the ledger, as they stood then; the contact policy is a
        file of the home, as it stands.
        """
        table = bank_limits.c
        query = select(table.yaml).order_by(table.version.desc()).limit(1)
        if moment is not None:
            query = query.where(table.set_at <= moment)
        with reading(engine) as connection:
            text = connection.execute(query).scalar()
        limits = load_limits(text) if text else BankLimits()
        caps = read_policy(self.home, self.time_zone).caps
        return limits.limits(touches_per_customer=self.touches_per_day, caps=caps)
