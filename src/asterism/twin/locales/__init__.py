"""Countries in which a simulated bank can stand."""

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.twin.locales.en import EN
from asterism.twin.locales.es import ES
from asterism.twin.locales.pack import OCCUPATIONS, City, LocalePack
from asterism.twin.locales.zh import ZH

LOCALE_PACKS = {pack.code: pack for pack in (ZH, EN, ES)}


def locale_pack(code: str) -> LocalePack:
    """Return the pack of a country; InvalidInputError if there is none."""
    if code not in LOCALE_PACKS:
        problem = Problem(
            message=N_("There is no simulated bank for {locale}: choose one of {known}."),
            where="locale",
            values={"locale": code, "known": ", ".join(LOCALE_PACKS)},
        )
        raise InvalidInputError(N_("The simulated bank cannot be built"), [problem])
    return LOCALE_PACKS[code]


__all__ = ["LOCALE_PACKS", "OCCUPATIONS", "City", "LocalePack", "locale_pack"]
