"""Which script a customer gets: the one meant for them, and of its versions the one drawn.

Scripts of one channel, wave and audience are versions of one another. Chance decides between them
as it decides between arms: by a stable hash, for those left alone as well, so that each version
has a control of its own. How much of the whole a version gets is learned, see `script_tests`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from asterism.audience import Catalogue, Columns
from asterism.strategy.decisions import Decisions
from asterism.strategy.draws import Ids
from asterism.strategy.programme import salted
from asterism.strategy.readings import MAY_PERSONALISE, Expressions
from asterism.strategy.strategy import Script, Strategy

#: Chance's numbers are whole and below this.
_WHOLE = float(2**32)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: versions of it are compared within one place."""

    strategy: str
    version: int
    channel: str
    wave: int
    #: Whom it is for, in the audience language; empty for everyone else.
    audience: str = ""

    @property
    def text(self) -> str:
        """The place in words, the same for ever: what seeds and draws are made of."""
        return f"{self.strategy} {self.channel} wave {self.wave} {self.audience}".rstrip()


#: Names of versions and the share of customers that each gets, adding up to 1.
Shares = Mapping[str, float]


def versions(strategy: Strategy, channel: str, wave: int) -> dict[str, tuple[Script, ...]]:
    """Return the scripts of a channel and wave by audience, in the order of the file.

    Scripts for everyone else, whose audience is empty, stand last.
    """
    scripts = strategy.scripts_of(channel, wave)
    audiences = dict.fromkeys(s.audience for s in scripts if s.audience)
    return {
        audience: tuple(s for s in scripts if s.audience == audience)
        for audience in (*audiences, "")
        if any(s.audience == audience for s in scripts)
    }


def places_under_test(strategy: Strategy, version: int) -> dict[Place, tuple[str, ...]]:
    """Return the places where a strategy tests versions, with the names of these."""
    found = {}
    for wave in range(1, len(strategy.waves) + 1):
        for channel in strategy.wave_channels(wave):
            for audience, scripts in versions(strategy, channel, wave).items():
                if len(scripts) > 1:
                    place = Place(strategy.id, version, channel.value, wave, audience)
                    found[place] = tuple(script.name for script in scripts)
    return found


def meant_for(
    strategy: Strategy,
    channel: str,
    wave: int,
    profile: Mapping[str, object],
    expressions: Expressions,
) -> tuple[Script, ...]:
    """Return the versions that one customer may get, by the profile."""
    personal = expressions.audience(MAY_PERSONALISE).matches(profile)
    for audience, scripts in versions(strategy, channel, wave).items():
        if not audience or (personal and expressions.audience(audience).matches(profile)):
            return scripts
    return ()


def with_scripts(
    decisions: Decisions,
    columns: Columns,
    catalogue: Catalogue,
    shares: Mapping[Place, Shares],
    *,
    salt: str = "",
) -> Decisions:
    """Return the decisions with a column `script` in `touches`: the name of what each is told.

    Versions of places that `shares` does not name get equal shares.
    """
    touches = decisions.touches
    names = np.full(touches.num_rows, None, object)
    who = touches["customer_index"].to_numpy()
    expressions = Expressions(catalogue)
    strategies = {one.id: one.published for one in decisions.programme}
    for place, rows in _places(touches):
        strategy = strategies[place.strategy].strategy
        left = rows
        for audience, scripts in versions(strategy, place.channel, place.wave).items():
            if audience:
                mask = expressions.audience(f"({audience}) AND ({MAY_PERSONALISE})").mask(columns)
                meant = mask.to_bool()[who[left]]
            else:
                meant = np.ones(len(left), np.bool_)
            here, left = left[meant], left[~meant]
            at = replace(place, audience=audience)
            names[here] = _drawn(touches, here, scripts, at, shares.get(at), salt)
    column = pa.array(names, pa.string())
    return replace(decisions, touches=touches.append_column("script", column))


def _places(touches: pa.Table) -> Iterator[tuple[Place, NDArray[np.int64]]]:
    """Yield every place that is spoken in, with its rows."""
    key = ("strategy", "version", "channel", "wave")
    for place in touches.group_by(list(key)).aggregate([]).to_pylist():
        rows = np.ones(touches.num_rows, np.bool_)
        for name in key:
            rows &= pc.equal(touches[name], place[name]).to_numpy()
        yield Place(**place), np.flatnonzero(rows)


def _drawn(  # noqa: PLR0913, PLR0917 - who, among what, by which chance
    touches: pa.Table,
    rows: NDArray[np.int64],
    scripts: Sequence[Script],
    place: Place,
    shares: Shares | None,
    salt: str,
) -> NDArray[np.object_]:
    names = np.array([script.name for script in scripts], object)
    if len(names) == 1 or not len(rows):
        return np.full(len(rows), names[0], object)
    ids = Ids(touches["customer_id"].take(pa.array(rows)).to_pylist())
    chance = ids.draws(salted(salt, f"script {place.text}")) / _WHOLE
    wanted = np.array([(shares or {}).get(name, 1 / len(names)) for name in names], np.float64)
    ends = np.cumsum(wanted / wanted.sum())
    drawn: NDArray[np.object_] = names[
        np.minimum(np.searchsorted(ends, chance, "right"), len(names) - 1)
    ]
    return drawn
