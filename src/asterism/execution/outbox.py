"""The outbox: what is due, what is in hand, and what became of it.

An item is 'waiting' until every check has passed, 'sending' from before the hand-off until its
outcome is written down, and then one of the outcomes. Marketing leaves 'waiting' once at most,
unless the channel is certain that it did not take the message.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select, update

from asterism.execution.bulk import among
from asterism.execution.caps import Moment as CountingMoment
from asterism.execution.caps import over_caps
from asterism.execution.channels.port import Message, Outcome, Result, Standing
from asterism.execution.life import Moment, State, exclusive, happened, happened_to_all
from asterism.execution.permission import Drop, Postpone, Rules, Verdict
from asterism.execution.reasons import Why
from asterism.execution.refusals import refusing
from asterism.execution.stop import of_stopped
from asterism.execution.tables import outbox, touch
from asterism.kernel.clock import local_day
from asterism.ledger import reading

#: After so many hand-offs that certainly failed, a message is given up.
ATTEMPTS = 5
_LONGEST_RETRY = timedelta(hours=1)
#: What a message says of its touch; the first is its key.
_OF_TOUCH = (
    "touch_id",
    "customer_id",
    "strategy",
    "version",
    "wave",
    "offer",
    "value_minor",
    "planned_for",
    "live_until",
    "manager_id",
    "branch_id",
    "script",
)


def due(engine: Engine, channel: str, now: datetime, limit: int) -> list[Message]:
    """Return what waits for `channel` and is due, what is worth most first, at most `limit`."""
    row = touch.c
    query = (
        select(*(row[name] for name in _OF_TOUCH), outbox.c.payload)
        .join(touch, touch.c.touch_id == outbox.c.key)
        .where(outbox.c.channel == channel, outbox.c.state == "waiting", outbox.c.due_at <= now)
        .order_by(outbox.c.priority.desc(), outbox.c.due_at.desc(), outbox.c.key)
        .limit(limit)
    )
    with reading(engine) as connection:
        return [_message(row) for row in connection.execute(query)]


def _message(row: Sequence[Any]) -> Message:
    key, *rest, payload = row
    told = dict(zip(_OF_TOUCH[1:], rest, strict=True))
    return Message(key=key, payload=payload, **told)


def take_in_hand(  # noqa: PLR0913 - the verdicts, and the facts they still depend on
    engine: Engine,
    channel: str,
    verdicts: Mapping[str, Verdict],
    *,
    rules: Rules,
    now: datetime,
    zone: str,
) -> list[Message]:
    """Write `verdicts` down and mark what passes as 'sending'; return that.

    What the ledger knows is checked here, in the one transaction that also marks: that each item
    still waits, that its strategy is not stopped, that its customer has not refused the channel,
    and that no cap is exceeded.
    """
    moment = CountingMoment(now=now, zone=zone)
    today = moment.today
    with engine.begin() as connection:
        exclusive(connection)
        waiting = _still_waiting(connection, verdicts)
        ready = [v for k, v in verdicts.items() if isinstance(v, Message) and k in waiting]
        drops = {k: v for k, v in verdicts.items() if isinstance(v, Drop) and k in waiting}
        drops |= {key: Drop(Why.STRATEGY_STOPPED) for key in of_stopped(connection, ready)}
        ready = [message for message in ready if message.key not in drops]
        refused = refusing(connection, [message.customer_id for message in ready], channel, now)
        drops |= {m.key: Drop(refused[m.customer_id]) for m in ready if m.customer_id in refused}
        ready = [message for message in ready if message.key not in drops]
        over = over_caps(
            connection, ready, channel, caps=rules.caps, per_day=rules.per_day, moment=moment
        )
        later = {k: v for k, v in verdicts.items() if isinstance(v, Postpone)}
        later |= {k: Postpone(o.until, o.why) for k, o in over.items() if o.until is not None}
        drops |= {key: Drop(found.why) for key, found in over.items() if found.until is None}
        ready = [message for message in ready if message.key not in over]
        _drop(connection, drops, now)
        _postpone(connection, later)
        keys = [message.key for message in ready]
        connection.execute(
            update(outbox)
            .where(among(connection, outbox.c.key, keys))
            .values(state="sending", attempts=outbox.c.attempts + 1)
        )
        connection.execute(
            update(touch)
            .where(among(connection, touch.c.touch_id, keys))
            .values(sent_at=now, sent_on=today)
        )
    return ready


def _still_waiting(connection: Connection, keys: Mapping[str, object]) -> frozenset[str]:
    query = select(outbox.c.key).where(
        among(connection, outbox.c.key, keys), outbox.c.state == "waiting"
    )
    return frozenset(connection.execute(query).scalars())


def _drop(connection: Connection, drops: Mapping[str, Drop], now: datetime) -> None:
    if not drops:
        return
    _mark(connection, drops, "suppressed")
    happened(
        connection,
        State.SUPPRESSED,
        [
            Moment(touch_id=key, at=now, reason=str(drop.why), detail=drop.detail or None)
            for key, drop in drops.items()
        ],
    )


def _postpone(connection: Connection, postponed: Mapping[str, Postpone]) -> None:
    if postponed:
        connection.execute(
            update(outbox)
            .where(outbox.c.key == bindparam("k"), outbox.c.state == "waiting")
            .values(due_at=bindparam("until"), last_error=bindparam("why")),
            [
                {"k": key, "until": verdict.until, "why": verdict.why.value}
                for key, verdict in postponed.items()
            ],
        )


def settle(
    engine: Engine, messages: Sequence[Message], outcomes: Sequence[Outcome], now: datetime
) -> dict[str, int]:
    """Write down what became of `messages`; one without an outcome is of unknown outcome."""
    told = {outcome.key: outcome for outcome in outcomes}
    final = [
        told.get(m.key) or Outcome(key=m.key, result=Result.UNKNOWN, reason=Why.OUTCOME_UNKNOWN)
        for m in messages
    ]
    with engine.begin() as connection:
        exclusive(connection)
        return _settle(connection, final, now)


def _settle(connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> dict[str, int]:
    keys = {result: [o.key for o in outcomes if o.result is result] for result in Result}
    failed = [outcome for outcome in outcomes if outcome.result is Result.FAILED]
    given_up = _retry(connection, [o for o in outcomes if o.result is Result.NOT_SENT], now)
    _sent(connection, keys[Result.SENT], now)
    _unknown(connection, keys[Result.UNKNOWN], now)
    _failed(connection, [*failed, *given_up], now)
    return {
        "sent": len(keys[Result.SENT]),
        "failed": len(failed) + len(given_up),
        "retry": len(keys[Result.NOT_SENT]) - len(given_up),
        "unknown": len(keys[Result.UNKNOWN]),
    }


def _mark(connection: Connection, keys: Collection[str], state: str) -> None:
    which = among(connection, outbox.c.key, keys)
    connection.execute(update(outbox).where(which).values(state=state))


def _sent(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    if not keys:
        return
    _mark(connection, keys, "sent")
    happened_to_all(connection, among(connection, touch.c.touch_id, keys), State.SENT, now)


def _unknown(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    if not keys:
        return
    _mark(connection, keys, "unknown")
    which = among(connection, touch.c.touch_id, keys)
    happened_to_all(connection, which, State.UNKNOWN, now, reason=Why.OUTCOME_UNKNOWN.value)


def _failed(connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write failures down; what did not reach the customer is no contact, so caps forget it."""
    keys = [outcome.key for outcome in outcomes]
    if not keys:
        return
    _mark(connection, keys, "failed")
    _forget_contact(connection, keys)
    moments = [
        Moment(touch_id=o.key, at=now, reason=o.reason or Why.REJECTED.value, detail=o.detail)
        for o in outcomes
    ]
    happened(connection, State.FAILED, moments)


