"""Money that moves in a period: everyday acts, salaries, bills, what comes from elsewhere."""

from dataclasses import dataclass, fields

import numpy as np

from asterism.twin.arrow import NONE
from asterism.twin.days import date_of, paydays, spending, to_utc
from asterism.twin.habits import (
    CHANNEL,
    HOUR_SLOTS,
    ITEM_CATEGORY,
    ITEM_CHANNEL,
    ITEM_IS_CARD,
    ITEM_KIND,
    ITEM_LOG,
    ITEM_SIGN,
    ITEM_SLOTS,
    ITEM_SPREAD,
    ITEM_UNIT,
    KIND,
    day_slots,
)
from asterism.twin.moment import Scene
from asterism.twin.seeds import Array

_BITS = 4095
_MONTH_DAYS = 30.4
_HOUR = 3600
#: Of eight people, those who round to whole units; the next one likes ninety cents.
_ROUNDERS = 3
_INTEREST_DAY = 21
_FEE_DAY = 3
_EARNS_INTEREST = 800_000


@dataclass(slots=True)
class Flow:
    """Transactions to be: all arrays of one length, NONE for what does not apply."""

    account: Array
    #: UTC seconds since 1970.
    second: Array
    #: Minor units, out is negative.
    amount: Array
    kind: Array
    channel: Array
    category: Array
    party: Array
    employer: Array
    product: Array
    #: Whether it happens even if other money must wait for it.
    firm: Array

    @property
    def count(self) -> int:
        """Number of transactions."""
        return int(self.account.size)

    def where(self, chosen: Array) -> "Flow":
        """Return the chosen transactions, by flags or by order."""
        return Flow(*(getattr(self, f.name)[chosen] for f in fields(self)))


_KINDS_OF = {"category": "int8", "party": "int32", "employer": "int32", "product": "int16"}


def flow(
    scene: Scene, account: Array, day: Array | int, second: Array | int, **more: object
) -> Flow:
    """Return transactions on local `day`s at local `second`s of the day; the rest by name."""
    size = account.size
    when = to_utc(np.broadcast_to(day, size), second, scene.period, scene.place.pack.time_zone)
    columns = {
        name: np.broadcast_to(np.asarray(more.get(name, NONE), dtype=kind), size)
        for name, kind in _KINDS_OF.items()
    }
    return Flow(
        account=np.asarray(account, dtype=np.int64),
        second=np.broadcast_to(when, size),
        amount=np.broadcast_to(np.asarray(more["amount"], dtype=np.int64), size),
        kind=np.broadcast_to(np.asarray(more["kind"], dtype=np.int8), size),
        channel=np.broadcast_to(np.asarray(more["channel"], dtype=np.int8), size),
        firm=np.broadcast_to(np.asarray(more.get("firm", False)), size),
        **columns,
    )


def join_flows(parts: list[Flow]) -> Flow:
    """Return all transactions as one, in the order given."""
    return Flow(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Flow)))


def everyday(scene: Scene) -> Flow:
    """Return the free acts of the period: cards, bills, cash, transfers between people."""
    rng = scene.rng("acts")
    nature, period = scene.nature, scene.period
    weights = spending(period.first, period.last)
    times = rng.poisson(nature.activity * scene.active * weights.sum())
    who = np.repeat(np.arange(times.size), times)
    bits = rng.integers(0, 1 << 63, size=who.size, dtype=np.int64)
    item = ITEM_SLOTS[nature.persona[who], bits & _BITS]
    day = period.first + day_slots(weights)[(bits >> 12) & _BITS]
    hour = HOUR_SLOTS[nature.temper[who], (bits >> 24) & _BITS]
    second = hour.astype(np.int64) * _HOUR + ((bits >> 36) & _BITS) * _HOUR // (_BITS + 1)
    tail = bits >> 48
    amount = _amounts(scene, rng, item, who, tail)
    card = scene.state.card_of()[who]
    credit = ITEM_IS_CARD[item] & (card >= 0) & ((tail & 255) < nature.on_credit[who] * 256)
    made = flow(
        scene,
        np.where(credit, card, who),
        day,
        second,
        amount=amount,
        kind=ITEM_KIND[item],
        channel=ITEM_CHANNEL[item],
        category=ITEM_CATEGORY[item],
        party=scene.place.parties.of_items(item, tail & 0x7FFF),
    )
    return made.where(day >= scene.people.opened[who])


