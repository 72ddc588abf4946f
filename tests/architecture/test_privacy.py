"""Every stored field says how private it is; secrets that authenticate people are not stored."""

from asterism.kernel.privacy import Privacy
from asterism.warehouse.canonical import TABLES


def test_every_canonical_column_is_labelled_and_none_is_c3() -> None:
    labels = {
        f"{table.name}.{column.name}": column.privacy
        for table in TABLES.values()
        for column in table.columns
    }
    assert {name for name, label in labels.items() if label not in set(Privacy)} == set()
    assert {name for name, label in labels.items() if label is Privacy.C3} == set()


def test_references_name_columns_that_exist() -> None:
    for table in TABLES.values():
        for column in table.columns:
            if column.references:
                target, _, name = column.references.partition(".")
                assert TABLES[target].column(name).type == column.type
