"""Reminding those who have not answered a survey, by the button and over the API; and a question list over the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huoshui.duties.delegating import delegate
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.notices.models import Notice
from huoshui.packs.queries import current
from huoshui.visits.actions import remind_survey, start_visit
from tests.matters.conftest import at
from tests.web.api_client import send
from tests.web.api_client import signed_in as program
from tests.web.test_survey_lists import HEAD, TOILETS, address_of, answer, book, office, published

__all__ = ["office", "published"]

SignIn = Callable[[Account], Client]
REMINDED = "survey.reminded"


def told() -> list[str]:
    return sorted(Notice.objects.filter(code=REMINDED).values_list("account__username", flat=True))


def remind(by: Any, survey: str, **options: Any) -> int:
    pack, _dot, code = survey.partition(".")
    return remind_survey(by=by, pack=pack, code=code, **options)


def refused(by: Any, survey: str, **options: Any) -> str:
    with pytest.raises(Refusal) as caught:
        remind(by, survey, **options)
    return caught.value.code


def test_a_notice_each_once_a_day_and_a_refusal_that_says_so(
    published: str, office: Account, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    answer(cast.secretary, start_visit(by=cast.secretary, place=cast.land.village, checklist=published), has=False)
    browser = signed_in(office)
    assert "提醒还没交的" in browser.get(address_of(published)).content.decode()
    done = browser.post(address_of(published, "survey_remind"), follow=True)
    people = told()
    assert f"已提醒 {len(people)} 人" in done.content.decode()
    assert cast.secretary2.username in people
    assert cast.secretary.username not in people  # has answered
    assert len(people) == len(set(people))
    again = browser.post(address_of(published, "survey_remind"))
    assert (again.status_code, told()) == (409, people)
    assert "今天都提醒过了" in again.content.decode()
    notice = Notice.objects.get(code=REMINDED, account=cast.secretary2)
    assert notice.text == f"调查“公厕摸底”还没有填：{cast.land.village2.short_name}，2018-04-20 截止。"
    page = signed_in(cast.secretary2).get("/notices/").content.decode()
    assert f"/sheets/start?checklist={published}&amp;place={cast.land.village2.code}" in page
    with at("2018-04-03"):
        assert remind(office, published) == len(people)
    assert Entry.objects.filter(action="visits.remind_survey").count() == 2


def test_of_a_town_alone_and_nobody_twice_beyond_it(published: str, office: Account, cast: SimpleNamespace) -> None:
    first = remind(office, published, area=cast.land.other_town)
    assert told() == [cast.other_secretary.username]
    assert refused(office, published, area=cast.land.other_town) == "survey.reminded_today"
    remind(office, published)
    assert first == 1
    assert told().count(cast.other_secretary.username) == 1
    assert cast.secretary.username in told()


def test_whoever_may_not_and_what_asks_nobody_is_refused(
    published: str, office: Account, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    assert refused(cast.secretary, published) == "access.denied"
    assert refused(office, "surveys.public_toilets") == "survey.asks_nobody"
    assert refused(office, "own_surveys.none") == "access.not_found"
    assert signed_in(cast.secretary).post(address_of(published, "survey_remind")).status_code in (403, 404)
    answer(cast.secretary, start_visit(by=cast.secretary, place=cast.land.village, checklist=published), has=False)
    assert refused(office, published, area=cast.land.village) == "survey.all_answered"
    assert told() == []


def test_whoever_stands_in_is_told_as_well(published: str, office: Account, cast: SimpleNamespace) -> None:
    own = list(cast.secretary2.duties.filter(role="village_secretary"))
    until = clock.today() + dt.timedelta(days=7)
    delegate(by=cast.secretary2, duties=own, to=cast.stranger, since=clock.today(), until=until)
    assert remind(office, published) == len(told())
    assert {cast.stranger.username, cast.secretary2.username} <= set(told())


def test_over_the_api(published: str, office: Account, cast: SimpleNamespace) -> None:
    pack, _dot, code = published.partition(".")
    client = program(office)
    address = f"/packs/{pack}/checklists/{code}/answers/remind?area={cast.land.other_town.code}"
    assert send(client, "POST", address).json() == {"told": 1}
    answer_again = send(client, "POST", address)
    assert (answer_again.status_code, answer_again.json()["problems"][0]["code"]) == (409, "survey.reminded_today")
    assert send(program(cast.secretary), "POST", address.partition("?")[0]).status_code == 403


def list_sent(rows: Any, **changed: Any) -> dict[str, Any]:
    given = {"name": "路灯摸底", "place_kinds": "village", "roles": "village_secretary", "until": "2018-04-20"}
    return {**given, "file": SimpleUploadedFile("题单.xlsx", book(rows)), **changed}


def test_a_question_list_is_tried_and_published_over_the_api(office: Account, cast: SimpleNamespace) -> None:
    client, address = program(office), "/api/v1/packs/own_surveys/question-list"
    tried = client.post(address, list_sent(TOILETS)).json()
    assert (tried["dry_run"], tried["problems"]) == (True, [])
    assert tried["otherwise"] == [] or tried["otherwise"][0]["code"].startswith("question_list.")
    assert not current("own_surveys").section("checklists")
    done = client.post(address, list_sent(TOILETS, dry_run="false", plan=tried["plan"])).json()
    assert done["checklist"] in current("own_surveys").section("checklists")
    wrong = client.post(address, list_sent((HEAD, ("哪天", "日子", "", "", "", "")), name="再一份"))
    assert wrong.json()["problems"][0]["row"] == 2
    changed = client.post(address, list_sent(TOILETS, name="另一份", dry_run="false", plan=tried["plan"]))
    assert changed.status_code == 409
    assert program(cast.secretary).post(address, list_sent(TOILETS)).status_code == 403
