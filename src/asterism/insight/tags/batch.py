"""A batch of computed tags as typed arrays, the shape that all writers take."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from asterism.audience import TagSpec, TagType
from asterism.audience.columns.values import Batch, Coded


def arrays(table: pa.Table, specs: Iterable[TagSpec]) -> dict[str, Batch]:
    """Return each tag's values and where it has any (None: everywhere), in the table's order."""
    return {spec.name: _array(table.column(spec.name), spec.type) for spec in specs}


def in_order(table: pa.Table) -> pa.Table:
    """Return the customers sorted by bucket and id; the engine mostly leaves them so."""
    keys = [("bucket", "ascending"), ("customer_id", "ascending")]
    order = pc.sort_indices(table, sort_keys=keys).to_numpy()
    if np.array_equal(order, np.arange(len(order))):
        return table
    return table.take(pa.array(order))


def _array(column: pa.ChunkedArray, kind: TagType) -> Batch:
    whole = column.combine_chunks()
    valid: NDArray[np.bool_] | None = None
    if whole.null_count:
        valid = pc.is_valid(whole).to_numpy(zero_copy_only=False)
    if kind is TagType.TEXT:
        coded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
        codes = pc.fill_null(coded.indices, 0).to_numpy(zero_copy_only=False)
        return Coded(codes, tuple(coded.dictionary.to_pylist())), valid
    if kind is TagType.DATE:
        whole = whole.cast(pa.int32())
    filled = whole if valid is None else pc.fill_null(whole, pa.scalar(0).cast(whole.type))
    return filled.to_numpy(zero_copy_only=False), valid
