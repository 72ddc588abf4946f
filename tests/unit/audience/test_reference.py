"""The reference page shows what the language really does."""

import re
from pathlib import Path

import pytest

from asterism.audience import InvalidAudienceError, compile_audience, limits
from asterism.insight.tags import catalogue

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "audience-language.md"
TEXT = PAGE.read_text(encoding="utf-8")
CATALOGUE = catalogue({"payroll": "salary_detected"})
BLOCKS = "\n\n".join(re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL))
EXAMPLES = [line for line in BLOCKS.splitlines() if line and not line.startswith("--")]
ERRORS = re.findall(r"^\| `(.+)` \| (\d+:\d+: .+) \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_compiles_over_the_built_in_tags(example: str) -> None:
    assert compile_audience(example, CATALOGUE).text == example


@pytest.mark.parametrize(("written", "said"), ERRORS)
def test_every_error_is_said_as_shown(written: str, said: str) -> None:
    with pytest.raises(InvalidAudienceError) as caught:
        compile_audience(written, CATALOGUE)
    assert said in [str(problem) for problem in caught.value.problems]


def test_the_page_has_examples_errors_and_the_limits() -> None:
    assert len(EXAMPLES) > 5
    assert len(ERRORS) > 8
    for name in dir(limits):
        if name.startswith("MAX_"):
            number = f"{getattr(limits, name):,}"
            assert re.search(rf"\b{number}\b", TEXT), name
