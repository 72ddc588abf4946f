"""The strategy engine."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The strategy engine."""
    op.create_table(
        "bank_limits",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("yaml", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_bank_limits")),
    )
    op.create_table(
        "blacklist",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_blacklist")),
    )
    with op.batch_alter_table("blacklist", schema=None) as batch_op:
        batch_op.create_index("ix_blacklist_customer", ["customer_id", "list"], unique=False)

    op.create_table(
        "consent",
        sa.Column("fact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("medium", sa.String(length=40), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("evidence", sa.String(length=400), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=True),
        sa.Column("records_said", sa.Boolean(), nullable=True),
        sa.Column("touch_id", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_consent")),
        sa.UniqueConstraint("touch_id", "given", name=op.f("uq_consent_touch_id_given")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consent_customer", ["customer_id", "purpose", "medium"], unique=False
        )

    op.create_table(
        "list_result",
        sa.Column(
            "result_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("list_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_list_result")),
    )
    with op.batch_alter_table("list_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_list_result_list_id"), ["list_id"], unique=False)

    op.create_table(
        "plan_price",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("limit_name", sa.String(length=140), nullable=False),
        sa.Column("label", sa.String(length=140), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("dual_minor", sa.Float(), nullable=False),
        sa.Column("worth_minor", sa.Float(), nullable=False),
        sa.Column("used", sa.Float(), nullable=False),
        sa.Column("limited_to", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "limit_name", "label", name=op.f("pk_plan_price")),
    )
    op.create_table(
        "published_plan",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value_minor", sa.Float(), nullable=False),
        sa.Column("bound_minor", sa.Float(), nullable=False),
        sa.Column("violations", sa.Integer(), nullable=False),
        sa.Column("unmet", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_published_plan")),
    )
    op.create_table(
        "review_cell",
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("cut", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("yy", sa.Double(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("xx", sa.Double(), nullable=False),
        sa.Column("xy", sa.Double(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "strategy",
            "version",
            "through",
            "cut",
            "value",
            "arm",
            "state",
            name=op.f("pk_review_cell"),
        ),
    )
    with op.batch_alter_table("review_cell", schema=None) as batch_op:
        batch_op.create_index("ix_review_cell_through", ["through"], unique=False)

    op.create_table(
        "review_day",
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=True),
        sa.Column("value_per_unit", sa.Double(), nullable=False),
        sa.Column("holdout_share", sa.Double(), nullable=False),
        sa.Column("outcome_days", sa.Integer(), nullable=False),
        sa.Column("wave_days", sa.String(length=120), nullable=False),
        sa.Column("population", sa.BigInteger(), nullable=True),
        sa.Column("first_assigned_on", sa.Date(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("strategy", "version", "through", name=op.f("pk_review_day")),
    )
    with op.batch_alter_table("review_day", schema=None) as batch_op:
        batch_op.create_index("ix_review_day_through", ["through"], unique=False)

    op.create_table(
        "script_arm",
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("script", sa.String(length=63), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("audience", sa.String(length=4000), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Double(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("deviation", sa.Double(), nullable=False),
        sa.Column("best", sa.Double(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint(
            "strategy", "version", "channel", "wave", "script", "day", name=op.f("pk_script_arm")
        ),
    )
    op.create_table(
        "strategy_comment",
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_strategy_comment")),
    )
    with op.batch_alter_table("strategy_comment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_strategy_comment_request_id"), ["request_id"], unique=False
        )

    op.create_table(
        "strategy_draft",
        sa.Column("draft_id", sa.String(length=32), nullable=False),
        sa.Column("strategy_id", sa.String(length=63), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("makers", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_strategy_draft")),
    )
    with op.batch_alter_table("strategy_draft", schema=None) as batch_op:
        batch_op.create_index(
            "ix_strategy_draft_strategy_id", ["strategy_id", "state"], unique=False
        )

    op.create_table(
        "strategy_ramp",
        sa.Column("ramp_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("strategy_id", sa.String(length=63), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("step_days", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ramp_id", name=op.f("pk_strategy_ramp")),
    )
    with op.batch_alter_table("strategy_ramp", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_strategy_ramp_strategy_id"), ["strategy_id"], unique=False
        )

    op.create_table(
        "strategy_request",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("draft_id", sa.String(length=32), nullable=False),
        sa.Column("strategy_id", sa.String(length=63), nullable=False),
        sa.Column("yaml", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("makers", sa.JSON(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("spend_minor", sa.BigInteger(), nullable=False),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_strategy_request")),
    )
    with op.batch_alter_table("strategy_request", schema=None) as batch_op:
        batch_op.create_index("ix_strategy_request_state", ["state", "asked_at"], unique=False)

    op.create_table(
        "strategy_test",
        sa.Column("strategy_id", sa.String(length=63), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("meant", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("strategy_id", "position", name=op.f("pk_strategy_test")),
    )
    # rows: what customers refused is what they consented to, and must not be lost
    op.execute(
        "INSERT INTO consent (customer_id, purpose, medium, given, at, source, touch_id) "
        "SELECT customer_id, 'marketing', CASE channel WHEN 'app_slot' THEN 'app' "
        "WHEN 'call_list' THEN 'phone' WHEN 'manager_list' THEN 'phone' ELSE channel END, "
        "NOT refused, at, source, touch_id FROM contact_refusal ORDER BY refusal_id"
    )
    # rows are there
    op.drop_table("effect_review")
    with op.batch_alter_table("contact_refusal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_refusal_customer"))

    op.drop_table("contact_refusal")
    op.drop_table("effect_sums")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("script", sa.String(length=63), nullable=True))
        batch_op.create_index(
            "ix_assignment_customer", ["customer_id", "assigned_on"], unique=False
        )

    with op.batch_alter_table("list_share", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=False))

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_late", ["state", "expires_on"], unique=False)

    with op.batch_alter_table("strategy_stop", schema=None) as batch_op:
        batch_op.add_column(sa.Column("report", sa.JSON(), nullable=True))

    with op.batch_alter_table("strategy_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("approved_by", sa.String(length=80), nullable=True))

    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("script", sa.String(length=63), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.drop_column("script")

    with op.batch_alter_table("strategy_version", schema=None) as batch_op:
        batch_op.drop_column("approved_by")

    with op.batch_alter_table("strategy_stop", schema=None) as batch_op:
        batch_op.drop_column("report")

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_late")

    with op.batch_alter_table("list_share", schema=None) as batch_op:
        batch_op.drop_column("position")

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_assignment_customer")
        batch_op.drop_column("script")

    op.create_table(
        "effect_sums",
        sa.Column("strategy", sa.VARCHAR(length=80), nullable=False),
        sa.Column("version", sa.INTEGER(), nullable=False),
        sa.Column("through", sa.DATE(), nullable=False),
        sa.Column("cut", sa.VARCHAR(length=400), nullable=False),
        sa.Column("arm", sa.VARCHAR(length=10), nullable=False),
        sa.Column("closed", sa.BOOLEAN(), nullable=False),
        sa.Column("n", sa.BIGINT(), nullable=False),
        sa.Column("y", sa.DOUBLE(), nullable=False),
        sa.Column("yy", sa.DOUBLE(), nullable=False),
        sa.Column("x", sa.DOUBLE(), nullable=False),
        sa.Column("xx", sa.DOUBLE(), nullable=False),
        sa.Column("xy", sa.DOUBLE(), nullable=False),
        sa.Column("cost_minor", sa.BIGINT(), nullable=False),
        sa.PrimaryKeyConstraint(
            "strategy", "version", "through", "cut", "arm", "closed", name=op.f("pk_effect_sums")
        ),
    )
    op.create_table(
        "contact_refusal",
        sa.Column("refusal_id", sa.INTEGER(), nullable=False),
        sa.Column("customer_id", sa.VARCHAR(length=80), nullable=False),
        sa.Column("channel", sa.VARCHAR(length=40), nullable=False),
        sa.Column("refused", sa.BOOLEAN(), nullable=False),
        sa.Column("at", sa.DATETIME(), nullable=False),
        sa.Column("source", sa.VARCHAR(length=80), nullable=False),
        sa.Column("touch_id", sa.VARCHAR(length=32), nullable=True),
        sa.PrimaryKeyConstraint("refusal_id", name=op.f("pk_contact_refusal")),
        sa.UniqueConstraint(
            "touch_id", "refused", name=op.f("uq_contact_refusal_touch_id_refused")
        ),
    )
    with op.batch_alter_table("contact_refusal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_refusal_customer"), ["customer_id", "channel"], unique=False
        )

    op.create_table(
        "effect_review",
        sa.Column("strategy", sa.VARCHAR(length=80), nullable=False),
        sa.Column("version", sa.INTEGER(), nullable=False),
        sa.Column("through", sa.DATE(), nullable=False),
        sa.Column("metric", sa.VARCHAR(length=40), nullable=False),
        sa.Column("family", sa.VARCHAR(length=40), nullable=True),
        sa.Column("value_per_unit", sa.DOUBLE(), nullable=False),
        sa.Column("holdout_share", sa.DOUBLE(), nullable=False),
        sa.Column("outcome_days", sa.INTEGER(), nullable=False),
        sa.Column("first_assigned_on", sa.DATE(), nullable=False),
        sa.Column("reviewed_at", sa.DATETIME(), nullable=False),
        sa.PrimaryKeyConstraint("strategy", "version", "through", name=op.f("pk_effect_review")),
    )
    op.drop_table("strategy_test")
    with op.batch_alter_table("strategy_request", schema=None) as batch_op:
        batch_op.drop_index("ix_strategy_request_state")

    op.drop_table("strategy_request")
    with op.batch_alter_table("strategy_ramp", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_strategy_ramp_strategy_id"))

    op.drop_table("strategy_ramp")
    with op.batch_alter_table("strategy_draft", schema=None) as batch_op:
        batch_op.drop_index("ix_strategy_draft_strategy_id")

    op.drop_table("strategy_draft")
    with op.batch_alter_table("strategy_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_strategy_comment_request_id"))

    op.drop_table("strategy_comment")
    op.drop_table("script_arm")
    with op.batch_alter_table("review_day", schema=None) as batch_op:
        batch_op.drop_index("ix_review_day_through")

    op.drop_table("review_day")
    with op.batch_alter_table("review_cell", schema=None) as batch_op:
        batch_op.drop_index("ix_review_cell_through")

    op.drop_table("review_cell")
    op.drop_table("published_plan")
    op.drop_table("plan_price")
    with op.batch_alter_table("list_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_list_result_list_id"))

    op.drop_table("list_result")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_customer")

    op.drop_table("consent")
    with op.batch_alter_table("blacklist", schema=None) as batch_op:
        batch_op.drop_index("ix_blacklist_customer")

    op.drop_table("blacklist")
    op.drop_table("bank_limits")
