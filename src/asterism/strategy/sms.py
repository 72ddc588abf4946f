"""How long a text message is: what a network counts, and a bank pays for.

Source: 3GPP TS 23.038 (the GSM 7-bit default alphabet and its extension table) and 3GPP TS 23.040
(140 octets of user data, 6 of them for the header of a part of a longer message).
"""

from dataclasses import dataclass
from enum import StrEnum

#: The default alphabet, without the escape to the extension table.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Characters that take an escape and a second septet.
_EXTENDED = frozenset("\f^{}\\[~]|€")
_ONE, _PART = "one", "part"


class Alphabet(StrEnum):
    """How the characters of a message are coded."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


#: Units in a message of one segment, and in each segment of a longer one.
ROOM: dict[Alphabet, dict[str, int]] = {
    Alphabet.GSM_7: {_ONE: 160, _PART: 153},
    Alphabet.UCS_2: {_ONE: 70, _PART: 67},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsLength:
    """What one message takes."""

    alphabet: Alphabet
    #: As people count them.
    characters: int
    #: Septets, or 16-bit units: what the room of a segment is measured in.
    units: int
    segments: int
    #: Units left in the last segment.
    left: int


def sms_length(text: str) -> SmsLength:
    """Return what `text` takes as a text message; no text takes one segment all the same.

    A character that takes two units is never divided between two segments.

    >>> found = sms_length("a" * 161)
    >>> found.alphabet.value, found.units, found.segments, found.left
    ('GSM-7', 161, 2, 145)
    >>> found = sms_length("【银行】您好")
    >>> found.alphabet.value, found.units, found.segments, found.left
    ('UCS-2', 6, 1, 64)
    """
    plain = all(character in _BASIC or character in _EXTENDED for character in text)
    alphabet = Alphabet.GSM_7 if plain else Alphabet.UCS_2
    widths = [_width(character, alphabet) for character in text]
    units, room = sum(widths), ROOM[alphabet]
    if units <= room[_ONE]:
        segments, left = 1, room[_ONE] - units
    else:
        segments, left = _parts(widths, room[_PART])
    return SmsLength(
        alphabet=alphabet, characters=len(text), units=units, segments=segments, left=left
    )


def signed(body: str, bank: str) -> str:
    """Return what goes out: the bank's signature, then the text.

    >>> signed("您好", "北斗银行")
    '【北斗银行】您好'
    """
    return f"【{bank}】{body}"


def _width(character: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.UCS_2:
        return 2 if ord(character) > 0xFFFF else 1  # noqa: PLR2004 - beyond the basic plane
    return 2 if character in _EXTENDED else 1


def _parts(widths: list[int], room: int) -> tuple[int, int]:
    segments, left = 1, room
    for width in widths:
        if width > left:
            segments, left = segments + 1, room
        left -= width
    return segments, left
