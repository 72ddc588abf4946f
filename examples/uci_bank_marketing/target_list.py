# ruff: noqa: INP001, T201
"""A target list for the next term-deposit campaign, and how good it would have been.

A response model learns from 70 % of the contacts and is judged on the other 30 %, which it never
saw. Whose contact is held out is decided by a hash of the customer's id, the same every time.

    python target_list.py bank_additional_full.parquet HOME
"""

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend
from prepare import prepare

from asterism.insight.lift import Part, auc, lift_table, top_lift
from asterism.insight.response import ResponseModel, fit
from asterism.kernel.hashing import threshold
from asterism.warehouse import Snapshot, Warehouse, connect, import_mapping, load_mapping

SEED = 7
HELD_OUT = 0.3
LIST_SHARE = 0.2
SALT = "uci_bank_marketing"
HERE = Path(__file__).parent

WORDS = ("credit_in_default", "schooling", "telephone", "weekday", "month", "earlier_outcome")
NUMBERS = (
    "calls",
    "days_since_campaign",
    "earlier_calls",
    "employment_variation",
    "consumer_prices",
    "consumer_confidence",
    "euribor_3m",
    "employed",
)
FEATURES = ("age", "occupation", "marital_status", "mortgage", "consumer_loan", *WORDS, *NUMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out."""

    model: ResponseModel
    auc: float
    #: Ten equal parts of the held-out contacts, the best first.
    deciles: tuple[Part, ...]
    #: The best fifth of the held-out contacts.
    list: Part


def import_contacts(published: Path, home: Path) -> Snapshot:
    """Import the campaign into a warehouse below `home`."""
    source = prepare(published, home / "source").parent
    snapshot, report = import_mapping(
        Warehouse(home / "warehouse"), None, load_mapping(HERE / "mapping.yaml"), source
    )
    if report.quarantined:
        raise SystemExit(f"{report.quarantined} rows went to quarantine")
    return snapshot


def contacts(snapshot: Snapshot, connection: Backend) -> pa.Table:
    """Return one row per contact: what was known before the call, and how it ended."""
    people = snapshot.table(connection, "customers")
    calls = snapshot.table(connection, "interactions")
    facts = snapshot.table(connection, "external_facts")
    loans = snapshot.table(connection, "accounts")
    known = facts.group_by("customer_id").agg(
        **{name: facts["value_text"].max(where=facts["fact"] == name) for name in WORDS},
        **{name: facts["value_number"].max(where=facts["fact"] == name) for name in NUMBERS},
    )
    owed = loans.group_by("customer_id").agg(
        **{
            family: (loans["family"] == family).any().cast("float64")
            for family in ("mortgage", "consumer_loan")
        }
    )
    rows = calls.select("customer_id", "occurred_at", yes=calls["outcome"] == "accepted")
    rows = rows.join(
        people.select("customer_id", "birth_date", "occupation", "marital_status"), "customer_id"
    )
    rows = rows.left_join(known, "customer_id").drop("customer_id_right")
    rows = rows.left_join(owed, "customer_id").drop("customer_id_right")
    draw = (ibis.literal(f"{SALT}:") + rows["customer_id"]).hexdigest("md5").substr(0, 8)
    rows = rows.mutate(
        age=(rows["occurred_at"].year() - rows["birth_date"].year()).cast("float64"),
        mortgage=rows["mortgage"].fill_null(0.0),
        consumer_loan=rows["consumer_loan"].fill_null(0.0),
        held_out=draw < threshold(HELD_OUT),
    )
    return connection.to_pyarrow(rows.order_by("customer_id"))


def judge(table: pa.Table) -> tuple[Result, pa.Table]:
    """Fit on the contacts that are not held out, and judge on those that are."""
    held = table.column("held_out")
    model = fit(table.filter(pc.invert(held)), "yes", FEATURES, seed=SEED)
    judged = table.filter(held)
    scores = model.score(judged)
    yes = judged.column("yes").to_numpy()
    result = Result(
        model=model,
        auc=auc(scores, yes),
        deciles=lift_table(scores, yes),
        list=top_lift(scores, yes, LIST_SHARE),
    )
    return result, judged.append_column("score", pa.array(scores))


def write_list(model: ResponseModel, judged: pa.Table, path: Path) -> None:
    """Write the best fifth with their probability and the three strongest reasons."""
    best = judged.sort_by([("score", "descending"), ("customer_id", "ascending")])
    best = best.slice(0, round(LIST_SHARE * judged.num_rows))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer_id", "probability", "reasons"])
        ids = best.column("customer_id").to_pylist()
        shares = best.column("score").to_pylist()
        for customer_id, share, reasons in zip(ids, shares, model.explain(best), strict=True):
            words = "; ".join(f"{one.feature} = {one.value} ({one.amount:+.2f})" for one in reasons)
            writer.writerow([customer_id, f"{share:.4f}", words])


def table_of(parts: Sequence[Part]) -> str:
    """Return the result as a Markdown table."""
    lines = [
        "| tenth | contacts | said yes | promised | share, 95 % interval | times the average |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {part.number} | {part.customers:,} | {part.successes:,} | {part.expected:.1%} "
        f"| {part.share:.1%} [{part.low:.1%}, {part.high:.1%}] "
        f"| {part.lift:.2f} [{part.lift_low:.2f}, {part.lift_high:.2f}] |"
        for part in parts
    ]
    return "\n".join(lines)


def main(published: Path, home: Path) -> None:
    """Import, learn, judge, and write the model and the list below `home`."""
    connection = connect()
    result, judged = judge(contacts(import_contacts(published, home), connection))
    connection.disconnect()
    result.model.save(home / "model")
    write_list(result.model, judged, home / "lists" / "term_deposit.csv")
    best = result.list
    print(f"AUC on {judged.num_rows:,} held-out contacts: {result.auc:.3f}")
    print(
        f"best fifth: {best.share:.1%} said yes, {best.lift:.2f} times the average "
        f"[{best.lift_low:.2f}, {best.lift_high:.2f}]\n"
    )
    print(table_of(result.deciles))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
