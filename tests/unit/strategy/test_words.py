import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import asterism.strategy
from asterism.kernel.words import LOCALE_DIRECTORY

SOURCES = sorted(Path(asterism.strategy.__path__[0]).glob("*.py"))


def sentences(path: Path) -> Iterator[str]:
    """Return the texts of a module that read like sentences and document nothing."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
        if isinstance(node, ast.Expr):
            skipped.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_sentence = " " in node.value and node.value[-1] in ".?"
            if is_sentence and id(node) not in skipped:
                yield node.value


@pytest.mark.parametrize("locale", ["zh", "es"])
def test_every_sentence_is_translated_with_the_same_fields(locale: str) -> None:
    path = LOCALE_DIRECTORY / locale / "LC_MESSAGES" / "strategy.po"
    with path.open("rb") as file:
        messages = {str(one.id): str(one.string) for one in read_po(file) if one.id}
    wanted = {text for source in SOURCES for text in sentences(source)}
    assert len(wanted) > 30
    assert wanted <= set(messages)
    for message, translated in messages.items():
        assert fields(translated) == fields(message)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
