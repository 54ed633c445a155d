"""The pages of activities: list, form, one activity, pictures, import, record book."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from huoshui.activities.models import Activity
from huoshui.media.models import Attachment
from huoshui.search.keeping import keep_up
from tests.activities.staging import TODAY, appoint_clerk, lecture, theme_day
from tests.matters.conftest import photo
from tests.reports.test_typesetting import pages as pdf_text
from tests.web.conftest import signed_in  # noqa: F401 - a fixture

Office = Callable[[Any], Client]


@pytest.fixture
def village(cast: SimpleNamespace, signed_in: Office) -> Client:  # noqa: F811
    return signed_in(cast.secretary)


def new(cast: SimpleNamespace, kind: str = "theme_day", **more: str) -> str:
    more = {"kind": f"activities.{kind}", "place": cast.land.village.code, **more}
    return "/activities/new?" + "&".join(f"{key}={value}" for key, value in more.items())


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_where_then_what_then_the_form(cast: SimpleNamespace, village: Client) -> None:
    assert "在哪里" in text(village.get("/activities/new"))
    kinds = text(village.get(f"/activities/new?place={cast.land.village.code}"))
    assert "三会一课" in kinds
    assert "农村电影放映" not in kinds  # only a clerk of cultural events records these
    form = text(village.get(new(cast)))
    assert "哪一天开展的" in form
    assert "先作计划" in form
    assert "开始" in text(village.get(new(cast, do="plan")))


def test_recorded_at_once_with_a_photo(cast: SimpleNamespace, village: Client) -> None:
    picture = SimpleUploadedFile("a.jpg", photo())
    typed = {"title": "主题党日", "held_on": "2018-04-01", "headcount": "30", "topic": "学习", "photo_photos": picture}
    assert village.post(new(cast), typed | {"headcount": "三十"}).status_code == 422
    picture.seek(0)
    response = village.post(new(cast), typed)
    row = Activity.objects.get()
    assert response["Location"] == f"/activities/{row.pk}/"
    assert (row.headcount, Attachment.objects.get().slot) == (30, "photos")
    assert "30" in text(village.get(response["Location"]))


def test_a_refusal_keeps_what_was_typed_and_stands_beside_its_input(cast: SimpleNamespace, village: Client) -> None:
    page = text(
        village.post(new(cast), {"title": "主题党日", "held_on": "2018-04-09", "headcount": "20", "members": "21"})
    )
    assert "2018-04-09 还没有到" in page
    assert 'id="f-held_on-error"' in page
    assert 'value="21"' in page
    assert not Activity.objects.exists()


def test_a_plan_that_cannot_be_is_told_beside_its_day_or_hour(cast: SimpleNamespace, village: Client) -> None:
    typed = {"title": "主题党日", "day": "2018-04-01", "from": "09:00", "to": "11:00"}
    past = text(village.post(new(cast, do="plan"), typed))
    assert 'id="f-day-error"' in past
    backwards = text(village.post(new(cast, do="plan"), typed | {"day": "2018-04-05", "to": "08:00"}))
    assert 'id="f-to-error"' in backwards
    assert not Activity.objects.exists()


def test_planned_changed_held_corrected_and_taken_back(cast: SimpleNamespace, village: Client) -> None:
    typed = {"title": "主题党日", "day": "2018-04-05", "from": "09:00", "to": "11:00", "topic": "学习"}
    village.post(new(cast, do="plan"), typed)
    row = Activity.objects.get()
    address = f"/activities/{row.pk}/"
    assert "登记开展情况" in text(village.get(address))
    village.post(f"{address}edit?do=plan", typed | {"day": "2018-04-02", "version": "1"})
    shown = text(village.get(f"{address}edit?do=record"))
    assert 'value="120"' in shown  # as long as it was planned
    stale = village.post(
        f"{address}edit?do=record", {"title": "x", "held_on": "2018-04-02", "headcount": "9", "version": "1"}
    )
    assert stale.status_code == 409
    held = {"title": "主题党日", "held_on": "2018-04-02", "headcount": "9", "topic": "学习", "version": "2"}
    assert village.post(f"{address}edit?do=record", held).status_code == 302
    village.post(f"{address}edit?do=correct", held | {"headcount": "10", "version": "3"})
    assert text(village.get(address)).count("<del>9</del>") == 1
    assert "还要写" not in text(village.post(f"{address}cancel", {"reason": "", "version": "4"}))
    village.post(f"{address}cancel", {"reason": "登记重了", "version": "4"})
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert "登记重了" in text(village.get(address))


def test_filters_stand_in_the_address(cast: SimpleNamespace, village: Client) -> None:
    theme_day(cast)
    lecture(cast)
    assert "家长学校第一讲" in text(village.get("/activities/?group=civilisation"))
    assert "四月主题党日" not in text(village.get("/activities/?group=civilisation"))
    assert "四月主题党日" in text(village.get("/activities/?state=planned&since=2018-04-05&until=2018-04-05"))
    assert "没有符合条件的活动" in text(village.get("/activities/?q=什么都没有"))
    assert village.get("/activities/?kind=activities.nothing").status_code == 422


def test_others_see_nothing_of_it(cast: SimpleNamespace, signed_in: Office) -> None:  # noqa: F811
    row = lecture(cast)
    assert signed_in(cast.secretary2).get(f"/activities/{row.pk}/").status_code == 404
    assert signed_in(cast.stranger).get("/calendar/").status_code == 403
    assert "家长学校" in text(signed_in(cast.auditor).get("/activities/"))
    assert signed_in(cast.auditor).get("/activities/export.xlsx").status_code == 403


def test_a_place_has_its_tab(cast: SimpleNamespace, village: Client) -> None:
    lecture(cast)
    page = text(village.get(f"/places/{cast.land.village.code}/?tab=activities"))
    assert "家长学校第一讲" in page
    assert "登记活动" in page


def test_children_wait_for_a_consent(cast: SimpleNamespace, village: Client) -> None:
    row = lecture(cast)
    address = f"/activities/{row.pk}/"
    refused = village.post(f"{address}photos/children", {"photo_children": SimpleUploadedFile("a.jpg", photo())})
    assert refused.status_code == 409
    assert "先不能上传" in text(village.get(address))
    given = {"children": "12", "given_on": "2018-04-01", "paper": "知情同意书", "version": str(row.version)}
    assert village.post(f"{address}consent", given).status_code == 302
    village.post(f"{address}photos/children", {"photo_children": SimpleUploadedFile("a.jpg", photo())})
    assert Attachment.objects.count() == 1
    row.refresh_from_db()
    consent = row.consents.get()
    village.post(f"{address}consents/{consent.pk}/withdraw", {"said": "家长要求", "version": str(row.version)})
    assert Attachment.objects.count() == 0
    assert "照片已撤下" in text(village.get(address))


def test_names_are_masked_and_seen_for_a_reason(cast: SimpleNamespace, signed_in: Office) -> None:  # noqa: F811
    secretary = signed_in(cast.secretary)
    typed = {
        "title": "党员大会", "held_on": "2018-04-01", "headcount": "20", "topic": "计划", "outcome": "通过",
        "absent": "张三丰请假",
    }  # fmt: skip
    secretary.post(new(cast, "general_meeting"), typed)
    row = Activity.objects.get()
    page = text(secretary.get(f"/activities/{row.pk}/"))
    assert "张三丰" not in page
    assert "用途" in page
    assert secretary.post(f"/activities/{row.pk}/reveal", {"field": "absent", "reason": "核对"}).status_code == 403


def test_excel_and_record_book(cast: SimpleNamespace, village: Client) -> None:
    lecture(cast)
    code = cast.land.village.code
    book = load_workbook(io.BytesIO(village.get("/activities/export.xlsx?kind=activities.parent_school").content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert rows[1][-3:] == ["学校", "主题", "授课人（单位和职务）"]
    assert rows[2][0].date() == TODAY - dt.timedelta(days=1)
    assert rows[2][-3:] == ["村小学", "沟通", "区教研室教研员"]
    said = "".join(pdf_text(village.get(f"/activities/book.pdf?place={code}&year=2018").content))
    assert "2018年活动记录本" in said.replace(" ", "")
    assert "家长学校第一讲" in said
    none = "".join(pdf_text(village.get(f"/activities/book.pdf?place={code}&year=2016").content))
    assert "没有登记" in none
    assert village.get(f"/activities/book.pdf?place={code}&year=abc").status_code == 422


def test_import_is_tried_then_written(cast: SimpleNamespace, signed_in: Office) -> None:  # noqa: F811
    appoint_clerk(cast)
    office = signed_in(cast.district_office)
    kind = "activities.film_show"
    assert "片名" in text(office.get(f"/activities/import?kind={kind}"))
    data = "编号,地点,日期,片名,中央补助,区级补助,每场费用\nF-1,寨卜昌村,2018-03-01,地道战,150,50,200\n".encode()
    short = office.post(
        "/activities/import", {"kind": kind, "file": SimpleUploadedFile("f.csv", data[:-5] + b",250\n")}
    )
    assert "“各级补助合计”200.00 元，与“每场费用”250.00 元 不等" in text(short)
    tried = office.post("/activities/import", {"kind": kind, "file": SimpleUploadedFile("f.csv", data)})
    assert "试算通过" in text(tried)
    assert not Activity.objects.exists()
    report = tried.context["report"]
    write = {"step": "write", "kind": kind, "sha256": tried.context["tried"].sha256, "plan": report.plan}
    assert office.post("/activities/import", write)["Location"] == f"/activities/?kind={kind}"
    assert Activity.objects.get().key == "F-1"
    shown = text(office.get(f"/activities/{Activity.objects.get().pk}/"))
    for told in ("150.00 元（75.0%）", "50.00 元（25.0%）", "各级补助合计", "200.00 元"):
        assert told in shown
    book = load_workbook(io.BytesIO(office.get(f"/activities/export.xlsx?kind={kind}").content)).active
    assert [row[-1].value for row in book.iter_rows()][-2:] == ["各级补助合计", "200.00"]
    assert "每一行都已登记" in text(office.post("/activities/import", write))
    bad = "编号,地点,日期,片名\nF-2,没有的村,2018-03-01,地道战\n".encode()
    wrong = office.post("/activities/import", {"kind": kind, "file": SimpleUploadedFile("f.csv", bad)})
    assert "没有的村" in text(wrong)
    assert office.get("/activities/import/template.xlsx?kind=" + kind).status_code == 200
    assert signed_in(cast.leader).get("/activities/import").status_code == 403


def test_command_bar_finds_it(cast: SimpleNamespace, village: Client) -> None:
    row = lecture(cast)
    keep_up()
    assert f"/activities/{row.pk}/" in text(village.get("/search?q=家长学校第一讲"))
