"""A survey from an Excel list: made at a desk, answered on a phone by the village, read on the map."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from huoshui.kernel.spreadsheets import XLSX
from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk
from tests.browser.scoring import current_item, item
from tests.browser.server import today
from tests.web.test_survey_lists import HEAD, TOILETS, book

pytestmark = pytest.mark.browser

NAME = "浏览器走查：健身器材摸底"


def test_from_the_list_to_the_map(desk: Desk) -> None:
    page = desk.open("livelihood", "/rounds/")
    page.get_by_role("link", name="从 Excel 题单发起调查").click()
    assert grave_findings(page) == []
    page.get_by_label("调查名称").fill(NAME)
    page.get_by_label("截止日期").fill((today() + dt.timedelta(days=5)).isoformat())
    wrong = book((HEAD, TOILETS[1], ("几座", "数目", "", "座", "", "1=是")))
    desk.expected.append("status of 422")
    page.get_by_label("题单文件").set_input_files({"name": "题单.xlsx", "mimeType": XLSX, "buffer": wrong})
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_role("row", name="第 3 行")).to_contain_text("数目")
    page.get_by_label("题单文件").set_input_files({"name": "题单.xlsx", "mimeType": XLSX, "buffer": book(TOILETS)})
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_text("共 5 题，发布后是这样：")).to_be_visible()
    assert grave_findings(page) == []
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    answers = page.url

    phone = desk.open("secretary", "/", PHONE)
    phone.locator(".agenda__item", has_text=NAME).get_by_role("link", name="填报").first.click()
    phone.get_by_role("button", name="开始").click()
    item(phone, current_item(phone)).get_by_text("否", exact=True).click()
    assert grave_findings(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

    office = desk.open("livelihood", answers)
    expect(office.get_by_text("由 村党支部书记 填")).to_be_visible()
    office.goto("/packs/surveys/checklists/public_toilets/answers/?question=kind")
    frame = office.locator(".map[data-points]")
    expect(frame).to_be_visible()
    assert int(frame.get_attribute("data-points") or 0) > 100
    expect(office.locator(".board-legend").get_by_text("水冲式")).to_be_visible()
    assert grave_findings(office) == []
