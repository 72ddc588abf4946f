from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pytest

from asterism.audience import TagType, compile_audience
from asterism.insight.tags import TAGS, Category, Kind, Tag, catalogue
from asterism.insight.tags.derive import in_order, reads
from asterism.insight.tags.lineage import column_privacy, lineage, privacy, used_by
from asterism.insight.tags.passes import daily, level_rows, summed
from asterism.insight.tags.population import daily_tags, derived_tags, sources_of
from asterism.insight.tags.tag import Formula, FromSource, Holds
from asterism.kernel.errors import InvalidInputError
from asterism.warehouse import TABLES

RELIED_ON = (
    "age",
    "gender",
    "city",
    "province",
    "customer_months",
    "branch_id",
    "manager_id",
    "tier",
    "lifecycle",
    "aum",
    "aum_avg_30d",
    "aum_avg_90d",
    "aum_change_30d",
    "aum_change_rate_90d",
    "deposit_balance",
    "demand_balance",
    "fund_balance",
    "wealth_balance",
    "loan_balance",
    "holds_term_deposit",
    "holds_fund",
    "holds_wealth",
    "holds_insurance",
    "holds_credit_card",
    "holds_mortgage",
    "holds_consumer_loan",
    "products_held",
    "days_to_maturity",
    "maturing_amount_30d",
    "inflow_30d",
    "outflow_30d",
    "inflow_7d",
    "largest_inflow_7d",
    "transactions_30d",
    "transactions_90d",
    "days_since_transaction",
    "salary_detected",
    "salary_amount",
    "days_since_salary",
    "card_spend_30d",
    "card_spend_90d",
    "top_merchant_category",
    "card_activated",
    "logins_7d",
    "logins_30d",
    "logins_90d",
    "days_since_login",
    "product_views_30d",
    "fund_views_30d",
    "wealth_views_30d",
    "loan_views_30d",
    "preferred_channel",
    "preferred_hour",
    "complaints_90d",
    "last_survey_score",
    "service_temper",
    "risk_capacity",
    "days_since_risk_test",
    "life_stage",
    "days_to_birthday",
    "consent_marketing",
    "consent_sms",
    "consent_email",
    "consent_phone",
    "consent_app",
    "personalisation_refused",
    "blacklisted",
    "deceased",
    "staff_member",
    "has_mobile",
    "has_email",
    "rfm_score",
    "anomaly_score",
)

ALL = list(TAGS.values())


@pytest.fixture
def spark_options() -> Iterator[None]:
    """Set the option that Ibis keeps in Spark's backend, which is not loaded without its client."""
    before = ibis.options.pyspark
    object.__setattr__(ibis.options, "pyspark", SimpleNamespace(treat_nan_as_null=False))
    yield
    object.__setattr__(ibis.options, "pyspark", before)


def tag_named(tag: Tag) -> str:
    return tag.name


def test_there_are_at_least_ninety_tags_in_nine_categories() -> None:
    assert len(TAGS) >= 90
    assert {tag.category for tag in ALL} == set(Category)
    assert len(Category) == 9


def test_every_tag_that_other_parts_rely_on_exists() -> None:
    assert set(RELIED_ON) - TAGS.keys() == set()


@pytest.mark.parametrize("tag", ALL, ids=tag_named)
def test_a_tag_has_words_in_three_languages_and_an_owner(tag: Tag) -> None:
    for text in (tag.title, tag.description, tag.category.title):
        assert all((text.zh, text.en, text.es))
    assert any(ord(letter) > 0x2E80 for letter in tag.title.zh)
    assert tag.owner
    assert tag.type is not TagType.MONEY or tag.unit == "currency"


def test_no_two_tags_have_the_same_title() -> None:
    for locale in ("zh", "en", "es"):
        titles = [tag.title.in_locale(locale) for tag in ALL]
        assert len(titles) == len(set(titles))


@pytest.mark.parametrize("tag", ALL, ids=tag_named)
def test_a_tag_comes_from_canonical_columns_and_is_as_private_as_they_are(tag: Tag) -> None:
    columns = lineage(tag, TAGS)
    assert columns
    for qualified in columns:
        table, _, column = qualified.partition(".")
        assert column in TABLES[table].names
        assert privacy(tag, TAGS) >= column_privacy(qualified)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("age", {"customers.birth_date"}),
        ("employer_industry", {"employers.industry"}),
        ("inflow_30d", {"transactions.posted_at", "transactions.amount", "transactions.kind"}),
        (
            "top_merchant_category",
            {
                "transactions.posted_at",
                "transactions.amount",
                "transactions.kind",
                "transactions.merchant_category",
            },
        ),
        (
            "aum",
            {
                "balances.date",
                "balances.balance",
                "balances.family",
                "accounts.closed_on",
            },
        ),
        ("holds_fund", {"accounts.family", "accounts.opened_on", "accounts.closed_on"}),
    ],
)
def test_lineage_is_derived_from_what_the_expression_reads(name: str, columns: set[str]) -> None:
    assert set(lineage(TAGS[name], TAGS)) == columns


