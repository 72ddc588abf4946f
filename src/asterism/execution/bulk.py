"""Many rows at once: written by column, and named by one parameter however many there are."""

import json
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ARRAY, Column, Connection, String, any_, bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.schema import Table


def insert_new(connection: Connection, table: Table) -> Insert:
    """Return an insert into `table` that passes over rows whose key is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return insert(table)


def insert_columns(
    connection: Connection, table: Table, columns: Mapping[str, Sequence[object]]
) -> None:
    """Insert the rows whose values stand in `columns`, by name and all of one length.

    Rows whose key is there already are passed over. PostgreSQL takes one array for each column,
    SQLite the rows one by one, prepared once.
    """
    if connection.dialect.name == "postgresql":
        arrays = (
            bindparam(None, list(values), type_=ARRAY(table.c[name].type))
            for name, values in columns.items()
        )
        rows = func.unnest(*arrays).table_valued(*columns).render_derived()
        statement = insert_new(connection, table)
        connection.execute(statement.from_select(list(columns), select(rows)))
        return
    compiled = insert_new(connection, table).compile(
        dialect=connection.dialect, column_keys=list(columns)
    )
    order = compiled.positiontup or ()
    stored = [_stored(connection, table.c[name], columns[name]) for name in order]
    rows_of_values = list(zip(*stored, strict=True))
    if rows_of_values:
        connection.exec_driver_sql(str(compiled), rows_of_values)


def _stored(
    connection: Connection, column: Column[object], values: Sequence[object]
) -> Sequence[object]:
    """Return the values as the driver takes them; each different one is converted once."""
    kind = column.type.dialect_impl(connection.dialect)
    convert = kind.bind_processor(connection.dialect)
    if convert is None:
        return values
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]


def among(
    connection: Connection, column: Column[str], values: Collection[str]
) -> ColumnElement[bool]:
    """Return the condition that the text `column` has one of `values`, sent as one parameter.

    The statement is the same for any number of values, so that it is prepared once.
    """
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(values), type_=ARRAY(String)))
    each = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(each.c.value))
