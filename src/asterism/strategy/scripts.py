"""Scripts: Liquid templates whose variables are known and whose size is limited.

A marketer's text is data. It can show the customer's own values and choose between phrases; it
cannot include files, loop without end, or grow without limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from asterism.audience import Catalogue, TagType
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import Text
from asterism.strategy.schema_problems import misspelt
from asterism.strategy.strategy import Offer, Script

#: Variables that are not tags: what each stands for.
SCRIPT_VARIABLES: dict[str, Text] = {
    "name": Text("客户姓名", "The customer's name", "Nombre del cliente"),
    "offer": Text("产品或活动名称", "The offer's title", "Título de la oferta"),
    "benefit": Text("权益名称", "The benefit's title", "Título de la ventaja"),
    "bank": Text("银行名称", "The bank's name", "Nombre del banco"),
}
MAX_SCRIPT_CHARACTERS = 5_000
_ALLOWED_TAGS = frozenset({"if", "unless", "case", "assign", "comment", "else", "elsif", "when"})


class _ScriptEnvironment(Environment):
    """Liquid with limits that a message never reaches."""

    context_depth_limit = 5
    loop_iteration_limit = 100
    local_namespace_limit = 10_000
    output_stream_limit = 20_000
    block_nesting_limit = 10


_ENVIRONMENT = _ScriptEnvironment(undefined=StrictUndefined)


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
    body: str


def text_problems(text: str, where: str, catalogue: Catalogue) -> tuple[Problem, ...]:
    """Return what is wrong with one template: syntax, tags that are not allowed, variables."""
    if len(text) > MAX_SCRIPT_CHARACTERS:
        message = "At most {limit} characters are allowed."
        return (Problem(message=message, where=where, values={"limit": MAX_SCRIPT_CHARACTERS}),)
    try:
        template = _template(text)
        found = template.analyze(include_partials=False)
    except LiquidError as error:
        detail = str(error).splitlines()[0]
        message = "This is not a Liquid template: {detail}."
        return (Problem(message=message, where=where, values={"detail": detail}),)
    known = {*SCRIPT_VARIABLES, *catalogue.tags}
    problems = [
        misspelt("There is no variable {word}.", where, name, known)
        for name in found.globals
        if name not in known
    ]
    problems += [
        misspelt(
            "The template tag {word} is not allowed here: {known} are.", where, name, _ALLOWED_TAGS
        )
        for name in found.tags
        if name not in _ALLOWED_TAGS
    ]
    return tuple(problems)


def render_script(script: Script, offer: Offer, reader: Reader, catalogue: Catalogue) -> Rendered:
    """Fill a script for one customer.

    InvalidInputError if a value that the text shows is missing: such a message must not be sent.
    """
    locale = reader.locale
    subject_text, body_text = script.subject.in_locale(locale), script.body.in_locale(locale)
    shown = _variables(subject_text) | _variables(body_text)
    values = _values(offer, reader, catalogue, shown)
    try:
        subject = _template(subject_text).render(**values)
        body = _template(body_text).render(**values)
    except LiquidError as error:
        problem = Problem(
            message="The script of {channel} cannot be filled in: {detail}.",
            values={"channel": script.channel.value, "detail": str(error).splitlines()[0]},
        )
        raise InvalidInputError("The message is not sent", [problem]) from error
    return Rendered(subject=subject.strip(), body=body.strip())


def _values(
    offer: Offer, reader: Reader, catalogue: Catalogue, shown: frozenset[str]
) -> dict[str, object]:
    """Return what a template shows; what is not known is left out, so that using it fails."""
    tags = catalogue.tags
    values: dict[str, object] = {
        tag: _readable(value, tags[tag].type, tags[tag].exponent)
        for tag in shown & tags.keys()
        if (value := reader.profile.get(tag)) is not None
    }
    named = {
        "name": reader.name,
        "bank": reader.bank,
        "offer": offer.title.in_locale(reader.locale),
        "benefit": offer.benefit.title.in_locale(reader.locale),
    }
    return values | {key: text for key, text in named.items() if text}


def _readable(value: object, kind: TagType, exponent: int) -> object:
    """Return a tag's value as people write it: money in major units, dates as ISO text."""
    if kind is TagType.MONEY and isinstance(value, int):
        return f"{value / 10**exponent:,.{exponent}f}"
    if isinstance(value, date):
        return value.isoformat()
    return value


@lru_cache(maxsize=512)
def _template(text: str) -> BoundTemplate:
    return _ENVIRONMENT.from_string(text)


@lru_cache(maxsize=512)
def _variables(text: str) -> frozenset[str]:
    """Return the variables that a template reads."""
    return frozenset(_template(text).analyze(include_partials=False).globals)
