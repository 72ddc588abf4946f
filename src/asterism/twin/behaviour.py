"""What customers do in the app and on the web."""

from dataclasses import dataclass

import numpy as np

from asterism.twin.arrow import NONE
from asterism.twin.days import DAY_SECONDS, Period, to_utc, utc_offset, weekday
from asterism.twin.habits import CHANNEL, HOUR_SLOTS, day_slots
from asterism.twin.moment import Scene
from asterism.twin.nature import GROUPS
from asterism.twin.products import FAMILY, FAMILY_OF
from asterism.twin.seeds import Array, slots

EVENT_NAMES = (
    "login",
    "page_view",
    "product_view",
    "search",
    "error",
    "apply_start",
    "apply_submit",
    "transfer",
    "logout",
)
EVENT = {name: code for code, name in enumerate(EVENT_NAMES)}
PAGES = (
    "home",
    "accounts",
    "transactions",
    "transfer",
    "cards",
    "funds",
    "wealth",
    "loans",
    "deposits",
    "insurance",
    "messages",
    "settings",
    "rewards",
    "statement",
    "error",
)
_AFTER_LOGIN = np.array([[0, 52, 24, 4, 1.5, 0.8, 0, 12, 6]], dtype=np.float64)
_NAME_SLOTS = slots(_AFTER_LOGIN)[0]
_PAGE_SLOTS = slots(np.array([[22, 20, 14, 8, 6, 4, 5, 3, 4, 1, 5, 3, 4, 2, 0]], dtype=np.float64))[
    0
]
_CHANNEL_SHARES = {"app": 82.0, "mini_program": 11.0, "web": 7.0}
_CHANNEL_SLOTS = slots(np.array([[_CHANNEL_SHARES.get(name, 0.0) for name in CHANNEL]]))[0]
#: Products looked at within each group, and the weekday habit of logging in.
_SHELF = {
    0: ("term_deposit", "large_certificate"),
    1: ("money_fund", "bond_fund", "mixed_fund", "equity_fund"),
    2: ("wealth", "insurance", "metal", "pension"),
    3: ("credit_card",),
    4: ("consumer_loan", "mortgage", "business_loan"),
    5: ("term_deposit", "wealth", "money_fund"),
}
_WEEKDAY = np.array([1.1, 1.05, 1.0, 1.0, 1.1, 0.9, 0.85])
_MORE = 2.1
_LONGEST = 14


@dataclass(frozen=True, slots=True)
class Events:
    """Events of a block in a period, sorted by customer and time."""

    customer: Array
    second: Array
    name: Array
    channel: Array
    #: Number of the session within the block and period.
    session: Array
    page: Array
    product: Array
    duration: Array
    #: Search term, NONE for other events.
    term: Array


def _shelf_table() -> Array:
    """Return for each group 64 product codes to look at."""
    rows = []
    for group in range(len(GROUPS)):
        codes = np.flatnonzero(np.isin(FAMILY_OF, [FAMILY[f] for f in _SHELF[group]]))
        rows.append(np.resize(codes, 64))
    return np.stack(rows)


_SHELF_CODES = _shelf_table()


