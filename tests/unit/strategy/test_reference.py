from pathlib import Path

from asterism.execution.policy import (
    CapsPart,
    ChannelCaps,
    ClassHours,
    Holiday,
    PolicyDocument,
)
from asterism.strategy import GATES, REASONS, Strategy
from asterism.strategy.channels import CHANNELS
from asterism.strategy.scripts import SCRIPT_VARIABLES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "strategy-file.md"


def test_every_field_reason_channel_and_variable_has_its_line() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = {*REASONS, *CHANNELS, *SCRIPT_VARIABLES}
    missing = [name for name in names if f"`{name}`" not in page]
    missing += [name for name in Strategy.model_fields if f"`{name}" not in page]
    assert missing == []


def test_every_gate_has_its_line_on_the_page_of_gates() -> None:
    page = PAGE.with_name("gates.md").read_text(encoding="utf-8")
    assert [gate.code for gate in GATES if f"`{gate.code}`" not in page] == []


def test_every_part_of_the_contact_policy_has_its_line() -> None:
    page = PAGE.with_name("contact-policy.md").read_text(encoding="utf-8")
    parts = (PolicyDocument, CapsPart, ChannelCaps, ClassHours, Holiday)
    names = {name for part in parts for name in part.model_fields} - {"title"}
    assert [name for name in sorted(names) if name not in page] == []
