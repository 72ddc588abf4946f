"""Privacy classes of financial data, JR/T 0171-2020."""

from enum import StrEnum


class Privacy(StrEnum):
    """How much harm a leak of the field would do; derived data takes the highest of its sources."""

    #: Within the bank: account openings, products, opaque ids.
    C1 = "C1"
    #: Identifies a person or their finances: name, phone, balance, transactions. Masked by default.
    C2 = "C2"
    #: Authenticates a person: passwords, CVV, biometrics. Never stored here.
    C3 = "C3"


def highest(classes: "list[Privacy] | tuple[Privacy, ...]") -> Privacy:
    """Return the strictest of `classes`; C1 for none."""
    return max(classes, default=Privacy.C1)
