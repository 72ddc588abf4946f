"""What differs between two versions is said by field."""

from asterism.strategy import library, load_strategy
from asterism.strategy.versions import changes, yaml_diff


def test_changes_are_said_by_field(text: str) -> None:
    before = load_strategy(text)
    after = load_strategy(
        text.replace("0.2", "0.3")
        .replace("aum >= 10000", "aum >= 20000")
        .replace("[email, app_slot]", "[app_slot, email]")
        .replace("family: bond_fund}", "family: bond_fund, quota: {maximum: 5}}")
        .replace("Hello {{ name }}", "Dear {{ name }}")
    )
    found = {one.where: (one.kind, one.before, one.after) for one in changes(before, after)}
    assert found == {
        "audience": ("changed", "aum >= 10000", "aum >= 20000"),
        "offers.bond.quota.maximum": ("added", None, 5),
        "channels": ("changed", ["email", "app_slot"], ["app_slot", "email"]),
        "scripts.email, *, main.subject": ("changed", "Hello {{ name }}", "Dear {{ name }}"),
        "holdout": ("changed", 0.2, 0.3),
    }
    assert "-holdout: 0.2" in yaml_diff(before, after, ("v1", "v2"))


def test_moving_an_offer_is_not_changing_it() -> None:
    (one,) = (strategy for strategy in library() if strategy.id == "first_fund")
    turned = one.model_copy(update={"offers": tuple(reversed(one.offers))})
    assert changes(one, turned) == ()
    assert changes(one, one) == ()
