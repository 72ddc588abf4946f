from pathlib import Path

from asterism.strategy import REASONS, Strategy
from asterism.strategy.channels import CHANNELS
from asterism.strategy.scripts import SCRIPT_VARIABLES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "strategy-file.md"


def test_every_field_reason_channel_and_variable_has_its_line() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = {*REASONS, *CHANNELS, *SCRIPT_VARIABLES}
    missing = [name for name in names if f"`{name}`" not in page]
    missing += [name for name in Strategy.model_fields if f"`{name}" not in page]
    assert missing == []
