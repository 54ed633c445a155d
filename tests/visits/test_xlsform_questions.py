"""Texts, dates, several choices, conditions and bounds of an XLSForm, as questions of a checklist."""

from __future__ import annotations

import datetime as dt
import operator
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from huoshui.packs.queries import current
from huoshui.visits.relevance import Column, condition, holds
from huoshui.visits.schema import Checklist
from huoshui.visits.xlsform.expressions import Always, Joined, Not, Selected, parsed
from huoshui.visits.xlsform.relevance import Asked, relevant
from tests.visits.staging import Stage
from tests.visits.test_xlsform import bring, named, survey

TOILETS = survey(
    "select_one yn | has | 有公厕吗 | | | ",
    "text | why | 没有的原因 | ${has} = 'no' | string-length(.) <= 30 | 三十字以内",
    "select_multiple kit | kit | 配了什么 | ${has} = 'yes' | count-selected(.) <= 2 | ",
    "begin group | more | 详情 | ${has} != 'no' | | ",
    "date | built | 哪天建成 | | . >= date('1980-01-01') and . <= today() | 核对建成日期",
    "integer | seats | 蹲位 | | . >= 1 and . <= 40 | 蹲位在 1 到 40 个之间",
    "decimal | cold | 冬天室温 | not(selected(${kit}, 'heat') or ${seats} < 2) | . > -20.5 | ",
    "end group | | | | | ",
    "text | odd | 编号 | | regex(., '[0-9]+') | 写数字",
    "integer | later | 还差几个 | ${odd} > 3 | | ",
    "text | phone | 联系电话 | | | ",
    columns="type | name | label | relevant | constraint | constraint_message",
    more="| choices | | |\n| | list_name | name | label |\n| | yn | yes | 有 |\n| | yn | no | 无 |\n"
    "| | kit | soap | 洗手液 |\n| | kit | heat | 暖气 |\n",
)


def test_texts_dates_choices_conditions_and_bounds_are_held(stage: Stage) -> None:
    report = bring(stage, TOILETS)
    assert report.problems == []
    made: Checklist = current("trial").section("checklists")[report.code]
    said = {code: item.scoring.model_dump(exclude_none=True) for code, item in made.items.items()}
    assert said["why"] == {"type": "text", "long": False, "max_length": 30}
    assert said["built"] == {"type": "date", "earliest": dt.date(1980, 1, 1), "latest": "today"}
    assert (said["kit"]["type"], said["kit"]["at_most"]) == ("choices", 2)
    assert [option["code"] for option in said["kit"]["options"]] == ["soap", "heat"]
    assert (said["seats"]["minimum"], said["seats"]["maximum"]) == (1, 40)
    assert said["cold"]["minimum"] == Decimal("-20.49")
    assert {code: item.relevant for code, item in made.items.items() if item.relevant} == {
        "why": "not has",
        "kit": "has",
        "built": "has or has is null",
        "seats": "has or has is null",
        "cold": "(has or has is null) and ((not 'heat' = any(kit) or kit is null) and (seats >= 2 or seats is null))",
    }
    assert str(made.items["seats"].constraint_message) == "蹲位在 1 到 40 个之间"
    assert "phone" not in made.items


def test_what_of_it_is_not_held_is_named(stage: Stage) -> None:
    said = {(code, row) for code, row, _where in named(bring(stage, TOILETS, dry_run=True))}
    assert said >= {
        ("xlsform.constraint_lost", 10),
        ("xlsform.message", 10),
        ("xlsform.relevant_words", 11),
        ("xlsform.personal", 12),
    }
    assert not {code for code, row in said if row in (2, 3, 4, 5, 6)} - {"xlsform.yes_no"}


PLACES = {
    "a": Asked("a", "graded", {"x": "x", "y": "y"}),
    "n": Asked("n", "threshold"),
    "m": Asked("m", "choices", {"x": "x", "y": "y"}),
    "b": Asked("b", "yes_no", {"1": "yes", "0": "no"}),
    "t": Asked("t", "text"),
}
COLUMNS = {
    "a": Column("choice", ("x", "y")), "n": Column("number"), "m": Column("choices", ("x", "y")),
    "b": Column("yes_no"), "t": Column("text"),
}  # fmt: skip
ATOMS = st.sampled_from(
    [
        *("${a} = 'x'", "${a} != 'x'", "selected(${a}, 'y')", "${n} = 3", "${n} != 3", "${n} < 3", "3 <= ${n}"),
        *("selected(${m}, 'x')", "${b} = 1", "${b} != '0'", "${t} = 'o''k'", "${t} != ''", "${n} = ''", "true()"),
    ]
)
XPATH = st.recursive(
    ATOMS,
    lambda inner: (
        inner.map(lambda part: f"not({part})")
        | st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda of: f"({of[0]} {of[1]} {of[2]})")
    ),
    max_leaves=6,
)
GIVEN = st.fixed_dictionaries(
    {
        "a": st.sampled_from(["", "x", "y"]),
        "n": st.sampled_from(["", "2", "3", "4"]),
        "m": st.sampled_from(["", "x", "x\ny"]),
        "b": st.sampled_from(["", "yes", "no"]),
        "t": st.sampled_from(["", "ok", "no"]),
    }
)


def xpath(condition: Any, answers: dict[str, str]) -> bool:
    """What a form's own engine says: an empty answer is the empty text, which is no number."""
    match condition:
        case Always(yes):
            return yes
        case Not(part):
            return not xpath(part, answers)
        case Joined(word, parts):
            return (all if word == "and" else any)(xpath(part, answers) for part in parts)
        case Selected(ref, value):
            return value in answers[ref.name].split("\n")
    answer = {"yes": "1", "no": "0"}.get(answers[condition.ref.name], answers[condition.ref.name])
    answer = "no" if condition.ref.name == "t" and answers["t"] == "no" else answer
    if condition.ref.name == "n" and condition.value:
        one, other = float(answer or "nan"), float(condition.value)
        return bool(NUMBERS[condition.op](one, other))
    return (answer == condition.value) == (condition.op == "=")


NUMBERS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@given(text=XPATH, answers=GIVEN)
def test_a_condition_means_in_sql_what_it_means_in_the_form(text: str, answers: dict[str, str]) -> None:
    stated = parsed(text.replace("'o''k'", "'ok'"))
    tree = condition(relevant([stated], PLACES), COLUMNS)
    assert (holds(tree, answers) is True) is xpath(stated, answers)
