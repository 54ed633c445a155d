"""Activities on a phone and at a desk: planned, held, corrected; children's pictures; what is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk
from tests.browser.pictures import jpeg
from tests.browser.server import today

pytestmark = pytest.mark.browser
VILLAGE = "410871203201"


def fill_day(page: Page, label: str, day: dt.date) -> None:
    page.get_by_label(label, exact=True).fill(day.isoformat())


def test_from_the_plan_to_the_record_book(desk: Desk) -> None:
    desk.expected.append("status of 404")
    day = today()
    phone = desk.open("secretary", f"/activities/new?place={VILLAGE}&do=plan", PHONE)
    phone.get_by_role("link", name="主题党日").click()
    assert grave_findings(phone) == []
    phone.get_by_label("名称").fill("十二月主题党日（浏览器）")
    fill_day(phone, "哪一天", day)
    phone.get_by_label("主题", exact=False).last.fill("冬季清扫")
    phone.get_by_role("button", name="保存计划").click()
    expect(phone.get_by_text("计划已保存")).to_be_visible()
    assert grave_findings(phone) == []

    phone.get_by_role("link", name="登记开展情况").click()
    phone.get_by_label("参加人数").fill("20")
    phone.get_by_label("其中党员").fill("21")
    desk.expected.append("status of 422")
    phone.get_by_role("button", name="登记", exact=True).click()
    wrong = phone.locator(".field--wrong")
    expect(wrong).to_contain_text("多于参加人数 20")
    phone.get_by_label("其中党员").fill("18")
    phone.locator("input[name=photo_photos]").set_input_files(jpeg("现场.jpg"))
    phone.get_by_role("button", name="登记", exact=True).click()
    expect(phone.get_by_text("已开展").first).to_be_visible()
    expect(phone.locator("#slot-photos img")).to_have_count(1)
    address = phone.url
    assert grave_findings(phone) == []

    desk_page = desk.open("town-sujiazuo", "/calendar/")
    expect(desk_page.get_by_role("link", name="十二月主题党日（浏览器）")).to_be_visible()
    assert grave_findings(desk_page) == []
    desk_page.goto(f"{address}edit?do=correct")
    desk_page.get_by_label("参加人数").fill("22")
    desk_page.get_by_role("button", name="保存更正").click()
    expect(desk_page.locator("del", has_text="20")).to_be_visible()

    desk_page.goto(f"/activities/?place={VILLAGE}")
    assert grave_findings(desk_page) == []
    with desk_page.expect_download() as download:
        desk_page.get_by_role("link", name=f"{day.year} 年记录本").click()
    assert download.value.suggested_filename == f"{VILLAGE}-{day.year}.pdf"

    stranger = desk.open("both", address)
    expect(stranger.get_by_role("heading", level=1)).not_to_have_text("十二月主题党日（浏览器）")


def test_children_s_pictures_wait_for_a_consent_and_go_with_it(desk: Desk) -> None:
    desk.expected.append("status of 404")
    phone = desk.open("secretary", f"/activities/new?place={VILLAGE}&kind=activities.parent_school", PHONE)
    phone.get_by_label("参加人数").fill("40")
    phone.get_by_label("时长").fill("90")
    phone.get_by_label("学校").fill("村小学")
    phone.get_by_label("主题").fill("家庭教育")
    expect(phone.locator("input[name=photo_children]")).to_have_count(0)
    phone.get_by_role("button", name="登记", exact=True).click()
    expect(phone.get_by_text("有儿童的照片先不能上传")).to_be_visible()
    phone.get_by_role("link", name="登记同意").click()
    assert grave_findings(phone) == []
    phone.get_by_label("儿童人数").fill("12")
    phone.get_by_label("签在什么上").fill("家长知情同意书，存学校")
    phone.get_by_role("button", name="登记同意").click()
    phone.locator("#slot-children").get_by_role("link", name="加照片").click()
    phone.locator("input[name=photo_children]").set_input_files(jpeg("发言.jpg"))
    phone.get_by_role("button", name="上传").click()
    expect(phone.locator("#slot-children img")).to_have_count(1)
    assert grave_findings(phone) == []
    phone.get_by_role("button", name="撤回").click()
    phone.get_by_role("button", name="撤回并撤下照片").click()
    expect(phone.get_by_text("照片已撤下").first).to_be_visible()
    expect(phone.locator("#slot-children")).to_have_count(0)


def test_film_shows_come_from_a_file(desk: Desk) -> None:
    page = desk.open("culture", "/activities/import")
    rows = f"编号,地点,日期,片名\nBR-1,{VILLAGE},{today()},科教片\nBR-2,没有的村,{today()},科教片\n".encode()
    file = page.get_by_label("文件")
    file.set_input_files({"name": "放映.csv", "mimeType": "text/csv", "buffer": rows})
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_text("没有找到地点“没有的村”").first).to_be_visible()
    assert grave_findings(page) == []
    good = rows.replace("没有的村".encode(), b"410871203202")
    page.get_by_label("文件").set_input_files({"name": "放映.csv", "mimeType": "text/csv", "buffer": good})
    page.get_by_role("button", name="试算").click()
    page.get_by_role("button", name="写入这 2 行").click()
    expect(page.get_by_text("已写入 2 项活动")).to_be_visible()


def test_who_may_not_is_told_who_can(desk: Desk) -> None:
    desk.expected.append("status of 403")
    page = desk.open("auditor", "/activities/new")
    expect(page.get_by_text("您不能在这里登记").first).to_be_visible()
