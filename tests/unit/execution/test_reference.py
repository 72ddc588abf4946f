"""The reference page says everything that there is to say, and nothing that there is not."""

import re
from pathlib import Path

from asterism.execution import __all__ as public
from asterism.execution.channels import standard_registry
from asterism.execution.reasons import REASONS, Why
from asterism.execution.receipts import MEANING

PAGE = (Path(__file__).parents[3] / "docs/reference/channels.md").read_text(encoding="utf-8")


def test_every_reason_is_on_the_page_and_no_other() -> None:
    layers = {code.partition(".")[0] for code in Why}
    named = {
        code
        for code in re.findall(r"`([a-z]+\.[a-z_]+)`", PAGE)
        if code.partition(".")[0] in layers
    }

    assert named == set(Why)
    assert set(REASONS) == set(Why)


def test_every_channel_receipt_and_public_function_is_on_the_page() -> None:
    functions = {name for name in public if name[0].islower() and name not in {"touch_id"}}
    wanted = {*standard_registry().factories, *MEANING, *functions} - {"notes_of"}

    assert {name for name in wanted if f"`{name}" not in PAGE} == set()
