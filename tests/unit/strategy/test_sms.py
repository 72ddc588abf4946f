import pytest

from asterism.strategy.sms import Alphabet, signed, sms_length


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "segments", "left"),
    [
        ("", Alphabet.GSM_7, 0, 1, 160),
        ("a" * 160, Alphabet.GSM_7, 160, 1, 0),
        ("a" * 161, Alphabet.GSM_7, 161, 2, 145),
        ("a" * 306, Alphabet.GSM_7, 306, 2, 0),
        # The euro sign takes an escape as well.
        ("€" * 80, Alphabet.GSM_7, 160, 1, 0),
        ("€" * 81, Alphabet.GSM_7, 162, 2, 143),
        # An escaped character is not divided: 153 septets hold 76 of them, one septet stays empty.
        ("a" + "€" * 153, Alphabet.GSM_7, 307, 3, 151),
        # One letter outside the alphabet makes the whole message UCS-2.
        ("a" * 69 + "á", Alphabet.UCS_2, 70, 1, 0),
        ("余" * 70, Alphabet.UCS_2, 70, 1, 0),
        ("余" * 71, Alphabet.UCS_2, 71, 2, 63),
        ("😀" * 35, Alphabet.UCS_2, 70, 1, 0),
        # A pair of units is not divided either: 67 hold 33 pairs.
        ("😀" * 67, Alphabet.UCS_2, 134, 3, 65),
    ],
)
def test_a_message_takes_what_a_network_counts(
    text: str, alphabet: Alphabet, units: int, segments: int, left: int
) -> None:
    found = sms_length(text)
    assert (found.alphabet, found.units, found.segments, found.left) == (
        alphabet,
        units,
        segments,
        left,
    )
    assert found.characters == len(text)


def test_the_signature_stands_first() -> None:
    assert signed("A word. STOP", "Bank") == "【Bank】A word. STOP"
