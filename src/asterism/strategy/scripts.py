"""Scripts: what is said to one customer, filled in with the customer's own values.

A value that is missing stops the message: no customer ever reads "None", or a hole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from liquid.exceptions import LiquidError, UndefinedError

from asterism.audience import Catalogue, TagType
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_, Text
from asterism.strategy.channels import CHANNELS
from asterism.strategy.script_language import HoleError, words
from asterism.strategy.sms import signed
from asterism.strategy.strategy import Offer, Script

#: Variables that are not tags: what each stands for.
SCRIPT_VARIABLES: dict[str, Text] = {
    "name": Text("客户姓名", "The customer's name", "Nombre del cliente"),
    "offer": Text("产品或活动名称", "The offer's title", "Título de la oferta"),
    "benefit": Text("权益名称", "The benefit's title", "Título de la ventaja"),
    "risk_rating": Text("产品风险等级", "The offer's risk rating", "Nivel de riesgo de la oferta"),
    "bank": Text("银行名称", "The bank's name", "Nombre del banco"),
}


class MissingValueError(InvalidInputError):
    """The text shows a value that this customer does not have: the message must not be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The customer for whom a script is filled in."""

    #: Tags as the live profile has them: money in minor units, null left out or None.
    profile: Mapping[str, object]
    name: str
    #: The bank's name, as the customer knows it.
    bank: str
    #: Language of the message: zh, en or es.
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What one customer is to read or hear."""

    subject: str
    #: With the signature, where the channel asks for one.
    body: str


def render_script(script: Script, offer: Offer, reader: Reader, catalogue: Catalogue) -> Rendered:
    """Fill a script for one customer.

    MissingValueError if a value that the text shows is missing, InvalidInputError if it cannot be
    filled in or does not say how to refuse more: such a message must not be sent.
    """
    locale = reader.locale
    try:
        parts = [words(text.in_locale(locale)) for text in (script.subject, script.body)]
        shown = parts[0].variables | parts[1].variables
        values = _values(offer, reader, catalogue, shown)
        subject, body = (part.fill(values).strip() for part in parts)
    except LiquidError as error:
        raise _unfilled(script, error) from error
    spec = CHANNELS[script.channel]
    if spec.opt_out_words and not says_opt_out(body, spec.opt_out_words):
        problem = Problem(message="The text does not say how to refuse further messages.")
        raise InvalidInputError(_NOT_SENT, [problem])
    return Rendered(subject=subject, body=signed(body, reader.bank) if spec.signed else body)


_NOT_SENT = N_("The message is not sent")


def _unfilled(script: Script, error: LiquidError) -> InvalidInputError:
    problem = Problem(
        message="The script of {channel} cannot be filled in: {detail}.",
        values={"channel": script.channel.value, "detail": str(error).splitlines()[0]},
    )
    missing = isinstance(error, UndefinedError | HoleError)
    return (MissingValueError if missing else InvalidInputError)(_NOT_SENT, [problem])


def says_opt_out(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether a text says how to refuse further messages."""
    return any(word in text for word in words)


def _values(
    offer: Offer, reader: Reader, catalogue: Catalogue, shown: frozenset[str]
) -> dict[str, object]:
    """Return what a template reads; what is not known is left out, so that showing it fails."""
    tags = catalogue.tags
    values = {
        tag: _readable(value, tags[tag].type, tags[tag].exponent, reader.locale)
        for tag in shown & tags.keys()
        if (value := reader.profile.get(tag)) is not None
    }
    named = {
        "name": reader.name,
        "bank": reader.bank,
        "offer": offer.title.in_locale(reader.locale),
        "benefit": offer.benefit.title.in_locale(reader.locale),
        "risk_rating": offer.rating.value if offer.rating else "",
    }
    return values | {key: text for key, text in named.items() if text}


def _readable(value: object, kind: TagType, exponent: int, locale: str) -> object:
    """Return a tag's value as people write it: money in major units, dates in words."""
    if kind is TagType.MONEY and isinstance(value, int):
        return Decimal(value).scaleb(-exponent)
    if isinstance(value, date):
        return format_date(value, "long", locale=locale)
    return value
