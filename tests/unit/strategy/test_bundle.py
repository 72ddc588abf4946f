"""A bundle carries all a strategy needs, and nothing of it is believed before it is checked."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from asterism.insight.segments import get_segment, save_segment, segment_catalogue
from asterism.kernel.clock import SetClock
from asterism.kernel.errors import InvalidInputError, NotFoundError
from asterism.kernel.words import Text
from asterism.ledger import metadata, open_ledger
from asterism.strategy import library, load_strategy
from asterism.strategy.bundle import AudienceTest, Bundle, dump_bundle, make_bundle
from asterism.strategy.bundle_file import read_bundle
from asterism.strategy.drafts import open_drafts
from asterism.strategy.import_bundle import audience_tests, import_bundle

RICH = AudienceTest(title="rich", profile={"aum": 10_000_000, "age": 40}, meant=True)


@pytest.fixture
def made(engine: Engine, clock: SetClock, text: str) -> Bundle:
    words = Text("富裕", "Rich", "Ricos")
    for name, expression in (("rich", "aum >= 10000"), ("rich_adults", "IN_SEGMENT('rich')")):
        save_segment(
            engine, name=name, expression=expression, title=words, owner="ana", clock=clock
        )
    strategy = load_strategy(text.replace("aum >= 10000", "IN_SEGMENT('rich_adults') AND age > 18"))
    return make_bundle(strategy, segment_catalogue(engine), {"rich": words}, (RICH,))


@pytest.fixture
def elsewhere() -> Engine:
    engine = open_ledger("sqlite://")
    metadata.create_all(engine)
    return engine


def test_a_bundle_brings_segments_tags_and_tests(
    made: Bundle, elsewhere: Engine, clock: SetClock
) -> None:
    bundle = read_bundle(dump_bundle(made))
    assert bundle == made
    assert {"aum", "age"} <= bundle.tags.keys()
    draft = import_bundle(elsewhere, bundle, clock, "bo")
    assert draft.strategy_id == "try_fund"
    assert get_segment(elsewhere, "rich").expression == get_segment_text(made, "rich")
    assert [one.name for one in bundle.segments] == ["rich", "rich_adults"]
    assert audience_tests(elsewhere, "try_fund") == (RICH,)
    again = import_bundle(elsewhere, bundle, clock, "bo")
    assert again.draft_id != draft.draft_id


def get_segment_text(bundle: Bundle, name: str) -> str:
    return next(one.expression for one in bundle.segments if one.name == name)


@pytest.mark.parametrize("strategy", library(), ids=lambda strategy: strategy.id)
def test_every_ready_strategy_travels(
    engine: Engine, elsewhere: Engine, clock: SetClock, strategy: object
) -> None:
    made = make_bundle(strategy, segment_catalogue(engine), {})  # type: ignore[arg-type]
    import_bundle(elsewhere, read_bundle(dump_bundle(made)), clock, "bo")


Spoil = Callable[[str], str]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("holdout: 0.2", "holdout: 0.3"),
        lambda text: text.replace("asterism_bundle: 1", "asterism_bundle: 2"),
        lambda text: text[: len(text) // 2],
        lambda _: "x" * 300_000,
        lambda _: "- 1",
        lambda _: "",
        lambda text: text + "more: 1\n",
    ],
)
def test_a_spoilt_file_is_refused(made: Bundle, spoil: Spoil) -> None:
    with pytest.raises(InvalidInputError):
        read_bundle(spoil(dump_bundle(made)))


def test_nothing_is_written_where_anything_is_missing(
    made: Bundle, elsewhere: Engine, clock: SetClock
) -> None:
    odd = replace(made, tags={**made.tags, "moon_phase": "number", "age": "text"})
    with pytest.raises(InvalidInputError) as caught:
        import_bundle(elsewhere, odd, clock, "bo")
    assert {problem.where for problem in caught.value.problems} == {"tags.moon_phase", "tags.age"}
    failing = replace(made, tests=(replace(RICH, meant=False),))
    with pytest.raises(InvalidInputError, match="rich"):
        import_bundle(elsewhere, failing, clock, "bo")
    with pytest.raises(NotFoundError):
        get_segment(elsewhere, "rich")
    assert open_drafts(elsewhere) == ()


def test_another_segment_of_that_name_is_not_overwritten(
    made: Bundle, elsewhere: Engine, clock: SetClock
) -> None:
    words = Text("富裕", "Rich", "Ricos")
    save_segment(
        elsewhere, name="rich", expression="aum >= 5", title=words, owner="bo", clock=clock
    )
    with pytest.raises(InvalidInputError, match="another segment rich"):
        import_bundle(elsewhere, made, clock, "bo")
