"""Finding a customer by id, by name, or by the end of the mobile number."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from asterism.warehouse import Snapshot

LIMIT = 20
#: The fewest digits of a mobile number that are looked for.
FEWEST_DIGITS = 4
_SHOWN_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One customer who fits, so far masked that the right one can be picked."""

    customer_id: str
    #: The first letter of each word, then stars.
    name: str
    #: Stars, then the last four digits.
    mobile: str
    city: str | None
    branch_id: str | None
    manager_id: str | None


def search_customers(
    snapshot: Snapshot, connection: Backend, text: str, *, limit: int = LIMIT
) -> tuple[Found, ...]:
    """Return customers whose id or name begins with `text`, or whose mobile number ends with it.

    Exact ids come first, then exact names, then the rest by id. Nothing for an empty text.
    """
    wanted = text.strip()
    if not wanted:
        return ()
    columns = ["customer_id", "name", "mobile", "city", "branch_id", "manager_id"]
    people = snapshot.table(connection, "customers", columns=columns)
    hits = people.filter(_fits(people, wanted)).mutate(rank=_rank(people, wanted))
    first = hits.order_by(["rank", "customer_id"]).limit(limit)
    return tuple(
        Found(
            customer_id=row["customer_id"],
            name=masked_name(row["name"]),
            mobile=masked_mobile(row["mobile"]),
            city=row["city"],
            branch_id=row["branch_id"],
            manager_id=row["manager_id"],
        )
        for row in connection.to_pyarrow(first).to_pylist()
    )


def _fits(people: ir.Table, wanted: str) -> ir.BooleanValue:
    fits = people["customer_id"].startswith(wanted) | people["name"].startswith(wanted)
    if wanted.isdigit() and len(wanted) >= FEWEST_DIGITS:
        fits |= people["mobile"].endswith(wanted)
    return fits.fill_null(False)  # noqa: FBT003 - Ibis takes the value by place


def _rank(people: ir.Table, wanted: str) -> ir.IntegerValue:
    return ibis.cases((people["customer_id"] == wanted, 0), (people["name"] == wanted, 1), else_=2)


def masked_name(name: str | None) -> str:
    """Return the first letter of each word of a name, then stars.

    >>> masked_name("王小明"), masked_name("Ana García"), masked_name(None)
    ('王**', 'A** G*****', '')
    """
    return " ".join(word[0] + "*" * (len(word) - 1) for word in (name or "").split())


def masked_mobile(mobile: str | None) -> str:
    """Return stars and the last four digits.

    >>> masked_mobile("13812341234"), masked_mobile("12")
    ('*******1234', '**')
    """
    number = mobile or ""
    hidden = max(len(number) - _SHOWN_DIGITS, 0) or len(number)
    return "*" * hidden + number[hidden:]
