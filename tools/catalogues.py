"""Compiles the message catalogues, and checks that no message lacks a translation.

Every package has a gettext domain of its own; the English sentence in the code is the message id.
Usage: `python tools/catalogues.py compile | check`
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent.parent / "src" / "asterism" / "locale"


def read(path: Path) -> Catalog:
    """Read one catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, domain=path.stem, abort_invalid=True)


def compile_all() -> None:
    """Write a `.mo` beside every `.po`."""
    for path in sorted(LOCALE.rglob("*.po")):
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read(path))


def gaps() -> list[str]:
    """Return what is missing: untranslated, fuzzy, or in one language and not in the other."""
    found = []
    messages: dict[str, dict[str, set[str]]] = {}
    for path in sorted(LOCALE.rglob("*.po")):
        catalogue = read(path)
        language = path.parent.parent.name
        ids = {str(message.id) for message in catalogue if message.id}
        messages.setdefault(path.stem, {})[language] = ids
        found += [
            f"{language}/{path.stem}: {message.id!r} has no translation"
            for message in catalogue
            if message.id and (not message.string or message.fuzzy)
        ]
    for domain, languages in messages.items():
        everything = set().union(*languages.values())
        for language in ("zh", "es"):
            absent = sorted(everything - languages.get(language, set()))
            found += [f"{language}/{domain}: {message!r} is missing" for message in absent]
    return found


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
