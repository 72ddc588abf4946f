"""Names and numbers of customers, masked unless someone gave a reason to see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from asterism.kernel.hashing import bucket_of
from asterism.server.auth.masking import masked_mail, masked_name, masked_number
from asterism.server.services import Reading, Services

_COLUMNS = ("customer_id", "name", "mobile", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What identifies a customer."""

    name: str
    mobile: str
    email: str

    def masked(self) -> "Person":
        """Return what is shown by default."""
        return Person(
            name=masked_name(self.name),
            mobile=masked_number(self.mobile),
            email=masked_mail(self.email),
        )


def people(
    services: Services, reading: Reading, customer_ids: Collection[str], *, clear: bool = False
) -> Mapping[str, Person]:
    """Return the named customers who are known, masked unless `clear`."""
    wanted = sorted(set(customer_ids))
    if not wanted:
        return {}
    with services.engines.lend() as connection:
        table = reading.snapshot.table(
            connection,
            "customers",
            buckets={bucket_of(one) for one in wanted},
            columns=list(_COLUMNS),
        )
        rows = connection.to_pyarrow(table.filter(table["customer_id"].isin(wanted))).to_pylist()
    found = {row["customer_id"]: _person(row) for row in rows}
    return found if clear else {key: person.masked() for key, person in found.items()}


def _person(row: Mapping[str, str | None]) -> Person:
    return Person(name=row["name"] or "", mobile=row["mobile"] or "", email=row["email"] or "")
