from dataclasses import replace

import ibis
import pytest

from asterism.audience import TagType, compile_audience
from asterism.insight.tags import TAGS, Category, catalogue
from asterism.insight.tags.lineage import lineage, privacy
from asterism.insight.tags.population import daily_tags
from asterism.insight.tags.templates import Template, TemplateTag, made_of
from asterism.kernel.errors import InvalidInputError
from asterism.kernel.words import Text

COFFEE = TemplateTag(
    name="dining_60d",
    title=Text("近60天餐饮", "Dining, 60 days", "Restaurantes, 60 días"),
    category=Category.PREFERENCE,
    template=Template.SUM,
    table="transactions",
    column="amount",
    days=60,
    where={"kind": ("card",), "merchant_category": ("dining",)},
    negate=True,
)


def test_a_sum_of_money_over_some_days_is_a_tag_like_any_other() -> None:
    tag = made_of(COFFEE, TAGS)
    tags = {**TAGS, tag.name: tag}
    assert tag.type is TagType.MONEY
    assert set(lineage(tag, tags)) == {
        "transactions.amount",
        "transactions.kind",
        "transactions.merchant_category",
        "transactions.posted_at",
    }
    assert privacy(tag, tags).value == "C2"
    assert compile_audience("dining_60d > 500", catalogue(tags=tags)).tags == {"dining_60d"}
    assert "dining" in ibis.to_sql(daily_tags({tag.name: tag}, raw=True))


@pytest.mark.parametrize(
    ("template", "kind", "unit"),
    [
        (Template.COUNT, TagType.INTEGER, "count"),
        (Template.DAYS_SINCE, TagType.INTEGER, "day"),
        (Template.MOST, TagType.MONEY, "currency"),
    ],
)
def test_each_template_has_a_type_and_a_unit(template: Template, kind: TagType, unit: str) -> None:
    tag = made_of(replace(COFFEE, template=template), TAGS)
    assert (tag.type, tag.unit) == (kind, unit)


def test_everything_wrong_with_a_template_is_told_at_once() -> None:
    wrong = replace(
        COFFEE,
        name="aum",
        days=0,
        column="kind",
        where={"kind": ("cards",), "password": ("x",)},
    )
    with pytest.raises(InvalidInputError) as told:
        made_of(wrong, TAGS)
    assert {problem.where for problem in told.value.problems} == {
        "name",
        "days",
        "column",
        "where.kind",
        "where.password",
    }


def test_a_name_cannot_carry_code_and_a_table_must_be_countable() -> None:
    wrong = replace(COFFEE, name='x" FROM', table="customers")
    with pytest.raises(InvalidInputError) as told:
        made_of(wrong, TAGS)
    assert {problem.where for problem in told.value.problems} == {"name", "table"}
