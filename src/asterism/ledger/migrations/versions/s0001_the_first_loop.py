"""The first loop."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The first loop."""
    op.create_table(
        "assignment",
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("offer", sa.String(length=80), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("branch_id", sa.String(length=80), nullable=True),
        sa.Column("tier", sa.String(length=40), nullable=True),
        sa.Column("lifecycle", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint(
            "strategy", "version", "customer_id", "wave", "occasion", name=op.f("pk_assignment")
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_assignment_assigned_on", ["assigned_on", "strategy"], unique=False
        )

    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
    )
    op.create_table(
        "contact_refusal",
        sa.Column(
            "refusal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("touch_id", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("refusal_id", name=op.f("pk_contact_refusal")),
        sa.UniqueConstraint(
            "touch_id", "refused", name=op.f("uq_contact_refusal_touch_id_refused")
        ),
    )
    with op.batch_alter_table("contact_refusal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contact_refusal_customer", ["customer_id", "channel"], unique=False
        )

    op.create_table(
        "decision_funnel",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("layer", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
        sa.Column("left", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "position", name=op.f("pk_decision_funnel")),
    )
    with op.batch_alter_table("decision_funnel", schema=None) as batch_op:
        batch_op.create_index("ix_decision_funnel_strategy", ["strategy", "day"], unique=False)

    op.create_table(
        "effect_review",
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=True),
        sa.Column("value_per_unit", sa.Double(), nullable=False),
        sa.Column("holdout_share", sa.Double(), nullable=False),
        sa.Column("outcome_days", sa.Integer(), nullable=False),
        sa.Column("first_assigned_on", sa.Date(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("strategy", "version", "through", name=op.f("pk_effect_review")),
    )
    op.create_table(
        "effect_sums",
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("cut", sa.String(length=400), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("yy", sa.Double(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("xx", sa.Double(), nullable=False),
        sa.Column("xy", sa.Double(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "strategy", "version", "through", "cut", "arm", "closed", name=op.f("pk_effect_sums")
        ),
    )
    op.create_table(
        "feed",
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mapping", name=op.f("pk_feed")),
    )
    op.create_table(
        "list_share",
        sa.Column("list_id", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("list_id", "by", "owner", name=op.f("pk_list_share")),
    )
    op.create_table(
        "log_in_attempts",
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_log_in_attempts")),
    )
    op.create_table(
        "loop_stage",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", "stage", name=op.f("pk_loop_stage")),
    )
    op.create_table(
        "outbox",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=400), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_customer", ["customer_id", "state"], unique=False)
        batch_op.create_index(
            "ix_outbox_due", ["channel", "state", "priority", "due_at"], unique=False
        )

    op.create_table(
        "segment",
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_segment")),
    )
    op.create_table(
        "signing_key",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "snapshot",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("id", name=op.f("uq_snapshot_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snapshot_as_of"), ["as_of"], unique=False)

    op.create_table(
        "strategy_stop",
        sa.Column("strategy_id", sa.String(length=63), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("strategy_id", "version", name=op.f("pk_strategy_stop")),
    )
    op.create_table(
        "strategy_version",
        sa.Column("strategy_id", sa.String(length=63), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("yaml", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("strategy_id", "version", name=op.f("pk_strategy_version")),
    )
    op.create_table(
        "target_list",
        sa.Column("list_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("snapshot_id", sa.String(length=120), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_target_list")),
    )
    op.create_table(
        "touch",
        sa.Column("touch_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("offer", sa.String(length=80), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_for", sa.Date(), nullable=False),
        sa.Column("live_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("manager_id", sa.String(length=80), nullable=True),
        sa.Column("branch_id", sa.String(length=80), nullable=True),
        sa.Column("slot", sa.String(length=40), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("touch_id", name=op.f("pk_touch")),
        sa.UniqueConstraint(
            "customer_id",
            "strategy",
            "version",
            "wave",
            "channel",
            "occasion",
            name=op.f("uq_touch_customer_id_strategy_version_wave_channel_occasion"),
        ),
    )
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.create_index(
            "ix_touch_planned_for", ["planned_for", "strategy", "state"], unique=False
        )
        batch_op.create_index("ix_touch_sent_on", ["sent_on", "channel"], unique=False)

    op.create_table(
        "touch_event",
        sa.Column("touch_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("detail", sa.String(length=400), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("touch_id", "kind", name=op.f("pk_touch_event")),
    )
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password_digest", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.String(length=64), nullable=True),
        sa.Column("manager_id", sa.String(length=64), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "work_item",
        sa.Column("touch_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("offer", sa.String(length=80), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("manager_id", sa.String(length=80), nullable=True),
        sa.Column("branch_id", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("live_until", sa.Date(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("touch_id", name=op.f("pk_work_item")),
    )
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.create_index("ix_work_item_branch", ["branch_id", "state", "due_on"], unique=False)
        batch_op.create_index(
            "ix_work_item_manager", ["manager_id", "state", "due_on"], unique=False
        )

    op.create_table(
        "work_result",
        sa.Column(
            "result_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("touch_id", sa.String(length=32), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("later_on", sa.Date(), nullable=True),
        sa.Column("referred_to", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_work_result")),
    )
    with op.batch_alter_table("work_result", schema=None) as batch_op:
        batch_op.create_index("ix_work_result_touch", ["touch_id"], unique=False)

    op.create_table(
        "api_keys",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_api_keys_user_id_users")
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_api_keys")),
    )
    op.create_table(
        "segment_version",
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_es", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["name"], ["segment.name"], name=op.f("fk_segment_version_name_segment")
        ),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_segment_version")),
    )
    op.create_table(
        "sessions",
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_sessions_user_id_users")
        ),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_user_id"))

    op.drop_table("sessions")
    op.drop_table("segment_version")
    op.drop_table("api_keys")
    with op.batch_alter_table("work_result", schema=None) as batch_op:
        batch_op.drop_index("ix_work_result_touch")

    op.drop_table("work_result")
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index("ix_work_item_manager")
        batch_op.drop_index("ix_work_item_branch")

    op.drop_table("work_item")
    op.drop_table("users")
    op.drop_table("touch_event")
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.drop_index("ix_touch_sent_on")
        batch_op.drop_index("ix_touch_planned_for")

    op.drop_table("touch")
    op.drop_table("target_list")
    op.drop_table("strategy_version")
    op.drop_table("strategy_stop")
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_snapshot_as_of"))

    op.drop_table("snapshot")
    op.drop_table("signing_key")
    op.drop_table("segment")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_due")
        batch_op.drop_index("ix_outbox_customer")

    op.drop_table("outbox")
    op.drop_table("loop_stage")
    op.drop_table("log_in_attempts")
    op.drop_table("list_share")
    op.drop_table("feed")
    op.drop_table("effect_sums")
    op.drop_table("effect_review")
    with op.batch_alter_table("decision_funnel", schema=None) as batch_op:
        batch_op.drop_index("ix_decision_funnel_strategy")

    op.drop_table("decision_funnel")
    with op.batch_alter_table("contact_refusal", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_refusal_customer")

    op.drop_table("contact_refusal")
    op.drop_table("audit")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_assignment_assigned_on")

    op.drop_table("assignment")
