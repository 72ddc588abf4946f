"""Which customers a person may see at all: everyone, one branch, or one manager's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from asterism.server.auth.roles import Role


class Reach(StrEnum):
    """How far a scope reaches."""

    ALL = "all"
    BRANCH = "branch"
    OWN = "own"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The customers that a person may see; every list, count, page and file is cut to it."""

    reach: Reach
    #: The branch's or manager's id; empty for ALL and NONE.
    key: str = ""

    @property
    def audience(self) -> str:
        """The scope in the audience language; empty where it lets everyone through.

        >>> Scope(reach=Reach.BRANCH, key="B'1").audience
        "branch_id = 'B''1'"
        """
        quoted = "'" + self.key.replace("'", "''") + "'"
        match self.reach:
            case Reach.ALL:
                return ""
            case Reach.BRANCH:
                return f"branch_id = {quoted}"
            case Reach.OWN:
                return f"manager_id = {quoted}"
            case Reach.NONE:
                return "branch_id IS NULL AND branch_id IS NOT NULL"

    def allows(self, profile: Mapping[str, object]) -> bool:
        """Tell whether one customer's tags put them inside the scope."""
        match self.reach:
            case Reach.ALL:
                return True
            case Reach.BRANCH:
                return profile.get("branch_id") == self.key
            case Reach.OWN:
                return profile.get("manager_id") == self.key
            case Reach.NONE:
                return False


def scope_of(role: Role, branch_id: str | None, manager_id: str | None) -> Scope:
    """Return the scope of a person; one who lacks the id that their role needs sees nobody."""
    if role is Role.RELATIONSHIP_MANAGER:
        return Scope(reach=Reach.OWN, key=manager_id) if manager_id else Scope(reach=Reach.NONE)
    if role is Role.BRANCH_HEAD:
        return Scope(reach=Reach.BRANCH, key=branch_id) if branch_id else Scope(reach=Reach.NONE)
    return Scope(reach=Reach.ALL)
