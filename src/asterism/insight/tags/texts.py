"""Compiled expressions, each once a process: their text is the same every day."""

from collections.abc import Callable, Hashable

import ibis
import ibis.expr.types as ir

#: Each text with what it was built from, which keeps alive the objects whose ids are in the key.
_texts: dict[Hashable, tuple[str, Callable[[], ir.Table]]] = {}


def text_of(key: Hashable, build: Callable[[], ir.Table]) -> str:
    """Return the engine's text of the expression that `build` makes; built once for each key."""
    if key not in _texts:
        _texts[key] = ibis.to_sql(build(), dialect="duckdb"), build
    return _texts[key][0]
