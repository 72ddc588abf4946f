"""The closed set of operations that an audience can be made of.

An audience is a value of type `Condition`. Conditions follow SQL's three-valued logic: each is
true, false or unknown for a customer, and a customer whose answer is unknown is not in. Nothing
but these records reaches the three readings; what the parser saw is left behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from asterism.audience.catalogue import TagType


class Operator(StrEnum):
    """How two terms are compared."""

    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="

    @property
    def flipped(self) -> "Operator":
        """The operator that means the same with the two sides exchanged."""
        return _FLIPPED.get(self, self)


_FLIPPED = {
    Operator.LT: Operator.GT,
    Operator.LE: Operator.GE,
    Operator.GT: Operator.LT,
    Operator.GE: Operator.LE,
}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag's value for the customer; null if it has none."""

    name: str
    type: TagType
    #: Decimal digits of the currency, for money.
    exponent: int = 2


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the expression, already in the form in which tags are stored.

    Whole numbers and money are int (money in minor units), numbers are float, dates are `date`.
    """

    value: int | float | str | date
    type: TagType
    #: Decimal digits of the currency, for money.
    exponent: int = 2


@dataclass(frozen=True, slots=True)
class Scaled:
    """`factor * tag`, computed in IEEE doubles; null if the tag is null."""

    factor: float
    tag: Tag


Term = Tag | Literal | Scaled


@dataclass(frozen=True, slots=True)
class Constant:
    """Everyone, or no one."""

    value: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag by itself: true where it is set, unknown where it is null."""

    tag: Tag


@dataclass(frozen=True, slots=True)
class Compare:
    """`left operator right`; unknown if either side is null."""

    left: Tag | Scaled
    operator: Operator
    right: Term


@dataclass(frozen=True, slots=True)
class Between:
    """`operand >= low AND operand <= high`."""

    operand: Tag | Scaled
    low: Term
    high: Term

    def as_comparisons(self) -> tuple[Compare, Compare]:
        """Return the two comparisons that it stands for."""
        return (
            Compare(self.operand, Operator.GE, self.low),
            Compare(self.operand, Operator.LE, self.high),
        )


@dataclass(frozen=True, slots=True)
class OneOf:
    """The tag's value is one of the literals; unknown if the tag is null."""

    tag: Tag
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Like:
    """The text matches: `%` stands for any characters, `_` for exactly one; case matters."""

    tag: Tag
    pattern: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """The tag has no value; never unknown."""

    tag: Tag


@dataclass(frozen=True, slots=True)
class IsTruth:
    """The flag has this very value; never unknown, false where the flag is null."""

    tag: Tag
    truth: bool


@dataclass(frozen=True, slots=True)
class InSegment:
    """The customer is in the named segment; never unknown, false where its condition is unknown."""

    name: str
    body: "Condition"
    #: Digest of the body's full meaning, segments within it included.
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Not:
    """True where the item is false, false where it is true, unknown where it is unknown."""

    item: "Condition"


@dataclass(frozen=True, slots=True)
class All:
    """Every item holds; false as soon as one is false."""

    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Some item holds; true as soon as one is true."""

    items: tuple["Condition", ...]


Atom = Constant | Flag | Compare | Between | OneOf | Like | IsNull | IsTruth
Condition = Atom | InSegment | Not | All | Any


def in_doubles(comparison: Compare) -> bool:
    """Tell whether the two sides meet as IEEE doubles; otherwise they are compared exactly.

    Doubles are used as soon as one side is a NUMBER or a product. A whole number then counts as
    the double nearest to it, on every engine alike.
    """
    return any(
        isinstance(side, Scaled) or side.type is TagType.NUMBER
        for side in (comparison.left, comparison.right)
    )


def children(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions directly inside, a segment's body included."""
    match condition:
        case All(items) | Any(items):
            return items
        case Not(item):
            return (item,)
        case InSegment(body=body):
            return (body,)
        case _:
            return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield the condition and everything inside it; each named segment is entered once."""
    entered: set[str] = set()
    waiting = [condition]
    while waiting:
        current = waiting.pop()
        yield current
        if isinstance(current, InSegment):
            if current.fingerprint in entered:
                continue
            entered.add(current.fingerprint)
        waiting.extend(reversed(children(current)))


def own_tags(condition: Condition) -> tuple[Tag, ...]:
    """Return the tags that the condition itself reads, without looking inside it."""
    match condition:
        case Flag(tag) | OneOf(tag, _) | Like(tag, _) | IsNull(tag) | IsTruth(tag, _):
            return (tag,)
        case Compare(left, _, right):
            terms: tuple[Term, ...] = (left, right)
        case Between(operand, low, high):
            terms = (operand, low, high)
        case _:
            return ()
    inner = (term.tag if isinstance(term, Scaled) else term for term in terms)
    return tuple(term for term in inner if isinstance(term, Tag))
