"""The language of the terminal: what the person asked for, else what the machine is set to."""

import os

from asterism.kernel.words import LOCALES, N_, translate


def terminal_locale() -> str:
    """Return zh, en or es: from ASTERISM_LOCALE, else LC_ALL, LC_MESSAGES or LANG, else English."""
    for name in ("ASTERISM_LOCALE", "LC_ALL", "LC_MESSAGES", "LANG"):
        language = os.environ.get(name, "")[:2].lower()
        if language in LOCALES:
            return language
    return "en"


def _(message: str, **values: object) -> str:
    """Return `message` in the terminal's language, its fields filled."""
    return translate(message, terminal_locale(), **values)


__all__ = ["N_", "_", "terminal_locale"]
