"""What codes in the data and the ledger are called: tiers, channels, states, kinds of movement."""

from asterism.kernel.words import Text
from asterism.server.console import data_words, field_words, house_words


def _read(table: str) -> dict[str, Text]:
    """Read lines of `code | Chinese | English | Spanish`."""
    found = {}
    for line in table.strip().splitlines():
        code, zh, en, es = (part.strip() for part in line.split("|"))
        found[code] = Text(zh, en, es)
    return found


WORDS: dict[str, dict[str, Text]] = {
    kind: _read(table)
    for kind, table in (data_words.TABLES | house_words.TABLES | field_words.TABLES).items()
}
#: Tags and fields whose codes are those of another kind.
_SAME = {
    "preferred_channel": "channel",
    "top_merchant_category": "merchant_category",
    "top_merchant_category_30d": "merchant_category",
    "top_merchant_category_before": "merchant_category",
}


def word(kind: str, code: object, locale: str) -> str:
    """Return what a code is called in a language; the code itself where it has no name.

    >>> word("tier", "gold", "zh"), word("tier", "unheard_of", "en")
    ('金卡', 'unheard of')
    """
    if code is None:
        return "—"
    text = WORDS.get(_SAME.get(kind, kind), {}).get(str(code))
    return text.in_locale(locale) if text else str(code).replace("_", " ")


def codes_of(kind: str) -> tuple[str, ...]:
    """Return the codes of a kind in their order; none where it has no names here."""
    return tuple(WORDS.get(_SAME.get(kind, kind), ()))
