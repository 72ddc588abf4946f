"""The bank's data in one shape, whatever system it came from."""

from asterism.warehouse.canonical.activity import EVENTS, TRANSACTIONS
from asterism.warehouse.canonical.column import Column, ColumnType, Layout, Table
from asterism.warehouse.canonical.contacts import EXTERNAL_FACTS, INTERACTIONS
from asterism.warehouse.canonical.holdings import (
    ACCOUNTS,
    BALANCES,
    PRODUCT_FAMILIES,
    PRODUCTS,
)
from asterism.warehouse.canonical.outlets import BRANCHES, STAFF
from asterism.warehouse.canonical.people import CUSTOMERS, EMPLOYERS

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        CUSTOMERS,
        EMPLOYERS,
        BRANCHES,
        STAFF,
        PRODUCTS,
        ACCOUNTS,
        BALANCES,
        TRANSACTIONS,
        EVENTS,
        INTERACTIONS,
        EXTERNAL_FACTS,
    )
}

__all__ = ["PRODUCT_FAMILIES", "TABLES", "Column", "ColumnType", "Layout", "Table"]
