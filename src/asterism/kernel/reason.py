"""Why something was decided: every gate and every refusal gives one of these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from asterism.kernel.words import Text


class Layer(StrEnum):
    """The five layers of a decision, in the order in which they are walked."""

    AUDIENCE = "audience"
    ELIGIBILITY = "eligibility"
    PERMISSION = "permission"
    VALUE = "value"
    ARBITRATION = "arbitration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A named reason: the layer that gave it, its code and its words."""

    #: Stable and unique, `layer.what`, for example `permission.quiet_hours`.
    code: str
    layer: Layer
    #: The sentence, with `{fields}`.
    text: Text
    #: Values for the fields.
    values: Mapping[str, object] = field(default_factory=dict)

    def in_locale(self, locale: str) -> str:
        """Return the sentence in `locale`."""
        return self.text.in_locale(locale).format(**self.values)
