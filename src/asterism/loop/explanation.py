"""Why and why-not on any day, recomputed from what never changes.

The snapshot of that day, the strategies as they stood when it was decided, what had happened by
then; and beside it the facts: what was decided, and what became of it. Facts remain when the
snapshot has been pruned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, func, select

from asterism.insight.profiles import Profiles
from asterism.insight.segments import segment_catalogue
from asterism.insight.snapshots import snapshot_table
from asterism.kernel.errors import NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.ledger import reading
from asterism.loop.arbiter import Arbiter, Charge
from asterism.loop.facts import Decided, contacts_of, decided_for
from asterism.loop.house import House
from asterism.loop.journal import stage_table
from asterism.loop.practice import Practice
from asterism.strategy import (
    Limits,
    PublishedStrategy,
    get_strategy,
    reasons,
    why,
)
from asterism.strategy.heard import standing_at
from asterism.strategy.past import strategies_at
from asterism.strategy.why import StrategyWhy
from asterism.warehouse import Snapshot, Warehouse


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What is known of one customer and one day."""

    customer_id: str
    day: date
    #: When the day was decided; None if it was not, or not yet.
    decided_at: datetime | None
    #: The snapshot that the day was decided on; None if it is no longer kept.
    snapshot: str | None
    #: Every strategy's answer, those that act first; empty without the snapshot.
    strategies: tuple[StrategyWhy, ...]
    #: What the day's prices charged the best action of each strategy that was passed over.
    charges: Mapping[str, Charge]
    decided: tuple[Decided, ...]
    #: What somebody should know before reading on.
    notices: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    day: date
    decided_at: datetime | None
    snapshot_id: str


def explain_customer(
    house: House,
    customer_id: str,
    *,
    day: date | None = None,
    strategy: str | None = None,
    practice: Practice,
) -> Explained:
    """Explain what every strategy (or one) decided for a customer on `day`, and why.

    By default the day after the current snapshot's last. NotFoundError if the customer, the
    strategy or a decision of that day does not exist.
    """
    of = _day_of(house.engine, day)
    then = of.decided_at or house.clock.now()
    strategies = _asked(house.engine, strategies_at(house.engine, of.day, then), strategy)
    decided = decided_for(house.engine, customer_id, of.day)
    snapshot = _kept(house.warehouse, of.snapshot_id)
    if snapshot is None and not decided:
        raise NotFoundError(
            N_("The data of {day} is no longer kept, and nothing was decided for {customer}."),
            day=of.day,
            customer=customer_id,
        )
    answers: tuple[StrategyWhy, ...] = ()
    charges: Mapping[str, Charge] = {}
    if snapshot is not None:
        profile = _profile(snapshot, customer_id)
        limits = practice.limits(house.engine, then)
        answers = _answers(house, of, (customer_id, profile), strategies, limits, practice)
        if of.decided_at is not None:
            arbiter = Arbiter(house.engine, of.day, decided, limits, profile)
            answers, charges = _arbitrated(arbiter, answers)
    return Explained(
        customer_id=customer_id,
        day=of.day,
        decided_at=of.decided_at,
        snapshot=snapshot.id if snapshot else None,
        strategies=tuple(sorted(answers, key=_place)),
        charges=charges,
        decided=tuple(one for one in decided if strategy in {None, one.strategy}),
        notices=tuple(_notices(of, snapshot, strategy, strategies)),
    )


def _answers(  # noqa: PLR0913, PLR0917 - a day, a person, and what both are decided by
    house: House,
    of: _Day,
    person: tuple[str, Mapping[str, object]],
    strategies: Sequence[PublishedStrategy],
    limits: Limits,
    practice: Practice,
) -> tuple[StrategyWhy, ...]:
    """Return every strategy's answer by layers 1 to 4."""
    customer_id, profile = person
    standing = standing_at(
        house.engine,
        of.decided_at or house.clock.now(),
        heard_by=of.decided_at,
        customer_ids=[customer_id],
        zones=practice.zones,
    )
    return why(
        strategies,
        customer_id,
        profile,
        segment_catalogue(house.engine),
        day=of.day,
        contacts=contacts_of(house.engine, of.day, customer_id, standing),
        limits=limits,
        universal_control=practice.universal_control,
    ).strategies


def _arbitrated(
    arbiter: Arbiter, answers: Sequence[StrategyWhy]
) -> tuple[tuple[StrategyWhy, ...], Mapping[str, Charge]]:
    """Return the answers with arbitration's word, and what the prices charged who lost by them."""
    charges = {
        one.published.strategy.id: charge
        for one in answers
        if (charge := arbiter.charge(one)) is not None
    }
    return tuple(arbiter.judged(one) for one in answers), charges


def _notices(
    of: _Day, snapshot: Snapshot | None, asked: str | None, found: Sequence[PublishedStrategy]
) -> list[Problem]:
    notices = []
    if snapshot is None:
        message = N_(
            "The snapshot of {day} is no longer kept: its reasons cannot be computed again. "
            "What remains is what was decided, and the life of each touch."
        )
        notices.append(Problem(message=message, values={"day": of.day}))
    if of.decided_at is None:
        message = N_("{day} has not been decided yet: this is how it stands before the night.")
        notices.append(Problem(message=message, values={"day": of.day}))
    if asked and not found:
        message = N_("The strategy {strategy} was not live on {day}.")
        notices.append(Problem(message=message, values={"strategy": asked, "day": of.day}))
    return notices


def _day_of(engine: Engine, day: date | None) -> _Day:
    """Return the day's snapshot and when it was decided; the next day to decide by default."""
    row = snapshot_table.c
    newest = select(row.id, row.as_of).order_by(row.number.desc()).limit(1)
    with reading(engine) as connection:
        if day is None:
            current = connection.execute(newest).one_or_none()
            if current is None:
                raise NotFoundError(N_("No data has been published yet: run a day first."))
            day = current.as_of + timedelta(days=1)
        decided = connection.execute(
            select(stage_table.c.finished_at).where(
                stage_table.c.day == day, stage_table.c.stage == "decide"
            )
        ).scalar()
        known = connection.execute(newest.where(row.as_of == day - timedelta(days=1))).one_or_none()
        if known is None:
            first, last = connection.execute(select(func.min(row.as_of), func.max(row.as_of))).one()
            raise NotFoundError(
                N_("Nothing was decided on {day}: there are decisions from {first} to {last}."),
                day=day,
                first=first + timedelta(days=1) if first else "—",
                last=last + timedelta(days=1) if last else "—",
            )
    return _Day(day=day, decided_at=decided, snapshot_id=known.id)


def _asked(
    engine: Engine, found: Sequence[PublishedStrategy], asked: str | None
) -> tuple[PublishedStrategy, ...]:
    if asked is None:
        return tuple(found)
    get_strategy(engine, asked)
    return tuple(one for one in found if one.strategy.id == asked)


def _kept(warehouse: Warehouse, snapshot_id: str) -> Snapshot | None:
    try:
        return warehouse.open(snapshot_id)
    except NotFoundError:
        return None


def _profile(snapshot: Snapshot, customer_id: str) -> Mapping[str, object]:
    profile = Profiles.open(snapshot.path("profiles")).get(customer_id)
    if profile is None:
        raise NotFoundError(
            N_("There is no customer {id} in the data of {day}."),
            id=customer_id,
            day=snapshot.as_of,
        )
    return profile


def _place(one: StrategyWhy) -> tuple[int, int]:
    """Return where an answer stands: those that act, then those that came furthest."""
    acts = one.reason.code == reasons.CHOSEN.code
    return (not acts, -list(type(one.reason.layer)).index(one.reason.layer))
