from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from asterism.kernel.errors import ConflictError, InvalidInputError
from asterism.twin import World
from asterism.twin.arrow import schema
from asterism.twin.seeds import Array

_GOALS = {
    "deposits": ("term_deposit", "manager_list", "aum_change", None),
    "funds": ("money_fund", "manager_list", "account_opened", "money_fund"),
    "cards": ("credit_card", "sms", "card_activated", None),
    "app": ("other", "sms", "login", None),
}


def customers(world: World) -> Array:
    ids = pq.read_table(world.source / "customers", columns=["customer_id"])["customer_id"]
    return np.array(ids.to_pylist())


def touches(day: date, strategy: str, ids: Array, tag: str = "") -> pa.Table:
    family, channel, _, _ = _GOALS[strategy]
    size = len(ids)
    return pa.table(
        {
            "touch_id": [f"{strategy}-{tag}{one}" for one in ids],
            "customer_id": list(ids),
            "strategy": [strategy] * size,
            "offer": ["offer"] * size,
            "family": pa.array([family] * size, pa.string()),
            "channel": [channel] * size,
            "sent_at": pa.array(
                [datetime(day.year, day.month, day.day, 2, tzinfo=UTC)] * size,
                pa.timestamp("us", tz="UTC"),
            ),
        }
    )


def assignments(day: date, strategy: str, touched: Array, held: Array, days: int) -> pa.Table:
    _, _, metric, family = _GOALS[strategy]
    size = len(touched) + len(held)
    return pa.table(
        {
            "strategy": [strategy] * size,
            "metric": [metric] * size,
            "family": pa.array([family] * size, pa.string()),
            "customer_id": [*touched, *held],
            "assigned_on": [day] * size,
            "outcome_days": [days] * size,
            "arm": ["touch"] * len(touched) + ["holdout"] * len(held),
        }
    )


def next_day(world: World) -> date:
    return world.through + timedelta(days=1)


def files(world: World) -> dict[str, bytes]:
    return {
        str(path.relative_to(world.directory)): path.read_bytes()
        for part in ("source", "truth")
        for path in (world.directory / part).rglob("*.parquet")
    }


def test_a_day_adds_its_files_and_replaces_the_whole_tables(
    world: World, no_touches: pa.Table
) -> None:
    day = next_day(world)
    world.live(day, no_touches)
    assert world.through == day
    for table in ("transactions", "balances", "events", "interactions"):
        rows = pq.read_table(world.source / table / f"{day}.parquet")
        assert rows.cast(schema(table)).num_rows > 0
    assert [p.name for p in (world.source / "accounts").iterdir()] == [f"{day}.parquet"]
    balances = pq.read_table(world.source / "balances" / f"{day}.parquet")
    assert set(balances["date"].to_pylist()) == {day}
    assert set(balances["period_days"].to_pylist()) == {1}


def test_living_a_day_twice_is_harmless(world: World) -> None:
    day = next_day(world)
    sent = touches(day, "funds", customers(world)[:500])
    first = world.live(day, sent)
    once = files(world)
    again = World.open(world.directory).live(day, sent)
    assert files(world) == once
    assert again.receipts.equals(first.receipts)


