"""The bank's limits as a file: read with every problem at once, written back without loss."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from asterism.audience import Catalogue, InvalidAudienceError, compile_audience
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.strategy.caps import Caps
from asterism.strategy.channels import ChannelName
from asterism.strategy.limits import GroupShare, Limits, OfferQuota
from asterism.strategy.schema_problems import schema_problems
from asterism.strategy.strategy import Expression, Identifier, Minor, Part, Quota, Share
from asterism.strategy.yaml_text import read_yaml, write_yaml

_SUBJECT = "The limits do not hold"
Count = Annotated[int, Field(ge=0, le=10**9)]


class Group(Part):
    """A group of customers of whom a share must get something."""

    name: Identifier
    audience: Expression
    minimum_share: Share


class BankLimits(Part):
    """What all strategies share in a day: the content of one file."""

    #: For all strategies together, in minor units; no limit where left out.
    budget_minor: Minor | None = None
    #: The most contacts by each channel.
    channels: dict[ChannelName, Count] = Field(default_factory=dict)
    #: The most contacts by people for each branch, and for each manager.
    per_branch: Count | None = 60
    per_manager: Count | None = 15
    #: Branches and managers that differ, by id.
    branches: dict[str, Count] = Field(default_factory=dict)
    managers: dict[str, Count] = Field(default_factory=dict)
    #: Customers a day for an offer over all strategies, by its id.
    offers: dict[Identifier, Quota] = Field(default_factory=dict)
    groups: Annotated[tuple[Group, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [group.name for group in self.groups]
        if len(set(names)) < len(names):
            raise PydanticCustomError("quota", "Two groups have the same name.")
        return self

    def limits(self, *, touches_per_customer: int, caps: Caps | None = None) -> Limits:
        """Return the limits of a day, with what a customer may get."""
        return Limits(
            touches_per_customer=touches_per_customer,
            caps=caps or Caps(),
            budget_minor=self.budget_minor,
            channels={str(name): most for name, most in self.channels.items()},
            per_branch=self.per_branch,
            per_manager=self.per_manager,
            branches=self.branches,
            managers=self.managers,
            offers={
                offer: OfferQuota(minimum=quota.minimum, maximum=quota.maximum)
                for offer, quota in self.offers.items()
            },
            groups=tuple(
                GroupShare(
                    name=group.name, audience=group.audience, minimum_share=group.minimum_share
                )
                for group in self.groups
            ),
        )


def load_limits(text: str, catalogue: Catalogue | None = None) -> BankLimits:
    """Read limits from YAML `text`; with a `catalogue` the groups' audiences are checked too.

    InvalidInputError holds every problem, each with its path.
    """
    data = read_yaml(text, _SUBJECT)
    if not isinstance(data, Mapping):
        message = "Limits are a mapping of fields such as budget_minor, channels and per_branch."
        raise InvalidInputError(_SUBJECT, [Problem(message=message)])
    try:
        found = BankLimits.model_validate(data)
    except ValidationError as error:
        raise InvalidInputError(_SUBJECT, schema_problems(error, BankLimits)) from error
    if catalogue is not None:
        _check_groups(found, catalogue)
    return found


def dump_limits(limits: BankLimits) -> str:
    """Return the canonical YAML of `limits`; loading it gives equal limits."""
    return write_yaml(limits.model_dump(mode="json", exclude_none=False))


def _check_groups(limits: BankLimits, catalogue: Catalogue) -> None:
    problems: list[Problem] = []
    for number, group in enumerate(limits.groups):
        try:
            compile_audience(group.audience, catalogue)
        except InvalidAudienceError as error:
            problems += [
                Problem(
                    message=problem.message,
                    where=f"groups[{number}].audience {problem.where}".strip(),
                    values=problem.values,
                    hint=problem.hint,
                )
                for problem in error.problems
            ]
    if problems:
        raise InvalidInputError(_SUBJECT, problems)
