"""A round's results on paper, in Excel, over the API and on the page; each reader gets what they may see."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huoshui.duties.models import Account
from huoshui.matters.models import Matter
from huoshui.visits import actions
from huoshui.visits.models import Round
from tests.reports.reading import pages
from tests.visits.staging import Stage
from tests.web.api_client import codes, done, send
from tests.web.api_client import signed_in as over_api

SignIn = Callable[[Account], Client]
FILES = ("round_sheet", "round_excel", "round_comments")


def judged(stage: Stage, day: dt.date | None = None, **answers: Any) -> Round:
    """An open round in which three judges found so of the first village, with remarks."""
    round = stage.opened(day=day)
    for judge in (1, 2, 3):
        account = stage.cast.judges[judge - 1]
        visit = stage.sheet(round, judge, **answers)
        said = {"strengths": "台账齐全", "shortcomings": f"缺口 {judge}", "direction": "#年内补上*"}
        actions.submit_visit(by=account, visit=actions.save_answers(by=account, visit=visit, **said))
    return round


def test_results_before_the_seal_are_for_who_runs_and_signs_and_say_so(stage: Stage, signed_in: SignIn) -> None:
    round = stage.computed()
    for who, status in (("review_lead", 200), ("scrutineer", 200), ("secretary", 404), ("auditor", 404)):
        client = signed_in(getattr(stage.cast, who))
        assert client.get(reverse("round_sheet", args=[round.pk])).status_code == status
        assert client.get(reverse("round_excel", args=[round.pk])).status_code == status
    (page,) = pages(signed_in(stage.lead).get(reverse("round_sheet", args=[round.pk])).content)
    assert "（未封存，暂定）" in page
    outcome = signed_in(stage.lead).get(reverse("round", args=[round.pk]), {"tab": "outcome"}).content.decode()
    assert "以下都是暂定" in outcome


def test_the_result_sheet_says_who_signed_when_and_over_what(stage: Stage, signed_in: SignIn) -> None:
    round = stage.sealed()
    answer = signed_in(stage.lead).get(reverse("round_sheet", args=[round.pk]))
    assert answer["Content-Type"] == "application/pdf"
    (page,) = pages(answer.content)
    for words in ("成绩摘要", "2018-04-0212:00", "排名用途：试排", "寨卜昌村", "苏家作乡", "评委3"):
        assert words in page
    assert page.index("领导") < page.index("监督员") < page.index("计分员")
    assert "暂定" not in page


def test_a_comment_stands_beside_the_villages_own_last_round(stage: Stage, signed_in: SignIn) -> None:
    stage.sealed(judged(stage, dt.date(2018, 3, 5), meetings=4))
    round = stage.sealed(judged(stage, floor="100"))
    answer = over_api(stage.cast.secretary).get(f"/api/v1/rounds/{round.pk}/comments.pdf")
    (page,) = pages(answer.content)
    number = Matter.objects.get(source_id=round.pk).number
    for words in ("亮点", "台账齐全（评委1、2、3）", "缺口2（评委2）", "#年内补上*", "上轮总分16.00", "面积", number):
        assert words in page, words
    assert "会议33%→100%" in page
    review = signed_in(stage.cast.secretary).get(reverse("round_place", args=[round.pk, stage.land.village.code]))
    assert "+0.67" in review.content.decode()


def test_a_comment_opens_to_the_village_after_the_seal_and_to_no_other(stage: Stage, signed_in: SignIn) -> None:
    round = stage.computed(judged(stage))
    address = reverse("round_comment", args=[round.pk, stage.land.village.code])
    own, other = signed_in(stage.cast.secretary), signed_in(stage.cast.other_secretary)
    assert own.get(address).status_code == 404
    assert signed_in(stage.lead).get(address).status_code == 200
    for role in ("leader", "scrutineer", "tally_clerk"):
        actions.sign_round(by=getattr(stage.cast, role), round=round, role=role)
    actions.seal_round(by=stage.lead, round=round)
    assert own.get(address).status_code == 200
    assert address in own.get(reverse("round_place", args=[round.pk, stage.land.village.code])).content.decode()
    assert other.get(address).status_code == 404


def test_a_towns_comments_are_a_page_a_village(stage: Stage, signed_in: SignIn) -> None:
    round = stage.sealed()
    address = reverse("round_comments", args=[round.pk])
    whole = pages(signed_in(stage.lead).get(address).content)
    town = pages(signed_in(stage.lead).get(address, {"town": stage.land.town.code}).content)
    assert (len(whole), len(town)) == (3, 2)
    assert ["寨卜昌村观摩评说" in town[0], "苏家作村观摩评说" in town[1], "第2页共2页" in town[1]] == [True] * 3
    assert signed_in(stage.lead).get(address, {"town": "nowhere"}).status_code == 404


def test_a_long_comment_is_set_smaller_and_keeps_to_its_page(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    for judge in (1, 2, 3):
        account = stage.cast.judges[judge - 1]
        said = dict.fromkeys(("strengths", "shortcomings", "direction"), f"{judge}" + "会议记录完整、清楚、可查。" * 17)
        visit = actions.save_answers(by=account, visit=stage.sheet(round, judge), **said)
        actions.submit_visit(by=account, visit=visit)
    round = stage.sealed(round)
    address = reverse("round_comment", args=[round.pk, stage.land.village.code])
    assert len(pages(signed_in(stage.lead).get(address).content)) == 1


def test_the_workbook_has_a_sheet_for_each_way_to_look(stage: Stage, signed_in: SignIn) -> None:
    stage.sealed(judged(stage, dt.date(2018, 3, 5)))
    round = stage.sealed(judged(stage, floor="100"))
    Round.objects.filter(pk=round.pk).update(name="=1+1")
    book = load_workbook(io.BytesIO(signed_in(stage.lead).get(reverse("round_excel", args=[round.pk])).content))
    assert book.sheetnames == ["成绩表", "项目×村", "乡镇小结", "与上轮比", "评说", "红蓝榜"]
    for table in book:
        assert (table["A1"].value, table["A1"].data_type) == ("=1+1", "s")
    results = [row[:4] for row in book["成绩表"].iter_rows(min_row=5, max_row=7, values_only=True)]
    assert [type(row[0]) for row in results] == [int] * 3
    assert results[-1] == (3, "苏家作乡", "寨卜昌村", 16.667)
    heat = {row[1]: row for row in book["项目×村"].iter_rows(min_row=5, values_only=True) if row[1]}
    assert heat["面积"][3] == 0.33
    assert heat["面积"][-1] == 1
    change = {row[1]: row for row in book["与上轮比"].iter_rows(min_row=5, values_only=True) if row[1]}
    assert change["寨卜昌村"][3:6] == (20, 16.67, -3.33)


def test_a_village_gets_what_it_may_see_in_its_workbook(stage: Stage, signed_in: SignIn) -> None:
    round = stage.sealed(judged(stage))
    client = signed_in(stage.cast.secretary)
    book = load_workbook(io.BytesIO(client.get(reverse("round_excel", args=[round.pk])).content))
    assert "乡镇小结" not in book.sheetnames
    villages = {row[1] for row in book["评说"].iter_rows(min_row=5, values_only=True)}
    assert villages == {"寨卜昌村"}


def test_the_api_tells_the_same(stage: Stage) -> None:
    stage.sealed(judged(stage, dt.date(2018, 3, 5)))
    round = stage.sealed(judged(stage, floor="100"))
    lead, path = over_api(stage.lead), f"/rounds/{round.pk}"
    towns = done(send(lead, "GET", f"{path}/towns"))["items"]
    assert [(town["town"], town["places"]) for town in towns] == [
        (stage.land.other_town.code, 1),
        (stage.land.town.code, 2),
    ]
    rows = done(send(lead, "GET", f"{path}/comparison"))["items"]
    (own,) = [row for row in rows if row["place"] == stage.land.village.code]
    assert (own["last_total"], own["total"], own["change"], own["left_out"]) == (20_000, 16_670, -3330, [])
    comments = done(send(lead, "GET", f"{path}/comments?place={stage.land.village.code}"))["items"]
    assert [remark["judge"] for remark in comments[0]["remarks"]] == [1, 2, 3]
    assert [item["item"] for item in comments[0]["failing"]] == ["floor"]
    lists = done(send(lead, "GET", f"{path}/lists"))
    assert [row["place"] for row in lists["blue"]] == [stage.land.village.code]
    assert codes(send(lead, "GET", f"{path}/comments?place=nowhere")) == ["filter.not_found"]
    for name in ("sheet.pdf", "comments.pdf", "results.xlsx"):
        assert send(lead, "GET", f"{path}/{name}").status_code == 200
        assert codes(send(over_api(stage.cast.stranger), "GET", f"{path}/{name}")) == ["access.not_found"]


def test_the_page_has_all_of_it_in_one_place(stage: Stage, signed_in: SignIn) -> None:
    stage.sealed(judged(stage, dt.date(2018, 3, 5)))
    round = stage.sealed(judged(stage, floor="100"))
    address = reverse("round", args=[round.pk])
    page = signed_in(stage.lead).get(address, {"tab": "outcome"}).content.decode()
    for name in FILES:
        assert reverse(name, args=[round.pk]) in page
    for words in ("红榜", "蓝榜", "乡镇小结", "各村与自己的上一轮比", "-3.33", "比较了 5 项"):
        assert words in page, words
    own = signed_in(stage.cast.secretary).get(address, {"tab": "outcome"}).content.decode()
    assert "寨卜昌村" in own
    assert "苏家作村" not in own
