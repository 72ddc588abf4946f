"""Values written in an expression, turned into the form in which the tag beside them is stored."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from asterism.audience.catalogue import TagSpec, TagType
from asterism.audience.findings import DID_YOU_MEAN, Findings, closest
from asterism.audience.operations import Literal
from asterism.kernel.words import N_

_INT64 = range(-(2**63), 2**63)
#: Enough for every int64 and double, and few enough for exact decimal arithmetic.
_MOST_DIGITS = 25
#: Powers of ten beyond which a literal is refused before it is written out.
_LARGEST_POWER = 400


@dataclass(frozen=True, slots=True)
class Written:
    """A literal as it stands in the text, before it is known what it is compared with."""

    #: "number", "text" or "date".
    kind: str
    text: str
    #: Character offset in the expression.
    offset: int


def convert(written: Written, spec: TagSpec, findings: Findings) -> Literal | None:
    """Return `written` as a value of the tag's type, or None after noting why it is not one."""
    wanted = _KINDS.get(spec.type)
    if wanted is None:
        message = N_("{tag} is a flag; it is not compared with a value.")
        hint = N_("Write {tag} or NOT {tag}.")
        findings.add(written.offset, message, hint, tag=spec.name)
        return None
    if written.kind != wanted:
        findings.add(written.offset, *_mismatch(written, spec), tag=spec.name, value=written.text)
        return None
    return _CONVERTERS[spec.type](written, spec, findings)


def _mismatch(written: Written, spec: TagSpec) -> tuple[str, str]:
    """Return the sentence and the hint for a literal of the wrong kind."""
    match spec.type:
        case TagType.TEXT:
            return (
                N_("{tag} is a text; {value} is not."),
                N_("Put single quotation marks around it: '{value}'."),
            )
        case TagType.DATE if written.kind == "text":
            return N_("{tag} is a date; {value} is a text."), N_("Write DATE '{value}'.")
        case TagType.DATE:
            return N_("{tag} is a date; {value} is not."), N_("Write DATE '2026-01-31'.")
        case _ if written.kind == "text":
            return (
                N_("{tag} is a number; '{value}' is a text."),
                N_("Write the number without quotation marks."),
            )
        case _:
            return N_("{tag} is a number; {value} is a date."), ""


def _integer(written: Written, spec: TagSpec, findings: Findings) -> Literal | None:
    number = _decimal(written, findings)
    if number is None:
        return None
    if number != number.to_integral_value():
        message = N_("{tag} is a whole number; {value} is not.")
        findings.add(written.offset, message, tag=spec.name, value=written.text)
        return None
    return _in_int64(int(number), written, spec, findings)


def _money(written: Written, spec: TagSpec, findings: Findings) -> Literal | None:
    number = _decimal(written, findings)
    if number is None:
        return None
    minor = number.scaleb(spec.exponent)
    if minor != minor.to_integral_value():
        message = N_("{tag} is money with {digits} decimal digits; {value} is finer than that.")
        place = written.offset
        findings.add(place, message, tag=spec.name, digits=spec.exponent, value=written.text)
        return None
    return _in_int64(int(minor), written, spec, findings)


def _in_int64(value: int, written: Written, spec: TagSpec, findings: Findings) -> Literal | None:
    if value not in _INT64:
        message = N_("{value} is larger than any value of {tag} can be.")
        findings.add(written.offset, message, tag=spec.name, value=written.text)
        return None
    return Literal(value, spec.type, spec.exponent)


def _number(written: Written, spec: TagSpec, findings: Findings) -> Literal | None:
    value = to_double(written, findings)
    return None if value is None else Literal(value, spec.type, spec.exponent)


def to_double(written: Written, findings: Findings) -> float | None:
    """Return the double nearest to the literal, or None after noting that it is too large."""
    number = _decimal(written, findings)
    if number is None:
        return None
    value = float(number)
    if value in (float("inf"), float("-inf")):
        _note_too_large(written, findings)
        return None
    return value + 0.0  # one zero: minus nought counts as nought


def _decimal(written: Written, findings: Findings) -> Decimal | None:
    """Return the literal's exact value, or None if it is not a number of bearable size."""
    try:
        number = Decimal(written.text)
    except InvalidOperation:
        findings.add(written.offset, N_("{value} is not a number."), value=written.text)
        return None
    size = abs(number.adjusted()) if number else 0
    if size > _LARGEST_POWER or len(number.as_tuple().digits) > _MOST_DIGITS:
        _note_too_large(written, findings)
        return None
    return number


def _note_too_large(written: Written, findings: Findings) -> None:
    message = N_("{value} is too large, too small or too long for a number.")
    findings.add(written.offset, message, value=written.text)


def _text(written: Written, spec: TagSpec, findings: Findings) -> Literal | None:
    if not check_text(written, findings):
        return None
    if spec.values and written.text not in spec.values:
        suggestion = closest(written.text, spec.values)
        hint = DID_YOU_MEAN if suggestion else N_("It takes one of: {values}.")
        findings.add(
            written.offset,
            N_("{tag} never takes the value '{value}'."),
            hint,
            tag=spec.name,
            value=written.text,
            **({"suggestion": suggestion} if suggestion else {"values": ", ".join(spec.values)}),
        )
        return None
    return Literal(written.text, TagType.TEXT)


def check_text(written: Written, findings: Findings) -> bool:
    """Tell whether the text holds only characters that every engine can hold."""
    for sign in written.text:
        if unicodedata.category(sign) in ("Cc", "Cs"):
            message = N_("The text holds the character U+{code}, which no value can hold.")
            findings.add(written.offset, message, code=f"{ord(sign):04X}")
            return False
    return True


def _date(written: Written, spec: TagSpec, findings: Findings) -> Literal | None:
    try:
        value = date.fromisoformat(written.text)
    except ValueError:
        value = None
    if value is None or value.isoformat() != written.text:
        message = N_("'{value}' is not a date.")
        hint = N_("Write year, month and day of an existing day: DATE '2026-01-31'.")
        findings.add(written.offset, message, hint, value=written.text)
        return None
    return Literal(value, spec.type)


_KINDS = {
    TagType.INTEGER: "number",
    TagType.NUMBER: "number",
    TagType.MONEY: "number",
    TagType.TEXT: "text",
    TagType.DATE: "date",
}
_CONVERTERS = {
    TagType.INTEGER: _integer,
    TagType.NUMBER: _number,
    TagType.MONEY: _money,
    TagType.TEXT: _text,
    TagType.DATE: _date,
}
