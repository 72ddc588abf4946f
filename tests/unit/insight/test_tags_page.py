from pathlib import Path

from asterism.insight.tags import TAGS
from asterism.insight.tags.page import page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "tags.md"


def test_the_catalogue_page_is_current() -> None:
    command = "python -m asterism.insight.tags.page docs/reference/tags.md"
    assert PAGE.read_text(encoding="utf-8") == page(), f"run: {command}"


def test_every_tag_has_its_line() -> None:
    text = page()
    assert all(f"| `{name}` |" in text for name in TAGS)