def test_a_derived_tag_has_the_lineage_of_what_it_reads() -> None:
    tier = set(lineage(TAGS["tier"], TAGS))
    assert tier == set(lineage(TAGS["aum_avg_90d"], TAGS))
    assert "tier" in used_by("aum_avg_90d", TAGS)


def test_a_tag_may_be_more_private_than_its_sources_but_not_less() -> None:
    city = TAGS["city"]
    assert privacy(city, TAGS).value == "C1"
    assert privacy(replace(city, privacy_floor=privacy(TAGS["age"], TAGS)), TAGS).value == "C2"


def test_derived_tags_are_computed_after_those_they_read() -> None:
    done = {tag.name for tag in ALL if tag.kind is Kind.DAILY}
    for ready in in_order(TAGS):
        for tag in ready:
            assert reads(tag, TAGS) <= done
        done |= {tag.name for tag in ready}
    assert done == TAGS.keys()


def test_a_cycle_of_tags_is_refused_with_its_path() -> None:
    first = replace(TAGS["idle_money"], name="first", rule=Holds("second"))
    second = replace(TAGS["idle_money"], name="second", rule=Holds("first"))
    with pytest.raises(InvalidInputError, match=r"first → second|second → first"):
        in_order({"first": first, "second": second})


def test_a_tag_that_reads_what_does_not_exist_is_refused() -> None:
    orphan = replace(TAGS["net_flow_30d"], rule=Formula(("nothing",), lambda t: t["nothing"]))
    with pytest.raises(InvalidInputError, match="There is no tag nothing"):
        in_order({"orphan": orphan})


def test_the_audience_language_knows_every_tag_with_its_type_and_values() -> None:
    known = catalogue({"rich": "tier = 'private'"})
    assert known.tags.keys() == TAGS.keys()
    audience = compile_audience("IN_SEGMENT('rich') AND aum >= 100 AND NOT holds_fund", known)
    assert {"tier", "aum", "holds_fund"} <= audience.tags


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark"])
@pytest.mark.usefixtures("spark_options")
def test_every_expression_compiles_for_every_engine(dialect: str) -> None:
    for raw in (True, False):
        assert "GROUP BY" in ibis.to_sql(daily_tags(TAGS, raw=raw), dialect=dialect)
    assert "CASE" in ibis.to_sql(derived_tags(TAGS), dialect=dialect)
    for source in sources_of(TAGS):
        if source.dated:
            days = ibis.table(daily(source).schema(), name="days")
            assert "GROUP BY" in ibis.to_sql(daily(source), dialect=dialect)
            assert "GROUP BY" in ibis.to_sql(summed(source, days), dialect=dialect)


def test_no_expression_ranks_all_customers_or_hashes_them() -> None:
    text = ibis.to_sql(daily_tags(TAGS, raw=True)) + ibis.to_sql(derived_tags(TAGS))
    for word in ("OVER", "NTILE", "HASH(", "MODE(", "APPROX_QUANTILE"):
        assert word not in text.upper().replace("OVERVIEW", "")


def days_compared(value: ir.Value) -> set[int]:
    """Return the numbers of days that an expression compares rows' ages with."""
    comparisons = value.op().find((ops.Less, ops.GreaterEqual))
    return {
        node.right.value
        for node in comparisons
        if isinstance(node.left, ops.Field) and node.left.name == "age"
    }


@pytest.mark.parametrize("raw", [True, False])
def test_windows_begin_only_where_their_source_says_so(raw: bool) -> None:
    for tag in ALL:
        if isinstance(tag.rule, FromSource) and tag.rule.source.dated:
            rows = level_rows(tag.rule.source, raw=raw)
            edges = {0, *tag.rule.source.windows}
            assert days_compared(tag.rule.compute(rows)) <= edges, tag.name


def test_one_group_by_a_source_serves_all_its_tags() -> None:
    text = ibis.to_sql(daily_tags(TAGS, raw=False))
    for source in sources_of(TAGS):
        name = f"rolled_{source.name}" if source.dated else f"raw_{source.name}"
        assert text.count(f'"{name}"') == 1
