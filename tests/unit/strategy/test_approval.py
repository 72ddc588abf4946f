"""Four eyes, in every way that somebody might try to do with two."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update
from tests.unit.strategy.test_ramp import DAY

from asterism.kernel.clock import SetClock
from asterism.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from asterism.strategy import get_strategy, load_strategy, publish_strategy
from asterism.strategy.approval import (
    Approver,
    Reach,
    Start,
    Thresholds,
    approve,
    go_live,
    may_decide,
    reject,
    submit,
)
from asterism.strategy.drafts import content_of, discard_draft, get_draft, save_draft, start_draft
from asterism.strategy.requests import (
    Request,
    approved_request,
    comment,
    comments_of,
    get_request,
    list_requests,
    strategy_request,
)

SMALL = Reach(customers=10, spend_minor=100)
LIMITS = Thresholds(customers=1_000, spend_minor=100_000)
BO = Approver(name="bo", of_large=False)
START = Start(day=DAY)


@pytest.fixture
def asked(engine: Engine, clock: SetClock, text: str) -> Request:
    return ask(engine, clock, text)


def ask(engine: Engine, clock: SetClock, text: str, reach: Reach = SMALL) -> Request:
    strategy = load_strategy(text)
    draft = start_draft(engine, content_of(strategy), clock, "ana")
    return submit(
        engine,
        draft.draft_id,
        strategy,
        reach=reach,
        thresholds=LIMITS,
        clock=clock,
        actor="ana",
    )


def test_what_another_approved_goes_live_as_it_was(
    engine: Engine, clock: SetClock, asked: Request, text: str
) -> None:
    with pytest.raises(ConflictError, match="second person"):
        go_live(engine, asked.request_id, START, clock, "ana")
    approve(engine, asked.request_id, asked.content_hash, clock, BO)
    done = go_live(engine, asked.request_id, replace(START, share=0.01), clock, "ana")
    assert (done.state, done.version) == ("published", 1)
    published = get_strategy(engine, "try_fund")
    assert published.strategy == load_strategy(text)
    assert (published.published_by, published.approved_by) == ("ana", "bo")
    assert get_draft(engine, asked.draft_id).state == "closed"
    with pytest.raises(ConflictError):
        go_live(engine, asked.request_id, START, clock, "ana")


@pytest.mark.parametrize("name", ["ana", "ANA", " ana "])
def test_nobody_approves_their_own(
    engine: Engine, clock: SetClock, asked: Request, name: str
) -> None:
    with pytest.raises(ConflictError, match="does not approve it"):
        approve(engine, asked.request_id, asked.content_hash, clock, replace(BO, name=name))


def test_whoever_wrote_a_word_of_it_is_a_maker(engine: Engine, clock: SetClock, text: str) -> None:
    strategy = load_strategy(text)
    draft = start_draft(engine, content_of(strategy), clock, "ana")
    changed = {**draft.content, "holdout": 0.3}
    draft = save_draft(engine, draft.draft_id, changed, clock, "bo", revision=1)
    draft = save_draft(engine, draft.draft_id, draft.origin, clock, "ana", revision=2)
    request = submit(
        engine,
        draft.draft_id,
        strategy,
        reach=SMALL,
        thresholds=LIMITS,
        clock=clock,
        actor="cai",
    )
    for maker in ("ana", "bo", "cai"):
        with pytest.raises(ConflictError):
            approve(
                engine, request.request_id, request.content_hash, clock, replace(BO, name=maker)
            )
    approve(engine, request.request_id, request.content_hash, clock, replace(BO, name="dee"))


def test_an_approval_ends_after_72_hours(engine: Engine, clock: SetClock, asked: Request) -> None:
    approve(engine, asked.request_id, asked.content_hash, clock, BO)
    clock.set(clock.now() + timedelta(hours=72) - timedelta(seconds=1))
    assert approved_request(engine, asked.content_hash, clock.now())
    clock.set(clock.now() + timedelta(seconds=1))
    assert approved_request(engine, asked.content_hash, clock.now()) is None
    with pytest.raises(ConflictError, match="72 hours"):
        go_live(engine, asked.request_id, START, clock, "ana")


def test_a_changed_draft_needs_a_new_approval(
    engine: Engine, clock: SetClock, asked: Request
) -> None:
    approve(engine, asked.request_id, asked.content_hash, clock, BO)
    content = get_draft(engine, asked.draft_id).content
    save_draft(engine, asked.draft_id, {**content, "holdout": 0.3}, clock, "ana", revision=1)
    assert get_request(engine, asked.request_id).state == "withdrawn"
    with pytest.raises(ConflictError):
        go_live(engine, asked.request_id, START, clock, "ana")


def test_content_changed_behind_the_back_is_refused(
    engine: Engine, clock: SetClock, asked: Request, text: str
) -> None:
    approve(engine, asked.request_id, asked.content_hash, clock, BO)
    with engine.begin() as connection:
        connection.execute(update(strategy_request).values(yaml=text.replace("0.2", "0.4")))
    with pytest.raises(ConflictError, match="not what was approved"):
        go_live(engine, asked.request_id, START, clock, "ana")
    with pytest.raises(NotFoundError):
        get_strategy(engine, "try_fund")


def test_what_was_seen_is_what_is_approved(engine: Engine, clock: SetClock, asked: Request) -> None:
    with pytest.raises(ConflictError, match="not what you saw"):
        approve(engine, asked.request_id, "0" * 64, clock, BO)
    with engine.begin() as connection:
        connection.execute(update(strategy_request).values(yaml=asked.yaml.replace("0.2", "0.4")))
    with pytest.raises(ConflictError, match="not what you saw"):
        approve(engine, asked.request_id, asked.content_hash, clock, BO)


def test_of_two_approvers_at_once_one_wins(engine: Engine, clock: SetClock, asked: Request) -> None:
    barrier, told = threading.Barrier(8), []

    def decide(number: int) -> None:
        approver = replace(BO, name=f"approver {number}")
        barrier.wait()
        try:
            if number % 2:
                approve(engine, asked.request_id, asked.content_hash, clock, approver)
            else:
                reject(engine, asked.request_id, "no", clock, approver)
            told.append("decided")
        except ConflictError as error:
            told.append(str(error))

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = get_request(engine, asked.request_id).decided_by
    assert told.count("decided") == 1
    assert told.count(f"It is decided already: {winner} was first.") == 7


@pytest.mark.parametrize(
    ("reach", "large"),
    [
        (Reach(customers=999, spend_minor=99_999), False),
        (Reach(customers=1_000, spend_minor=0), True),
        (Reach(customers=0, spend_minor=100_000), True),
    ],
)
def test_large_strategies_take_an_approver_of_large_ones(
    engine: Engine, clock: SetClock, text: str, reach: Reach, large: bool
) -> None:
    request = ask(engine, clock, text, reach)
    assert request.large is large
    assert bool(may_decide(request, BO)) is large
    assert not may_decide(request, replace(BO, of_large=True))


def test_a_version_that_went_live_in_between_is_seen(
    engine: Engine, clock: SetClock, asked: Request, text: str
) -> None:
    approve(engine, asked.request_id, asked.content_hash, clock, BO)
    publish_strategy(engine, load_strategy(text.replace("0.2", "0.4")), clock, "demo")
    with pytest.raises(ConflictError, match="Another version"):
        go_live(engine, asked.request_id, START, clock, "ana")


def test_asking_again_takes_the_first_request_back(
    engine: Engine, clock: SetClock, asked: Request, text: str
) -> None:
    again = submit(
        engine,
        asked.draft_id,
        load_strategy(text),
        reach=SMALL,
        thresholds=LIMITS,
        clock=clock,
        actor="ana",
    )
    assert [one.request_id for one in list_requests(engine)] == [again.request_id]
    discard_draft(engine, asked.draft_id, clock)
    assert list_requests(engine) == ()


def test_a_rejection_has_a_reason_and_comments_stay(
    engine: Engine, clock: SetClock, asked: Request
) -> None:
    with pytest.raises(InvalidInputError):
        reject(engine, asked.request_id, "  ", clock, BO)
    comment(engine, asked.request_id, "why so many?", clock, "bo")
    reject(engine, asked.request_id, "too many", clock, BO)
    assert get_request(engine, asked.request_id).reason == "too many"
    assert [one.text for one in comments_of(engine, asked.request_id)] == ["why so many?"]


def test_two_people_do_not_overwrite_each_other(
    engine: Engine, clock: SetClock, asked: Request
) -> None:
    content = get_draft(engine, asked.draft_id).content
    save_draft(engine, asked.draft_id, {**content, "holdout": 0.3}, clock, "ana", revision=1)
    with pytest.raises(ConflictError, match="ana has changed"):
        save_draft(engine, asked.draft_id, {**content, "holdout": 0.4}, clock, "bo", revision=1)
