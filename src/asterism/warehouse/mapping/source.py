"""Reads the part of a mapping that says where a load's rows come from."""

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from asterism.kernel.words import N_
from asterism.warehouse.mapping.document import Findings, Node
from asterism.warehouse.mapping.model import Files, Format, Query, Rows, Source

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "latin-1")
FILE_KEYS = (
    "files",
    "format",
    "encoding",
    "delimiter",
    "quote",
    "header",
    "skip",
    "names",
    "sheet",
    "take",
)
SOURCE_KEYS = (*FILE_KEYS, "database", "rows")

_SUFFIXES = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".txt": Format.CSV,
    ".parquet": Format.PARQUET,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".xlsx": Format.EXCEL,
}
_PACKED = (".gz", ".zip")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_MOST_ROWS = 10_000


def read_source(node: Node, findings: Findings) -> Source | None:
    """Read `files`, `database` or `rows`; exactly one of them must be there."""
    given = [name for name in ("files", "database", "rows") if node.get(name)]
    if len(given) != 1:
        findings.add(node, N_("say where the rows come from: one of files, database or rows."))
        return None
    if given[0] == "database":
        return _query(node.entries["database"], findings)
    if given[0] == "rows":
        return _rows(node.entries["rows"], findings)
    return read_files(node, findings)


def read_files(node: Node, findings: Findings) -> Files | None:
    """Read `files` and what says how they are written."""
    patterns = node.entries["files"].items
    for pattern in patterns:
        _check_pattern(pattern, findings)
    form = _format(node, findings)
    if form is None:
        return None
    encoding = findings.choice(node.get("encoding"), ENCODINGS, "utf-8")
    tabbed = patterns[0].text.removesuffix(".gz").endswith(".tsv")
    names = node.get("names")
    header = _flag(node.get("header"), findings, default=names is None)
    if form is Format.CSV and not header and names is None:
        findings.add(node, N_("a file without a header needs names."))
    if form is Format.JSONL and names is None:
        findings.add(node, N_("JSON lines need names: the fields to read, a/b for b inside a."))
    return Files(
        patterns=tuple(pattern.text for pattern in patterns),
        format=form,
        encoding=encoding,
        delimiter=_character(node.get("delimiter"), findings, "\t" if tabbed else ","),
        quote=_character(node.get("quote"), findings, '"'),
        header=header,
        skip=_count(node.get("skip"), findings),
        names=tuple(item.text for item in names.items) if names else (),
        sheet=sheet.text if (sheet := node.get("sheet")) else "",
        latest_only=findings.choice(node.get("take"), ("all", "latest"), "all") == "latest",
    )


def _check_pattern(pattern: Node, findings: Findings) -> None:
    text = pattern.text
    if not text or text.startswith(("/", "~")) or "\\" in text or ".." in text.split("/"):
        message = N_("{pattern} leaves the source folder: write it relative to the folder.")
        findings.add(pattern, message, pattern=text)
    elif "**" in text or "\0" in text:
        findings.add(pattern, N_("{pattern} is not a pattern of files."), pattern=text)


def _format(node: Node, findings: Findings) -> Format | None:
    given = node.get("format")
    if given is not None:
        choice = findings.choice(given, tuple(Format), "")
        return Format(choice) if choice else None
    pattern = node.entries["files"].items[0]
    name = pattern.text
    for packed in _PACKED:
        name = name.removesuffix(packed)
    for suffix, form in _SUFFIXES.items():
        if name.endswith(suffix):
            return form
    message = N_("the format of {pattern} is not clear from its name: add format.")
    findings.add(pattern, message, pattern=pattern.text)
    return None


def _flag(node: Node | None, findings: Findings, *, default: bool) -> bool:
    if node is None:
        return default
    if not isinstance(node.value, bool):
        findings.add(node, N_("{value} is neither true nor false."), value=node.text)
    return bool(node.value)


def _character(node: Node | None, findings: Findings, default: str) -> str:
    if node is None:
        return default
    text = {"tab": "\t", "none": ""}.get(node.text, node.text)
    if len(text) > 1 or text in {"\n", "\r", "\0"}:
        findings.add(node, N_("{value} is not one character."), value=node.text)
        return default
    return text


def _count(node: Node | None, findings: Findings) -> int:
    if node is None:
        return 0
    if isinstance(node.value, bool) or not isinstance(node.value, int) or node.value < 0:
        findings.add(node, N_("{value} is not a whole number from 0 up."), value=node.text)
        return 0
    return node.value


def _query(node: Node, findings: Findings) -> Query | None:
    findings.allow(node, ("url_from", "query"))
    variable, query = node.get("url_from"), node.get("query")
    if variable is None or not _VARIABLE.fullmatch(variable.text):
        findings.add(node, N_("url_from names the environment variable that holds the URL."))
        return None
    if query is None or not _is_one_select(query.text):
        findings.add(query or node, N_("the query must be one SELECT."))
        return None
    return Query(url_from=variable.text, text=query.text)


def _is_one_select(text: str) -> bool:
    try:
        statements = sqlglot.parse(text)
    except (SqlglotError, RecursionError):
        return False
    return len(statements) == 1 and isinstance(statements[0], exp.Query)


def _rows(node: Node, findings: Findings) -> Rows | None:
    names: dict[str, None] = {}
    for row in node.items:
        if not row.entries:
            findings.add(row, N_("a row is written as column: value."))
        names.update(dict.fromkeys(row.entries))
    if len(node.items) > _MOST_ROWS:
        findings.add(node, N_("more than {limit} rows belong in a file."), limit=_MOST_ROWS)
        return None
    rows = tuple(
        tuple(cell.text if (cell := row.get(name)) else None for name in names)
        for row in node.items
    )
    return Rows(names=tuple(names), rows=rows)
