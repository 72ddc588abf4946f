"""Facts that fall into customers' windows, added up."""

import ibis
import ibis.expr.types as ir

#: What identifies a row of a cohort.
KEY = ("strategy", "version", "customer_id")


def within_windows(cohort: ir.Table, facts: ir.Table) -> ir.Table:
    """Return y and x for every row of `cohort` that any fact falls to.

    `cohort` has `KEY`, assigned_on, before (first day of the covariate's window), last (last day
    of the outcome's window) and family; `facts` has customer_id, day, amount and, where the
    family matters, family: then only facts of the cohort row's family count, all if it is null.
    """
    renamed = facts.rename({f"fact_{name}": name for name in facts.columns})
    rows = cohort.select(*KEY, "assigned_on", "before", "last", "family")
    conditions = [
        rows["customer_id"] == renamed["fact_customer_id"],
        renamed["fact_day"] >= rows["before"],
        renamed["fact_day"] <= rows["last"],
    ]
    if "family" in facts.columns:
        conditions.append(same_family(rows["family"], renamed["fact_family"]))
    hits = rows.join(renamed, conditions)
    after = hits["fact_day"] >= hits["assigned_on"]
    return hits.group_by(list(KEY)).agg(
        y=hits["fact_amount"].sum(where=after), x=hits["fact_amount"].sum(where=~after)
    )


def same_family(wanted: ir.StringValue, found: ir.StringValue) -> ir.BooleanValue:
    """Tell whether a fact's family is the wanted one; null wants any."""
    return wanted.isnull() | (wanted == found)


def whether(found: ir.Table) -> ir.Table:
    """Turn how often something happened into whether it did: 1 or 0."""
    return found.mutate(**{name: ibis.ifelse(found[name] > 0, 1, 0) for name in ("y", "x")})
