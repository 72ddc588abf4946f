"""Segments are audiences with a name, in versions that never change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from asterism.audience import Catalogue, TagSpec, TagType, compile_audience
from asterism.insight.micro_segments import MICRO_SEGMENTS
from asterism.insight.segments import (
    BUILT_IN,
    Segment,
    get_segment,
    list_segments,
    publish_micro_segments,
    save_segment,
    segment_catalogue,
    segment_expressions,
    segment_versions,
)
from asterism.kernel.clock import SetClock
from asterism.kernel.errors import InvalidInputError, NotFoundError
from asterism.kernel.words import LOCALES, Text
from asterism.ledger import metadata, open_ledger

CLOCK = SetClock(datetime(2026, 3, 1, 4, tzinfo=UTC))
TITLE = Text("老客户", "Old friends", "Viejos amigos")
TAGS = {
    spec.name: spec
    for spec in (
        TagSpec(name="age", type=TagType.INTEGER),
        TagSpec(name="holds_fund", type=TagType.FLAG),
    )
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def save(engine: Engine, name: str, expression: str, title: Text = TITLE) -> Segment:
    own = {k: v for k, v in segment_expressions(engine).items() if k not in MICRO_SEGMENTS}
    return save_segment(
        engine,
        name=name,
        expression=expression,
        title=title,
        owner="lin",
        clock=CLOCK,
        catalogue=Catalogue(TAGS, own),
    )


def test_a_saved_segment_is_found_again_in_canonical_words(engine: Engine) -> None:
    saved = save(engine, "friends", "age>=60   and holds_fund")
    assert saved.version == 1
    assert get_segment(engine, "friends") == saved
    assert saved.expression == compile_audience(saved.expression, Catalogue(TAGS)).text
    assert saved.saved_at == CLOCK.now()


def test_saving_again_makes_a_version_and_leaves_the_old_one(engine: Engine) -> None:
    first = save(engine, "friends", "age >= 60")
    second = save(engine, "friends", "age >= 65")
    assert (first.version, second.version) == (1, 2)
    assert get_segment(engine, "friends", 1) == first
    assert segment_versions(engine, "friends") == (second, first)
    assert [one for one in list_segments(engine) if one.name == "friends"] == [second]


def test_saving_the_same_again_saves_nothing(engine: Engine) -> None:
    first = save(engine, "friends", "age >= 60")
    assert save(engine, "friends", "age  >=  60") == first
    assert len(segment_versions(engine, "friends")) == 1


def test_a_new_title_alone_is_a_new_version(engine: Engine) -> None:
    save(engine, "friends", "age >= 60")
    assert save(engine, "friends", "age >= 60", Text("甲", "A", "A")).version == 2


def test_a_segment_may_speak_of_another(engine: Engine) -> None:
    save(engine, "friends", "age >= 60")
    save(engine, "rich_friends", "IN_SEGMENT('friends') AND holds_fund")
    assert "rich_friends" in segment_expressions(engine)


@pytest.mark.parametrize("expression", ["IN_SEGMENT('a')", "age > 1 OR IN_SEGMENT('b')"])
def test_a_segment_that_leads_back_to_itself_is_refused(engine: Engine, expression: str) -> None:
    save(engine, "a", "age >= 60")
    save(engine, "b", "IN_SEGMENT('a')")
    with pytest.raises(InvalidInputError):
        save(engine, "a", expression)
    assert get_segment(engine, "a").version == 1


def test_every_problem_is_told_at_once(engine: Engine) -> None:
    with pytest.raises(InvalidInputError) as told:
        save(engine, "Old Friends", "agee >= 60 AND holds_fnd")
    assert len(told.value.problems) == 3
    assert told.value.problems[0].where == "name"


def test_an_unknown_segment_or_version_is_not_found(engine: Engine) -> None:
    save(engine, "friends", "age >= 60")
    for name, version in (("strangers", None), ("friends", 7), ("wealth", 3)):
        with pytest.raises(NotFoundError):
            get_segment(engine, name, version)


def test_ready_made_segments_stand_until_somebody_saves_another(engine: Engine) -> None:
    names = {one.name for one in list_segments(engine)}
    assert names == set(MICRO_SEGMENTS)
    ready = get_segment(engine, "elderly")
    assert (ready.version, ready.owner) == (0, BUILT_IN)
    save(engine, "elderly", "age >= 65")
    assert get_segment(engine, "elderly").version == 1


def test_ready_made_segments_hold_and_are_published_once(engine: Engine) -> None:
    assert {one.name for one in publish_micro_segments(engine, CLOCK)} == set(MICRO_SEGMENTS)
    assert publish_micro_segments(engine, CLOCK) == ()
    catalogue = segment_catalogue(engine)
    for name in MICRO_SEGMENTS:
        assert compile_audience(f"IN_SEGMENT('{name}')", catalogue).segments == {name}


@pytest.mark.parametrize("name", sorted(MICRO_SEGMENTS))
def test_ready_made_segments_have_a_title_in_every_language(name: str) -> None:
    assert all(MICRO_SEGMENTS[name].title.in_locale(locale) for locale in LOCALES)


def test_publishing_leaves_what_somebody_saved(engine: Engine) -> None:
    saved = save(engine, "elderly", "age >= 65")
    publish_micro_segments(engine, CLOCK)
    assert get_segment(engine, "elderly") == saved
    assert saved.saved_at is not None
    assert saved.saved_at.date() == date(2026, 3, 1)
