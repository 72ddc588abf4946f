"""Whatever people do in whatever order: what is live was approved, word for word, by another."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from asterism.kernel.clock import SetClock
from asterism.kernel.errors import ConflictError, NotFoundError
from asterism.ledger import metadata, open_ledger
from asterism.strategy import Strategy, library, list_versions
from asterism.strategy.approval import (
    VALID,
    Approver,
    Reach,
    Start,
    Thresholds,
    approve,
    go_live,
    reject,
    submit,
)
from asterism.strategy.drafts import content_of, get_draft, save_draft, start_draft
from asterism.strategy.publish import PublishedStrategy, content_hash

WRITERS = st.sampled_from(["ana", "bo"])
DECIDERS = st.sampled_from(["ana", "cai", "dee"])
BASE = next(one for one in library() if one.id == "birthday")
REACH, LIMITS = Reach(customers=1, spend_minor=1), Thresholds(customers=9, spend_minor=9)


class Approvals(RuleBasedStateMachine):
    """A model beside the ledger: who wrote, what was asked, who agreed to which words."""

    @initialize()
    def start(self) -> None:
        self.engine = open_ledger("sqlite://")
        metadata.create_all(self.engine)
        self.clock = SetClock(datetime(2026, 1, 7, 2, tzinfo=UTC))
        self.requests: list[str] = []
        self.seen: dict[str, str] = {}
        #: The draft's writers, and every (hash, approver, moment, writers) that was agreed to.
        self.makers: set[str] = set()
        self.agreed: list[tuple[str, str, datetime, frozenset[str]]] = []
        self.allowed: list[tuple[str, str]] = []
        self.draft = ""
        #: Whether the draft stands as it was asked for: asking again takes the request back.
        self.asked = False

    @precondition(lambda self: not self.draft)
    @rule(who=WRITERS)
    def begin(self, who: str) -> None:
        self.draft = start_draft(self.engine, content_of(BASE), self.clock, who).draft_id
        self.makers = {who}

    @precondition(lambda self: self.draft)
    @rule(who=WRITERS, percent=st.integers(10, 14))
    def write(self, who: str, percent: int) -> None:
        draft = get_draft(self.engine, self.draft)
        content = {**draft.content, "holdout": percent / 100}
        changed = content != draft.content
        save_draft(self.engine, self.draft, content, self.clock, who, revision=draft.revision)
        if changed:
            self.makers.add(who)
            self.asked = False

    @precondition(lambda self: self.draft and not self.asked)
    @rule(who=WRITERS)
    def ask(self, who: str) -> None:
        strategy = Strategy.model_validate(get_draft(self.engine, self.draft).content)
        try:
            asked = submit(
                self.engine,
                self.draft,
                strategy,
                reach=REACH,
                thresholds=LIMITS,
                clock=self.clock,
                actor=who,
            )
        except ConflictError:
            return
        self.asked = True
        self.requests.append(asked.request_id)
        self.seen[asked.request_id] = content_hash(strategy)

    @precondition(lambda self: self.requests)
    @rule(who=DECIDERS, agree=st.sampled_from([True, True, False]))
    def decide(self, who: str, agree: bool) -> None:
        request = self.requests[-1]
        approver = Approver(name=who, of_large=False)
        try:
            if agree:
                done = approve(self.engine, request, self.seen[request], self.clock, approver)
                writers = frozenset({*self.makers, done.asked_by})
                self.agreed.append((done.content_hash, who, self.clock.now(), writers))
            else:
                reject(self.engine, request, "no", self.clock, approver)
                self.asked = False
        except ConflictError:
            return

    @precondition(lambda self: self.requests)
    @rule(who=WRITERS)
    def launch(self, who: str) -> None:
        request = self.requests[-1]
        start = Start(day=self.clock.now().date())
        try:
            done = go_live(self.engine, request, start, self.clock, who)
        except ConflictError:
            return
        now = self.clock.now()
        held = Strategy.model_validate(get_draft(self.engine, done.draft_id).content)
        assert content_hash(held) == done.content_hash, "the draft is not what was approved"
        assert any(
            found == done.content_hash and who not in writers and now < at + VALID
            for found, who, at, writers in self.agreed
        )
        self.allowed.append((done.content_hash, done.decided_by or ""))
        self.draft, self.asked = "", False

    @rule(hours=st.sampled_from([1, 71, 72]))
    def wait(self, hours: int) -> None:
        self.clock.set(self.clock.now() + timedelta(hours=hours))

    @invariant()
    def only_what_was_agreed_is_live(self) -> None:
        live = [(one.content_hash, one.approved_by) for one in self._live()]
        assert live == self.allowed

    def _live(self) -> tuple[PublishedStrategy, ...]:
        try:
            return list_versions(self.engine, BASE.id)
        except NotFoundError:
            return ()


TestApprovals = Approvals.TestCase
TestApprovals.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