def _amounts(scene: Scene, rng: np.random.Generator, item: Array, who: Array, tail: Array) -> Array:
    """Return signed amounts; many people round, shops like whole sums and ninety cents."""
    size = rng.standard_normal(item.size, dtype=np.float32) * ITEM_SPREAD[item] + ITEM_LOG[item]
    amount = np.exp(size) * (scene.nature.spends[who] * np.float32(scene.place.scale))
    habit = tail & 7
    unit = np.maximum(ITEM_UNIT[item], np.where(habit < _ROUNDERS, np.float32(100), np.float32(1)))
    whole = np.maximum(np.round(amount / unit), 1) * unit
    whole = np.where(
        (habit == _ROUNDERS) & (unit == 1), np.maximum(np.round(whole / 100), 1) * 100 - 10, whole
    )
    return np.asarray(whole.astype(np.int64) * ITEM_SIGN[item])


def salaries(scene: Scene) -> list[Flow]:
    """Return salaries, bonuses and pensions due in the period."""
    rng = scene.rng("salaries")
    employers = scene.place.employers
    employer = scene.people.employer
    paid = scene.nature.salary > 0
    payday = np.where(employer >= 0, employers.payday[np.maximum(employer, 0)], 0)
    noise = rng.uniform(0.98, 1.03, employer.size)
    bonus_size = rng.uniform(0.5, 1.4, employer.size)
    minute = employer % 97 * 60 + 8 * _HOUR + 1800
    flows = []
    for day_of_month in np.unique(employers.payday):
        for day in paydays(scene.period, int(day_of_month)):
            who = scene.present(day, paid & (payday == day_of_month))
            amount = np.round(scene.nature.salary[who] * noise[who]).astype(np.int64)
            common = {
                "kind": KIND["salary"],
                "channel": CHANNEL["automatic"],
                "party": scene.place.parties.employers + employer[who],
                "employer": employer[who],
            }
            flows.append(flow(scene, who, day, minute[who], amount=amount, **common))
            if date_of(day).month == 1:
                extra = (amount * employers.bonus[employer[who]] * bonus_size[who]) // 10_000
                bonus = flow(scene, who, day, minute[who] + 900, amount=extra * 10_000, **common)
                flows.append(bonus.where(bonus.amount > 0))
    for day in paydays(scene.period, 15):
        who = scene.present(day, scene.nature.pension > 0)
        flows.append(
            flow(
                scene, who, day, 6 * _HOUR + who % 5400, amount=scene.nature.pension[who],
                kind=KIND["pension"], channel=CHANNEL["automatic"],
                party=scene.place.parties.pension_office,
            )
        )  # fmt: skip
    return flows


def balancing(scene: Scene) -> list[Flow]:
    """Return money brought from, or sent to, people's own accounts at other banks."""
    rng = scene.rng("balancing")
    gap = scene.nature.gap
    rate = np.where(gap > 0, 1.2, 0.9)
    times = rng.poisson(rate * scene.active * (gap != 0) * scene.period.days / _MONTH_DAYS)
    who = np.repeat(np.arange(times.size), times)
    share = np.where(gap > 0, 1.0, 0.82)[who] / rate[who]
    size = np.abs(gap[who]) * share * rng.lognormal(-0.08, 0.4, who.size)
    unit = np.where(size > 1_000_000 * scene.place.scale, 100_000, 10_000)
    amount = np.maximum((size // unit).astype(np.int64), 1) * unit
    comes = gap[who] > 0
    day = scene.period.first + (rng.random(who.size) * scene.period.days).astype(np.int64)
    made = flow(
        scene,
        who,
        day,
        scene.hours(rng, who),
        amount=np.where(comes, amount, -amount),
        kind=np.where(comes, KIND["transfer_in"], KIND["transfer_out"]),
        channel=CHANNEL["app"],
        party=scene.place.parties.own_account,
    )
    return [made.where(day >= scene.people.opened[who])]


def bank_charges(scene: Scene) -> list[Flow]:
    """Return quarterly interest on current accounts and monthly message fees."""
    flows = []
    balance = scene.state.accounts.balance[: scene.people.count]
    for day in scene.period.numbers:
        date = date_of(int(day))
        if date.day == _INTEREST_DAY and date.month % 3 == 0:
            who = scene.present(int(day), balance > _EARNS_INTEREST)
            flows.append(
                flow(
                    scene, who, int(day), 2 * _HOUR, amount=balance[who] // 8_000,
                    kind=KIND["interest"], channel=CHANNEL["automatic"],
                    party=scene.place.parties.own_bank,
                )
            )  # fmt: skip
        if date.day == _FEE_DAY:
            wants = (scene.people.number % 13 == 0) & (scene.nature.activity > 0)
            who = scene.present(int(day), wants)
            fee = np.full(who.size, -round(200 * scene.place.scale))
            flows.append(
                flow(
                    scene, who, int(day), 3 * _HOUR, amount=fee, kind=KIND["fee"],
                    channel=CHANNEL["automatic"], party=scene.place.parties.own_bank,
                )
            )  # fmt: skip
    return flows
