"""The mapping file of the simulated bank: its exports are canonical already."""

from asterism.twin.locales import LocalePack
from asterism.warehouse.canonical import TABLES, Layout


def mapping_text(pack: LocalePack) -> str:
    """Return the identity mapping, as the warehouse's mapping loader reads it.

    Tables that are exported whole are read from their newest file, the others from every file.
    """
    lines = [
        "# The simulated bank exports canonical tables: every column is taken as it is.",
        "version: 1",
        f"currency: {pack.currency}",
        f"time_zone: {pack.time_zone}",
        "money: minor",
        "tables:",
    ]
    for table in TABLES.values():
        take = "all" if table.layout is Layout.MONTHS else "latest"
        lines += [
            f"  {table.name}:",
            f'    files: "{table.name}/*.parquet"',
            "    format: parquet",
            f"    take: {take}",
            "    columns: same",
        ]
    return "\n".join(lines) + "\n"
