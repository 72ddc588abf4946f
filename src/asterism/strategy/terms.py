"""The closed lists of words that strategies are written in."""

from enum import StrEnum


class Tier(StrEnum):
    """Value tiers of customers, lowest first."""

    BASIC = "basic"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"
    PRIVATE = "private"


class Stage(StrEnum):
    """Stages of a customer's life with the bank."""

    NEW = "new"
    GROWING = "growing"
    MATURE = "mature"
    DECLINING = "declining"
    DORMANT = "dormant"
    LOST = "lost"


class Scene(StrEnum):
    """What gives rise to a strategy."""

    LIFECYCLE = "lifecycle"
    PRODUCT = "product"
    EVENT = "event"


class Metric(StrEnum):
    """What a strategy is measured by."""

    ACCOUNT_OPENED = "account_opened"
    AUM_CHANGE = "aum_change"
    CARD_ACTIVATED = "card_activated"
    LOGIN = "login"
    CARD_SPEND = "card_spend"


#: Metrics that count minor units of money; the others count customers who did it.
MONEY_METRICS = frozenset({Metric.AUM_CHANGE, Metric.CARD_SPEND})


class Family(StrEnum):
    """Product families, as the canonical tables name them."""

    DEMAND_DEPOSIT = "demand_deposit"
    TERM_DEPOSIT = "term_deposit"
    LARGE_CERTIFICATE = "large_certificate"
    MONEY_FUND = "money_fund"
    BOND_FUND = "bond_fund"
    MIXED_FUND = "mixed_fund"
    EQUITY_FUND = "equity_fund"
    WEALTH = "wealth"
    INSURANCE = "insurance"
    METAL = "metal"
    PENSION = "pension"
    DEBIT_CARD = "debit_card"
    CREDIT_CARD = "credit_card"
    MORTGAGE = "mortgage"
    CONSUMER_LOAN = "consumer_loan"
    BUSINESS_LOAN = "business_loan"
    PAYROLL = "payroll"
    OTHER = "other"


class Rating(StrEnum):
    """Risk ratings of products."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"


class BenefitKind(StrEnum):
    """What is given on top of the product."""

    NONE = "none"
    RATE = "rate"
    COUPON = "coupon"
    POINTS = "points"
    GIFT = "gift"
    #: A talk, a tasting, an outing: being invited is the benefit.
    ACTIVITY = "activity"


class MessageClass(StrEnum):
    """What a message is for the law: it decides the hours in which it may go out."""

    MARKETING = "marketing"
    #: About what the customer has with the bank; it carries no advertisement.
    SERVICE = "service"


class Schedule(StrEnum):
    """How often new customers are taken up."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
