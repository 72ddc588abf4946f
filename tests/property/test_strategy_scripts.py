"""What customers read: never a hole, never a "None"; and a meter that counts as networks do."""

import itertools
from collections.abc import Mapping

from hypothesis import example, given
from hypothesis import strategies as st

from asterism.kernel.errors import InvalidInputError
from asterism.strategy import Reader, library, render_script
from asterism.strategy.script_checks import text_problems
from asterism.strategy.sms import Alphabet, sms_length
from asterism.strategy.strategy import Script
from asterism.strategy.testing import CATALOGUE, SPECS

OFFER = library()[0].offers[0]
TAGS = ("aum", "age", "city", "holds_fund", "rfm_score", "tier")
VALUES: Mapping[str, st.SearchStrategy[object]] = {
    "aum": st.integers(-(10**15), 10**15),
    "age": st.integers(0, 120),
    "city": st.text("北京市a <{}%", max_size=6),
    "holds_fund": st.booleans(),
    "rfm_score": st.floats(),
    "tier": st.sampled_from(("gold", "silver", "")),
}
PROFILES = st.fixed_dictionaries(
    {}, optional={name: st.none() | values for name, values in VALUES.items()}
)
NAMES = st.sampled_from((*TAGS, "name", "offer", "benefit", "nothing", "nil"))
FILTERS = st.sampled_from(
    ("", "| round", "| round: 2", "| floor", "| upcase", "| default: 'x'", "| truncate: 3")
)
SHOWN = st.builds("{{{{ {} {} }}}}".format, NAMES, FILTERS)
PHRASES = st.one_of(
    SHOWN,
    st.builds("{{% if {} %}}yes {}{{% else %}}no{{% endif %}}".format, NAMES, SHOWN),
    st.builds("{{% unless {} > 3 %}}{}{{% endunless %}}".format, NAMES, SHOWN),
    st.builds("{{% assign a = {} %}}{{{{ a }}}}".format, NAMES),
    st.just("word"),
)
ANYTHING = st.one_of(
    st.lists(PHRASES, max_size=5).map(" ".join),
    st.text("{}%| '\":.[]ab=<>(),123\n", max_size=60),
)


def filled(body: str, profile: Mapping[str, object], name: str) -> str | None:
    script = Script.model_validate({"channel": "email", "body": body})
    reader = Reader(profile=profile, name=name, bank="Bank", locale="en")
    try:
        return render_script(script, OFFER, reader, CATALOGUE).body
    except InvalidInputError:
        return None


@given(body=st.lists(PHRASES, max_size=5).map("|".join), profile=PROFILES)
def test_nothing_that_is_missing_is_ever_read(body: str, profile: Mapping[str, object]) -> None:
    said = filled(body, profile, "Ana")
    if said is None:
        return
    for leak in ("None", "none", "nil", "null", "nan", "inf", "Undefined", "True", "true", "{{"):
        assert leak not in said.replace(str(profile.get("city")), "")


@given(name=NAMES, filters=FILTERS, profile=PROFILES)
@example(name="rfm_score", filters="| round: 2", profile={"rfm_score": 1e26})
def test_what_is_shown_has_a_value_or_stops_the_message(
    name: str, filters: str, profile: Mapping[str, object]
) -> None:
    said = filled(f"[{{{{ {name} {filters} }}}}]", profile, "Ana")
    assert said is None or said[1:-1].strip()


@given(ANYTHING)
def test_any_text_is_filled_in_or_refused(body: str) -> None:
    profile = {spec.name: 1 for spec in SPECS if spec.type.value in {"money", "integer"}}
    assert text_problems(body, "body", CATALOGUE) or filled(body, profile, "Ana") != "None"


# The default alphabet by position, as 3GPP TS 23.038 tabulates it; ESC stands at 27.
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {10: "\f", 20: "^", 40: "{", 41: "}", 47: "\\", 60: "[", 61: "~", 62: "]", 64: "|"}
EXTENSION |= {101: "€"}
CODES: dict[str, tuple[int, ...]] = {c: (code,) for code, c in enumerate(TABLE) if c != "\x1b"}
CODES |= {c: (27, code) for code, c in EXTENSION.items()}


def encoded(text: str) -> tuple[Alphabet, list[bytes]]:
    """Encode as a phone does: septets or UTF-16, cut so that every part can be read alone."""
    plain = all(c in CODES for c in text)
    pieces = [bytes(CODES[c]) if plain else c.encode("utf-16-be") for c in text]
    whole = b"".join(pieces)
    if (-(-len(whole) * 7 // 8) if plain else len(whole)) <= 140:
        return (Alphabet.GSM_7 if plain else Alphabet.UCS_2), [whole]
    parts = [b""]
    # With a header of 6 octets, 134 are left; septets begin on a septet boundary after it.
    room = 153 if plain else 134
    for piece in pieces:
        if len(parts[-1]) + len(piece) > room:
            parts.append(b"")
        parts[-1] += piece
    return (Alphabet.GSM_7 if plain else Alphabet.UCS_2), parts


LETTERS = st.sampled_from([*CODES])
MESSAGES = st.one_of(
    st.text(LETTERS, max_size=400),
    st.text(max_size=200),
    st.builds(
        lambda pattern, times: "".join(itertools.islice(itertools.cycle(pattern or "a"), times)),
        st.text(st.sampled_from("a€余😀^"), max_size=5),
        st.integers(0, 400),
    ),
)


@given(MESSAGES)
def test_the_meter_counts_what_an_encoder_makes(text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    alphabet, parts = encoded(text)
    found = sms_length(text)
    width = 1 if alphabet is Alphabet.GSM_7 else 2
    assert found.alphabet is alphabet
    assert found.units == sum(map(len, parts)) // width
    assert found.segments == len(parts)
    room = (160 if width == 1 else 70) if len(parts) == 1 else (153 if width == 1 else 67)
    assert found.left == room - len(parts[-1]) // width
