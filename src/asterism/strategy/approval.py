"""Four eyes: what one person wrote, another approves, word for word, before it goes live.

An approval belongs to the SHA-256 of the content. It ends after `VALID`, and with any change of
the draft. Who wrote in the draft, or asked, does not approve it: people are told apart by their
name in the house, whichever session, key or machine they come by.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, insert, update

from asterism.kernel.clock import Clock
from asterism.kernel.errors import ConflictError
from asterism.kernel.words import N_
from asterism.strategy.document import dump_strategy
from asterism.strategy.drafts import OPEN, close_draft, draft_in
from asterism.strategy.publish import content_hash, newest_version, publish_in
from asterism.strategy.ramp import EVERYBODY, set_ramp
from asterism.strategy.requests import (
    APPROVED,
    PUBLISHED,
    REJECTED,
    WAITING,
    Request,
    check_words,
    request_in,
    strategy_request,
    withdraw_in,
)
from asterism.strategy.strategy import Strategy

#: How long an approval holds.
VALID = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How much a strategy can do: what decides who may approve it."""

    #: Customers in its audience and cell.
    customers: int
    #: What a day may cost at most, in minor units.
    spend_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on a strategy needs an approver of large ones."""

    customers: int
    spend_minor: int

    def large(self, reach: Reach) -> bool:
        """Tell whether a reach is at or beyond either threshold."""
        return reach.customers >= self.customers or reach.spend_minor >= self.spend_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """Somebody who decides."""

    name: str
    #: Whether they may decide on large strategies too.
    of_large: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a version begins: with which share of its customers, and how that grows."""

    share: float = EVERYBODY
    #: The bank's day from which it counts.
    day: date
    step_days: int | None = None


def submit(  # noqa: PLR0913 - what is asked, how large it is, and who asks
    engine: Engine,
    draft_id: str,
    strategy: Strategy,
    *,
    reach: Reach,
    thresholds: Thresholds,
    clock: Clock,
    actor: str,
) -> Request:
    """Ask for approval of `strategy`, the content of a draft that the caller has checked.

    A request of the same draft that still stands is withdrawn. ConflictError if the draft is
    closed, or if the same content is live already.
    """
    text = dump_strategy(strategy)
    with engine.begin() as connection:
        draft = draft_in(connection, draft_id, to_change=True)
        if draft.state != OPEN:
            raise ConflictError(N_("This draft is closed: start a new one."))
        newest = newest_version(connection, strategy.id)
        same = newest is not None and newest.content_hash == content_hash(strategy)
        if same and newest is not None and newest.state == PUBLISHED:
            raise ConflictError(N_("This is what is live already: there is nothing to approve."))
        withdraw_in(connection, draft_id, clock)
        request_id = secrets.token_hex(8)
        connection.execute(
            insert(strategy_request).values(
                request_id=request_id,
                draft_id=draft_id,
                strategy_id=strategy.id,
                yaml=text,
                content_hash=content_hash(strategy),
                base_version=newest.version if newest else None,
                asked_by=actor,
                asked_at=clock.now(),
                makers=list(dict.fromkeys((*draft.makers, actor))),
                customers=reach.customers,
                spend_minor=reach.spend_minor,
                large=thresholds.large(reach),
                state=WAITING,
            )
        )
        return request_in(connection, request_id)


def may_decide(request: Request, approver: Approver) -> str:
    """Return why somebody may not decide on a request, as a sentence; empty if they may."""
    if _same_person(approver.name, request.makers):
        return N_("Whoever wrote in a draft does not approve it: ask a colleague.")
    if request.large and not approver.of_large:
        return N_("This strategy is large: it takes somebody who may approve large ones.")
    return ""