def test_a_day_that_was_interrupted_has_not_been_lived(
    world: World, no_touches: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = next_day(world)
    before = files(world)
    with monkeypatch.context() as patch:
        patch.setattr("asterism.twin.visit.Visit._settle", _die)
        with pytest.raises(KeyboardInterrupt):
            world.live(day, no_touches)
    assert world.through == day - timedelta(days=1)
    assert all(files(world)[name] == content for name, content in before.items())
    World.open(world.directory).live(day, no_touches)
    assert world.through == day


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_days_are_lived_in_order(world: World, no_touches: pa.Table) -> None:
    day = next_day(world)
    for wrong in (day + timedelta(days=1), day - timedelta(days=1)):
        with pytest.raises(ConflictError):
            world.live(wrong, no_touches)


def test_new_customers_arrive(world: World, no_touches: pa.Table) -> None:
    before = set(customers(world))
    for _ in range(3):
        world.live(next_day(world), no_touches)
    after = set(customers(world))
    assert before < after


def test_every_day_follows_from_the_one_before(world: World, no_touches: pa.Table) -> None:
    """A current account's balance after a day is the one before and what moved."""
    start = world.through
    world.live(next_day(world), no_touches)
    balances = pq.read_table(world.source / "balances", filters=[("family", "=", "demand_deposit")])
    by_day = {
        day: dict(zip(rows["account_id"].to_pylist(), rows["balance"].to_pylist(), strict=True))
        for day in (start, world.through)
        for rows in [balances.filter(pa.compute.equal(balances["date"], day))]
    }
    moved: dict[str, int] = {}
    path = world.source / "transactions" / f"{world.through}.parquet"
    for row in pq.read_table(path, columns=["account_id", "amount"]).to_pylist():
        moved[row["account_id"]] = moved.get(row["account_id"], 0) + row["amount"]
    for account, balance in by_day[start].items():
        assert by_day[world.through][account] == balance + moved.get(account, 0)


def test_receipts_speak_of_the_touches_and_come_after_them(world: World) -> None:
    day = next_day(world)
    sent = touches(day, "deposits", customers(world)[:900])
    receipts = world.live(day, sent).receipts
    rows = receipts.to_pylist()
    assert {row["kind"] for row in rows} >= {"seen", "answered", "refused"}
    assert {row["touch_id"] for row in rows} <= set(sent["touch_id"].to_pylist())
    assert len({(row["touch_id"], row["kind"]) for row in rows}) == len(rows)
    assert all(row["at"] > datetime(day.year, day.month, day.day, 2, tzinfo=UTC) for row in rows)


def test_who_opts_out_has_refused_in_the_banks_books(world: World) -> None:
    day = next_day(world)
    ids = customers(world)
    receipts = world.live(day, touches(day, "cards", ids)).receipts.to_pylist()
    out = {r["touch_id"].split("-")[1] for r in receipts if r["kind"] == "opted_out"}
    assert out
    rows = pq.read_table(world.source / "customers", columns=["customer_id", "consent_sms"])
    refused = {r["customer_id"] for r in rows.to_pylist() if r["consent_sms"] is False}
    assert out <= refused


def test_strange_touches_are_refused_or_left_unanswered(world: World) -> None:
    day = next_day(world)
    with pytest.raises(InvalidInputError, match="sent_at"):
        world.live(day, pa.table({"touch_id": ["a"]}))
    unknown = touches(day, "funds", np.array(["nobody", "C999999999"]))
    assert world.live(day, unknown).receipts.num_rows == 0


def test_the_measured_effect_is_the_true_one(world: World) -> None:
    """What a touched half has more than the other half is what the truth says."""
    ids = customers(world)
    shuffled = np.random.default_rng(4).permutation(ids)
    touched, held = shuffled[: ids.size // 2], shuffled[ids.size // 2 :]
    start = next_day(world)
    world.live(start, touches(start, "funds", touched))
    for _ in range(12):
        world.live(next_day(world), touches(start, "funds", touched[:0]))
    plan = assignments(start, "funds", touched, held, 12)
    truth = world.true_effects(plan, through=world.through)["funds"]
    accounts = pq.read_table(world.source / "accounts", filters=[("family", "=", "money_fund")])
    opened = {
        row["customer_id"]
        for row in accounts.select(["customer_id", "opened_on"]).to_pylist()
        if row["opened_on"] >= start
    }
    rate = [np.mean([one in opened for one in arm]) for arm in (touched, held)]
    error = 3 * np.sqrt(sum(r * (1 - r) / ids.size * 2 for r in rate))
    assert truth > 0.01
    assert abs((rate[0] - rate[1]) - truth) < error


def test_the_true_effect_of_no_touch_is_nothing(world: World, no_touches: pa.Table) -> None:
    start = next_day(world)
    ids = customers(world)
    for _ in range(3):
        world.live(next_day(world), no_touches)
    for strategy in _GOALS:
        plan = assignments(start, strategy, ids[:500], ids[500:], 3)
        assert world.true_effects(plan, through=world.through) == {strategy: 0.0}


def test_the_truth_is_asked_for_by_metrics_it_knows(world: World) -> None:
    plan = assignments(world.through, "funds", customers(world)[:2], customers(world)[:0], 3)
    with pytest.raises(InvalidInputError, match="outcome_days"):
        world.true_effects(plan.drop_columns(["outcome_days"]), through=world.through)
    happy = plan.set_column(1, "metric", pa.array(["happiness"] * 2))
    with pytest.raises(InvalidInputError, match="happiness"):
        world.true_effects(happy, through=world.through)


def test_weariness_makes_touches_work_less(world: World, no_touches: pa.Table) -> None:
    """Customers touched every day answer the last touch less often than rested ones."""
    ids = customers(world)
    tired, rested = ids[::2], ids[1::2]
    for number in range(5):
        day = next_day(world)
        world.live(day, touches(day, "app", tired, f"{number}."))
    day = next_day(world)
    world.live(day, touches(day, "cards", ids))
    rows = pq.read_table(world.directory / "truth" / "touches" / f"{day}.parquet").to_pylist()
    chance = {row["customer_id"]: row["chance"] for row in rows}
    means = [np.mean([chance[one] for one in group]) for group in (tired, rested)]
    assert means[0] < means[1] / 2


def test_annoyed_customers_do_worse_than_untouched_ones(world: World) -> None:
    latent = pq.read_table(world.directory / "truth" / "customers.parquet")
    kinds = np.asarray(latent["wealth_type"].to_pandas())
    uplift = np.asarray(latent["wealth_uplift"])
    assert (uplift[kinds == "annoyed"] < 0).all()
    assert uplift[kinds == "persuadable"].mean() > 10 * uplift[kinds == "sure"].mean()
    base = np.asarray(latent["wealth_baseline"])
    assert base[kinds == "sure"].mean() > 3 * base[kinds == "persuadable"].mean()
