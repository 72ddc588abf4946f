"""A tag: the unit of knowledge about a customer, declared once."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import ibis.expr.types as ir

from asterism.audience import TagSpec, TagType
from asterism.insight.tags.source import Source
from asterism.kernel.privacy import Privacy
from asterism.kernel.words import Text


class Category(StrEnum):
    """The nine categories of the tag catalogue."""

    BASIC = "basic"
    SOCIAL = "social"
    ASSETS = "assets"
    PRODUCTS = "products"
    TRANSACTIONS = "transactions"
    CHANNELS = "channels"
    PREFERENCE = "preference"
    PSYCHOLOGY = "psychology"
    ANOMALY = "anomaly"

    @property
    def title(self) -> Text:  # type: ignore[override] # a category is no text to be capitalised
        """The category's name."""
        return _CATEGORY_TITLES[self]


_CATEGORY_TITLES = {
    Category.BASIC: Text("基本信息", "Basics", "Datos básicos"),
    Category.SOCIAL: Text("社会关系", "Family and work", "Familia y trabajo"),
    Category.ASSETS: Text("资产与价值", "Assets and value", "Patrimonio y valor"),
    Category.PRODUCTS: Text("产品持有", "Products held", "Productos"),
    Category.TRANSACTIONS: Text("交易行为", "Transactions", "Movimientos"),
    Category.CHANNELS: Text("渠道行为", "Channels", "Canales"),
    Category.PREFERENCE: Text("兴趣偏好", "Preferences", "Preferencias"),
    Category.PSYCHOLOGY: Text("心理与风险态度", "Attitude and risk", "Actitud y riesgo"),
    Category.ANOMALY: Text("异常与特权", "Anomaly and privilege", "Anomalías y privilegios"),
}


class Kind(StrEnum):
    """How a tag comes about."""

    #: An expression over a canonical table, computed every night.
    DAILY = "daily"
    #: Computed from other tags, with the snapshot and live.
    DERIVED = "derived"


class Freshness(StrEnum):
    """How old a tag's newest fact may be when all loads are on time."""

    #: Facts to the end of the day before.
    DAY = "day"
    #: Facts as of the last load of the customer's record.
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class FromCustomer:
    """Computed from the customer's own record, the employer's beside it."""

    #: The customers table (columns of the employer as `employer_…`, `today`) → value.
    compute: Callable[[ir.Table], ir.Value]


@dataclass(frozen=True, slots=True)
class FromSource:
    """Aggregated from a source's rows of one customer."""

    source: Source
    #: The source's last level, one customer's rows → one aggregate.
    compute: Callable[[ir.Table], ir.Value]
    #: What a customer without rows has.
    empty: int | float | bool | str | None = None
    #: Whether the aggregate is a date of which the tag is the age in days.
    since: bool = False


@dataclass(frozen=True, slots=True)
class FirstMatch:
    """The value of the first audience expression that holds, else `otherwise`."""

    cases: tuple[tuple[str | int, str], ...]
    otherwise: str | int | None = None


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether an audience expression holds; unknown counts as no."""

    audience: str


@dataclass(frozen=True, slots=True)
class Formula:
    """Arithmetic over other tags."""

    reads: tuple[str, ...]
    #: A table with the tags as columns → value.
    compute: Callable[[ir.Table], ir.Value]


@dataclass(frozen=True, slots=True)
class Bands:
    """In which band of the bank's own customers a value falls, 1 for the lowest.

    The cut points are quantiles of the tag among customers who have it, taken once a run.
    """

    of: str
    shares: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8)
    #: Whether a small value is the good one, as with days since something.
    descending: bool = False
    #: The band of customers who have no value.
    missing: int = 1


Rule = FromCustomer | FromSource | FirstMatch | Holds | Formula | Bands


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One tag as declared; lineage and privacy follow from its rule (see `lineage`)."""

    #: Its id, the name it has in audience expressions and as a column.
    name: str
    title: Text
    #: What it means and how it is counted.
    description: Text
    category: Category
    type: TagType
    rule: Rule
    #: `year`, `month`, `day`, `hour`, `minute`, `currency`, `count`, `person`, `ratio`, `point`.
    unit: str = ""
    #: The only values a text takes; empty for any.
    values: tuple[str, ...] = ()
    #: Who answers for its meaning.
    owner: str = "customer_insight"
    freshness: Freshness = Freshness.DAY
    #: The least privacy class, where the tag says more than its sources do.
    privacy_floor: Privacy = Privacy.C1

    @property
    def kind(self) -> Kind:
        """Whether it is read from tables or from other tags."""
        daily = isinstance(self.rule, FromCustomer | FromSource)
        return Kind.DAILY if daily else Kind.DERIVED

    def spec(self, privacy: Privacy) -> TagSpec:
        """Return what the audience language needs to know."""
        return TagSpec(name=self.name, type=self.type, privacy=privacy, values=self.values)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Makes the tags of one category; the short form that declarations are written in."""

    category: Category
    freshness: Freshness = Freshness.DAY

    def __call__(  # noqa: PLR0913 - a declaration has this many fields
        self,
        kind: TagType,
        name: str,
        title: Text,
        rule: Rule,
        *,
        means: Text | None = None,
        unit: str = "",
        values: tuple[str, ...] = (),
        floor: Privacy = Privacy.C1,
    ) -> Tag:
        """Return the tag; money is measured in the currency's minor units."""
        return Tag(
            name=name,
            title=title,
            description=means or title,
            category=self.category,
            type=kind,
            rule=rule,
            unit=unit or ("currency" if kind is TagType.MONEY else ""),
            values=values,
            freshness=self.freshness,
            privacy_floor=floor,
        )
