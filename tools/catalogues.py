"""Compiles the message catalogues, and checks that no message lacks a translation.

Every package has a gettext domain of its own; the English sentence in the code is the message id.
Usage: `python tools/catalogues.py compile | check`
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).parent.parent / "src" / "asterism"
LOCALE = SOURCE / "locale"
LANGUAGES = ("zh", "es")
#: Functions whose first argument is a message, and keywords of `Problem` that are.
MARKS = {"_", "N_", "gettext", "translate"}
PROBLEM_WORDS = {"message", "hint"}
ERRORS = {"NotFoundError", "ConflictError", "InvalidInputError", "AsterismError"}
IN_TEMPLATE = re.compile(r"""\b_\(\s*(?:"((?:[^"\\]|\\.)+)"|'((?:[^'\\]|\\.)+)')""")


def read(path: Path) -> Catalog:
    """Read one catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, domain=path.stem, abort_invalid=True)


def compile_all() -> None:
    """Write a `.mo` beside every `.po`."""
    for path in sorted(LOCALE.rglob("*.po")):
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read(path))


def used() -> dict[str, str]:
    """Return every message that the code names, with the file where it stands."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for text in _in_code(ast.parse(path.read_text(encoding="utf-8"))):
            found[text] = str(path.relative_to(SOURCE))
    for path in sorted(SOURCE.rglob("*.html")):
        for double, single in IN_TEMPLATE.findall(path.read_text(encoding="utf-8")):
            text = (double or single).replace('\\"', '"').replace("\\'", "'")
            found[text] = str(path.relative_to(SOURCE))
    return found


def _in_code(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        candidates: list[ast.expr] = []
        if (name in MARKS or name in ERRORS) and node.args:
            candidates.append(node.args[0])
        if name == "Problem":
            candidates += [word.value for word in node.keywords if word.arg in PROBLEM_WORDS]
        for value in candidates:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                yield value.value


def gaps() -> list[str]:
    """Return what is missing: untranslated, fuzzy, or with other fields than the message."""
    found = []
    translated: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for path in sorted(LOCALE.rglob("*.po")):
        language = path.parent.parent.name
        for message in read(path):
            if not message.id:
                continue
            place = f"{language}/{path.stem}: {message.id!r}"
            if not message.string or message.fuzzy:
                found.append(f"{place} has no translation")
                continue
            if _fields(str(message.id)) != _fields(str(message.string)):
                found.append(f"{place}: the translation has other {{fields}}")
            translated[language].add(str(message.id))
    for text, where in used().items():
        missing = [language for language in LANGUAGES if text not in translated[language]]
        if missing:
            found.append(f"{where}: {text!r} is not in {', '.join(missing)}")
    return found


def _fields(message: str) -> set[str]:
    return set(re.findall(r"(?<!\{)\{(\w+)", message))


def main() -> int:
    """Run the command that was asked for."""
    match sys.argv[1:]:
        case ["compile"]:
            compile_all()
            return 0
        case ["check"]:
            problems = gaps()
            sys.stderr.write("".join(f"{problem}\n" for problem in problems))
            return 1 if problems else 0
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2


if __name__ == "__main__":
    sys.exit(main())
