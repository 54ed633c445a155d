"""The SQL of indicators: what is on the list is written for the engine, all else is refused with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.figures.compiling import compiled, count, count_by, record_ids
from huoshui.figures.expressions import aggregate, condition, multiplier, written
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.schema import Measure
from huoshui.figures.typing import require_type
from huoshui.kernel.ids import new_id
from huoshui.kernel.periods import period
from huoshui.packs.expressions import Unsound

COLUMNS = {"kind": "text", "closed_on": "date", "amount": "integer", "verified": "yes_no", "place": "text"}


@pytest.mark.parametrize(
    "text",
    [
        "kind = 'hazard' and closed_on is not null",
        "kind in ('a', 'b') or not verified",
        "closed_on between '2017-01-01' and '2017-12-31'",
        "amount + 1 > 2 * amount",
        "coalesce(amount, 0) >= 3",
        "case when verified then 1 else 0 end = 1",
        "verified",
        "kind = 'it''s 100% so'",
    ],
)
def test_conditions_that_may_be_written(text: str) -> None:
    tree = condition(text, COLUMNS)
    require_type(tree, COLUMNS, "yes_no")
    assert "c_" in written(tree, "sqlite")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kind = (select 1)", "indicator.not_allowed"),
        ("kind in (select password from duties_account)", "indicator.not_allowed"),
        ("exists(select 1 from duties_account)", "indicator.not_allowed"),
        ("pg_sleep(10) is null", "indicator.not_allowed"),
        ("load_extension('x') = 1", "indicator.not_allowed"),
        ("kind = 'a'; drop table places_place", "indicator.not_sql"),
        ("drop table places_place", "indicator.not_allowed"),
        ("update places_place set name = 'x'", "indicator.not_allowed"),
        ("kind = 'a' union select 1", "indicator.not_allowed"),
        ("duties_account.password = 'a'", "indicator.column_unknown"),
        ("password = 'a'", "indicator.column_unknown"),
        ("kind like '%a%'", "indicator.not_allowed"),
        ("kind || 'a' = 'b'", "indicator.not_allowed"),
        ("cast(amount as text) = '1'", "indicator.not_allowed"),
        ("amount / 2 = 1", "indicator.division"),
        ("amount % 2 = 1", "indicator.division"),
        ("count(*) > 1", "indicator.aggregate_in_where"),
        ("closed_on = current_date", "indicator.not_allowed"),
        ("kind = %s", "indicator.not_allowed"),
        ("kind = :x", "indicator.not_allowed"),
        ("kind = (", "indicator.not_sql"),
        (" and ".join(["amount = 1"] * 200), "indicator.too_long"),
        ("(" * 400 + "amount = 1" + ")" * 400, "indicator.too_deep"),
        ("not " * 240 + "amount = 1", "indicator.too_deep"),
    ],
)
def test_conditions_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(Unsound) as refused:
        condition(text, COLUMNS)
    assert refused.value.code == code, refused.value


def test_what_cannot_be_read_is_named_in_the_words_of_its_author() -> None:
    with pytest.raises(Unsound) as refused:
        condition("amount = 1 and kind = ", COLUMNS)
    assert refused.value.name == "amount = 1 and kind ="


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sum(amount) / count(*)", "indicator.division"),
        ("amount", "indicator.no_aggregate"),
        ("1", "indicator.no_aggregate"),
        ("count(*) + amount", "indicator.column_outside"),
        ("sum(count(*))", "indicator.nested"),
        ("count(*) over ()", "indicator.not_allowed"),
        ("sum(amount) filter (where verified)", "indicator.not_allowed"),
        ("avg(amount)", "indicator.not_allowed"),
        ("*", "indicator.not_allowed"),
        ("group_concat(kind)", "indicator.not_allowed"),
    ],
)
def test_values_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(Unsound) as refused:
        aggregate(text, COLUMNS)
    assert refused.value.code == code, refused.value


@pytest.mark.parametrize("text", ["kind = 1", "amount = '1'", "closed_on > 5", "verified = 'yes'", "amount", "kind"])
def test_types_do_not_mix(text: str) -> None:
    with pytest.raises(Unsound, match=r"indicator\.type"):
        require_type(condition(text, COLUMNS), COLUMNS, "yes_no")


@pytest.mark.parametrize("text", ["sum(kind)", "max(closed_on)", "sum(verified)"])
def test_a_value_is_a_whole_number(text: str) -> None:
    with pytest.raises(Unsound, match=r"indicator\.type"):
        require_type(aggregate(text, COLUMNS), COLUMNS, "integer")


PIECES = st.sampled_from(
    [
        *[
            "kind",
            "amount",
            "verified",
            "select",
            "from",
            "duties_account",
            "(",
            ")",
            ",",
            "'a'",
            "1",
            "=",
            "and",
            "or",
            "not",
            "in",
            "count(*)",
            "sum",
            ";",
            "--",
            "/*",
            "*/",
        ],
        *["union", "drop", "x", ".", "*", "null", "is", "case", "when", "then", "end", "%", "/", "$$"],
        "\\",
        '"',
    ]
)


@given(st.lists(PIECES, max_size=12))
def test_whatever_is_typed_is_refused_or_names_only_columns(pieces: list[str]) -> None:
    try:
        said = written(condition(" ".join(pieces), COLUMNS), "sqlite").lower()
    except Unsound:
        return
    assert not any(word in said for word in ("select", "duties_account", ";", "drop", "union", "--", "/*")), said


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(FACT_VIEWS))
def test_every_view_counts_on_this_engine(name: str) -> None:
    view = FACT_VIEWS[name]
    dates = [code for code, column in view.columns.items() if column.type == "date"]
    told = {"text": "= 'x'", "integer": "> 0", "date": "> '2017-01-01'", "yes_no": ""}
    where = " or ".join(f"{code} {told[column.type]}" for code, column in view.columns.items())
    measure = Measure.model_validate(
        {"from": name, "where": where, "value": "count(distinct place)", "period": dates[0]}
    )
    asked = [period("2017"), period("2018-03")]
    assert count(measure, asked, [new_id()]) == {}
    assert count(measure, asked, None) == {}
    assert count_by(measure, asked[0], new_id(), list(view.columns)) == []
    assert record_ids(measure, asked[0], new_id(), start=0, count=5) == []
    assert compiled(measure, "where") is not None


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("count(*) * 1000", 1000),
        ("1000 * count(*)", 1000),
        ("(count(*)) * (100)", 100),
        ("count(*)", 1),
        ("sum(amount * 10)", 1),
        ("count(*) * 10 + 1", 1),
        ("count(*) * count(*)", 1),
    ],
)
def test_what_a_whole_value_is_multiplied_by(text: str, times: int) -> None:
    assert multiplier(text) == times
