"""The simulation's arrays as canonical Arrow tables."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from asterism.twin.accounts import Accounts
from asterism.twin.arrow import (
    NO_DAY,
    NONE,
    coded,
    compact,
    dates,
    moments,
    nulls,
    numbered,
    optional,
    same,
    schema,
)
from asterism.twin.behaviour import EVENT, EVENT_NAMES, PAGES, Events
from asterism.twin.contacts import CONTACT, CONTACT_KINDS, OUTCOMES, Contacts
from asterism.twin.days import date_of
from asterism.twin.habits import CATEGORIES, CHANNELS, KINDS
from asterism.twin.moment import Scene
from asterism.twin.people import People
from asterism.twin.place import Place
from asterism.twin.products import FAMILY_OF, product_ids
from asterism.twin.seeds import Array, chance
from asterism.twin.settle import BalanceRows, Settled
from asterism.warehouse.canonical import PRODUCT_FAMILIES

_ROWS = 1_000_000
_ROW_DIGITS = 10


class Ids(NamedTuple):
    """The ids of a block's customers and accounts, as Arrow texts by index."""

    customers: pa.Array
    accounts: pa.Array


def customer_ids(numbers: Array) -> pa.Array:
    """Return the ids of customers by their numbers in the world."""
    return numbered("C", np.asarray(numbers) + 1, 9)


def customer_numbers(ids: pa.Array | pa.ChunkedArray) -> Array:
    """Return the customers' numbers in the world from their ids."""
    digits = pc.utf8_slice_codeunits(ids, 1)
    return np.asarray(pc.cast(digits, pa.int64())) - 1


def block_ids(people: People, accounts: Accounts) -> Ids:
    """Return the ids of a block."""
    number = people.number[accounts.customer] + 1
    return Ids(customer_ids(people.number), numbered("6", number * 1000 + accounts.serial, 12))


def _serial(prefix: str, scene: Scene, rows: Array | int) -> pa.Array:
    """Return ids unlike in the whole world: period, block, row."""
    place = np.arange(rows) if isinstance(rows, int) else rows
    start = date_of(scene.period.first).strftime("%y%m%d")
    return numbered(prefix + start, scene.block * _ROWS + place, _ROW_DIGITS)


def _ordered(table: str, columns: dict[str, pa.Array]) -> pa.Table:
    return pa.table({name: columns[name] for name in schema(table).names})


def transactions_table(scene: Scene, ids: Ids, settled: Settled) -> pa.Table:
    """Return transactions in order of account and time."""
    flow = settled.flow
    place = scene.place
    count = flow.count
    return _ordered(
        "transactions",
        {
            "transaction_id": _serial("T", scene, count),
            "account_id": compact(ids.accounts, flow.account),
            "customer_id": compact(ids.customers, scene.state.accounts.customer[flow.account]),
            "posted_at": moments(flow.second),
            "amount": pa.array(flow.amount),
            "currency": same(place.pack.currency, count),
            "kind": coded(KINDS, flow.kind),
            "channel": coded(CHANNELS, flow.channel),
            "merchant_category": coded(CATEGORIES, flow.category),
            "counterparty": compact(place.parties.names, flow.party),
            "employer_id": compact(place.employers.ids(), flow.employer),
            "product_id": coded(product_ids(), flow.product),
            "balance_after": pa.array(settled.balance_after),
        },
    )


def balances_table(scene: Scene, ids: Ids, rows: BalanceRows) -> pa.Table:
    """Return balances at the period's last day with the period's means."""
    count = rows.account.size
    accounts = scene.state.accounts
    return _ordered(
        "balances",
        {
            "account_id": ids.accounts.take(pa.array(rows.account)),
            "customer_id": compact(ids.customers, accounts.customer[rows.account]),
            "date": dates(np.full(count, scene.period.last)),
            "family": coded(PRODUCT_FAMILIES, FAMILY_OF[accounts.product[rows.account]]),
            "balance": pa.array(rows.balance),
            "average_balance": pa.array(rows.mean),
            "period_days": pa.array(np.full(count, scene.period.days, dtype=np.int64)),
            "currency": same(scene.place.pack.currency, count),
        },
    )


def events_table(scene: Scene, ids: Ids, events: Events) -> pa.Table:
    """Return events."""
    count = events.customer.size
    terms = pa.array([f'{{"q": "{term}"}}' for term in scene.place.pack.searches])
    family = np.where(events.product >= 0, FAMILY_OF[np.maximum(events.product, 0)], NONE)
    return _ordered(
        "events",
        {
            "event_id": _serial("E", scene, count),
            "customer_id": compact(ids.customers, events.customer),
            "occurred_at": moments(events.second),
            "name": coded(EVENT_NAMES, events.name),
            "channel": coded(CHANNELS, events.channel),
            "session_id": _serial("V", scene, events.session),
            "page": coded(PAGES, np.where(events.name == EVENT["login"], NONE, events.page)),
            "product_id": coded(product_ids(), events.product),
            "family": coded(PRODUCT_FAMILIES, family),
            "duration_seconds": pa.array(events.duration),
            "properties": coded(terms, events.term),
        },
    )


