"""Returns: filled in, submitted, approved by two others, locked, reopened."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.figures.queries import figure, get_indicator
from huoshui.figures.reporting.actions import (
    approve_return,
    fill_return,
    reopen_return,
    send_back_return,
    submit_return,
)
from huoshui.figures.reporting.models import Filing, FilingStep, Observation
from huoshui.figures.reporting.queries import return_rows, waiting_returns
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.kernel.periods import period
from tests.figures.conftest import SINCE, VALUES, Report, employ

MARCH = period("2018-03")


def refused(act: Any, **arguments: Any) -> list[str]:
    with pytest.raises(Refusal) as caught:
        act(**arguments)
    return [problem.code for problem in caught.value.problems]


def fill(forest: SimpleNamespace, **changes: Any) -> Filing:
    how = {"by": forest.town_office, "form": "forest.monthly", "place": forest.land.town, "period": "2018-03"}
    cells = {code: {"value": value} for code, value in VALUES.items()}
    return fill_return(**how | {"values": cells} | changes)


def value(forest: SimpleNamespace, code: str = "forest.trees") -> str:
    return figure(forest.leader, get_indicator(code), forest.land.town, MARCH).shown


def test_figures_count_from_the_last_step_on(forest: SimpleNamespace) -> None:
    filing = fill(forest)
    assert (filing.state, value(forest)) == ("draft", "")
    filing = submit_return(by=forest.town_office, filing=filing)
    filing = approve_return(by=forest.reviewer, filing=filing)
    assert (filing.state, filing.step, value(forest)) == ("submitted", 1, "")
    filing = approve_return(by=forest.leader, filing=filing)
    assert (filing.state, filing.step, value(forest)) == ("approved", 2, "120")
    assert [value(forest, code) for code in ("forest.alive", "forest.keepers")] == ["75.0", "0.12"]
    verbs = list(filing.steps.order_by("id").values_list("verb", flat=True))
    assert verbs == ["fill", "submit", "approve", "approve"]
    entries = Entry.objects.filter(subject_id=filing.pk).order_by("seq").values_list("action", flat=True)
    assert list(entries) == ["figures.fill", "figures.submit", "figures.approve", "figures.approve"]


def test_whoever_reported_or_approved_does_not_approve(forest: SimpleNamespace) -> None:
    filing = submit_return(by=forest.town_office, filing=fill(forest))
    assert refused(approve_return, by=forest.town_office, filing=filing) == ["access.denied"]
    filing = approve_return(by=forest.reviewer, filing=filing)
    assert refused(approve_return, by=forest.reviewer, filing=filing) == ["return.role_needed"]
    assert refused(approve_return, by=forest.auditor, filing=filing) == ["access.denied"]


def test_nobody_approves_twice_whatever_their_roles(forest: SimpleNamespace) -> None:
    district = forest.land.district
    duties.grant_duty(by=system_account(), account=forest.reviewer, role="leader", place=district, since=SINCE)
    filing = submit_return(by=forest.town_office, filing=fill(forest))
    filing = approve_return(by=forest.reviewer, filing=filing)
    assert refused(approve_return, by=forest.reviewer, filing=filing) == ["return.own_work"]
    assert approve_return(by=forest.leader, filing=filing).state == Filing.State.APPROVED


def test_an_approved_figure_is_locked_also_in_the_database(forest: SimpleNamespace, report: Report) -> None:
    filing = report(forest.land.town)
    assert refused(fill, forest=forest) == ["return.state"]
    row = filing.observations.get(indicator="forest.trees")
    for change in (
        lambda: Observation.objects.filter(pk=row.pk).update(numerator=1),
        lambda: Observation.objects.filter(pk=row.pk).delete(),
        lambda: Observation.objects.create(
            filing=filing, indicator="forest.x", place=row.place, period="2018-03", first=row.first, last=row.last,
            numerator=1,
        ),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
            change()
    assert value(forest) == "120"


def test_a_correction_reopens_says_why_and_is_approved_anew(forest: SimpleNamespace, report: Report) -> None:
    filing = report(forest.land.town)
    assert refused(reopen_return, by=forest.leader, filing=filing, reason=" ") == ["value.required"]
    assert refused(reopen_return, by=forest.town_office, filing=filing, reason="错了") == ["access.denied"]
    filing = reopen_return(by=forest.leader, filing=filing, reason="漏了一片林。")
    assert (filing.state, value(forest)) == ("returned", "")
    cells = {"forest.trees": {"value": "150"}}
    filing = fill(forest, values=cells, seen_version=filing.version)
    filing = submit_return(by=forest.town_office, filing=filing)
    for by in (forest.reviewer, forest.leader):
        filing = approve_return(by=by, filing=filing)
    assert value(forest) == "150"
    told = json.loads(Entry.objects.filter(subject_id=filing.pk, action="figures.fill").latest("seq").data)
    assert (told["before"]["figures"]["forest.trees"], told["after"]["figures"]["forest.trees"]) == ("120", "150")


def test_sent_back_it_waits_for_its_writer_again(forest: SimpleNamespace) -> None:
    filing = submit_return(by=forest.town_office, filing=fill(forest))
    waiting = [(row.code, verb) for row, verb in waiting_returns(forest.reviewer)]
    assert waiting == [("forest.monthly", "approve")]
    assert refused(send_back_return, by=forest.reviewer, filing=filing, reason="") == ["value.required"]
    filing = send_back_return(by=forest.reviewer, filing=filing, reason="少一个零？")
    assert filing.state == Filing.State.RETURNED
    assert ("forest.monthly", "submit") in [(row.code, verb) for row, verb in waiting_returns(forest.town_office)]
    assert filing.steps.get(verb=FilingStep.Verb.SEND_BACK).note == "少一个零？"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"period": "2018-02-30"}, ["return.period"]),
        ({"period": "2018"}, ["return.period"]),
        ({"period": "2018-04"}, ["return.future"]),
        ({"form": "forest.weekly"}, ["return.unknown"]),
        ({"values": {"education.maker_schools": {"value": "1"}}}, ["return.indicator"]),
        (
            {"values": {"forest.trees": {"value": "many"}, "forest.alive": {"value": "130/120"}}},
            ["figure.value", "figure.value_share"],
        ),
    ],
)
def test_what_cannot_be_filled_in(forest: SimpleNamespace, changes: dict[str, Any], codes: list[str]) -> None:
    assert refused(fill, forest=forest, **changes) == codes
    assert not Filing.objects.exists()


def test_only_of_whom_it_is_asked_and_by_whom_it_is_reported(forest: SimpleNamespace) -> None:
    assert refused(fill, forest=forest, place=forest.land.village) == ["return.not_asked"]
    assert refused(fill, forest=forest, place=forest.land.other_town) == ["access.denied"]
    assert refused(fill, forest=forest, by=forest.secretary) == ["access.denied"]
    assert refused(fill, forest=forest, by=forest.clerk) == ["access.denied"]


def test_a_stale_form_writes_nothing(forest: SimpleNamespace) -> None:
    filing = fill(forest)
    fill(forest, values={"forest.trees": {"value": "130"}}, seen_version=filing.version)
    stale = {"values": {"forest.trees": {"value": "140"}}, "seen_version": filing.version}
    assert refused(fill, forest=forest, **stale) == ["record.stale"]


def test_a_missing_value_wants_its_reason(forest: SimpleNamespace) -> None:
    filing = fill(forest, values={"forest.trees": {"value": "120"}, "forest.oaks": {"note": "未统计"}})
    assert refused(submit_return, by=forest.town_office, filing=filing) == ["return.incomplete"]
    cells = {code: {"note": "未统计"} for code in ("forest.alive", "forest.keepers")}
    filing = fill(forest, values=cells, seen_version=filing.version)
    assert submit_return(by=forest.town_office, filing=filing).state == Filing.State.SUBMITTED


def test_rules_hold_errors_always_and_warnings_until_explained(forest: SimpleNamespace, report: Report) -> None:
    filing = fill(forest, values={code: {"value": v} for code, v in (VALUES | {"forest.oaks": "121"}).items()})
    assert refused(submit_return, by=forest.town_office, filing=filing, remark="真的") == ["return.rule_broken"]
    report(forest.land.town, "2018-02", trees="70")
    cells = {"forest.oaks": {"value": "20"}}
    filing = fill(forest, values=cells, seen_version=filing.version)
    assert refused(submit_return, by=forest.town_office, filing=filing) == ["return.remark_needed"]  # 70 -> 120
    assert submit_return(by=forest.town_office, filing=filing, remark="春季造林。").remark == "春季造林。"


def test_who_wrote_stays_its_writer_after_a_reopening(forest: SimpleNamespace, report: Report) -> None:
    """Neither a colleague's submission nor a correction makes somebody's own figures theirs to approve."""
    district = forest.land.district
    duties.grant_duty(
        by=system_account(), account=forest.town_office, role="data_reviewer", place=district, since=SINCE
    )
    filing = reopen_return(by=forest.leader, filing=report(forest.land.town), reason="核。")
    other = employ("second_clerk", "statistician", forest.land.town, "乡统计站")
    duties.grant_duty(by=system_account(), account=other, role="town_office", place=forest.land.town, since=SINCE)
    filing = submit_return(by=other, filing=filing, remark="没有改动。")
    assert refused(approve_return, by=forest.town_office, filing=filing) == ["return.own_work"]
    assert approve_return(by=forest.reviewer, filing=filing).step == 1


def test_sent_back_at_the_second_step_the_first_approver_may_again(forest: SimpleNamespace) -> None:
    filing = approve_return(by=forest.reviewer, filing=submit_return(by=forest.town_office, filing=fill(forest)))
    filing = send_back_return(by=forest.leader, filing=filing, reason="少一个零？")
    cells = {"forest.trees": {"value": "130"}}
    filing = fill(forest, values=cells, seen_version=filing.version)
    filing = submit_return(by=forest.town_office, filing=filing, remark="已改。")
    assert approve_return(by=forest.reviewer, filing=filing).step == 1


def test_two_who_begin_at_once_do_not_overwrite_each_other(forest: SimpleNamespace) -> None:
    fill(forest)
    assert refused(fill, forest=forest, values={"forest.trees": {"value": ""}}) == ["record.stale"]


def test_another_packs_clerk_sees_no_return(forest: SimpleNamespace, report: Report) -> None:
    report(forest.land.town)
    assert [row.code for row in return_rows(forest.clerk) if row.code.startswith("forest.")] == []
    assert "education.annual" in [row.code for row in return_rows(forest.clerk)]
    assert return_rows(forest.stranger) == []
