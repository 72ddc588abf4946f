"""The closed expression language of mapping files: SQL over a source's columns, nothing else.

A text is parsed into a tree, every node of which must be on the list below; what DuckDB gets is
written anew from the tree, names quoted. Subqueries, table functions, settings and everything not
listed have no way through.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from asterism.kernel.errors import Problem
from asterism.kernel.words import N_

# What it cannot parse it also logs; every such text is refused here in our own words.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

MAX_CHARACTERS = 8_000
MAX_NODES = 1_500
_LONGEST_PAD = 100

#: Functions: the class sqlglot reads them into, the name DuckDB gets, and the arguments' keys.
_FUNCTIONS: Mapping[type[exp.Expression], tuple[str, tuple[str, ...]]] = {
    exp.Abs: ("abs", ("this",)),
    exp.Ceil: ("ceil", ("this",)),
    exp.Coalesce: ("coalesce", ("this", "expressions")),
    exp.Concat: ("concat", ("expressions",)),
    exp.Contains: ("contains", ("this", "expression")),
    exp.Day: ("day", ("this",)),
    exp.Floor: ("floor", ("this",)),
    exp.Greatest: ("greatest", ("this", "expressions")),
    exp.If: ("if", ("this", "true", "false")),
    exp.Least: ("least", ("this", "expressions")),
    exp.Left: ("left", ("this", "expression")),
    exp.Length: ("length", ("this",)),
    exp.Lower: ("lower", ("this",)),
    exp.Month: ("month", ("this",)),
    exp.Nullif: ("nullif", ("this", "expression")),
    exp.RegexpExtract: ("regexp_extract", ("this", "expression", "group")),
    exp.RegexpLike: ("regexp_matches", ("this", "expression")),
    exp.RegexpReplace: ("regexp_replace", ("this", "expression", "replacement")),
    exp.Replace: ("replace", ("this", "expression", "replacement")),
    exp.Right: ("right", ("this", "expression")),
    exp.Round: ("round", ("this", "decimals")),
    exp.SplitPart: ("split_part", ("this", "delimiter", "part_index")),
    exp.StartsWith: ("starts_with", ("this", "expression")),
    exp.StrPosition: ("strpos", ("this", "substr")),
    exp.Substring: ("substring", ("this", "start", "length")),
    exp.Trim: ("trim", ("this",)),
    exp.Upper: ("upper", ("this",)),
    exp.Year: ("year", ("this",)),
}
#: A text read as a number, with the separators that the source declares.
NUMBER = "number"
#: Every function a mapping may use.
FUNCTIONS = tuple(sorted({name for name, _ in _FUNCTIONS.values()} | {NUMBER, "lpad", "rpad"}))
#: Types that CAST and TRY_CAST may name.
CAST_TYPES = ("BIGINT", "BOOLEAN", "DATE", "DOUBLE", "INTEGER", "TIMESTAMP", "VARCHAR")

_BINARY: Mapping[type[exp.Expression], str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.IntDiv: "//",
    exp.Mod: "%",
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.And: "AND",
    exp.Or: "OR",
    exp.DPipe: "||",
    exp.Like: "LIKE",
    exp.ILike: "ILIKE",
    exp.Is: "IS",
}
_PARTIAL = frozenset({"+", "-", "*", "/", "//", "%", "<", "<=", ">", ">=", "=", "<>"})


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression."""

    text: str
    tree: exp.Expression
    #: The names it reads, `alias.name` for a joined file's.
    columns: frozenset[str]
    #: Whether a row can make it fail (a cast, arithmetic), rather than give null.
    can_fail: bool

    def sql(self, name_of: Callable[[str], str], number: Callable[[str], str]) -> str:
        """Write it for DuckDB; `name_of` quotes a column, `number` reads a text as a number."""
        return _Writer(name_of, number).write(self.tree)


def parse_expression(text: str) -> tuple[Expression | None, list[Problem]]:
    """Parse and check; everything wrong is returned, `where` is `line:column` in the text."""
    if len(text) > MAX_CHARACTERS:
        message = N_("the expression is longer than {limit} characters.")
        return None, [Problem(message=message, values={"limit": MAX_CHARACTERS})]
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb", into=exp.Condition)
    except (SqlglotError, RecursionError) as error:
        detail = str(error).splitlines()[0].split(" Line")[0]
        message = N_("this is not an expression: {detail}")
        return None, [Problem(message=message, values={"detail": detail})]
    if not isinstance(tree, exp.Expression):
        return None, [Problem(message=N_("this is not an expression."))]
    return _check(text, tree)