def interactions_table(scene: Scene, ids: Ids, made: Contacts) -> pa.Table:
    """Return interactions with their words."""
    count = made.customer.size
    pack = scene.place.pack
    people = scene.people
    manned = np.isin(made.kind, (CONTACT["visit"], CONTACT["meeting"]))
    branch = np.where(manned, people.branch[made.customer], NONE)
    manager = scene.state.manager[made.customer]
    teller = scene.place.outlets.first_manager[people.branch[made.customer]]
    staff = np.where(manned, np.where(manager >= 0, manager, teller), NONE)
    complaint = made.kind == CONTACT["complaint"]
    first = np.cumsum([0, *(len(c.texts) for c in pack.complaints)])
    words = [*(t for c in pack.complaints for t in c.texts), *pack.survey_texts]
    topic = np.maximum(made.topic, 0) % len(pack.complaints)
    within = made.text % np.maximum(np.diff(first)[topic], 1)
    text = np.where(
        complaint, first[topic] + within, np.where(made.text >= 0, first[-1] + made.text, NONE)
    )
    topics = (*pack.topics, *(c.topic for c in pack.complaints))
    return _ordered(
        "interactions",
        {
            "interaction_id": _serial("I", scene, count),
            "customer_id": compact(ids.customers, made.customer),
            "occurred_at": moments(made.second),
            "kind": coded(CONTACT_KINDS, made.kind),
            "channel": coded(CHANNELS, made.channel),
            "staff_id": compact(scene.place.outlets.staff_ids(), staff),
            "branch_id": compact(scene.place.outlets.branch_ids(), branch),
            "topic": coded(topics, np.where(complaint, len(pack.topics) + topic, made.topic)),
            "outcome": coded(OUTCOMES, made.outcome),
            "score": optional(made.score.astype(np.float64), made.score < 0),
            "text": coded(words, text),
        },
    )


def accounts_table(scene: Scene, ids: Ids) -> pa.Table:
    """Return the block's accounts as they stand at the end of the period."""
    accounts = scene.state.accounts
    index = np.flatnonzero(accounts.opened <= scene.period.last)
    product = accounts.product[index]
    customer = accounts.customer[index]

    def days(values: Array) -> pa.Array:
        return dates(values[index])

    def money(values: Array) -> pa.Array:
        return optional(values[index], values[index] == 0)

    rates = accounts.rates()[index]
    return _ordered(
        "accounts",
        {
            "account_id": ids.accounts.take(pa.array(index)),
            "customer_id": compact(ids.customers, customer),
            "product_id": coded(product_ids(), product),
            "family": coded(PRODUCT_FAMILIES, FAMILY_OF[product]),
            "branch_id": compact(scene.place.outlets.branch_ids(), scene.people.branch[customer]),
            "opened_on": days(accounts.opened),
            "closed_on": days(accounts.closed),
            "matures_on": days(accounts.matures),
            "activated_on": days(accounts.activated),
            "principal": money(accounts.principal),
            "credit_limit": money(accounts.limit),
            "rate": optional(rates, ~rates.astype(bool)),
            "currency": same(scene.place.pack.currency, index.size),
        },
    )


def external_table(place: Place, people: People, rng: np.random.Generator) -> pa.Table:
    """Return what the outside knows: credit scores, vehicles, incomes of districts."""
    count = people.count
    ids = customer_ids(people.number)
    known = people.opened < place.live_day
    score = np.clip(
        np.round(610 + 45 * rng.standard_normal(count) + 25 * (people.education - 2)), 350, 850
    )
    car = rng.random(count) < np.clip(people.income / (place.pack.middle_income * 300), 0, 0.7)
    value = np.round(people.income / 100 * rng.uniform(6, 30, count), -3)
    local = np.array([c.income for c in place.pack.cities]) * place.pack.middle_income * 12
    parts = [
        (known & chance(rng, 0.7, count), "credit_score", "credit_bureau", score, True),
        (known & car, "vehicle", "vehicle_register", value, True),
        (known, "district_income", "statistics_office", np.round(local[people.city], -2), False),
    ]
    tables = []
    for chosen, fact, source, number, ends in parts:
        who = np.flatnonzero(chosen)
        observed = place.first_day - rng.integers(1, 300, who.size)
        until = observed + 730 if ends else np.full(who.size, NO_DAY)
        tables.append(
            pa.table(
                {
                    "customer_id": compact(ids, who),
                    "fact": same(fact, who.size),
                    "source": same(source, who.size),
                    "value_number": pa.array(number[who].astype(np.float64)),
                    "value_text": nulls(who.size),
                    "observed_on": dates(observed),
                    "valid_until": dates(until),
                }
            )
        )
    return pa.concat_tables([t.cast(schema("external_facts")) for t in tables])
