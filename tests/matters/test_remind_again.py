"""A step out of a closed state, such as a re-check, falls due: told once to those who take it, seen where they look."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, remind_again, run_again, tick
from huoshui.matters.models import Matter
from huoshui.matters.queries import falling_due_again, matter_story
from huoshui.notices.models import Notice
from tests.matters.accrediting import apply, awarded, fill, people
from tests.matters.conftest import at
from tests.web.api_client import send
from tests.web.api_client import signed_in as program
from tests.web.conftest import signed_in

__all__ = ["people", "signed_in"]

DUE = dt.date(2021, 5, 25)
Office = Callable[[Any], Client]


def told() -> set[str]:
    return set(Notice.objects.filter(code="matter.due_again").values_list("account__username", flat=True))


def test_those_who_re_check_are_told_once_for_each_day_that_it_falls_due(people: SimpleNamespace) -> None:
    matter = awarded(people, apply(people))
    assert (matter.again_on, matter.again_told_on) == (DUE, None)
    with at("2021-05-24"):
        assert tick()["reminded"] == 0
    with at("2021-06-01"):  # after a standstill
        assert (run_again(), run_again(), tick()["reminded"]) == (1, 0, 0)
        assert told() == {people.office.username, people.district_office.username}
        assert Notice.objects.filter(code="matter.due_again").count() == 2
        entry = Entry.objects.get(action="matters.remind_again")
        assert '"again_on":"2021-05-25"' in entry.data
        assert matter_story(Matter.objects.get(pk=matter.pk))[-1].what == "复办到期提醒"
        matter = advance(by=people.district_office, matter=matter, transition="recheck")
        assert (matter.again_on, run_again()) == (None, 0)
        fill(people.reviewer, matter.place, "village_review")
        matter = advance(by=people.leader, matter=matter, transition="keep")
    assert (matter.again_on, matter.again_told_on) == (dt.date(2024, 6, 1), None)
    with at("2024-06-01"):
        assert run_again() == 1
    assert Notice.objects.filter(code="matter.due_again").count() == 4


def test_nobody_but_the_timer_reminds_and_nothing_that_is_not_due(people: SimpleNamespace) -> None:
    matter = awarded(people, apply(people))
    with pytest.raises(Refusal) as caught:
        remind_again(by=people.office, matters=[matter.pk], today=DUE)
    assert caught.value.code == "access.denied"
    assert remind_again(by=system_account(), matters=[matter.pk], today=dt.date(2021, 5, 24)) == 0
    assert not told()


def test_many_that_fall_due_on_one_day_are_one_notice_each(people: SimpleNamespace, signed_in: Office) -> None:
    matter = awarded(people, apply(people))
    twin = Matter.objects.get(pk=matter.pk)
    twin.pk, twin.number, twin.sequence, twin._state.adding = new_id(), "CYJ-2018-0099", 99, True
    twin.save()
    with at("2021-05-25"):
        assert (run_again(), run_again()) == (2, 0)
        notices = Notice.objects.filter(code="matter.many_due_again")
        assert {notice.account for notice in notices} == {people.office, people.district_office}
        assert not told()
        page = signed_in(people.office).get("/notices/").content.decode()
    assert "宜居乡村创建有 2 件办结后，“开始复查”自 2021-05-25 起应办。" in page
    assert "/matters/?kind=honours.liveable_village&amp;again_on_to=2021-05-25&amp;sort=again" in page
    assert Entry.objects.filter(action="matters.remind_again").count() == 2


def test_it_stands_in_the_list_the_ledger_the_calendar_and_the_api(people: SimpleNamespace, signed_in: Office) -> None:
    matter = awarded(people, apply(people))
    assert list(falling_due_again(people.office)) == [matter]
    assert list(falling_due_again(people.secretary)) == []
    with at("2021-05-24"):
        office = signed_in(people.district_office)
        assert 'id="again"' not in office.get("/cadence/").content.decode()
        month = office.get("/calendar/?month=2021-05").content.decode()
        assert f"开始复查 {matter.title}" in month
    with at("2021-05-25"):
        office = signed_in(people.district_office)
        words = office.get("/cadence/").content.decode()
        address = "/matters/?again_on_to=2021-05-25"
        assert address in words
        assert "1 件办结事项到了复办的日子" in words
        assert matter.number in office.get(f"{address}&sort=again").content.decode()
        assert matter.number not in office.get("/matters/?again_on_to=2021-05-24").content.decode()
        assert 'id="again"' not in signed_in(people.other_secretary).get("/cadence/").content.decode()
        assert address in signed_in(people.office).get("/matters/?kind=honours.liveable_village").content.decode()
        rows = send(program(people.office), "GET", "/matters?again_to=2021-05-25").json()["items"]
        assert [(row["number"], row["again_on"]) for row in rows] == [(matter.number, "2021-05-25")]
        days = send(program(people.district_office), "GET", "/calendar?since=2021-05-25&until=2021-05-25").json()[
            "days"
        ]
        assert [day["layer"] for day in days] == ["again"]


def test_what_ended_before_has_its_day_after_the_migration(people: SimpleNamespace) -> None:
    matter = awarded(people, apply(people))
    Matter.objects.filter(pk=matter.pk).update(again_on=None)
    importlib.import_module("huoshui.matters.migrations.0014_again_days").set_days(apps, None)
    assert Matter.objects.get(pk=matter.pk).again_on == DUE
