"""Every field of a strategy has a name in the console, and every code that may be chosen."""

from collections.abc import Iterator

from asterism.server.console.draft_page import Form, sections
from asterism.server.console.strategy_form import Leaf, Rows, Shape, shape
from asterism.server.console.vocabulary import codes_of

#: Codes that are their own name.
PLAIN = {"risk_rating", "issuer_rating"}


def parts(at: str, held: Shape) -> Iterator[tuple[str, Shape]]:
    if at:
        yield at, held
    if isinstance(held, Rows):
        yield from parts(at, held.of)
    elif isinstance(held, dict):
        for name, inner in held.items():
            yield from parts(f"{at}.{name}" if at else name, inner)


def test_every_field_is_named() -> None:
    names = {path for path, _ in parts("", shape()) if not path.startswith("response.by_")}
    assert names - set(codes_of("field")) == set()


def test_every_code_that_may_be_chosen_is_named() -> None:
    for path, held in parts("", shape()):
        kind = Form.kind(path)
        if isinstance(held, Leaf) and kind not in PLAIN:
            assert set(held.choices) <= set(codes_of(kind)), path


def test_every_field_stands_in_one_section() -> None:
    placed = [name for names in sections().values() for name in names]
    assert sorted(placed) == sorted(shape())
