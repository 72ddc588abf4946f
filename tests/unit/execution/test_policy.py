"""One document, every problem at once, and nothing sent by half a policy."""

from datetime import date, time
from pathlib import Path

import pytest

from asterism.execution.policy import POLICY_FILE, load_policy, read_policy
from asterism.kernel.errors import InvalidInputError
from asterism.strategy.caps import Caps, Span
from asterism.strategy.terms import MessageClass

WHOLE = """
caps:
  per_minute: 1
  per_hour: 2
  per_day: 3
  per_7_days: 5
  channels:
    sms: {per_hour: 1, per_7_days: 3, cooldown_days: 2}
    app_slot: {per_7_days: null}
one_voice: {order: [manager_list, call_list], days: 3}
hours:
  marketing:
    opens: "09:00"
    closes: "20:30"
    channels: {sms: {opens: "08:00", closes: "22:00"}}
holidays:
  - {first: 2026-10-01, last: 2026-10-08, title: 国庆}
  - {first: 2027-01-01}
zones: [Asia/Shanghai, Asia/Urumqi]
"""


def test_a_home_without_a_document_has_the_defaults(tmp_path: Path) -> None:
    policy = read_policy(tmp_path, "Europe/Madrid")
    assert policy.caps == Caps()
    assert policy.zones == ("Europe/Madrid",)
    marketing = policy.quiet.by_class[MessageClass.MARKETING]
    assert (marketing.of("sms").opens, marketing.of("sms").closes) == (time(8), time(22))
    (tmp_path / POLICY_FILE).write_text(WHOLE, encoding="utf-8")
    assert read_policy(tmp_path).caps.per_day == 3


def test_everything_that_is_written_counts() -> None:
    policy = load_policy(WHOLE)
    caps, quiet = policy.caps, policy.quiet
    assert [caps.limit(span) for span in Span] == [1, 2, 3, 5, 10]
    assert [caps.limit(span, "sms") for span in Span] == [None, 1, None, 3, 4]
    assert caps.limit(Span.WEEK, "app_slot") is None
    assert caps.limit(Span.MONTH, "app_slot") == Caps().channel_per_30_days["app_slot"]
    assert caps.channel_cooldown_days["sms"] == 2
    assert caps.before("email") == ("manager_list", "call_list")
    assert caps.before("call_list") == ("manager_list",)
    assert caps.before("manager_list") == ()
    assert quiet.by_class[MessageClass.MARKETING].of("email").closes == time(20, 30)
    assert quiet.by_class[MessageClass.MARKETING].of("sms").closes == time(22)
    assert date(2026, 10, 5) in quiet.holidays
    assert len(quiet.holidays) == 9
    assert policy.zones == ("Asia/Shanghai", "Asia/Urumqi")
    assert policy.limits(2).touches_per_customer == 2


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("caps: {per_7_days: 0, per_30_days: -1}", ["caps.per_7_days", "caps.per_30_days"]),
        ("caps: {per_hour: 5, per_day: 3}", ["caps.per_hour"]),
        ("caps: {per_day: 6}", ["caps.per_day"]),
        ("caps: {channels: {sms: {per_7_days: 9}}}", ["caps.channels.sms.per_7_days"]),
        ("caps: {channels: {pigeon: {per_day: 1}}}", ["caps.channels.pigeon"]),
        ("caps: {per_wek: 1}", ["caps.per_wek"]),
        ("one_voice: {days: 3}", ["one_voice.order"]),
        ("one_voice: {order: [sms, sms], days: 1}", ["one_voice.order"]),
        ("zones: [Asia/Shanghai, Nowhere/Else]", ["zones[1]"]),
        ('hours: {marketing: {opens: "22:00", closes: "08:00"}}', ["hours.marketing"]),
        ("hours: {marketing: {opens: 10:00}}", ["hours.marketing.opens"]),
        ("holidays: [{first: 2026-10-08, last: 2026-10-01}]", ["holidays[0]"]),
        (
            """
            zones: [Asia/Shanghai, America/New_York]
            hours: {marketing: {opens: "09:00", closes: "17:00"}}
            """,
            ["hours.marketing"],
        ),
        (
            "caps: {per_7_days: 0}\nzones: [Nowhere]\none_voice: {days: 2}",
            ["caps.per_7_days", "zones[0]", "one_voice.order"],
        ),
        ("- not a mapping", [""]),
        ("caps: [", ["1:8"]),
    ],
)
def test_a_wrong_document_is_refused_with_every_problem(text: str, places: list[str]) -> None:
    with pytest.raises(InvalidInputError) as raised:
        load_policy(text)
    assert [problem.where for problem in raised.value.problems] == places
    assert all(str(problem) for problem in raised.value.problems)
