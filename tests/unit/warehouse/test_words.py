"""Every sentence of the warehouse is there in all three languages, with the same fields."""

import ast
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from asterism.warehouse.intake.reasons import TEXTS, Reason

PACKAGE = Path(__file__).parents[3] / "src" / "asterism"


def fields(sentence: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}


def sentences() -> set[str]:
    """Return every message id that is marked in the package's source."""
    found = set()
    for path in (PACKAGE / "warehouse").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_":
                found.add(ast.literal_eval(node.args[0]))
    return found


@pytest.mark.parametrize("locale", ["zh", "es"])
def test_every_sentence_is_translated_with_its_fields(locale: str) -> None:
    path = PACKAGE / "locale" / locale / "LC_MESSAGES" / "warehouse.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    translated = {str(message.id): str(message.string) for message in catalogue if message.id}
    assert translated.keys() == sentences()
    for sentence, translation in translated.items():
        assert fields(translation) == fields(sentence), sentence


def test_every_reason_has_words() -> None:
    assert set(TEXTS) == set(Reason)