def _check(text: str, tree: exp.Expression) -> tuple[Expression | None, list[Problem]]:
    columns: set[str] = set()
    partial = False

    def name_of(name: str) -> str:
        columns.add(name)
        return name

    if sum(1 for _ in tree.walk()) > MAX_NODES:
        return None, [Problem(message=N_("the expression is too long."))]
    writer = _Writer(name_of, lambda inner: inner)
    try:
        writer.write(tree)
    except RecursionError:
        return None, [Problem(message=N_("the expression is nested too deeply."))]
    partial = writer.can_fail
    if writer.problems:
        return None, writer.problems
    return Expression(text, tree, frozenset(columns), partial), []


class _Writer:
    """Writes a tree as DuckDB's SQL; what it does not know, it notes as a problem."""

    def __init__(self, name_of: Callable[[str], str], number: Callable[[str], str]) -> None:
        self._name_of = name_of
        self._number = number
        self.problems: list[Problem] = []
        self.can_fail = False
        self._kinds: dict[type[exp.Expression], Callable[[exp.Expression], str]] = {
            exp.Column: self._column,
            exp.Dot: self._column,
            exp.Literal: self._literal,
            exp.Boolean: lambda node: "TRUE" if node.this else "FALSE",
            exp.Null: lambda _: "NULL",
            exp.Paren: lambda node: f"({self.write(node.this)})",
            exp.Neg: self._negative,
            exp.Not: lambda node: f"(NOT {self.write(node.this)})",
            exp.Between: self._between,
            exp.In: self._in,
            exp.Case: self._case,
            exp.Cast: lambda node: self._cast(node, "CAST"),
            exp.TryCast: lambda node: self._cast(node, "TRY_CAST"),
        }

    def write(self, node: exp.Expression | None) -> str:
        """Write one node and what is below it."""
        if node is None:
            self.problems.append(Problem(message=N_("something is missing in the expression.")))
            return "NULL"
        kind = self._kinds.get(type(node))
        if kind is not None:
            return kind(node)
        if type(node) in _BINARY:
            return self._binary(node)
        if isinstance(node, exp.Func):
            return self._function(node)
        return self._refuse(node, N_("{what} is not part of the expression language."))

    def _refuse(self, node: exp.Expression, message: str, **values: object) -> str:
        what = values.pop("what", None) or node.key.upper()
        line, column = _position(node)
        where = f"{line}:{column}" if line else ""
        self.problems.append(
            Problem(message=message, where=where, values={"what": what, **values}),
        )
        return "NULL"

    def _column(self, node: exp.Expression) -> str:
        names = [part.name for part in node.parts] if hasattr(node, "parts") else []
        if not 1 <= len(names) <= 2 or isinstance(node.this, exp.Star):  # noqa: PLR2004
            return self._refuse(node, N_("{what} is not a column of the source."), what=node.sql())
        return self._name_of(".".join(names))

    def _literal(self, node: exp.Expression) -> str:
        if node.is_string:
            escaped = str(node.this).replace("'", "''")
            return f"'{escaped}'"
        return str(node.this) if _is_plain_number(str(node.this)) else self._bad_number(node)

    def _bad_number(self, node: exp.Expression) -> str:
        return self._refuse(node, N_("{what} is not a number."), what=str(node.this))

    def _negative(self, node: exp.Expression) -> str:
        self.can_fail = True
        return f"(- {self.write(node.this)})"

    def _binary(self, node: exp.Expression) -> str:
        sign = _BINARY[type(node)]
        sides = (node.this, node.expression)
        strings = any(isinstance(side, exp.Literal) and side.is_string for side in sides)
        if sign in _PARTIAL and not (sign in {"=", "<>"} and strings):
            self.can_fail = True
        return f"({self.write(node.this)} {sign} {self.write(node.expression)})"

    def _between(self, node: exp.Expression) -> str:
        self.can_fail = True
        low, high = self.write(node.args["low"]), self.write(node.args["high"])
        return f"({self.write(node.this)} BETWEEN {low} AND {high})"

    def _in(self, node: exp.Expression) -> str:
        if node.args.get("query") or node.args.get("unnest") or node.args.get("field"):
            return self._refuse(node, N_("IN takes a list of values."))
        self.can_fail = self.can_fail or any(not item.is_string for item in node.expressions)
        values = ", ".join(self.write(item) for item in node.expressions)
        return f"({self.write(node.this)} IN ({values}))"

    def _case(self, node: exp.Expression) -> str:
        subject = node.args.get("this")
        words = ["CASE", self.write(subject)] if subject else ["CASE"]
        for branch in node.args["ifs"]:
            words += ["WHEN", self.write(branch.this), "THEN", self.write(branch.args["true"])]
        if node.args.get("default") is not None:
            words += ["ELSE", self.write(node.args["default"])]
        return f"({' '.join(words)} END)"

    def _cast(self, node: exp.Expression, word: str) -> str:
        kind = node.args["to"].sql(dialect="duckdb").upper()
        kind = {"INT": "INTEGER", "TEXT": "VARCHAR"}.get(kind, kind)
        if kind not in CAST_TYPES:
            return self._refuse(node, N_("{what} is not a type to cast to."), what=kind)
        self.can_fail = self.can_fail or word == "CAST"
        return f"{word}({self.write(node.this)} AS {kind})"

    def _function(self, node: exp.Expression) -> str:
        name, arguments = _call(node)
        if None in arguments:
            return self._refuse(node, N_("{what} lacks an argument."), what=name)
        if name not in FUNCTIONS:
            message = N_("there is no function {what}; there are {known}.")
            return self._refuse(node, message, what=name, known=", ".join(FUNCTIONS))
        if name.startswith("regexp") and not _is_text(arguments[1]):
            return self._refuse(node, N_("the pattern of {what} must be a text."), what=name)
        if name in {"lpad", "rpad"} and not _is_small(arguments[1]):
            return self._refuse(node, N_("{what} pads to 100 characters at most."), what=name)
        written = [self.write(argument) for argument in arguments]
        if name == NUMBER:
            self.can_fail = True
            return self._number(written[0])
        self.can_fail = self.can_fail or name in {"abs", "round", "year", "month", "day"}
        return f"{name}({', '.join(written)})"


