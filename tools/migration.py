"""Writes the ledger's next migration from what the tables declare.

Usage: `python tools/migration.py "what changes"`; nothing is written when nothing changes.
`python tools/migration.py --again` writes the newest step anew, as long as no release has it;
rows that move are moved by hand, between two comments that begin with `# rows`, and stay.
"""

import re
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import UpgradeOps
from sqlalchemy import Engine

import asterism.cli.serving  # noqa: F401 - declares every table
from asterism.ledger import metadata, open_ledger, upgrade

VERSIONS = Path(__file__).parent.parent / "src/asterism/ledger/migrations/versions"
PAGE = '''"""{title}."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """{title}."""
    {code}


def downgrade() -> None:
    """Take it back."""
    {back}
'''


def pending(engine: Engine) -> tuple[str, str]:
    """Return the code that brings a ledger at the newest step to the declared tables, and back."""
    options = {"compare_type": True, "render_as_batch": True}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        script = produce_migrations(context, metadata)
        forward: UpgradeOps | None = script.upgrade_ops
        if forward is None or forward.is_empty() or script.downgrade_ops is None:
            return "", ""
        code = render_python_code(forward, render_as_batch=True, migration_context=context)
        back = render_python_code(
            script.downgrade_ops, render_as_batch=True, migration_context=context
        )
    return code, back


def _tidy(code: str) -> str:
    """Use the database's own types, so that old steps never import new code."""
    code = re.sub(r"asterism\.\S+?AwareMoment\(.*?\)", "sa.DateTime(timezone=True)", code)
    return re.sub(r" *# ###.*\n?", "", code).strip()


def _moved_rows(step: str) -> str:
    """Return what a step moves by hand, with the comments that stand around it."""
    found = re.search(r"^ *# rows.*?# rows[^\n]*\n", step, re.DOTALL | re.MULTILINE)
    return found[0] if found else ""


def _with_moved_rows(code: str, moved: str) -> str:
    """Move rows once the new tables are there and before the old ones go."""
    lines = code.splitlines(keepends=True)
    drops = next(n for n, line in enumerate([*lines, "drop_"]) if "drop_" in line)
    inside = drops and lines[drops - 1].lstrip().startswith("with ")
    place = drops - 1 if inside else drops
    return "".join([*lines[:place], moved, *lines[place:]]) if moved else code


def main() -> int:
    """Write the next step."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and its argument
        sys.stderr.write(f"{__doc__}\n")
        return 2
    title, moved = sys.argv[1], ""
    steps = sorted(VERSIONS.glob("s[0-9]*.py"))
    if title == "--again":
        moved = _moved_rows(steps[-1].read_text())
        title = steps[-1].read_text().removeprefix('"""').partition(".\n")[0].partition('."""')[0]
        steps.pop().unlink()
    with tempfile.TemporaryDirectory() as directory:
        engine = open_ledger(f"sqlite:///{directory}/ledger.db")
        if steps:
            upgrade(engine)
        code, back = pending(engine)
    if not code:
        sys.stderr.write("The tables are as the migrations leave them.\n")
        return 0
    revision = f"{len(steps) + 1:04d}"
    page = PAGE.format(
        title=title,
        revision=revision,
        down=f"{len(steps):04d}" if steps else None,
        code=_with_moved_rows(_tidy(code), moved),
        back=_tidy(back),
    )
    (VERSIONS / f"s{revision}_{'_'.join(title.lower().split())}.py").write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