def approve(
    engine: Engine, request_id: str, seen_hash: str, clock: Clock, approver: Approver
) -> Request:
    """Approve the content whose hash the approver saw.

    ConflictError if somebody decided before, the content is another, or it is not theirs to decide.
    """
    with engine.begin() as connection:
        request = _to_decide(connection, request_id, approver)
        if request.content_hash != seen_hash or content_hash(request.strategy) != seen_hash:
            raise ConflictError(N_("This is not what you saw: read it again before you approve."))
        return _decide(connection, request, APPROVED, clock, approver, expires=clock.now() + VALID)


def reject(
    engine: Engine, request_id: str, reason: str, clock: Clock, approver: Approver
) -> Request:
    """Say no, and why; ConflictError if somebody decided before."""
    check_words(reason, N_("Say why it is rejected"))
    with engine.begin() as connection:
        request = _to_decide(connection, request_id, approver)
        return _decide(connection, request, REJECTED, clock, approver, reason=reason.strip())


def withdraw(engine: Engine, draft_id: str, clock: Clock) -> bool:
    """Take back a draft's request, as with every change of it; tell whether there was one."""
    with engine.begin() as connection:
        return withdraw_in(connection, draft_id, clock)


def go_live(engine: Engine, request_id: str, start: Start, clock: Clock, actor: str) -> Request:
    """Publish what was approved, as it was approved; returns the request with its version.

    ConflictError if it is not approved, the approval has run out, the content or the draft is not
    what was approved, or another version went live since it was asked.
    """
    with engine.begin() as connection:
        request = request_in(connection, request_id, to_change=True)
        _check_approved(connection, request, clock.now())
        approved_by = request.decided_by or ""
        version = publish_in(connection, request.strategy, clock, actor, approved_by)
        if start.share < EVERYBODY:
            set_ramp(
                connection,
                request.strategy_id,
                version,
                share=start.share,
                since=start.day,
                step_days=start.step_days,
                actor=actor,
                clock=clock,
            )
        close_draft(connection, request.draft_id)
        _move(connection, request_id, state=PUBLISHED, version=version)
        return request_in(connection, request_id)


def publish_alone(engine: Engine, strategy: Strategy, clock: Clock, actor: str) -> int:
    """Publish without another person; the caller has made sure that the installation allows it."""
    with engine.begin() as connection:
        return publish_in(connection, strategy, clock, actor)


def _check_approved(connection: Connection, request: Request, now: datetime) -> None:
    if request.state != APPROVED:
        raise ConflictError(
            N_("Nothing goes live without the approval of a second person: ask for one.")
        )
    if request.expired(now):
        raise ConflictError(N_("The approval is older than 72 hours: ask for a new one."))
    if content_hash(request.strategy) != request.content_hash:
        raise ConflictError(N_("The content is not what was approved: ask for a new approval."))
    newest = newest_version(connection, request.strategy_id)
    if (newest.version if newest else None) != request.base_version:
        raise ConflictError(
            N_("Another version went live since this was asked for: compare, and ask again.")
        )


def _to_decide(connection: Connection, request_id: str, approver: Approver) -> Request:
    request = request_in(connection, request_id, to_change=True)
    if request.state != WAITING:
        message = N_("It is decided already: {name} was first.")
        raise ConflictError(message, name=request.decided_by or request.asked_by)
    refusal = may_decide(request, approver)
    if refusal:
        raise ConflictError(refusal)
    return request


def _decide(  # noqa: PLR0913, PLR0917 - the decision's row
    connection: Connection,
    request: Request,
    state: str,
    clock: Clock,
    approver: Approver,
    expires: datetime | None = None,
    reason: str | None = None,
) -> Request:
    values = {"decided_by": approver.name, "decided_at": clock.now(), "reason": reason}
    _move(connection, request.request_id, state=state, expires_at=expires, **values)
    return request_in(connection, request.request_id)


def _move(connection: Connection, request_id: str, **values: object) -> None:
    row = strategy_request.c
    connection.execute(
        update(strategy_request).where(row.request_id == request_id).values(**values)
    )


def _same_person(name: str, names: tuple[str, ...]) -> bool:
    return name.strip().casefold() in {other.strip().casefold() for other in names}
