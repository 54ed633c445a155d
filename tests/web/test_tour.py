"""The page, the papers and the API of a round's tour, and what the judges see of it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.visits import actions
from huoshui.visits.models import Round, RoundPlace, TourDistances, TourPlan
from huoshui.visits.tasks import plan_tour
from huoshui.visits.tour.times import clock_time
from tests.reports.reading import pages
from tests.visits.staging import TERMS, Stage
from tests.web.api_client import codes, done, send
from tests.web.api_client import signed_in as program
from tests.web.filled_form import filled

SignIn = Callable[[Account], Client]
NAMES = ["苏家作乡", "寨卜昌村", "苏家作村", "阳庙村"]
TABLE = "起点,终点,公里\n" + "\n".join(f"{a},{b},{3 + n}" for n, a in enumerate(NAMES) for b in NAMES[n + 1 :])


def address(name: str, round: Round) -> str:
    return reverse(name, args=[round.pk])


def upload(text: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("里程.csv", text.encode())}


def test_from_the_plan_to_the_adopted_tour(stage: Stage, signed_in: SignIn) -> None:
    round, lead = stage.planned(places=stage.located()), signed_in(stage.lead)
    assert address("round_tour", round) in lead.get(address("round_plan", round)).content.decode()
    assert "工作日按办公日历" in lead.get(address("round_tour", round)).content.decode()
    answer = lead.post(address("round_tour_ask", round), TERMS)
    assert (answer.status_code, answer["Location"]) == (302, address("round_tour", round))
    assert 'hx-trigger="every 2s"' in lead.get(address("round_tour", round)).content.decode()
    plan_tour.call(str(TourPlan.objects.get().pk))
    page = lead.get(address("round_tour", round)).content.decode()
    for words in ("排好了，还没有采用", "5 个村", "从苏家作乡出发", "第 2 天", "2018-04-03"):
        assert words in page
    place, version = stage.land.village, TourPlan.objects.get().version
    moved = lead.post(address("round_tour_move", round), {"place": place.code, "to": "2-1"})
    assert moved["Location"].endswith(f"#stop-{place.code}")
    stale = lead.post(address("round_tour_move", round), {"place": place.code, "to": "out", "version": version})
    assert stale.status_code == 409
    assert "record.stale" in stale.content.decode()
    lead.post(address("round_tour_adopt", round))
    assert "已采用" in lead.get(address("round_tour", round)).content.decode()
    assert RoundPlace.objects.get(round=round, place=place).visit_on == dt.date(2018, 4, 3)


def test_up_and_down(stage: Stage, signed_in: SignIn) -> None:
    round, lead = stage.toured(days=1, hours="9"), signed_in(stage.lead)
    before = TourPlan.objects.get().routes[0]["stops"]
    lead.post(address("round_tour_move", round), {"place": before[1], "step": "up"})
    assert TourPlan.objects.get().routes[0]["stops"] == [before[1], before[0], *before[2:]]
    lead.post(address("round_tour_move", round), {"place": before[1], "step": "down"})
    assert TourPlan.objects.get().routes[0]["stops"] == before


def test_the_plan_of_the_round_keeps_the_adopted_order(stage: Stage, signed_in: SignIn) -> None:
    round, lead = stage.toured(), signed_in(stage.lead)
    actions.adopt_tour(by=stage.lead, round=round)
    rows = RoundPlace.objects.filter(round=round).order_by("position")
    before = list(rows.values_list("place", "position", "visit_on", "team", "arrives"))
    page = lead.get(address("round_plan", round)).content.decode()
    assert lead.post(address("round_plan", round), filled(page, "plan") | {"name": "换个名称"}).status_code == 302
    assert list(rows.all().values_list("place", "position", "visit_on", "team", "arrives")) == before


def test_without_points_it_says_who_lacks_them(stage: Stage, signed_in: SignIn) -> None:
    round, lead = stage.planned(), signed_in(stage.lead)
    assert "有 3 个参评村没有坐标" in lead.get(address("round_tour", round)).content.decode()
    answer = lead.post(address("round_tour_ask", round), TERMS)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "tour.no_points" in page
    assert 'name="hours" type="text" value="4"' in page  # what was typed stays


def test_a_table_is_tried_before_it_counts(stage: Stage, signed_in: SignIn) -> None:
    round, lead = stage.planned(), signed_in(stage.lead)
    refused = lead.post(address("round_tour_distances", round), upload(TABLE + "\n无名村,苏家作村,-1"))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "起点（A 列），第 8 行" in page
    assert "公里（C 列），第 8 行" in page
    page = lead.post(
        address("round_tour_distances", round), upload("\n".join(TABLE.splitlines()[:-1]))
    ).content.decode()
    assert "参评村之间还缺 1 对" in page
    assert "苏家作村—阳庙村" in page or "阳庙村—苏家作村" in page
    assert not TourDistances.objects.exists()
    page = lead.post(address("round_tour_distances", round), upload(TABLE)).content.decode()
    sha256 = page.partition('name="sha256" value="')[2][:64]
    kept = lead.post(address("round_tour_distances", round), {"step": "keep", "sha256": sha256})
    assert kept.status_code == 302
    assert TourDistances.objects.get().content["rows"] == 6
    assert lead.post(address("round_tour_distances", round)).status_code == 422


def test_day_sheets_and_workbook(stage: Stage, signed_in: SignIn) -> None:
    round, lead = stage.toured(), signed_in(stage.lead)
    actions.move_stop(by=stage.lead, round=round, place=stage.land.village3, day=None, team=None)
    sheet = lead.get(address("round_tour_sheets", round))
    assert sheet["Content-Type"] == "application/pdf"
    printed = "".join(pages(sheet.content))
    for words in ("第1组行程单", "08:30从苏家作乡出发", "草案，还没有采用", "寨卜昌村", "评分表已提交", "当天小结"):
        assert words in printed
    one = "".join(pages(lead.get(address("round_tour_sheets", round), {"day": 2}).content))
    assert "2018-04-03（第2天）" in one
    assert "第1天" not in one
    assert lead.get(address("round_tour_sheets", round), {"day": 9}).status_code == 404
    book = load_workbook(io.BytesIO(lead.get(address("round_tour_excel", round)).content))
    assert book.sheetnames == ["行程", "各组合计", "没有排进的村"]
    assert {row[6].value for row in book["行程"].iter_rows(min_row=5, max_row=8)} >= {"寨卜昌村", "阳庙村"}


def test_judges_see_the_day_the_time_and_the_team(stage: Stage, signed_in: SignIn) -> None:
    round = stage.toured()
    actions.adopt_tour(by=stage.lead, round=round)
    actions.open_round(by=stage.lead, round=Round.objects.get(pk=round.pk))
    page = signed_in(stage.cast.judges[0]).get(reverse("sheets")).content.decode()
    first = RoundPlace.objects.filter(round=round).order_by("position")[0]
    assert f"{clock_time(first.arrives)}</time> · 第 1 组" in page
    assert page.index("4月2日" if clock.today() != dt.date(2018, 4, 2) else "今天") < page.index("4月3日")


@pytest.mark.parametrize("who", ["leader", "tally_clerk", "assessor", "secretary"])
def test_for_the_review_lead_alone(stage: Stage, signed_in: SignIn, who: str) -> None:
    round, account = stage.toured(), getattr(stage.cast, who)
    client, api = signed_in(account), program(account)
    for name in ("round_tour", "round_tour_sheets", "round_tour_excel"):
        assert client.get(address(name, round)).status_code in (403, 404)
    for name in ("round_tour_ask", "round_tour_distances", "round_tour_adopt"):
        assert client.post(address(name, round), TERMS).status_code in (403, 404)
    for method, path, body in (("GET", "", None), ("POST", "", TERMS), ("POST", "/adopt", {})):
        answer = send(api, method, f"/rounds/{round.pk}/tour{path}", body)
        assert codes(answer)[0] in ("access.denied", "access.not_found")


def test_over_the_api(stage: Stage) -> None:
    round, lead = stage.planned(), program(stage.lead)
    path = f"/rounds/{round.pk}/tour"
    assert done(send(lead, "GET", path))["state"] == "none"
    assert codes(send(lead, "POST", path, {**TERMS, "source": "table"})) == ["tour.no_table"]
    table = SimpleUploadedFile("km.csv", TABLE.encode())
    sent = lead.post(f"/api/v1{path}/distances?dry_run=true", {"table": table})
    assert done(sent) == {"name": "km.csv", "unit": "metres", "rows": 6, "pairs": 6, "missing": 0}
    assert not TourDistances.objects.exists()
    done(lead.post(f"/api/v1{path}/distances", {"table": SimpleUploadedFile("km.csv", TABLE.encode())}))
    wish = {**TERMS, "source": "table", "together": [["寨卜昌村", "阳庙村"]], "fixed": {"寨卜昌村": 2}}
    assert done(send(lead, "POST", path, wish, key="once"))["state"] == "asked"
    plan_tour.call(str(TourPlan.objects.get().pk))
    found = done(send(lead, "GET", path))
    assert (found["state"], found["left_out"]) == ("done", {})
    assert {stop["place_name"]: route["day"] for route in found["routes"] for stop in route["stops"]}["阳庙村"] == 2
    move = {"place": stage.land.village.code, "seen_version": found["version"]}
    assert done(send(lead, "POST", f"{path}/moves", move))["left_out"] == {stage.land.village.code: "taken_out"}
    assert codes(send(lead, "POST", f"{path}/moves", move)) == ["record.stale"]
    assert done(send(lead, "POST", f"{path}/adopt", {}))["adopted"]
