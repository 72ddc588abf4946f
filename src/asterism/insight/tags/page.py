"""The catalogue page of the reference, made from the declarations."""

from collections.abc import Mapping

from asterism.insight.tags.lineage import lineage, privacy
from asterism.insight.tags.registry import TAGS
from asterism.insight.tags.tag import Category, Tag

_HEAD = """# Tags

A tag is one thing known about every customer. It is declared once, in
`src/asterism/insight/tags/declared/`, and everything else follows from the declaration: how it is
computed, which columns it rests on, how private it is, this page.

- **Type**: `flag`, `integer`, `number`, `money` (minor units of the currency), `text`.
- **Kind**: `daily` tags are read from the canonical tables, `derived` tags from other tags.
- **Privacy**: the highest class of the columns it rests on (JR/T 0171), or higher.
- "Last N days" means the N days that end with the snapshot's day, that day included (UTC days).
- A count or a sum is 0 where nothing happened; anything else is null where nothing is known.

The page is generated: `python -m asterism.insight.tags.page docs/reference/tags.md`.
"""


def page(tags: Mapping[str, Tag] = TAGS) -> str:
    """Return the catalogue as Markdown."""
    sections = [_HEAD, f"There are {len(tags)} built-in tags."]
    for category in Category:
        own = [tag for tag in tags.values() if tag.category is category]
        if own:
            sections.append(f"## {category.title.en} · {category.title.zh} · {category.title.es}")
            sections.append("\n".join([_HEADING, *(_row(tag, tags) for tag in own)]))
    return "\n\n".join(section.rstrip("\n") for section in sections) + "\n"


_HEADING = (
    "| tag | title | meaning | type | unit | kind | privacy | rests on |\n"
    "|---|---|---|---|---|---|---|---|"
)


def _row(tag: Tag, tags: Mapping[str, Tag]) -> str:
    title = f"{tag.title.en} · {tag.title.zh} · {tag.title.es}"
    meaning = tag.description.en if tag.description != tag.title else ""
    values = f"one of {', '.join(f'`{value}`' for value in tag.values)}" if tag.values else ""
    told = "; ".join(part for part in (meaning, values) if part)
    columns = ", ".join(f"`{name}`" for name in lineage(tag, tags))
    cells = (
        f"`{tag.name}`",
        title,
        told,
        tag.type.value,
        tag.unit,
        tag.kind.value,
        privacy(tag, tags).value,
        columns,
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    import sys
    from pathlib import Path

    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
