"""The bank's limits in the ledger: every version is kept, the newest is in force."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Engine, Integer, String, Table, Text, insert, select

from asterism.kernel.clock import Clock
from asterism.ledger import AwareMoment, metadata, reading
from asterism.strategy.limits_document import BankLimits, dump_limits, load_limits

#: One row per version; rows are never changed.
bank_limits = Table(
    "bank_limits",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("yaml", Text, nullable=False),
    Column("set_at", AwareMoment, nullable=False),
    Column("set_by", String(80), nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsVersion:
    """The limits together with what the ledger knows of their version."""

    limits: BankLimits
    #: Counted from 1; 0 for the defaults, which nobody set.
    version: int
    set_at: datetime | None = None
    set_by: str = ""


def current_limits(engine: Engine) -> LimitsVersion:
    """Return the limits in force, the defaults if none were ever set."""
    query = select(bank_limits).order_by(bank_limits.c.version.desc()).limit(1)
    with reading(engine) as connection:
        row = connection.execute(query).first()
    if row is None:
        return LimitsVersion(limits=BankLimits(), version=0)
    return LimitsVersion(
        limits=load_limits(row.yaml), version=row.version, set_at=row.set_at, set_by=row.set_by
    )


def set_limits(engine: Engine, limits: BankLimits, clock: Clock, actor: str) -> int:
    """Put `limits` in force from the next decision on; return their version.

    Limits equal to those in force are that version.
    """
    current = current_limits(engine)
    if current.version and current.limits == limits:
        return current.version
    with engine.begin() as connection:
        connection.execute(
            insert(bank_limits).values(
                version=current.version + 1,
                yaml=dump_limits(limits),
                set_at=clock.now(),
                set_by=actor,
            )
        )
    return current.version + 1
