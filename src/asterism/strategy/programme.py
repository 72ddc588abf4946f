"""The strategies of a day, ready to be walked: their actions, what each is worth and costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.caps import Caps
from asterism.strategy.conditions import Action, cell_expression
from asterism.strategy.publish import PublishedStrategy
from asterism.strategy.readings import NEUTRAL_TIER, Expressions
from asterism.strategy.strategy import Strategy
from asterism.strategy.terms import Tier

#: Salt of the draw for the universal control, and the share of customers in it by default.
UNIVERSAL_SALT = "universal"
UNIVERSAL_SHARE = 0.05


def salted(salt: str, name: str) -> str:
    """Return the salt of a draw: `name`, after the bank's own `salt` if it has one."""
    return f"{salt}:{name}" if salt else name


@dataclass(frozen=True, slots=True)
class Running:
    """One published strategy in a day's programme."""

    published: PublishedStrategy
    #: Its place in the programme.
    number: int
    caps: Caps
    by_profile: bool

    @classmethod
    def of(
        cls, published: Sequence[PublishedStrategy], caps: Caps, expressions: Expressions
    ) -> tuple["Running", ...]:
        """Return the strategies in the order of their ids; each id once."""
        ordered = sorted(published, key=lambda row: row.strategy.id)
        return tuple(
            cls(row, number, caps, expressions.by_profile(choosing(row.strategy)))
            for number, row in enumerate(ordered)
        )

    @property
    def id(self) -> str:
        """The strategy's id."""
        return self.published.strategy.id

    def actions(self, wave: int) -> list[Action]:
        """Return the wave's actions in order of preference: channels as listed, then by cost."""
        strategy = self.published.strategy
        actions = [
            Action(
                strategy=strategy,
                offer=offer,
                channel=channel,
                wave=wave,
                caps=self.caps,
                by_profile=self.by_profile,
            )
            for channel in strategy.wave_channels(wave)
            for offer in strategy.offers
        ]
        channels = strategy.wave_channels(wave)
        return sorted(actions, key=lambda a: (channels.index(a.channel), cost_minor(a)))


def choosing(strategy: Strategy) -> list[str]:
    """Return every expression by which a strategy chooses customers."""
    texts = [strategy.audience, *(wave.audience for wave in strategy.waves)]
    texts += [
        rule for one in strategy.offers for rule in (one.eligibility, one.benefit.eligibility)
    ]
    return [text for text in (*texts, cell_expression(strategy)) if text]


def cost_minor(action: Action) -> int:
    """Return what the action is expected to cost, in minor units."""
    return action.strategy.cost_minor(action.offer, action.spec.cost_minor)


def worth(action: Action) -> NDArray[np.float64]:
    """Return the action's expected net value in minor units: by tier, then for no tier known.

    value = uplift × factor of the channel × worth of the metric − cost.
    """
    strategy, response = action.strategy, action.strategy.response
    uplifts = np.full(NEUTRAL_TIER + 1, response.uplift)
    for number, tier in enumerate(Tier):
        uplifts[number] = response.by_tier.get(tier, response.uplift)
    factor = response.by_channel.get(action.channel, 1.0)
    return uplifts * factor * strategy.goal.worth(1.0) - cost_minor(action)
