"""The ledger's tables of execution: who was assigned, what was touched, and each touch's life.

Only this package writes them; others read them through its functions or in queries of their own.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from asterism.ledger import AwareMoment, metadata

_IDENTITY = BigInteger().with_variant(Integer, "sqlite")

#: Every customer that a strategy took up on an occasion, with the arm that chance gave: the
#: population of the review. Touched or held out alike.
assignment = Table(
    "assignment",
    metadata,
    Column("strategy", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("customer_id", String(80), primary_key=True),
    Column("wave", Integer, primary_key=True),
    Column("occasion", String(40), primary_key=True),
    #: 'touch', 'holdout' or 'universal'.
    Column("arm", String(10), nullable=False),
    Column("assigned_on", Date, nullable=False),
    Column("offer", String(80)),
    Column("channel", String(40)),
    #: Name of the script that was drawn for the customer, whichever arm; null before scripts had.
    Column("script", String(63)),
    Column("value_minor", BigInteger),
    #: Facts on the day of assignment, for cuts that later changes do not move.
    Column("branch_id", String(80)),
    Column("tier", String(40)),
    Column("lifecycle", String(40)),
    Index("ix_assignment_assigned_on", "assigned_on", "strategy"),
    Index("ix_assignment_customer", "customer_id", "assigned_on"),
)

#: One intended contact. `touch_id` is the digest of the unique key.
touch = Table(
    "touch",
    metadata,
    Column("touch_id", String(32), primary_key=True),
    Column("customer_id", String(80), nullable=False),
    Column("strategy", String(80), nullable=False),
    Column("version", Integer, nullable=False),
    Column("wave", Integer, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("occasion", String(40), nullable=False),
    Column("offer", String(80), nullable=False),
    Column("family", String(40)),
    Column("value_minor", BigInteger, nullable=False),
    Column("cost_minor", BigInteger, nullable=False),
    Column("planned_for", Date, nullable=False),
    #: Last day on which it may be sent, or on which an offer in the app is shown.
    Column("live_until", Date, nullable=False),
    Column("state", String(12), nullable=False),
    #: Why it is in that state, a code of `asterism.execution.reasons`.
    Column("reason", String(80)),
    Column("changed_at", AwareMoment, nullable=False),
    Column("manager_id", String(80)),
    Column("branch_id", String(80)),
    #: The place in the app; null for any.
    Column("slot", String(40)),
    #: Name of the script among those of its channel and wave; null for the general one.
    Column("script", String(63)),
    #: When it was, or may have been, handed to its channel: what caps count. Null otherwise.
    Column("sent_at", AwareMoment),
    #: The bank's calendar day of `sent_at`.
    Column("sent_on", Date),
    UniqueConstraint("customer_id", "strategy", "version", "wave", "channel", "occasion"),
    Index("ix_touch_planned_for", "planned_for", "strategy", "state"),
    Index("ix_touch_sent_on", "sent_on", "channel"),
)

#: The life of a touch, append-only: each kind of event happens to a touch once at most.
touch_event = Table(
    "touch_event",
    metadata,
    Column("touch_id", String(32), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("at", AwareMoment, nullable=False),
    Column("reason", String(80)),
    Column("detail", String(400)),
    Column("actor", String(80)),
)

#: What waits to be handed to a channel. The key goes along as the channel's idempotency key.
outbox = Table(
    "outbox",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("customer_id", String(80), nullable=False),
    Column("strategy", String(80), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("priority", BigInteger, nullable=False),
    Column("due_at", AwareMoment, nullable=False),
    Column("expires_on", Date, nullable=False),
    #: 'waiting', 'sending', 'sent', 'unknown', 'failed', 'suppressed', 'expired', 'recalled'.
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", String(400)),
    Index("ix_outbox_due", "channel", "state", "priority", "due_at"),
    Index("ix_outbox_customer", "customer_id", "state"),
    Index("ix_outbox_late", "state", "expires_on"),
)

#: A touch on a person's list, with where the work on it stands.
work_item = Table(
    "work_item",
    metadata,
    Column("touch_id", String(32), primary_key=True),
    Column("customer_id", String(80), nullable=False),
    Column("strategy", String(80), nullable=False),
    Column("offer", String(80), nullable=False),
    Column("value_minor", BigInteger, nullable=False),
    Column("manager_id", String(80)),
    Column("branch_id", String(80)),
    #: 'open', 'later', 'no_answer', 'done', 'refused', 'unanswered', 'recalled'.
    Column("state", String(12), nullable=False),
    #: First day on which it is on the list (again).
    Column("due_on", Date, nullable=False),
    Column("live_until", Date, nullable=False),
    Column("attempts", Integer, nullable=False),
    Index("ix_work_item_manager", "manager_id", "state", "due_on"),
    Index("ix_work_item_branch", "branch_id", "state", "due_on"),
)

#: What people wrote down about their work items, append-only.
work_result = Table(
    "work_result",
    metadata,
    Column("result_id", _IDENTITY, primary_key=True),
    Column("touch_id", String(32), nullable=False),
    #: 'done', 'refused', 'no_answer', 'later' or 'referred'.
    Column("result", String(12), nullable=False),
    Column("note", String(2000), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", AwareMoment, nullable=False),
    #: The day agreed on, for 'later'.
    Column("later_on", Date),
    #: The manager it went to, for 'referred'.
    Column("referred_to", String(80)),
    Index("ix_work_result_touch", "touch_id"),
)

#: How many customers each layer of a day's decision dropped and left, by strategy and reason.
decision_funnel = Table(
    "decision_funnel",
    metadata,
    Column("day", Date, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("strategy", String(80), nullable=False),
    Column("layer", String(20), nullable=False),
    Column("reason", String(120), nullable=False),
    Column("dropped", BigInteger, nullable=False),
    Column("left", BigInteger, nullable=False),
    Index("ix_decision_funnel_strategy", "strategy", "day"),
)

#: A frozen list of customers; who is on it lies beside the ledger in Parquet, named by checksum.
target_list = Table(
    "target_list",
    metadata,
    Column("list_id", String(32), primary_key=True),
    Column("title", String(200), nullable=False),
    #: 'audience' or 'strategy'.
    Column("source", String(10), nullable=False),
    #: The audience's canonical text, or the strategy's id.
    Column("definition", String, nullable=False),
    Column("snapshot_id", String(120), nullable=False),
    Column("customers", BigInteger, nullable=False),
    Column("checksum", String(64), nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("created_at", AwareMoment, nullable=False),
)

#: How a frozen list was shared out: which branch or manager got how many.
list_share = Table(
    "list_share",
    metadata,
    Column("list_id", String(32), primary_key=True),
    #: 'branch' or 'manager'.
    Column("by", String(10), primary_key=True),
    Column("owner", String(80), primary_key=True),
    #: Their place in the order of sharing: who belongs to nobody goes round by it.
    Column("position", Integer, nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("given", BigInteger, nullable=False),
    Column("shared_at", AwareMoment, nullable=False),
)