def _forget_contact(connection: Connection, keys: Sequence[str]) -> None:
    connection.execute(
        update(touch)
        .where(among(connection, touch.c.touch_id, keys))
        .values(sent_at=None, sent_on=None)
    )


def _retry(connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> list[Outcome]:
    """Put back what certainly did not leave, later each time; return what is given up."""
    told = {outcome.key: outcome for outcome in outcomes}
    if not told:
        return []
    query = select(outbox.c.key, outbox.c.attempts).where(among(connection, outbox.c.key, told))
    attempts = {row.key: row.attempts for row in connection.execute(query)}
    again = [
        {"k": key, "until": now + backoff(count), "error": told[key].detail[:400]}
        for key, count in attempts.items()
        if count < ATTEMPTS
    ]
    if again:
        connection.execute(
            update(outbox)
            .where(outbox.c.key == bindparam("k"))
            .values(state="waiting", due_at=bindparam("until"), last_error=bindparam("error")),
            again,
        )
        _forget_contact(connection, [str(row["k"]) for row in again])
    return [
        Outcome(key=key, result=Result.FAILED, reason=Why.GAVE_UP, detail=told[key].detail)
        for key, count in attempts.items()
        if count >= ATTEMPTS
    ]


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: one minute, doubled up to an hour.

    >>> [int(backoff(n).total_seconds()) for n in (1, 2, 3, 10)]
    [60, 120, 240, 3600]
    """
    return min(timedelta(minutes=1 << min(attempts - 1, 16)), _LONGEST_RETRY)


def in_hand(engine: Engine, channel: str) -> list[str]:
    """Return the keys that stand as 'sending' on `channel`."""
    query = select(outbox.c.key).where(outbox.c.channel == channel, outbox.c.state == "sending")
    with reading(engine) as connection:
        return list(connection.execute(query).scalars())


def reconcile(engine: Engine, standings: Mapping[str, Standing], now: datetime) -> dict[str, int]:
    """Settle what a dead sender left in hand, by what the channel knows; nothing is guessed."""
    with engine.begin() as connection:
        exclusive(connection)
        taken = [key for key, s in standings.items() if s is Standing.TAKEN]
        lost = [key for key, s in standings.items() if s is Standing.CANNOT_SAY]
        safe = [key for key, s in standings.items() if s is Standing.SAFE_TO_SEND]
        _sent(connection, taken, now)
        _unknown(connection, lost, now)
        connection.execute(
            update(outbox)
            .where(among(connection, outbox.c.key, safe))
            .values(state="waiting", due_at=now)
        )
        _forget_contact(connection, safe)
    return {"taken": len(taken), "unknown": len(lost), "again": len(safe)}


def expire(engine: Engine, now: datetime, zone: str) -> int:
    """End what has waited past its last day; return how many."""
    today = local_day(now, zone)
    with engine.begin() as connection:
        exclusive(connection)
        late = outbox.c.expires_on < today
        keys = (
            connection.execute(
                update(outbox)
                .where(outbox.c.state == "waiting", late)
                .values(state="expired")
                .returning(outbox.c.key)
            )
            .scalars()
            .all()
        )
        late_touches = among(connection, touch.c.touch_id, keys)
        why = Why.TOO_LATE.value
        return happened_to_all(connection, late_touches, State.EXPIRED, now, reason=why)
