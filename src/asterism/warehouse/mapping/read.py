"""Reads a mapping file and says everything that is wrong with it, before a byte of data is read."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.warehouse.canonical import TABLES, Table
from asterism.warehouse.mapping.document import MAX_BYTES, Findings, Node, read_document
from asterism.warehouse.mapping.loads import read_load
from asterism.warehouse.mapping.model import Load, Mapping, Reading
from asterism.warehouse.mapping.rules import READING_KEYS, Codes, read_codes, read_reading

_KEYS = ("version", "bank", "currency", "codes", "tables", *READING_KEYS)
_CURRENCY_LENGTH = 3


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping file; InvalidInputError with all problems, NotFoundError if absent.

    Each problem's `where` is the YAML path and the line, `tables.customers.columns.gender:12`.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
        text = content.decode()
    except OSError as error:
        raise NotFoundError(
            N_("Cannot read the mapping {path}: {strerror}."), path=path, strerror=error.strerror
        ) from error
    except UnicodeDecodeError as error:
        problem = Problem(message=N_("a mapping is written in UTF-8."))
        raise InvalidInputError(path.name, [problem]) from error
    if size > MAX_BYTES:
        values = {"limit": MAX_BYTES}
        problem = Problem(message=N_("the file is larger than {limit} bytes."), values=values)
        raise InvalidInputError(path.name, [problem])
    return parse_mapping(text, path.name)


def parse_mapping(text: str, name: str = "mapping") -> Mapping:
    """Check a mapping's text, as `load_mapping` does."""
    root = read_document(text, name)
    findings = Findings()
    findings.allow(root, _KEYS)
    version = root.get("version")
    if version is None or version.text != "1":
        findings.add(version or root, N_("version must be 1."))
    currency = root.get("currency")
    if currency is None or not _is_currency(currency.text):
        findings.add(currency or root, N_("currency must be a code such as CNY."))
    if root.get("time_zone") is None:
        findings.add(root, N_("time_zone must be the bank's, such as Asia/Shanghai."))
    reading = read_reading(root, Reading(money=""), findings)
    tables = root.get("tables")
    if tables is None or not tables.entries:
        findings.add(tables or root, N_("tables must say how at least one table is loaded."))
    loads = tuple(_loads(tables, reading, _named_codes(root, findings), findings))
    findings.raise_if_any(name)
    return Mapping(
        name=name,
        currency=currency.text if currency else "",
        time_zone=reading.time_zone,
        loads=loads,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _is_currency(text: str) -> bool:
    return len(text) == _CURRENCY_LENGTH and text.isascii() and text.isupper()


def _named_codes(root: Node, findings: Findings) -> Codes:
    codes = root.get("codes")
    if codes is None:
        return {}
    return {name: read_codes(entry, findings) for name, entry in codes.entries.items()}


def _loads(
    tables: Node | None, reading: Reading, named: Codes, findings: Findings
) -> Iterator[Load]:
    for name, entry in tables.entries.items() if tables else ():
        if name not in TABLES:
            findings.unknown(entry, name, list(TABLES))
            continue
        yield from _loads_of(TABLES[name], entry, reading, named, findings)


def _loads_of(
    table: Table, entry: Node, reading: Reading, named: Codes, findings: Findings
) -> Iterator[Load]:
    names: set[str] = set()
    for number, node in enumerate(entry.items, 1):
        load = read_load(node, table, number, reading, named, findings)
        if load is None:
            continue
        if load.name in names:
            findings.add(node, N_("two loads are called {name}."), name=load.name)
        names.add(load.name)
        yield load
