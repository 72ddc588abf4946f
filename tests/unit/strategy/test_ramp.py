"""A ramp lets customers in by a draw of its own: who is in stays in, and the hold-out is kept."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sqlalchemy import Engine

from asterism.audience import Columns
from asterism.kernel.clock import SetClock
from asterism.kernel.errors import InvalidInputError
from asterism.strategy import (
    Contacts,
    decide,
    draft,
    live_strategies,
    load_strategy,
    publish_strategy,
    why,
)
from asterism.strategy.contacts import ASSIGNED
from asterism.strategy.decisions import Decisions
from asterism.strategy.ramp import Ramp, set_ramp
from asterism.strategy.testing import CATALOGUE, profile_of

DAY = date(2026, 1, 7)


def decided(customers: Columns, text: str, share: float) -> Decisions:
    return decide(customers, [replace(draft(load_strategy(text)), ramp=share)], day=DAY)


def arms(found: Decisions) -> dict[str, str]:
    table = found.touches
    return dict(zip(table["customer_id"].to_pylist(), table["arm"].to_pylist(), strict=True))


def test_who_is_in_stays_in_and_keeps_the_arm(customers: Columns, text: str) -> None:
    tenth, half, whole = (arms(decided(customers, text, share)) for share in (0.1, 0.5, 1.0))
    assert 0 < len(tenth) < len(half) < len(whole)
    assert tenth.items() <= half.items() <= whole.items()
    held_out = sum(arm == "holdout" for arm in half.values()) / len(half)
    assert held_out == pytest.approx(0.19, abs=0.05)


def test_the_funnel_says_who_is_not_in_yet_and_still_adds_up(customers: Columns, text: str) -> None:
    found = decided(customers, text, 0.1)
    steps = [step for step in found.funnel if step.strategy == "try_fund"]
    (ramp,) = (step for step in steps if step.reason == "audience.not_yet_in_ramp")
    assert ramp.dropped > ramp.left > 0
    assert all(a.left - b.dropped == b.left for a, b in pairwise(steps))


def test_why_says_the_same_as_the_night(customers: Columns, text: str) -> None:
    published = [replace(draft(load_strategy(text)), ramp=0.1)]
    chosen = set(arms(decide(customers, published, day=DAY)))
    everybody = arms(decided(customers, text, 1.0))
    places = customers.customer_ids.find(list(everybody)[:200])
    for customer, place in zip(list(everybody)[:200], places, strict=True):
        profile = profile_of(customers, int(place))
        (answer,) = why(published, customer, profile, CATALOGUE, day=DAY).strategies
        assert (answer.reason.code == "audience.not_yet_in_ramp") == (customer not in chosen)


def test_later_waves_are_sent_to_those_who_are_in(customers: Columns, text: str) -> None:
    waves = text + "waves: [{day: 0}, {day: 5}]\n"
    first = decided(customers, waves, 1.0).touches
    assigned = first.select(["customer_id", "strategy", "version", "wave", "arm"])
    rows = [
        {
            **row,
            "occasion": "2026-01-02",
            "assigned_on": date(2026, 1, 2),
            "offer": "bond",
            "channel": "email",
        }
        for row in assigned.to_pylist()
    ]
    contacts = Contacts(assigned=pa.Table.from_pylist(rows, schema=ASSIGNED))
    second = decide(
        customers,
        [replace(draft(load_strategy(waves)), ramp=0.01)],
        day=DAY,
        contacts=contacts,
    ).touches
    later = second.filter(pc.equal(second["wave"], 2))
    assert later.num_rows > 0.9 * first.num_rows


@pytest.mark.parametrize(
    ("days", "share"), [(0, 0.01), (2, 0.01), (3, 0.1), (5, 0.1), (6, 1.0), (60, 1.0), (-1, 0.01)]
)
def test_a_ramp_grows_by_days(days: int, share: float) -> None:
    ramp = Ramp(share=0.01, since=date(2026, 1, 5), step_days=3)
    assert ramp.share_on(date.fromordinal(ramp.since.toordinal() + days)) == share


def test_a_ramp_set_by_hand_stays(engine: Engine, clock: SetClock, text: str) -> None:
    version = publish_strategy(engine, load_strategy(text), clock, "ana")
    assert live_strategies(engine, DAY)[0].ramp == 1.0
    with engine.begin() as connection:
        set_ramp(
            connection,
            "try_fund",
            version,
            share=0.1,
            since=DAY,
            step_days=None,
            actor="bo",
            clock=clock,
        )
    assert live_strategies(engine, date(2027, 1, 1))[0].ramp == 0.1
    assert publish_strategy(engine, load_strategy(text.replace("0.2", "0.3")), clock, "bo") == 2
    assert live_strategies(engine, DAY)[0].ramp == 1.0


@pytest.mark.parametrize(("share", "days"), [(0.0, None), (1.1, None), (0.1, 0), (0.1, 9999)])
def test_a_ramp_that_cannot_be_is_refused(
    engine: Engine, clock: SetClock, share: float, days: int | None
) -> None:
    with engine.begin() as connection, pytest.raises(InvalidInputError):
        set_ramp(
            connection, "x", 1, share=share, since=DAY, step_days=days, actor="bo", clock=clock
        )