def _call(node: exp.Expression) -> tuple[str, list[exp.Expression | None]]:
    """Return a function's name as a mapping writes it and its arguments; None for one it lacks."""
    if isinstance(node, exp.Pad):
        fill = node.args.get("fill_pattern") or exp.Literal.string(" ")
        return "lpad" if node.args.get("is_left") else "rpad", [node.this, node.expression, fill]
    if isinstance(node, exp.Anonymous) and len(node.expressions) == 1:
        return str(node.this).lower(), list(node.expressions)
    name, keys = _FUNCTIONS.get(type(node), (node.key, ()))
    arguments: list[exp.Expression | None] = []
    for key in keys:
        value = node.args.get(key)
        if isinstance(value, list):
            arguments += value
        elif value is not None or node.arg_types.get(key):
            arguments.append(value)
    extra = [k for k, v in node.args.items() if k not in keys and isinstance(v, exp.Expression)]
    return (f"{name} ({', '.join(extra)})", []) if extra else (name, arguments)


def _position(node: exp.Expression) -> tuple[int, int]:
    for inner in node.walk():
        if inner.meta.get("line"):
            width = int(inner.meta["end"]) - int(inner.meta["start"])
            return int(inner.meta["line"]), max(int(inner.meta["col"]) - width, 1)
    return 0, 0


def _is_plain_number(text: str) -> bool:
    return text.isascii() and text.replace(".", "", 1).isdigit()


def _is_text(node: exp.Expression | None) -> bool:
    return isinstance(node, exp.Literal) and bool(node.is_string)


def _is_small(node: exp.Expression | None) -> bool:
    if not isinstance(node, exp.Literal) or node.is_string:
        return False
    return str(node.this).isdigit() and int(node.this) <= _LONGEST_PAD
