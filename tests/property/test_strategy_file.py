"""A strategy survives its file: dumped and loaded again it is equal, whatever its texts hold."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.kernel.words import Text
from asterism.strategy import Strategy, dump_strategy, load_strategy
from asterism.strategy.channels import ChannelName
from asterism.strategy.strategy import (
    Benefit,
    Budget,
    Cell,
    Goal,
    Offer,
    Period,
    Quota,
    Response,
    Script,
    Wave,
)
from asterism.strategy.terms import (
    BenefitKind,
    Family,
    Metric,
    Rating,
    Scene,
    Schedule,
    Stage,
    Tier,
)

texts = st.text(st.characters(codec="utf-8"), max_size=40)
said = st.one_of(texts, st.sampled_from(["yes", "null", "1e3", "2020-01-01", "#", "- a", "a: b"]))
words = st.builds(Text, said, said, said)
ids = st.from_regex(r"[a-z][a-z0-9_]{1,20}", fullmatch=True)
minor = st.integers(0, 10**12)
share = st.floats(0, 1)

offers = st.builds(
    Offer,
    id=ids,
    title=words,
    family=st.sampled_from(Family),
    risk_rating=st.none() | st.sampled_from(Rating),
    eligibility=texts,
    benefit=st.builds(Benefit, kind=st.sampled_from(BenefitKind), title=words, cost_minor=minor),
    quota=st.builds(Quota, minimum=st.integers(0, 9), maximum=st.none() | st.integers(9, 99)),
)
channels = st.lists(st.sampled_from(ChannelName), min_size=1, max_size=4).map(tuple)
responses = st.builds(
    Response,
    uplift=st.floats(-1e6, 1e6),
    by_tier=st.dictionaries(st.sampled_from(Tier), st.floats(-1, 1), max_size=3),
    by_channel=st.dictionaries(st.sampled_from(ChannelName), st.floats(0, 9), max_size=3),
    take_up=share,
)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
periods = st.builds(
    lambda start, length: Period(
        start=start, end=None if length is None else start + timedelta(length)
    ),
    days,
    st.none() | st.integers(0, 900),
)
strategies = st.builds(
    Strategy,
    id=ids,
    title=words,
    description=words,
    owner=st.text(min_size=1, max_size=20),
    goal=st.builds(
        Goal,
        metric=st.sampled_from(Metric),
        family=st.none() | st.sampled_from(Family),
        value_minor=minor,
        per=st.integers(1, 10**9),
        target=st.none() | minor,
    ),
    cell=st.builds(
        Cell,
        tiers=st.lists(st.sampled_from(Tier), max_size=3).map(tuple),
        stages=st.lists(st.sampled_from(Stage), max_size=3).map(tuple),
    ),
    scene=st.sampled_from(Scene),
    audience=st.text(min_size=1, max_size=60),
    offers=st.lists(offers, min_size=1, max_size=3).map(tuple),
    channels=channels,
    waves=st.lists(
        st.builds(Wave, day=st.integers(0, 99), channels=channels, audience=texts),
        min_size=1,
        max_size=3,
    ).map(tuple),
    scripts=st.lists(
        st.builds(
            Script,
            channel=st.sampled_from(ChannelName),
            wave=st.none() | st.integers(1, 3),
            subject=words,
            body=words,
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    holdout=st.floats(0.01, 0.5),
    response=responses,
    budget=st.builds(Budget, per_day_minor=st.none() | minor, total_minor=st.none() | minor),
    period=periods,
    schedule=st.sampled_from(Schedule),
    cooldown_days=st.integers(0, 999),
    outcome_days=st.integers(1, 99),
    priority=st.floats(0.5, 9),
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies)
def test_dumping_and_loading_loses_nothing(strategy: Strategy) -> None:
    text = dump_strategy(strategy)
    again = load_strategy(text)
    assert again == strategy
    assert dump_strategy(again) == text
