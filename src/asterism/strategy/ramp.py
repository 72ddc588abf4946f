"""How large a part of its customers a version may take up yet: 1 %, 10 %, all of them.

Who is in is a stable draw of its own, apart from the hold-out's, so that those in stay in as the
share grows, and both sides of the comparison grow alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Engine,
    Float,
    Integer,
    String,
    Table,
    insert,
    select,
)

from asterism.kernel.clock import Clock
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.ledger import AwareMoment, metadata, reading

#: The shares that a ramp goes through.
STEPS = (0.01, 0.1, 1.0)
EVERYBODY = 1.0

#: Every setting of a ramp, append-only: a version's latest row holds. A version without one has
#: everybody.
strategy_ramp = Table(
    "strategy_ramp",
    metadata,
    Column("ramp_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("strategy_id", String(63), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("share", Float, nullable=False),
    #: The day from which the share holds.
    Column("since", Date, nullable=False),
    #: Days after which the next of `STEPS` follows by itself; null if a person sets it.
    Column("step_days", Integer),
    Column("actor", String(80), nullable=False),
    Column("at", AwareMoment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """Where a version's ramp was set last."""

    share: float
    since: date
    step_days: int | None = None
    actor: str = ""
    at: datetime | None = None

    def share_on(self, day: date) -> float:
        """Return the share that may be taken up on `day`.

        >>> Ramp(share=0.01, since=date(2026, 1, 1), step_days=3).share_on(date(2026, 1, 4))
        0.1
        """
        if self.step_days is None or day < self.since:
            return self.share
        passed = (day - self.since).days // self.step_days
        later = [step for step in STEPS if step > self.share]
        return self.share if passed == 0 or not later else later[min(passed, len(later)) - 1]

    def next_step(self, day: date) -> float | None:
        """Return the share that comes after the one of `day`; None after everybody."""
        return next((step for step in STEPS if step > self.share_on(day)), None)


def ramp_salt(strategy_id: str) -> str:
    """Return the salt of the draw by which customers enter."""
    return f"ramp {strategy_id}"


def set_ramp(  # noqa: PLR0913 - whose ramp, and the row's fields
    connection: Connection,
    strategy_id: str,
    version: int,
    *,
    share: float,
    since: date,
    step_days: int | None,
    actor: str,
    clock: Clock,
) -> None:
    """Set a version's ramp; InvalidInputError for a share or a number of days that cannot be."""
    problems = []
    if not 0.0 < share <= EVERYBODY:
        message = N_("The share is above 0 and at most 1, not {share}.")
        problems.append(Problem(message=message, where="share", values={"share": share}))
    if step_days is not None and not 1 <= step_days <= 365:  # noqa: PLR2004 - a year
        message = N_("A step takes 1 to 365 days, not {days}.")
        problems.append(Problem(message=message, where="step_days", values={"days": step_days}))
    if problems:
        raise InvalidInputError(N_("The ramp cannot be set"), problems)
    connection.execute(
        insert(strategy_ramp).values(
            strategy_id=strategy_id,
            version=version,
            share=share,
            since=since,
            step_days=step_days if share < EVERYBODY else None,
            actor=actor,
            at=clock.now(),
        )
    )


def ramps(engine: Engine) -> Mapping[tuple[str, int], Ramp]:
    """Return the ramp of every version that has one, by strategy id and version."""
    row = strategy_ramp.c
    with reading(engine) as connection:
        found = connection.execute(select(strategy_ramp).order_by(row.ramp_id))
        return {
            (one.strategy_id, one.version): Ramp(
                share=one.share,
                since=one.since,
                step_days=one.step_days,
                actor=one.actor,
                at=one.at,
            )
            for one in found
        }
