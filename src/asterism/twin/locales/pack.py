"""What makes a simulated bank Chinese, British or Spanish: names, places, words, money."""

from dataclasses import dataclass
from typing import NamedTuple


class City(NamedTuple):
    """A city with customers in it."""

    province: str
    name: str
    districts: tuple[str, ...]
    latitude: float
    longitude: float
    #: Relative number of the bank's customers.
    weight: float
    #: Incomes relative to the country's middle.
    income: float


class Generation(NamedTuple):
    """Given names of the people born up to a year."""

    last_birth_year: int
    female: tuple[str, ...]
    male: tuple[str, ...]


class Complaint(NamedTuple):
    """What a customer complains about."""

    topic: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalePack:
    """The words and places of one country."""

    code: str
    currency: str
    time_zone: str
    #: Monthly income in the country's middle, major units.
    middle_income: float
    #: Which texts of products are used: 'zh', 'en' or 'es'.
    language: str
    cities: tuple[City, ...]
    #: Family names with their frequency.
    surnames: tuple[tuple[str, float], ...]
    generations: tuple[Generation, ...]
    #: How a full name is written: `{s}` family name, `{g}` given name.
    name_order: str
    #: Beginning of every mobile number; a range that no operator has given to subscribers.
    mobile_prefix: str
    #: Digits after the prefix.
    mobile_digits: int
    #: Domains reserved for examples (RFC 2606), none can receive mail.
    mail_domains: tuple[str, ...]
    #: Titles of `occupations.OCCUPATIONS`, in that order.
    occupations: tuple[str, ...]
    #: Industries with the stems and the form of their firms' names.
    industries: tuple[tuple[str, tuple[str, ...]], ...]
    #: `{city}`, `{stem}`, `{kind}` of a firm's name.
    firm_form: str
    firm_stems: tuple[str, ...]
    #: `{district}` of a branch's name.
    branch_form: str
    head_office: str
    #: Merchants by merchant category.
    merchants: dict[str, tuple[str, ...]]
    #: Who bills: utilities, telephone.
    billers: tuple[str, ...]
    other_banks: tuple[str, ...]
    #: Own words for counterparties: pension office, this bank, house buyer, own account elsewhere.
    pension_office: str
    own_bank: str
    house_buyer: str
    own_account: str
    complaints: tuple[Complaint, ...]
    #: Topics of visits, calls and chats.
    topics: tuple[str, ...]
    #: What surveyed customers say, from the lowest score to the highest.
    survey_texts: tuple[str, ...]
    #: What people type into the app's search.
    searches: tuple[str, ...]


#: Occupations, by code; the packs name them.
OCCUPATIONS = (
    "employee",
    "civil_servant",
    "teacher",
    "doctor",
    "engineer",
    "worker",
    "service",
    "self_employed",
    "owner",
    "freelancer",
    "retired",
    "student",
    "homemaker",
    "farmer",
    "executive",
)


def words(text: str) -> tuple[str, ...]:
    """Return the words of `text`; an underscore stands for a space within one.

    >>> words("Ana María_Carmen")
    ('Ana', 'María Carmen')
    """
    return tuple(word.replace("_", " ") for word in text.split())


def ranked(text: str) -> tuple[tuple[str, float], ...]:
    """Return words with the frequency that is written after each.

    >>> ranked("Smith1.2 Jones0.9")
    (('Smith', 1.2), ('Jones', 0.9))
    """
    names = [(word, word.rstrip("0123456789.")) for word in text.split()]
    return tuple((name, float(word[len(name) :])) for word, name in names)