def _sessions(scene: Scene, extra: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Return customer and local second (from the period's first midnight) of each session."""
    rng = scene.rng("sessions")
    nature, period = scene.nature, scene.period
    weights = _WEEKDAY[weekday(period.numbers)]
    lift = np.exp(0.15 * scene.state.mood)
    times = rng.poisson(nature.digital * lift * scene.active * weights.sum())
    who = np.repeat(np.arange(times.size), times)
    bits = rng.integers(0, 1 << 48, size=who.size, dtype=np.int64)
    day = day_slots(weights)[bits & 4095].astype(np.int64)
    hour = HOUR_SLOTS[nature.temper[who], (bits >> 12) & 4095].astype(np.int64)
    second = day * DAY_SECONDS + hour * 3600 + ((bits >> 24) & 4095) * 3600 // 4096
    joined = period.first + day >= scene.people.opened[who]
    asked = np.concatenate([np.repeat(customer, count) for customer, count in extra])
    who = np.concatenate([who[joined], asked])
    afternoon = rng.integers(DAY_SECONDS // 2, DAY_SECONDS - 3600, asked.size)
    second = np.concatenate([second[joined], afternoon])
    order = np.argsort(who * (1 << 26) + second, kind="stable")
    return who[order], second[order]


def events_of_period(
    scene: Scene,
    extra: list[tuple[Array, Array]],
    applications: list[tuple[Array, Array, Array]],
) -> tuple[Events, Array]:
    """Return the period's events and the customer of each session (log-in)."""
    who, start = _sessions(scene, extra)
    rng = scene.rng("events")
    length = np.minimum(1 + rng.poisson(rng.exponential(_MORE, who.size)), _LONGEST)
    session = np.repeat(np.arange(who.size), length)
    place = np.arange(session.size) - np.repeat(np.cumsum(length) - length, length)
    customer = who[session]
    bits = rng.integers(0, 1 << 62, size=session.size, dtype=np.int64)
    name = np.where(place == 0, EVENT["login"], _NAME_SLOTS[bits & 4095]).astype(np.int8)
    page = _PAGE_SLOTS[(bits >> 12) & 4095].astype(np.int8)
    page = np.where(name == EVENT["error"], len(PAGES) - 1, page)
    looks = np.isin(name, (EVENT["product_view"], EVENT["apply_start"]))
    product = np.full(session.size, NONE, dtype=np.int16)
    product[looks] = _looked_at(scene, customer[looks], bits[looks])
    channel = _CHANNEL_SLOTS[rng.integers(0, 4096, who.size)][session].astype(np.int8)
    duration = 3 + ((bits >> 44) & 127).astype(np.float64) * (1 + (place % 3))
    term = np.where(name == EVENT["search"], (bits >> 52) % len(scene.place.pack.searches), NONE)
    seconds = start[session] + place * 37 + (bits >> 24) % 31
    made = Events(
        customer, _utc(scene.period, seconds, scene.place.pack.time_zone), name, channel, session,
        page, product, duration, term.astype(np.int16),
    )  # fmt: skip
    return _with_applications(made, applications, who.size), who


def _utc(period: Period, seconds: Array, zone: str) -> Array:
    latest = period.days * DAY_SECONDS - 1
    inside = np.minimum(seconds, latest)
    day = inside // DAY_SECONDS
    if period.days == 1:
        return np.asarray(inside + (period.first * DAY_SECONDS - utc_offset(period.first, zone)))
    return to_utc(period.first + day, inside - day * DAY_SECONDS, period, zone)


def _looked_at(scene: Scene, customer: Array, bits: Array) -> Array:
    """Return the product that each customer looks at, by interest."""
    edges = np.cumsum(scene.nature.interest, axis=1)
    draw = ((bits >> 30) & 4095) / 4096.0 * edges[customer, -1]
    group = (draw[:, None] > edges[customer]).sum(axis=1)
    return np.asarray(
        _SHELF_CODES[np.minimum(group, len(GROUPS) - 1), (bits >> 50) & 63].astype(np.int16)
    )


def _with_applications(
    made: Events, applications: list[tuple[Array, Array, Array]], sessions: int
) -> Events:
    """Add the steps of applications, each in a session of its own: a look, a start, an end."""
    if not applications:
        return made
    customer, second, product = (np.concatenate(c) for c in zip(*applications, strict=True))
    steps = np.array([EVENT["product_view"], EVENT["apply_start"], EVENT["apply_submit"]])
    who = np.repeat(customer, 3)
    size = who.size
    before = np.tile([-420, -180, -20], customer.size)
    more = Events(
        who, np.repeat(second, 3) + before, np.tile(steps, customer.size).astype(np.int8),
        np.full(size, CHANNEL["app"], dtype=np.int8),
        sessions + np.repeat(np.arange(customer.size), 3),
        np.full(size, NONE, dtype=np.int8), np.repeat(product, 3).astype(np.int16),
        np.tile([60.0, 90.0, 45.0], customer.size), np.full(size, NONE, dtype=np.int16),
    )  # fmt: skip
    names = Events.__slots__
    return Events(*(np.concatenate([getattr(made, n), getattr(more, n)]) for n in names))
