from asterism.audience import Columns
from asterism.strategy import decide, draft, library, load_strategy, why
from asterism.strategy.testing import CATALOGUE, a_day, profile_of

DAY = a_day()


def test_a_refusal_names_its_reason_and_the_clauses_that_fail(text: str) -> None:
    profile = {"tier": "gold", "aum": 5_000_00, "age": 40}
    (answer,) = why([draft(load_strategy(text))], "C1", profile, CATALOGUE, day=DAY).strategies
    assert answer.reason.code == "audience.meant"
    assert not answer.eligible
    (clause,) = answer.verdicts[-1].clauses
    assert (clause.text, clause.holds) == ("aum >= 10000", False)
    assert all(answer.reason.in_locale(locale) for locale in ("zh", "en", "es"))


def test_the_nights_verdict_is_shown_where_the_night_is_known(customers: Columns) -> None:
    strategies = [draft(strategy) for strategy in library()]
    decisions = decide(customers, strategies, day=DAY, catalogue=CATALOGUE)
    row = decisions.touches.to_pylist()[0]
    index = row["customer_index"]
    answers = why(
        strategies,
        row["customer_id"],
        profile_of(customers, index),
        CATALOGUE,
        day=DAY,
        decisions=(decisions, index),
    ).strategies
    chosen = next(one for one in answers if one.reason.code == "arbitration.chosen")
    assert chosen.published.strategy.id == row["strategy"]
    assert chosen.arm == row["arm"]
    fitting = [one for one in chosen.choices if one.channel == row["channel"]]
    assert row["value_minor"] in {choice.value_minor for choice in fitting}
