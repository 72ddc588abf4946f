"""Text in the product's three languages.

Things that are declared as data (tags, columns, reasons, strategies) carry a `Text` beside them;
sentences of pages, commands and errors go through gettext, in one domain per package.
"""

import gettext as _gettext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LOCALES = ("zh", "en", "es")
DEFAULT_LOCALE = "zh"
LOCALE_DIRECTORY = Path(__file__).parent.parent / "locale"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in Chinese, English and Spanish."""

    zh: str
    en: str
    es: str

    def in_locale(self, locale: str) -> str:
        """Return the text in `locale` ('zh', 'en', 'es'); English for any other."""
        return {"zh": self.zh, "es": self.es}.get(locale, self.en)


@cache
def translations(locale: str) -> _gettext.NullTranslations:
    """Return the messages of every domain in `locale`, chained; unknown ids stay as they are."""
    directory = LOCALE_DIRECTORY / locale / "LC_MESSAGES"
    chain = _gettext.NullTranslations()
    for path in sorted(directory.glob("*.mo"), reverse=True):
        with path.open("rb") as file:
            link = _gettext.GNUTranslations(file)
        link.add_fallback(chain)
        chain = link
    return chain


def translate(message: str, locale: str, **values: object) -> str:
    """Return `message` (an English message id) in `locale`, its `{fields}` filled with `values`.

    Without values it is left as it is: what a person wrote may hold braces.
    """
    said = translations(locale).gettext(message)
    return said.format(**values) if values else said


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Mark a message for extraction where it is declared; it is translated where it is shown."""
    return message
