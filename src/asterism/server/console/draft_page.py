"""What the editor shows of a draft: its fields, what is wrong, and whom it would reach."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asterism.audience import Catalogue
from asterism.insight.segments import segment_catalogue
from asterism.kernel.errors import Problem
from asterism.kernel.money import exponent
from asterism.kernel.words import N_
from asterism.server.console.field_words import HINTS
from asterism.server.console.strategy_form import Leaf, Rows, Shape, fields_of, shape
from asterism.server.guard import Caller
from asterism.server.language import Language, in_words
from asterism.server.services import Services
from asterism.strategy.document import read_strategy
from asterism.strategy.drafts import Draft
from asterism.strategy.publish import list_strategies
from asterism.strategy.readings import Expressions
from asterism.strategy.sizes import Sizes, sizes
from asterism.strategy.strategy import Strategy

#: The editor's sections; a field that none of them names stands at the end of the last.
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "what": ("title", "id", "description", "owner", "scene", "goal", "cell"),
    "whom": ("audience",),
    "offers": ("offers",),
    "contact": ("channels", "waves"),
    "scripts": ("scripts",),
    "measure": ("holdout", "response"),
    "limits": ("period", "schedule", "cooldown_days", "outcome_days", "budget", "priority"),
}
#: Fields whose codes have names under another kind of word.
_KINDS = {
    "tiers": "tier",
    "stages": "lifecycle",
    "channels": "channel",
    "kind": "benefit",
    "by_tier": "tier",
    "by_channel": "channel",
}
_EXPRESSIONS = frozenset({"audience", "eligibility"})
_LONG = frozenset({"description", "body"})


def digits_of(services: Services) -> int:
    """Return the decimals of the bank's currency."""
    return exponent(services.settings.currency)


def sections() -> dict[str, tuple[str, ...]]:
    """Return the editor's sections with every field of a strategy in exactly one."""
    placed = {name for names in _SECTIONS.values() for name in names}
    found = dict(_SECTIONS)
    found["limits"] += tuple(name for name in shape() if name not in placed)
    return found


@dataclass(frozen=True, slots=True)
class Form:
    """What the templates ask of a draft's form."""

    fields: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, content: Mapping[str, object], digits: int) -> "Form":
        """Return the form of a draft's content; a strategy always has a wave to fill in."""
        shown = dict(content)
        for name in ("offers", "channels", "waves", "scripts"):
            shown.setdefault(name, [None])
        return cls(fields_of(shown, digits))

    def text(self, path: str) -> str:
        """Return what stands in a field."""
        values = self.fields.get(path, ())
        return values[0] if values else ""

    def values(self, path: str) -> Sequence[str]:
        """Return every value of a field that may have several."""
        return self.fields.get(path, ())

    def shape(self, path: str) -> Shape:
        """Return what stands at a path such as `offers[0].quota`."""
        found: Shape = shape()
        for step in re.findall(r"\w+|\[\d+\]", path):
            if isinstance(found, Rows):
                found = found.of
            elif isinstance(found, dict):
                found = found[step]
        return found

    def parts(self, path: str) -> list[str]:
        """Return the paths of the parts of what stands at a path; none for a single field."""
        found = self.shape(path)
        if isinstance(found, Rows):
            start = f"{path}["
            numbers = {
                int(name[len(start) :].partition("]")[0])
                for name in self.fields
                if name.startswith(start)
            }
            return [f"{path}[{number}]" for number in sorted(numbers)]
        return [f"{path}.{name}" for name in found] if isinstance(found, dict) else []

    def look(self, path: str) -> str:
        """Return how a part is drawn: 'rows', 'group', or the kind of its field."""
        found = self.shape(path)
        if isinstance(found, Leaf):
            return found.kind.value
        return "rows" if isinstance(found, Rows) else "group"

    def is_plain_list(self, path: str) -> bool:
        """Tell whether a list holds single values, such as channels in order."""
        found = self.shape(path)
        return isinstance(found, Rows) and isinstance(found.of, Leaf)

    def choices(self, path: str) -> Sequence[str]:
        """Return what may be chosen."""
        found = self.shape(path)
        return found.choices if isinstance(found, Leaf) else ()

    def optional(self, path: str) -> bool:
        """Tell whether a choice may be left open."""
        found = self.shape(path)
        return isinstance(found, Leaf) and found.default is None

    @staticmethod
    def name(path: str) -> str:
        """Return a path without numbers: what its label goes by."""
        return re.sub(r"\[\d+\]", "", path)

    @staticmethod
    def hint(path: str) -> str:
        """Return what is good to know beside a field, as a message id; empty for nothing."""
        return HINTS.get(Form.name(path), "")

    @staticmethod
    def kind(path: str) -> str:
        """Return the kind of word that a field's codes are."""
        own = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
        return _KINDS.get(own, own)

    @staticmethod
    def is_expression(path: str) -> bool:
        """Tell whether a field is written in the audience language."""
        return path.rpartition(".")[2] in _EXPRESSIONS

    @staticmethod
    def is_long(path: str) -> bool:
        """Tell whether a text has several lines."""
        return path.rpartition(".")[2] in _LONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A draft with everything that is said about it."""

    draft: Draft
    #: None where the content is not a strategy yet.
    strategy: Strategy | None
    problems: tuple[Problem, ...]
    #: None while no data is published.
    sizes: Sizes | None

    @property
    def ready(self) -> bool:
        """Whether approval may be asked for."""
        return self.strategy is not None and not self.problems

    def in_words(self, language: Language) -> list[dict[str, str]]:
        """Return the problems in a language."""
        return [in_words(problem, language) for problem in self.problems]


def check(services: Services, caller: Caller, draft: Draft) -> Checked:
    """Check a draft and count whom it means, of the customers that the caller may see."""
    catalogue = segment_catalogue(services.engine)
    strategy, problems = read_strategy(draft.content, catalogue)
    return Checked(
        draft=draft,
        strategy=strategy,
        problems=(*problems, *_id_taken(services, draft)),
        sizes=_sizes(services, caller, draft, catalogue),
    )


def _id_taken(services: Services, draft: Draft) -> list[Problem]:
    """Find a new strategy that bears the id of another."""
    if draft.base_version is not None and draft.strategy_id == draft.origin.get("id"):
        return []
    if draft.strategy_id not in {one.strategy.id for one in list_strategies(services.engine)}:
        return []
    message = N_("There is a strategy {id} already: choose another id, or change that one.")
    return [Problem(message=message, where="id", values={"id": draft.strategy_id})]


def _sizes(services: Services, caller: Caller, draft: Draft, catalogue: Catalogue) -> Sizes | None:
    reading = services.current.find()
    if reading is None:
        return None
    within = reading.mask(None, caller.scope)
    return sizes(reading.columns, draft.content, Expressions(catalogue), within)
