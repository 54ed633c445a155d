"""What comes round, on the screens of those who ask for it, do it, excuse it, and may not."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, SCREEN, Desk, widen
from tests.browser.pictures import jpeg
from tests.browser.scoring import post
from tests.browser.server import today
from tests.browser.test_axe import too_wide

pytestmark = pytest.mark.browser
NAME = "每月三无摸底"


def begun(desk: Desk) -> Page:
    """A plan of the town's, looked at before it is begun; its page."""
    page = desk.open("town-sujiazuo", "/cadence/")
    page.get_by_role("link", name="安排", exact=True).click()
    page.get_by_role("link", name="启用一项").first.click()
    page.get_by_label("要办什么").select_option(label="党建阵地“三无”摸底")
    page.get_by_label("名称").fill(NAME)
    page.get_by_label("多久一次").select_option(label="每季度一次")
    expect(page.locator("#plan-preview")).to_contain_text("每处每年 4 次")
    page.get_by_label("多久一次").select_option(label="自己写规则")
    page.get_by_label("规则（RFC 5545）").fill("FREQ=MONTHLY;BYMONTHDAY=31")
    expect(page.locator("#plan-preview")).to_contain_text("有的月份没有 31 日")
    page.get_by_label("多久一次").select_option(label="每月一次")
    page.get_by_label("启用日期").fill(today().replace(day=1).isoformat())
    expect(page.locator("#plan-preview")).to_contain_text("每处每年 12 次")
    assert grave_findings(page) == []
    page.get_by_role("button", name="启用", exact=True).click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    return page


def test_it_is_asked_done_excused_and_seen(desk: Desk) -> None:
    town = begun(desk)
    plan = town.url

    visitor = desk.open("assessor-sujiazuo-1", "/cadence/?state=due")
    row = visitor.get_by_role("row").filter(has_text="寨卜昌村").filter(has_text=NAME)
    row.get_by_role("link", name="去填一张").click()
    visitor.get_by_role("button", name="开始").click()
    visitor.wait_for_url(re.compile(r"/sheets/[0-9a-f-]{36}/"))
    sheet = re.search(r"/sheets/([0-9a-f-]{36})/", visitor.url)
    assert sheet
    api = desk.api("assessor-sujiazuo-1")
    path = f"/sheets/{sheet[1]}"
    seen = api.get(f"/api/v1{path}").json()["version"]
    answers = {"site": "是", "service_room": "是", "recreation_facility": "是"}
    post(api, path, {"answers": answers, "seen_version": seen}, "PATCH")
    sent = api.post(f"/api/v1{path}/photos", multipart={"photo": jpeg(), "item": "site"})
    assert sent.ok, sent.text()
    post(api, f"{path}/submit")

    town.goto("/cadence/?state=due")
    town.get_by_role("row").filter(has_text="刘路村").filter(has_text=NAME).get_by_role("link", name="准予免办").click()
    desk.expected.append("status of 422")
    town.get_by_role("button", name="准予免办").click()
    expect(town.locator(".field__error")).to_contain_text("免办原因")
    town.get_by_label("免办原因").fill("村部正在搬迁")
    town.get_by_role("button", name="准予免办").click()
    expect(town.locator("#excuse").get_by_text("村部正在搬迁")).to_be_visible()
    expect(town.locator("#story").get_by_text("村部正在搬迁")).to_be_visible()
    occasion = town.url
    assert grave_findings(town) == []

    town.goto(plan)
    turns = town.get_by_role("region", name="各地点近几期")
    expect(turns.get_by_role("row").filter(has_text="寨卜昌村").locator(".turn--done")).to_have_count(1)
    expect(turns.get_by_role("row").filter(has_text="刘路村").locator(".turn--excused")).to_have_count(1)
    for width in (PHONE, SCREEN):
        widen(town, width)
        assert grave_findings(town) == []
        assert too_wide(town) == []

    village = desk.open("both", occasion.replace(desk.url, ""))
    expect(village.locator("#excuse").get_by_text("村部正在搬迁")).to_be_visible()
    expect(village.get_by_role("button", name="收回免办")).to_have_count(0)
    other = desk.open("town-yangmiao", "/cadence/")
    expect(other.get_by_text(NAME)).to_have_count(0)
    desk.expected.append("404")
    assert desk.open("town-yangmiao", occasion.replace(desk.url, "")).get_by_text("村部正在搬迁").count() == 0
