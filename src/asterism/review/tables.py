"""The ledger's tables of the review: what was measured on which day, and the sums."""

from sqlalchemy import BigInteger, Column, Date, Double, Index, Integer, String, Table

from asterism.ledger import AwareMoment, metadata

#: What a strategy version was measured by, on each day it was.
review_day = Table(
    "review_day",
    metadata,
    Column("strategy", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    #: The last day whose facts are counted.
    Column("through", Date, primary_key=True),
    Column("metric", String(40), nullable=False),
    Column("family", String(40)),
    #: Worth of one unit of the metric, minor units.
    Column("value_per_unit", Double, nullable=False),
    Column("holdout_share", Double, nullable=False),
    Column("outcome_days", Integer, nullable=False),
    #: Days after the assignment on which the waves are due, `0,3,7`.
    Column("wave_days", String(120), nullable=False),
    #: Customers to whom a total extends; null for those in the touch arm.
    Column("population", BigInteger),
    Column("first_assigned_on", Date, nullable=False),
    Column("reviewed_at", AwareMoment, nullable=False),
    Index("ix_review_day_through", "through"),
)

#: Sums of groups of customers. Over the values of one cut they add up to the whole, whose cut and
#: value are empty; over the states they add up to everybody so far.
review_cell = Table(
    "review_cell",
    metadata,
    Column("strategy", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("through", Date, primary_key=True),
    #: 'channel', 'script', 'model', 'tier', 'lifecycle', 'wave', or empty for everybody.
    Column("cut", String(20), primary_key=True),
    Column("value", String(120), primary_key=True),
    #: 'touch', 'holdout' or 'universal'.
    Column("arm", String(10), primary_key=True),
    #: 'open', 'closed' or 'settled': how far these customers' windows are.
    Column("state", String(10), primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("y", Double, nullable=False),
    Column("yy", Double, nullable=False),
    Column("x", Double, nullable=False),
    Column("xx", Double, nullable=False),
    Column("xy", Double, nullable=False),
    Column("cost_minor", BigInteger, nullable=False),
    Index("ix_review_cell_through", "through"),
)
