"""Compiles a load's rules into one query: source rows in, canonical rows with their faults out."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Entries
from dataclasses import dataclass, field
from datetime import date

from asterism.kernel.errors import Problem
from asterism.kernel.words import N_
from asterism.warehouse.canonical import Column, Table
from asterism.warehouse.intake.convert import (
    Value,
    column_name,
    convert,
    exact_number,
    stored_type,
)
from asterism.warehouse.intake.faults import Fault, faults_of
from asterism.warehouse.intake.reasons import Reason
from asterism.warehouse.intake.sql import ALL, name, select, text, texts
from asterism.warehouse.mapping.document import suggestion
from asterism.warehouse.mapping.expression import Expression
from asterism.warehouse.mapping.model import Load, Reading, Rule

#: Columns that travel beside the canonical ones: which file, which row of it, which place.
FILE, ROW, PLACE, ORDER = "__file", "__row", "__place", "__order"
#: The place of rows that have a fault.
FAULTY = 0
_FILTER, _UNDECODABLE = "__filter", "__undecodable"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


#: The first hexadecimal digit of the id's MD5 as a number: `kernel.hashing.bucket_of`.
_BUCKET = "CAST(instr('0123456789abcdef', left(md5(customer_id), 1)) - 1 AS TINYINT)"


class UnreadableExpressionError(Exception):
    """DuckDB cannot make sense of an expression over a source."""


@dataclass(slots=True)
class Compiled:
    """A load's rules as SQL over its source."""

    #: SQL of each source value by canonical column, over the source's columns.
    sources: dict[str, str] = field(default_factory=dict)
    #: SQL of each canonical value, over the source values.
    values: dict[str, str] = field(default_factory=dict)
    #: The codes that a good row can have, by column.
    codes: dict[str, Sequence[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    #: SQL that tells whether the load's filter keeps the row, over the source values.
    kept: str = ""
    problems: list[Problem] = field(default_factory=list)

    def rows(self, source: str, place: str, buckets: str) -> str:
        """Return the query of all kept rows, each with its place; faulty rows in `FAULTY`.

        `buckets` names a table of `customer_id` and `bucket`: looking them up costs a quarter of
        computing them. Empty if there is none.
        """
        carried = {FILE: name(FILE), ROW: name(ROW)}
        if ORDER in self.sources:
            carried[ORDER] = column_name(ORDER)
        placed = f"CASE WHEN {self.any_fault()} THEN {FAULTY} ELSE coalesce({place}, {FAULTY}) END"
        listed = {column: self._kept_as(column) for column in self.values}
        origin = self.converted(source)
        if "customer_id" in self.values:
            listed["bucket"] = f"coalesce(bucket, {_BUCKET})" if buckets else _BUCKET
        if buckets:
            origin = f"{origin} LEFT JOIN {buckets} USING (customer_id)"
        return select({**listed, **carried, PLACE: placed}, origin, where=self.kept)

    def _kept_as(self, column: str) -> str:
        """Return the SQL of a good row's value; a code as its number, which is sorted sooner."""
        if column not in self.codes:
            return name(column)
        return f"TRY_CAST({name(column)} AS ENUM({texts(self.codes[column])}))"

    def converted(self, source: str) -> str:
        """Return a subquery with source and canonical values side by side."""
        inner = {FILE: name(FILE), ROW: name(ROW)}
        inner |= {f"source of {column}": sql for column, sql in self.sources.items()}
        return f"({select({ALL: '*', **self.values}, f'({select(inner, source)})')})"

    def any_fault(self) -> str:
        """Return the condition that a row has any fault at all."""
        joined = " OR ".join(f"({fault.condition})" for fault in self.faults)
        return f"coalesce({joined}, FALSE)" if joined else "FALSE"

    def reasons(self) -> str:
        """Return the SQL of the list of all faults a row has."""
        cases = ", ".join(
            f"CASE WHEN {fault.condition} THEN struct_pack("
            f'"column" := {text(fault.column)}, reason := {text(fault.reason)}) END'
            for fault in self.faults
        )
        return f"list_filter([{cases}], lambda fault: fault IS NOT NULL)"


@dataclass(slots=True, kw_only=True)
class Compiler:
    """Compiles one load against the columns that its source really has."""

    load: Load
    table: Table
    #: DuckDB's type of each column of the source, joined files' as `name.column`.
    types: Entries[str, str]
    #: Returns DuckDB's type of an SQL expression over the source.
    type_of: Callable[[str], str]
    currency: str
    as_of: date
    #: Whether texts with U+FFFD are to be refused: some could not be decoded.
    refuse_undecodable: bool = False
    #: Whether the rows carry an order, because some load of the table keeps one row per key.
    ordered: bool = False
    result: Compiled = field(default_factory=Compiled)
    #: DuckDB's type of each column by its SQL: a plain column need not be asked about.
    _known_types: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._known_types = {name(column): kind for column, kind in self.types.items()}

    def compile(self) -> Compiled:
        """Compile everything; what is wrong is in the result's `problems`."""
        columns = sorted(self.table.columns, key=lambda column: column.name != "currency")
        for column in columns:
            rule = self.load.rules.get(column.name)
            if rule is None and self.load.same and column.name in self.types:
                rule = Rule(where=self.load.where_in_file, reading=Reading())
            if rule is None:
                self._left_out(column)
            elif rule.constant is not None:
                self._constant(column, rule, rule.constant)
            else:
                self._column(column, rule)
        self._filter()
        if self.ordered:
            keep = self.load.keep
            sql = self._sql(keep.by, self.load.reading, self.load.where_in_file) if keep else "NULL"
            self.result.sources[ORDER] = f"TRY({sql})"
        if self.refuse_undecodable:
            self._undecodable()
        return self.result

    def _left_out(self, column: Column) -> None:
        default = self.currency if column.name == "currency" else column.default
        if column.required and default is None:
            message = N_("{column} is required, and the source has no column of this name.")
            self._problem(self.load.where_in_file, message, column=column.name)
        sql = "NULL" if default is None else text(str(default))
        self.result.values[column.name] = f"CAST({sql} AS {stored_type(column)})"

    def _constant(self, column: Column, rule: Rule, constant: str) -> None:
        value = convert(Value(text(constant), "VARCHAR"), column, rule, self._currency())
        self.result.values[column.name] = f"CAST({value} AS {stored_type(column)})"
        self.result.faults += faults_of(
            column,
            self.table.name,
            self.load,
            source="TRUE",
            as_of=self.as_of,
            currency=self.currency,
            may_not_convert=True,
            coded=rule.codes is not None,
        )

    def _column(self, column: Column, rule: Rule) -> None:
        if rule.expression is None:
            sql, can_fail = name(column.name), False
        else:
            sql, can_fail = (
                self._sql(rule.expression, rule.reading, rule.where),
                rule.expression.can_fail,
            )
        kind = self._type(sql, rule.where)
        sql = _without_nothing(sql, kind, rule.reading)
        source = column_name(column.name)
        if can_fail:
            sql = f"TRY(struct_pack(v := {sql}))"
            failed = Fault(column.name, Reason.FAILED, f"{source} IS NULL")
            self.result.faults.append(failed)
            source = f"{source}.v"
        self.result.sources[column.name] = sql
        converted = convert(Value(source, kind), column, rule, self._currency())
        as_it_is = converted == source
        if rule.missing is not None:
            missing = convert(
                Value(text(rule.missing), "VARCHAR"),
                column,
                Rule(where="", reading=rule.reading),
                self._currency(),
            )
            converted = f"CASE WHEN {source} IS NULL THEN {missing} ELSE {converted} END"
        self.result.values[column.name] = converted
        if column.codes and rule.codes is None:  # any other value is a fault
            self.result.codes[column.name] = column.codes
        self.result.faults += faults_of(
            column,
            self.table.name,
            self.load,
            source=source,
            as_of=self.as_of,
            currency=self.currency,
            may_not_convert=not as_it_is and not rule.unknown_is_null,
            coded=rule.codes is not None,
        )

    def _filter(self) -> None:
        expression = self.load.filter
        if expression is None:
            return
        sql = self._sql(expression, self.load.reading, f"{self.load.where_in_file}.where")
        source = column_name(_FILTER)
        if expression.can_fail:
            self.result.sources[_FILTER] = f"TRY(struct_pack(v := {sql}))"
            self.result.faults.append(Fault("where", Reason.FAILED, f"{source} IS NULL"))
            self.result.kept = f"({source} IS NULL OR {source}.v)"
        else:
            self.result.sources[_FILTER] = sql
            self.result.kept = source

    def _undecodable(self) -> None:
        columns = [column for column, kind in self.types.items() if kind == "VARCHAR"]
        found = " OR ".join(
            f"contains(coalesce({name(column)}, ''), {text(_REPLACEMENT)})" for column in columns
        )
        self.result.sources[_UNDECODABLE] = found or "FALSE"
        fault = Fault("", Reason.UNDECODABLE, column_name(_UNDECODABLE))
        self.result.faults.insert(0, fault)

    def _sql(self, expression: Expression, reading: Reading, where: str) -> str:
        return expression.sql(
            lambda column: self._source_column(column, where),
            lambda inner: exact_number(inner, reading),
        )

    def _source_column(self, column: str, where: str) -> str:
        if column in self.types:
            return name(column)
        folded = [known for known in self.types if known.casefold() == column.casefold()]
        if len(folded) == 1:
            return name(folded[0])
        nearest = suggestion(column, list(self.types))
        hint = N_("Did you mean {suggestion}?") if nearest else N_("It has: {known}.")
        self._problem(
            where,
            N_("the source has no column {column}."),
            hint,
            column=column,
            suggestion=nearest,
            known=", ".join(self.types),
        )
        return "NULL"

    def _type(self, sql: str, where: str) -> str:
        known = self._known_types.get(sql)
        if known is not None:
            return known
        try:
            return self.type_of(sql)
        except UnreadableExpressionError as error:
            self._problem(where, N_("this does not compute: {detail}"), detail=str(error))
            return "VARCHAR"

    def _currency(self) -> str:
        return name("currency") if "currency" in self.table.names else text(self.currency)

    def _problem(self, where: str, message: str, hint: str = "", **values: object) -> None:
        problem = Problem(message=message, where=where, values=values, hint=hint)
        if problem not in self.result.problems:
            self.result.problems.append(problem)


def _without_nothing(sql: str, kind: str, reading: Reading) -> str:
    """Make null of what means nothing: an empty text, a listed one, not-a-number."""
    if kind == "VARCHAR":
        if not reading.nulls:
            return f"nullif({sql}, '')"
        nothing = texts(("", *reading.nulls))
        return f"CASE WHEN {sql} IN ({nothing}) THEN NULL ELSE {sql} END"
    if kind in {"FLOAT", "DOUBLE"}:
        return f"CASE WHEN isnan({sql}) THEN NULL ELSE {sql} END"
    return sql
