"""Money is whole minor units and a currency; it is never a float."""

from dataclasses import dataclass
from decimal import Decimal

#: Digits after the decimal point, ISO 4217; two for any currency not listed.
_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def exponent(currency: str) -> int:
    """Return how many decimal digits the `currency` (ISO 4217 code) has."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (分, cents) of one currency.

    >>> Money.of("12.34", "CNY") + Money(66, "CNY")
    Money(minor=1300, currency='CNY')
    """

    minor: int
    currency: str

    @classmethod
    def of(cls, major: str | int | Decimal, currency: str) -> "Money":
        """Return the amount `major` in major units; one finer than a minor unit is refused."""
        scaled = Decimal(major).scaleb(exponent(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{major} is finer than one minor unit of {currency}")
        return cls(int(scaled), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up: convert first")
