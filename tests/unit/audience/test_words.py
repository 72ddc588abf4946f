"""Everything the language says about a mistake can be said in Chinese and Spanish."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import asterism

ROOT = Path(asterism.__file__).parent


def messages() -> set[str]:
    found = set()
    for path in (ROOT / "audience").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_":
                assert isinstance(node.args[0], ast.Constant)
                found.add(str(node.args[0].value))
    return found


@pytest.mark.parametrize("locale", ["zh", "es"])
def test_every_message_is_translated_with_the_same_fields(locale: str) -> None:
    path = ROOT / "locale" / locale / "LC_MESSAGES" / "audience.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    translated = {str(message.id): str(message.string) for message in catalogue if message.id}
    assert set(translated) == messages()
    for message, translation in translated.items():
        assert translation
        fields = set(re.findall(r"{\w+}", message))
        assert set(re.findall(r"{\w+}", translation)) == fields, message
