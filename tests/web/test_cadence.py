"""Pages of what comes round: the list, one turn, plans, the place's tab, Today."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from huoshui.kernel import clock
from huoshui.schedules.actions import begin_plan, excuse
from huoshui.schedules.models import Occasion, Plan
from huoshui.web.words import ACTION_WORDS
from tests.schedules.conftest import JANUARY, SURVEY, kept_in, survey_on, wanted

FORM = {
    "key": "one", "of": f"checklists:{SURVEY}", "name": "每月三无排查", "place": "410871", "place_kinds": ["village"],
    "often": "monthly", "monthday": "-1", "times": "1", "grace_days": "5", "remind_days": "3",
    "begins_on": "2018-03-01", "do": "begin",
}  # fmt: skip
SignedIn = Callable[..., Client]


@pytest.fixture
def plan(cast: SimpleNamespace) -> Plan:
    """The survey of the three withouts, each month since January, of every village."""
    return begin_plan(by=cast.district_office, place=cast.land.district, wanted=wanted(), begins_on=JANUARY)


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Any, tmp_path: Path) -> None:
    kept_in(settings, tmp_path)


def of_march(plan: Plan, cast: SimpleNamespace) -> Occasion:
    return plan.occasions.get(place=cast.land.village, due_on=dt.date(2018, 3, 31))


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def test_the_list_counts_by_state_and_offers_the_next_step(
    signed_in: SignedIn, cast: SimpleNamespace, plan: Plan
) -> None:
    survey_on(cast, dt.date(2018, 3, 5))
    told = text(signed_in(cast.town_office), "/cadence/")
    assert "寨卜昌村" in told
    assert "按时办" in told
    assert "准予免办" in told
    late = text(signed_in(cast.town_office), "/cadence/?state=overdue")
    assert late.count("2018-03-31") == 2, "the village that did it is not among the town's three"
    assert "去填一张" in text(signed_in(cast.assessor), "/cadence/?state=due") or not cast.assessor.grants(
        "schedule.view"
    )


def test_the_list_in_few_queries(signed_in: SignedIn, cast: SimpleNamespace, plan: Plan) -> None:
    client = signed_in(cast.district_office)
    text(client, "/cadence/")
    with CaptureQueriesContext(connection) as asked:
        text(client, "/cadence/")
    assert len(asked) <= 20, "\n".join(query["sql"][:150] for query in asked)


@pytest.mark.parametrize("query", ["state=nothing", "plan=nothing", "since=x", "place=000"])
def test_a_filter_that_nothing_has_is_refused(
    signed_in: SignedIn, cast: SimpleNamespace, plan: Plan, query: str
) -> None:
    assert signed_in(cast.district_office).get(f"/cadence/?{query}").status_code in (404, 422)


def test_the_list_leaves_as_excel(signed_in: SignedIn, cast: SimpleNamespace, plan: Plan) -> None:
    excuse(by=cast.town_office, occasion=of_march(plan, cast), why="汛期封路")
    data = signed_in(cast.district_office).get("/cadence/export.xlsx?state=excused").content
    rows = list(load_workbook(io.BytesIO(data)).active.values)
    assert [row[3] for row in rows if row[4] == "免办"] == ["寨卜昌村"]
    assert "汛期封路" in rows[-1]


def test_a_turn_shows_what_counts_and_is_excused_from_above(
    signed_in: SignedIn, cast: SimpleNamespace, plan: Plan
) -> None:
    march = of_march(plan, cast)
    page, client = f"/cadence/{march.pk}/", signed_in(cast.town_office)
    assert "逾期可补" in text(client, page)
    refused = client.post(f"{page}excuse", {"why": " "})
    assert refused.status_code == 422
    assert "免办原因" in refused.content.decode()
    assert client.post(f"{page}excuse", {"why": "汛期封路"}).status_code == 302
    told = text(client, page)
    assert "汛期封路" in told
    assert "收回免办" in told
    assert cast.town_office.title in told
    assert client.post(f"{page}withdraw", {"why": "路已通"}).status_code == 302
    survey_on(cast, dt.date(2018, 3, 3))
    told = text(client, page)
    assert "2018-03-03 办够了" in told
    story = told[told.index("经过") :]
    for said in (_word("begin"), _word("excuse"), "汛期封路", _word("withdraw_excuse"), "路已通"):
        assert said in story
    assert str(ACTION_WORDS["visits.submit_visit"]) in story


def _word(action: str) -> str:
    return str(ACTION_WORDS[f"schedules.{action}"])


def test_the_village_cannot_excuse_itself(signed_in: SignedIn, cast: SimpleNamespace, plan: Plan) -> None:
    page, client = f"/cadence/{of_march(plan, cast).pk}/", signed_in(cast.secretary)
    assert "准予免办" not in text(client, page)
    assert client.post(f"{page}excuse", {"why": "忙"}).status_code == 403
    assert text(signed_in(cast.other_town_office), page, 404)


def test_an_office_looks_before_it_begins(signed_in: SignedIn, cast: SimpleNamespace) -> None:
    client = signed_in(cast.district_office)
    text(client, "/cadence/plans/begin")
    looked = client.post("/cadence/plans/begin", {**FORM, "do": ""}).content.decode()
    assert "每处每年 12 次" in looked
    assert "2018-04-30" in looked
    assert "每月最后一天" in looked
    assert not Plan.objects.exists()
    quarterly = client.post("/cadence/plans/begin", {**FORM, "do": "", "often": "quarterly"}).content.decode()
    assert "每处每年 4 次" in quarterly
    assert "2018-06-30" in quarterly
    assert "2018-04-30" not in quarterly
    answer = client.post("/cadence/plans/begin", FORM)
    begun = Plan.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/cadence/plans/{begun.pk}/")
    assert (begun.rule, begun.grace_days) == ("FREQ=MONTHLY;BYMONTHDAY=-1", 5)
    assert client.post("/cadence/plans/begin", FORM).url == answer.url, "sent twice, it began once"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "名称"),
        ({"often": "rule", "rule": "每月"}, "读不懂周期"),
        ({"place_kinds": []}, "地点种类"),
        ({"times": "x"}, "每期次数"),
        ({"begins_on": ""}, "启用日期"),
        ({"until": "2018-02-01"}, "停用日期"),
    ],
)
def test_what_makes_no_sense_stands_beside_its_field(
    signed_in: SignedIn, cast: SimpleNamespace, changed: dict[str, object], said: str
) -> None:
    answer = signed_in(cast.district_office).post("/cadence/plans/begin", {**FORM, **changed})
    assert answer.status_code == 422
    assert 'field__error"' in answer.content.decode()
    assert said in answer.content.decode()
    assert not Plan.objects.exists()


def test_a_plan_shows_its_places_and_turns_and_is_ended(signed_in: SignedIn, cast: SimpleNamespace, plan: Plan) -> None:
    survey_on(cast, dt.date(2018, 3, 5))
    page, client = f"/cadence/plans/{plan.pk}/", signed_in(cast.district_office)
    told = text(client, page)
    assert told.count("turn--missed") > 5
    assert "2018-03-31 按时办" in told
    assert "1 / 3" in told
    assert "三无排查" in text(client, "/cadence/plans/")
    refused = client.post(f"{page}end", {"until": "2018-03-01", "why": "x", "version": plan.version})
    assert refused.status_code == 422
    assert "停用日期不能早于" in refused.content.decode()
    assert (
        client.post(f"{page}end", {"until": "2018-04-02", "why": "改由乡镇安排", "version": plan.version}).status_code
        == 302
    )
    assert "2018-04-02 起停用" in text(client, page)
    assert text(signed_in(cast.town_office), page, 404), "the district's plan is the district's"


def test_the_place_tells_what_it_owes(signed_in: SignedIn, cast: SimpleNamespace, plan: Plan) -> None:
    told = text(signed_in(cast.secretary), f"/places/{cast.land.village.code}/?tab=due")
    assert "现在要办的" in told
    assert "近一年" in told
    assert "2018-05-31" in told
    assert "2018-04-30" in told


def test_today_lists_what_the_village_owes_and_not_what_the_office_covers(
    signed_in: SignedIn,
    cast: SimpleNamespace,
    plan: Plan,
) -> None:
    village, office = signed_in(cast.secretary), signed_in(cast.district_office)
    with clock.set_to(clock.local_moment(dt.date(2018, 4, 25), 12)):
        assert "三无排查" in text(village, "/")
        assert "三无排查" not in text(office, "/")
        with CaptureQueriesContext(connection) as asked:
            text(village, "/")
    assert len(asked) <= 25, len(asked)
