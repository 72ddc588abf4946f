"""A load's source as one view: its files, joined files beside them, every row numbered."""

from collections.abc import Mapping as Entries
from dataclasses import dataclass

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.warehouse.intake.compile import FILE, ROW
from asterism.warehouse.intake.convert import exact_number
from asterism.warehouse.intake.sql import ALL, name, parquet, select
from asterism.warehouse.intake.staged import Staged
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.mapping.document import suggestion
from asterism.warehouse.mapping.model import Join, Load


@dataclass(frozen=True, slots=True)
class Source:
    """A view that can be selected from."""

    view: str
    #: DuckDB's type by column; a joined file's columns are called `name.column`.
    types: Entries[str, str]


def plain_view(staged: Staged, first_file: int) -> str:
    """Return the query of all staged files, numbered from `first_file`."""
    columns = {column: _value(column, staged) for column in staged.types}
    numbers = {FILE: f"CAST(file_index + {first_file} AS INTEGER)", ROW: "file_row_number"}
    paths = [file.path for file in staged.files]
    by_name = len(paths) > 1
    return select({**columns, **numbers}, parquet(paths, by_name=by_name))


def _value(column: str, staged: Staged) -> str:
    """Blanks around a text that people or programs wrote mean nothing, nor does an empty one."""
    if staged.is_text and staged.types[column] == "VARCHAR":
        return f"nullif(trim({name(column)}), '')"
    return name(column)


def create_source(
    workshop: Workshop, load: Load, staged: Staged, joined: Entries[str, Staged], first_file: int
) -> Source:
    """Create the view of some files of a load; InvalidInputError if a join cannot be made."""
    view = name(f"source {load.table} {load.name} {first_file}")
    query = plain_view(staged, first_file)
    types = dict(staged.types)
    joining = _Joining(workshop, load)
    for join in load.joins:
        query = joining.beside(query, types, join, joined[join.name])
        types |= {f"{join.name}.{column}": kind for column, kind in joined[join.name].types.items()}
    if joining.problems:
        raise InvalidInputError(N_("The import stops"), joining.problems)
    workshop.run(f"CREATE OR REPLACE TEMP VIEW {view} AS {query}")
    return Source(view, types)


class _Joining:
    """Puts joined files beside a load's rows, never multiplying them."""

    def __init__(self, workshop: Workshop, load: Load) -> None:
        self.problems: list[Problem] = []
        self._workshop = workshop
        self._load = load

    def beside(self, query: str, types: Entries[str, str], join: Join, staged: Staged) -> str:
        """Return the query with the joined file's columns, null where it has no row of the key."""
        keys = [
            (self._known(mine, types, join), self._known(theirs, staged.types, join))
            for mine, theirs in join.on.items()
        ]
        where = (
            join.where.sql(
                lambda column: name(self._known(column, staged.types, join)),
                lambda inner: exact_number(inner, self._load.reading),
            )
            if join.where
            else ""
        )
        if self.problems:
            return query
        table = name(f"joined {self._load.table} {self._load.name} {join.name}")
        kept = select({ALL: "*"}, f"({plain_view(staged, 0)})", where=where)
        self._workshop.run(f"CREATE TEMP TABLE IF NOT EXISTS {table} AS {kept}")
        self._check_unique(table, [theirs for _, theirs in keys], join)
        matches = " AND ".join(
            f"CAST(rows.{name(mine)} AS VARCHAR) = CAST(other.{name(theirs)} AS VARCHAR)"
            if types[mine] != staged.types[theirs]
            else f"rows.{name(mine)} = other.{name(theirs)}"
            for mine, theirs in keys
        )
        columns = {f"{join.name}.{column}": f"other.{name(column)}" for column in staged.types}
        sources = f"({query}) AS rows LEFT JOIN {table} AS other ON {matches}"
        return select({ALL: "rows.*", **columns}, sources)

    def _check_unique(self, table: str, keys: list[str], join: Join) -> None:
        listed = ", ".join(name(key) for key in keys)
        groups = f"({select({'n': 'count(*)'}, table)} GROUP BY {listed})"
        doubled = self._workshop.number(select({"n": "count(*)"}, groups, where="n > 1"))
        if doubled:
            message = N_(
                "{count} keys of {join} occur more than once: add a where that leaves one."
            )
            self._problem(message, count=doubled, join=join.name)

    def _known(self, column: str, types: Entries[str, str], join: Join) -> str:
        if column not in types:
            nearest = suggestion(column, list(types))
            message = N_("join {join}: there is no column {column}; it has {known}.")
            self._problem(
                message, join=join.name, column=column, known=", ".join(types), suggestion=nearest
            )
        return column

    def _problem(self, message: str, **values: object) -> None:
        where = self._load.where_in_file
        self.problems.append(Problem(message=message, where=where, values=values))
