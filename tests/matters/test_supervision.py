"""Supervision of units: spot checks, notices of praise and of criticism, and a unit's year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from huoshui.duties import actions as duties
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.letters.actions import issue_letter, reply_to_letter
from huoshui.matters.models import Matter
from huoshui.matters.queries.of_unit import unit_year
from huoshui.media.actions import attach_file
from huoshui.visits.actions import save_answers, start_visit, submit_visit
from tests.matters.conftest import at, photo
from tests.web.api_client import done, send
from tests.web.api_client import signed_in as program
from tests.web.conftest import signed_in

__all__ = ["signed_in"]


@pytest.fixture
def people(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, with 效能办 and 督查员 of the district; the township's office answers for itself."""
    by, since = system_account(), dt.date(2016, 1, 1)
    for name, role, unit in (("supervision", "supervision_office", "区效能办"), ("inspector", "inspector", "区督查室")):
        there = duties.open_unit(by=by, place=cast.land.district, name=unit)
        account = duties.open_account(by=by, username=name, title=f"{unit}干部", unit=there)
        duties.grant_duty(by=by, account=account, role=role, place=cast.land.district, since=since)
        setattr(cast, name, account)
    return cast


def order(people: SimpleNamespace, kind: str = "spot_check", **values: Any) -> Matter:
    given = {"responsible_person": people.town_office} | values
    return open_matter(
        by=people.supervision, kind=f"supervision.{kind}", place=people.land.town, title="重复填报督查", values=given
    )


def look(people: SimpleNamespace, by: Any = None, **answers: bool) -> None:
    by = by or people.inspector
    sheet = start_visit(by=by, place=people.land.town, checklist="supervision.spot_check")
    given = dict.fromkeys(sheet.checklist.items, True) | answers
    submit_visit(by=by, visit=save_answers(by=by, visit=sheet, answers=given))


def found(people: SimpleNamespace) -> Matter:
    matter = order(people)
    look(people, reports=False)
    values = {"findings": "同一张表一个月要了两次"}
    return advance(by=people.inspector, matter=matter, transition="record_findings", values=values)


def put_right(people: SimpleNamespace, matter: Matter) -> Matter:
    attach_file(
        by=people.town_office, subject=matter, place=matter.place, slot="after", data=photo(), name="a.jpg", caption=""
    )
    values = {"measures": "停用重复的表", "progress": "已通知各村"}
    return advance(by=people.town_office, matter=matter, transition="submit", values=values)


def code_of(**step: Any) -> str:
    with pytest.raises(Refusal) as caught:
        advance(**step)
    return caught.value.code


def test_what_was_found_is_put_right_and_verified_by_another_unit(people: SimpleNamespace) -> None:
    matter = put_right(people, found(people))
    assert (str(matter.unit), matter.state) == ("乡党建办", "submitted")
    assert code_of(by=people.town_office, matter=matter, transition="verify") == "matter.role_needed"
    matter = advance(by=people.inspector, matter=matter, transition="verify")
    assert (matter.state, matter.close_reason) == ("closed", "resolved")


def test_nothing_is_recorded_without_having_looked(people: SimpleNamespace) -> None:
    matter = order(people)
    step = {"by": people.inspector, "matter": matter, "transition": "record_none"}
    assert code_of(**step) == "matter.done_missing"
    look(people)
    assert advance(**step).state == "passed"


def test_who_ordered_the_check_does_not_make_it(people: SimpleNamespace) -> None:
    by, land = system_account(), people.land
    duties.grant_duty(
        by=by, account=people.supervision, role="inspector", place=land.district, since=dt.date(2016, 1, 1)
    )
    matter = order(people)
    look(people, by=people.supervision)
    assert code_of(by=people.supervision, matter=matter, transition="record_none") == "matter.own_work"
    assert code_of(by=people.inspector, matter=matter, transition="record_none") == "matter.done_own"


def test_a_unit_does_not_check_itself(people: SimpleNamespace) -> None:
    by, land = system_account(), people.land
    duties.grant_duty(
        by=by, account=people.town_office, role="inspector", place=land.district, since=dt.date(2016, 1, 1)
    )
    matter = order(people)
    look(people)
    assert code_of(by=people.town_office, matter=matter, transition="record_none") == "matter.own_work"


