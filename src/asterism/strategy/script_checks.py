"""What scripts must fulfil before a strategy may go live; every check returns all it finds."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from liquid.exceptions import LiquidError

from asterism.audience import Catalogue
from asterism.kernel.errors import Problem
from asterism.kernel.words import LOCALES, N_
from asterism.strategy.channels import CHANNELS
from asterism.strategy.schema_problems import misspelt
from asterism.strategy.script_filters import FILTERS
from asterism.strategy.script_language import (
    MAX_MARKS,
    MAX_SCRIPT_CHARACTERS,
    TAGS,
    used,
    words,
)
from asterism.strategy.scripts import SCRIPT_VARIABLES, says_opt_out
from asterism.strategy.strategy import Offer, Script, Strategy


def text_problems(text: str, where: str, catalogue: Catalogue) -> tuple[Problem, ...]:
    """Return what is wrong with one template: syntax, tags, filters and variables."""
    if len(text) > MAX_SCRIPT_CHARACTERS:
        message = "At most {limit} characters are allowed."
        return (Problem(message=message, where=where, values={"limit": MAX_SCRIPT_CHARACTERS}),)
    if text.count("{{") + text.count("{%") > MAX_MARKS:
        message = N_("At most {limit} values and tags are allowed.")
        return (Problem(message=message, where=where, values={"limit": MAX_MARKS}),)
    try:
        variables, tags, filters = used(text)
    except LiquidError as error:
        detail = str(error).splitlines()[0]
        message = "This is not a Liquid template: {detail}."
        return (Problem(message=message, where=where, values={"detail": detail}),)
    known = {*SCRIPT_VARIABLES, *catalogue.tags}
    return (
        *_unknown(N_("There is no variable {word}."), where, variables, known),
        *_unknown("The template tag {word} is not allowed here: {known} are.", where, tags, TAGS),
        *_unknown(
            N_("The filter {word} is not allowed here: {known} are."), where, filters, FILTERS
        ),
    )


def _unknown(
    message: str, where: str, names: Iterable[str], known: Iterable[str]
) -> Iterator[Problem]:
    return (misspelt(message, where, name, known) for name in names if name not in known)


def missing_scripts(strategy: Strategy) -> Iterator[Problem]:
    """Find channels without words for those whom no other script is meant for."""
    for number in range(1, len(strategy.waves) + 1):
        for channel in strategy.wave_channels(number):
            if strategy.script(channel, number) is not None:
                continue
            values = {"channel": channel.value, "wave": number}
            message = N_("There is no script for the channel {channel} in wave {wave}.")
            if strategy.scripts_of(channel, number):
                message = N_(
                    "In wave {wave} every script for the channel {channel} has an audience: "
                    "one without is needed for everyone else."
                )
            yield Problem(message=message, where="scripts", values=values)


def script_words(strategy: Strategy) -> Iterator[Problem]:
    """Find scripts that are empty, double, for no wave, or silent about how to refuse."""
    yield from _names(strategy)
    for index, script in enumerate(strategy.scripts):
        spec, where = CHANNELS[script.channel], f"scripts[{index}]"
        if not script.body.zh.strip():
            yield Problem(message="This is empty.", where=f"{where}.body")
        if spec.has_subject and not script.subject.zh.strip():
            yield Problem(message="This is missing.", where=f"{where}.subject")
        if script.wave is not None and script.wave > len(strategy.waves):
            values = {"wave": script.wave}
            yield Problem(message="There is no wave {wave}.", where=f"{where}.wave", values=values)
        if spec.opt_out_words:
            yield from _opt_out(script, spec.opt_out_words, f"{where}.body")
        yield from _offers_lack(script, strategy.offers, where)


def _names(strategy: Strategy) -> Iterator[Problem]:
    """Find scripts of one channel and wave with one name: facts could not tell them apart."""
    keys = sorted((s.channel.value, s.wave or 0, s.name) for s in strategy.scripts)
    for (channel, wave, name), same in groupby(keys):
        if len(list(same)) > 1:
            message = N_("There are several scripts called {name} for {channel} in wave {wave}.")
            values = {"name": name, "channel": channel, "wave": wave or "*"}
            yield Problem(message=message, where="scripts", values=values)


def _opt_out(script: Script, opt_out: tuple[str, ...], where: str) -> Iterator[Problem]:
    """Find languages in which a message could come without the way to refuse the next."""
    texts: Mapping[str, str] = {locale: script.body.in_locale(locale) for locale in LOCALES}
    for locale in LOCALES if len(set(texts.values())) > 1 else LOCALES[:1]:
        if not says_opt_out(_always(texts[locale]), opt_out):
            message = N_(
                "The text does not say how to refuse further messages, outside all conditions: "
                "{words}."
            )
            place = where if len(set(texts.values())) == 1 else f"{where}.{locale}"
            yield Problem(message=message, where=place, values={"words": " / ".join(opt_out)})


def _always(text: str) -> str:
    try:
        return words(text).always
    except LiquidError:
        return ""


def _offers_lack(script: Script, offers: Iterable[Offer], where: str) -> Iterator[Problem]:
    """Find what a text always shows and an offer never has: no such message could be sent."""
    shown = {
        name for text in (script.subject, script.body) for name in _always_shown(text.in_locale(""))
    }
    for offer in offers:
        lacks = {
            "benefit": not offer.benefit.title.en,
            "risk_rating": offer.rating is None,
        }
        for name in sorted(name for name, lacking in lacks.items() if lacking and name in shown):
            message = N_("The text shows {name}, which the offer {offer} does not have.")
            values = {"name": name, "offer": offer.id}
            yield Problem(message=message, where=f"{where}.body", values=values)


def _always_shown(text: str) -> Iterator[str]:
    try:
        yield from words(text).shown
    except LiquidError:
        return
