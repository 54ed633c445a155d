"""Steps that wait for a checklist, for a notice to run out, and that award or withdraw an honour."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, edit_fields
from huoshui.matters.clocks import due_again_on, months_later
from huoshui.matters.honours import honours_of
from huoshui.matters.models import Step
from huoshui.matters.queries import available_transitions, matter_story
from huoshui.matters.queries.cells import Cells
from huoshui.places.honours import record_honour, withdraw_honour
from huoshui.places.models import Honour
from huoshui.visits.actions import take_back_visit
from tests.matters.accrediting import (
    AWARDED,
    DOCUMENT,
    REVIEWED,
    apply,
    awarded,
    fill,
    people,
    publicised,
    submitted,
)
from tests.matters.conftest import at
from tests.places.helpers import last_entry

__all__ = ["people"]


def refusal(**step: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        advance(**step)
    return caught.value


def test_from_the_application_to_the_honour_of_the_place(people: SimpleNamespace) -> None:
    matter = awarded(people, apply(people))
    assert (matter.state, matter.close_reason, matter.verifier) == ("awarded", "resolved", people.office)
    honour = Honour.objects.get()
    assert (honour.place, honour.name, honour.level, honour.year) == (matter.place, "宜居乡村", "municipal", 2018)
    assert honours_of(matter) == [honour]
    assert Step.objects.filter(matter=matter).latest("id").data["honour"] == "2018 市级宜居乡村"
    assert matter_story(matter)[-1].values["授予荣誉"] == "2018 市级宜居乡村"


def test_the_application_is_not_handed_in_without_its_self_check(people: SimpleNamespace) -> None:
    matter, values = apply(people), {"achievements": "道路硬化"}
    step = {"by": people.secretary, "matter": matter, "transition": "submit", "values": values}
    missing = refusal(**step)
    assert (missing.code, missing.problems[0].field) == ("matter.done_missing", "honours.village_self_check")
    assert "寨卜昌村" in str(missing)
    poor = fill(people.secretary, matter.place, "village_self_check", bad=3)
    assert refusal(**step).code == "matter.done_points"
    take_back_visit(by=people.secretary, visit=poor)
    assert refusal(**step).code == "matter.done_missing"
    fill(people.secretary, matter.place, "village_self_check")
    assert advance(**step).state == "reviewing"


def test_a_sheet_of_before_the_application_or_of_another_village_does_not_count(people: SimpleNamespace) -> None:
    with at("2018-03-30"):
        fill(people.reviewer, people.land.village, "village_self_check")
    matter = apply(people)
    fill(people.reviewer, people.land.village2, "village_self_check")
    step = {"by": people.secretary, "matter": matter, "transition": "submit", "values": {"achievements": "好"}}
    assert refusal(**step).code == "matter.done_missing"


def test_the_review_is_not_by_whoever_applied(people: SimpleNamespace) -> None:
    matter = submitted(people, apply(people))
    with at(REVIEWED):
        fill(people.secretary, matter.place, "village_review")
        step = {"by": people.office, "matter": matter, "transition": "publicise"}
        codes = {problem.code for problem in refusal(**step).problems}
        assert codes == {"matter.done_own", "matter.evidence_required"}
        option = next(one for one in available_transitions(matter, people.office) if one.transition.code == "publicise")
        assert (option.done[0].met, [found.lacks for found in option.done[0].found]) == (False, ["own"])
        fill(people.reviewer, matter.place, "village_review")
        option = next(one for one in available_transitions(matter, people.office) if one.transition.code == "publicise")
        assert (option.done[0].met, [found.percent for found in option.done[0].found]) == (True, [100, 100])


def test_a_return_asks_for_a_new_self_check(people: SimpleNamespace) -> None:
    matter = submitted(people, apply(people))
    with at(REVIEWED):
        matter = advance(by=people.office, matter=matter, transition="return", note="坑塘没有治理")
        step = {"by": people.secretary, "matter": matter, "transition": "submit"}
        assert refusal(**step).code == "matter.done_missing"
        fill(people.secretary, matter.place, "village_self_check")
        assert advance(**step).state == "reviewing"


def test_the_award_waits_until_the_notice_has_run_out(people: SimpleNamespace) -> None:
    matter = publicised(people, apply(people))
    step = {"by": people.office, "matter": matter, "transition": "award", "values": DOCUMENT}
    run = matter.clocks.get(clock="notice")
    assert (run.started_on, run.limit_on) == (dt.date(2018, 5, 15), dt.date(2018, 5, 24))
    assert matter.clock == "award"  # what is waited for is no deadline
    with at("2018-05-24"):
        early = refusal(**step)
        assert early.code == "matter.notice_running"
        assert "2018-05-25" in early.problems[0].what_next()
    with at("2018-05-25"):
        assert advance(**step).state == "awarded"


def test_an_objection_is_looked_into_by_another(people: SimpleNamespace) -> None:
    matter = publicised(people, apply(people))
    with at("2018-05-16"):
        values = {"objection": "公厕长期锁门"}
        matter = advance(by=people.office, matter=matter, transition="record_objection", values=values)
        found = {"objection_finding": "核查属实，已开放"}
        settle = {"matter": matter, "transition": "dismiss_objection", "values": found}
        assert refusal(by=people.office, **settle).code == "matter.own_work"
        matter = advance(by=people.leader, **settle)
    assert matter.clocks.get(clock="notice").limit_on == dt.date(2018, 5, 24)
    with at(AWARDED):
        assert advance(by=people.office, matter=matter, transition="award", values=DOCUMENT).state == "awarded"


def test_what_the_place_holds_is_not_awarded_again(people: SimpleNamespace) -> None:
    given = {"place": people.land.village, "name": "宜居乡村", "level": "municipal"}
    record_honour(by=people.district_office, year=2016, **given)
    matter = publicised(people, apply(people))
    with at(AWARDED):
        again = refusal(by=people.office, matter=matter, transition="award", values=DOCUMENT)
    assert again.code == "matter.honour_standing"
    assert "2016" in str(again)
    assert Honour.objects.count() == 1


def test_what_was_withdrawn_is_awarded_for_another_year_alone(people: SimpleNamespace) -> None:
    given = {"place": people.land.village, "name": "宜居乡村", "level": "municipal"}
    honour = record_honour(by=people.district_office, year=2018, **given)
    withdraw_honour(by=people.district_office, honour=honour, reason="环境反弹")
    matter = publicised(people, apply(people))
    with at(AWARDED):
        again = refusal(by=people.office, matter=matter, transition="award", values=DOCUMENT)
    assert again.code == "matter.honour_same_year"
    with at("2019-01-04"):
        advance(by=people.office, matter=matter, transition="award", values=DOCUMENT)
    assert [row.year for row in honours_of(matter)] == [2019, 2018]


def test_the_grade_names_the_honour_and_may_not_change_once_handed_in(people: SimpleNamespace) -> None:
    matter = awarded(people, apply(people, "beautiful_village", grade="model"))
    assert Honour.objects.get().name == "美好乡村示范村"
    with pytest.raises(Refusal):
        edit_fields(by=people.secretary, matter=matter, values={"grade": "qualified"})


def test_the_re_check_is_due_keeps_or_withdraws(people: SimpleNamespace) -> None:
    matter = awarded(people, apply(people))
    step = matter.definition.transition("recheck")
    assert step is not None
    assert due_again_on(matter, step) == dt.date(2021, 5, 25)
    with at("2021-06-01"):
        matter = advance(by=people.district_office, matter=matter, transition="recheck")
        keep = {"by": people.leader, "matter": matter, "transition": "keep"}
        assert refusal(**keep).code == "matter.done_missing"  # the review of then does not serve again
        fill(people.reviewer, matter.place, "village_review")
        matter = advance(**keep)
    assert (matter.closed_on, Honour.objects.get().withdrawn_on) == (dt.date(2021, 6, 1), None)
    # the ledger measures the re-check by its own clock, not by the one that ran out before the award
    read = Cells.read([matter], ["deadline"]).reader("deadline")
    assert read(matter) == matter.clocks.get(clock="recheck").limit_on
    with at("2024-06-03"):
        matter = advance(by=people.district_office, matter=matter, transition="recheck")
        withdraw = {"by": people.office, "matter": matter, "transition": "withdraw"}
        assert refusal(**withdraw).code == "matter.note_required"
        matter = advance(**withdraw, note="复查得分不到八成")
    assert (matter.state, matter.close_reason) == ("withdrawn", "withdrawn")
    assert Honour.objects.get().withdrawn_on == dt.date(2024, 6, 3)
    assert matter_story(matter)[-1].values["撤销荣誉"] == "2018 市级宜居乡村"


def test_nothing_is_withdrawn_twice(people: SimpleNamespace) -> None:
    matter = awarded(people, apply(people))
    with at("2021-06-01"):
        withdraw_honour(by=people.district_office, honour=Honour.objects.get(), reason="已另行撤销")
        matter = advance(by=people.district_office, matter=matter, transition="recheck")
        step = {"by": people.office, "matter": matter, "transition": "withdraw", "note": "不合格"}
        assert refusal(**step).code == "matter.honour_none"


def test_a_unit_holds_its_honour_beside_others_of_the_same_place(people: SimpleNamespace) -> None:
    given = {"place": people.land.district, "name": "文明单位标兵", "level": "municipal", "year": 2017}
    first = record_honour(by=people.district_office, holder="区财政局", **given)
    record_honour(by=people.district_office, holder="区党建办", **given)
    assert last_entry() == (
        "places.record_honour",
        {"after": {k: v for k, v in given.items() if k != "place"} | {"holder": "区党建办"}},
    )
    with pytest.raises(Refusal) as caught:
        record_honour(by=people.district_office, holder="区财政局", **given)
    assert (caught.value.code, first.holder) == ("honour.twice", "区财政局")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [("2018-05-25", 36, "2021-05-25"), ("2018-01-31", 1, "2018-02-28"), ("2018-12-05", 1, "2019-01-05"),
     ("2020-02-29", 12, "2021-02-28"), ("2018-03-31", -1, "2018-02-28")],
)  # fmt: skip
def test_months_later(day: str, months: int, later: str) -> None:
    assert months_later(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(later)