def test_praise_is_issued_by_the_leader_alone(people: SimpleNamespace) -> None:
    matter = order(people, "praise", grounds="按期建成并通过验收")
    issue = {"matter": matter, "transition": "issue"}
    assert code_of(by=people.supervision, **issue) == "matter.role_needed"
    assert code_of(by=people.leader, **issue) == "matter.field_required"
    matter = advance(by=people.leader, **issue, values={"document_number": "示范通〔2018〕1号"})
    assert (matter.state, matter.close_reason) == ("issued", "resolved")


def test_criticism_is_answered_and_the_answer_verified(people: SimpleNamespace) -> None:
    matter = order(people, "criticism", grounds="两次要求填报同一张表")
    number = {"document_number": "示范通〔2018〕2号"}
    matter = advance(by=people.leader, matter=matter, transition="issue", values=number)
    assert matter.due_on == dt.date(2018, 4, 17)  # ten working days, Qingming left out
    assert matter.verifier is None, "who issued it has verified nothing"
    attach_file(
        by=people.town_office, subject=matter, place=matter.place, slot="after", data=photo(), name="a.jpg", caption=""
    )
    matter = advance(by=people.town_office, matter=matter, transition="reply", values={"reply": "已停用并致歉"})
    assert code_of(by=people.inspector, matter=matter, transition="return") == "matter.note_required"
    matter = advance(by=people.inspector, matter=matter, transition="settle")
    assert (matter.state, matter.verifier) == ("settled", people.inspector)


def test_a_notice_says_on_its_page_who_answers_and_where_it_stands(
    people: SimpleNamespace, signed_in: Callable[[Account], Client]
) -> None:
    client = signed_in(people.supervision)
    address = f"/matters/new?place={people.land.town.code}&kind=supervision.criticism"
    assert "被通报单位责任人" in client.get(address).content.decode()
    form = {"place": people.land.town.code, "kind": "supervision.criticism", "severity": "ordinary"}
    empty = client.post(address, form).content.decode()
    assert all(told in empty for told in ("“通报”必须填写", "“被通报单位责任人”必须填写", "“通报事由”必须填写"))
    matter = order(people, "criticism", grounds="报表迟报")
    advance(by=people.leader, matter=matter, transition="issue", values={"document_number": "示范督〔2018〕2号"})
    page = client.get(f"/matters/{matter.number}/").content.decode()
    assert f"由{people.town_office.title}" in page  # the person who answers, before everybody of that duty
    assert "timeline__item--refused" not in page  # issued from its approval on to its answer, not sent back


def test_a_unit_s_year_by_kind_and_outcome(people: SimpleNamespace) -> None:
    advance(by=people.inspector, matter=put_right(people, found(people)), transition="verify")
    running = found(people)
    letter = issue_letter(
        by=people.supervision, matters=[running], demand="十个工作日内整改", until=dt.date(2018, 4, 20), signer="签发人"
    )
    reply_to_letter(by=people.town_office, letter=letter, reply="正在整改")
    unit = people.town_office.unit
    with at("2018-06-01"):
        told = unit_year(people.leader, unit, 2018)
        assert [(row.kind, row.opened, row.ended, row.going, row.late) for row in told.kinds] == [
            ("supervision.spot_check", 2, [("整改到位", 1)], 1, 1)
        ]
        assert (told.letters_count, told.letters_answered, told.letters_late) == (1, 1, 0)
        assert (told.going_count, told.ended_count) == (1, 1)
        assert unit_year(people.leader, unit, 2017).kinds == []
        # Whoever sees no matter of the township is told of none.
        assert unit_year(people.other_secretary, unit, 2018).kinds == []


def test_the_page_of_a_unit_and_its_answer_to_programs(
    people: SimpleNamespace, signed_in: Callable[[Account], Client]
) -> None:
    running = found(people)
    address = f"/units/{people.town_office.unit_id}/"
    page = signed_in(people.leader).get(f"{address}?year=2018").content.decode()
    assert running.number in page
    assert "不计分、不排名" in page
    assert people.town_office.title not in page.partition("<main")[2]
    for year in ("abc", "1000", "2999"):
        assert "2018 年办理情况" in signed_in(people.leader).get(f"{address}?year={year}").content.decode()
    assert signed_in(people.other_secretary).get(address).status_code == 404
    told = done(send(program(people.leader), "GET", f"/units/{people.town_office.unit_id}/year?year=2018"))
    assert (told["year"], told["kinds"][0]["going"]) == (2018, 1)
