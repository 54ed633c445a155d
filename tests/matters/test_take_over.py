"""An older ledger taken over: by the office that verifies, all rows or none, and never twice."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.kernel.actions import ACTIONS
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter
from huoshui.matters.old_ledger import OldLedger, import_old_ledger, template
from huoshui.packs.queries import current_definition
from tests.matters.safety_site import safe_site

KIND = "safety.hazard"
HEAD = "原编号,地点,事项,登记日期,办结日期,台账类别,整改措施\n"
ROWS = """\
Y-1,示范企业1号,通道堆货,2017-03-01,2017-03-10,现场类,清空
Y-2,qy-1,培训没有记录,2017/5/2,2017-05-20,management,
"""
BAD = """\
Y-1,qy-1,x,2017-06-01,2017-06-02,现场类,
Y-3,没有的厂,x,2017-06-01,2017-06-02,现场类,
Y-4,qy-1,x,2017-06-01,2017-05-01,现场类,
Y-5,qy-1,x,2017-06-01,2019-05-01,现场类,
Y-6,qy-1,,2017-06-01,2017-06-02,现场类,
Y-7,qy-1,x,2017-06-01,2017-06-02,别的,
Y-8,qy-1,x,三月,2017-06-02,现场类,
"""


@pytest.fixture
def people(cast: SimpleNamespace) -> SimpleNamespace:
    return safe_site(cast)


def run(by: Any, rows: str = ROWS, **given: Any) -> OldLedger:
    return import_old_ledger(by=by, **{"kind": KIND, "data": (HEAD + rows).encode(), "name": "2017年隐患.csv"} | given)


def test_what_ended_stands_as_verified_by_who_takes_it_over(people: SimpleNamespace) -> None:
    trial = run(people.safety, dry_run=True)
    assert (len(trial.lines), trial.problems, Matter.objects.count()) == (2, [], 0)
    assert run(people.safety).written
    first = Matter.objects.get(source_item="Y-1")
    assert (first.number, first.state, first.verifier, str(first.closed_on)) == (
        "YH-2017-0001", "closed", people.safety, "2017-03-10",
    )  # fmt: skip
    assert (first.source_kind, first.source_label, first.close_reason) == ("ledger", "2017年隐患.csv", "resolved")
    assert {value.code: value.text for value in first.values.all()} == {"hazard_ledger": "site", "measures": "清空"}
    assert [step.transition for step in first.steps.order_by("id")] == ["open", "verify"]
    assert Entry.objects.filter(action="matters.take_over").count() == 2
    again = run(people.safety, ROWS + "Y-3,qy-1,灯不亮,2017-06-01,2017-06-02,现场类,\n")
    assert (again.known, len(again.lines), Matter.objects.count()) == (2, 1, 3)
    opened = open_matter(
        by=people.safety, kind=KIND, place=people.factory, title="新", values={"hazard_ledger": "site"}
    )
    assert opened.number == "YH-2018-0001"


def test_one_bad_row_and_nothing_is_written(people: SimpleNamespace) -> None:
    report = run(people.safety, ROWS + BAD)
    assert [(problem.code, problem.row) for problem in report.problems] == [
        ("old_ledger.twice", 4), ("old_ledger.place", 5), ("old_ledger.days", 6), ("old_ledger.days", 7),
        ("value.required", 8), ("value.choice", 9), ("value.type", 10),
    ]  # fmt: skip
    assert not report.written
    assert not Matter.objects.exists()


def refused(**given: Any) -> str:
    with pytest.raises(Refusal) as caught:
        run(**given)
    return caught.value.code


def test_refusals(people: SimpleNamespace) -> None:
    assert refused(by=people.officer) == "access.denied"
    assert refused(by=people.safety, kind="supervision.praise") in ("matter.not_taken_over", "access.denied")
    inspector = run(people.third_party)
    assert {problem.code for problem in inspector.problems} == {"matter.opener_needed"}
    assert refused(by=people.safety, rows="x,qy-1,x,2017-06-01,2017-06-02,现场类,\n" * 2100) == "old_ledger.too_many"
    assert [p.code for p in run(people.safety, data=b"a,b\n1,2\n").problems] == ["import.no_header"]


def test_the_template_is_read_back_without_rows(people: SimpleNamespace) -> None:
    data = template(current_definition("matters", KIND)[1])
    assert [p.code for p in run(people.safety, data=data, name="t.xlsx").problems] == ["import.no_rows"]
    assert "matters.take_over" in ACTIONS
