"""A visit, a difficulty about a unit and a dispute, on the screens of those who hear of them, handle and call back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk
from tests.browser.test_accreditation import refused
from tests.browser.test_consultation import step

pytestmark = pytest.mark.browser

VILLAGE, TOWN = "410871203201", "410871203"
ABOUT = "便民服务窗口周一没有人"


def test_what_is_about_a_unit_goes_around_it(desk: Desk) -> None:
    desk.expected += ["status of 422", "status of 403", "status of 404"]
    page = desk.open("lead-sujiazuo-1", f"/matters/new?place={VILLAGE}&kind=outreach.difficulty", PHONE)
    page.get_by_label("事项（一句话）").fill(ABOUT)
    page.get_by_label("哪方面").select_option(label="办事和服务")
    page.get_by_label("事情和诉求").fill("去了两次都没有人，希望公布时间")
    unit = page.locator("select[name=about_unit]")
    unit.select_option(label=unit.locator("option", has_text="寨卜昌村委会").first.inner_text())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not (found := grave_findings(page)), found
    page.get_by_role("button", name="登记").click()
    refused(page, "不能登记在“寨卜昌村”")
    page.goto(f"/matters/new?place={TOWN}&kind=outreach.difficulty")
    page.get_by_label("事项（一句话）").fill(ABOUT)
    page.get_by_label("哪方面").select_option(label="办事和服务")
    page.get_by_label("事情和诉求").fill("去了两次都没有人，希望公布时间")
    unit = page.locator("select[name=about_unit]")
    unit.select_option(label=unit.locator("option", has_text="寨卜昌村委会").first.inner_text())
    page.get_by_role("button", name="登记").click()
    page.wait_for_url(re.compile(r"/matters/KN-"))
    address = page.url.partition("?")[0]

    own = desk.open("secretary", "/matters/?kind=outreach.difficulty")
    expect(own.get_by_text(ABOUT)).to_have_count(0)
    own.goto(address)
    expect(own.get_by_text(ABOUT)).to_have_count(0)

    office = desk.open("petitions", address)
    assert not (found := grave_findings(office)), found
    step(office, address, "accept")
    step(office, address, "answer", 办理情况="已公布值守时间", 答复内容="当面说明", 答复日期="2026-11-28")
    expect(office.locator("[aria-current=step]")).to_have_text("已答复待回访")
    office.goto(f"{address}?step=settle")
    refused(office, "“回访属实，办结”不能由您办理")
    step(page, address, "settle")
    expect(page.locator("[aria-current=step]")).to_have_text("已办结")


def test_a_dispute_is_mediated_answered_and_called_back(desk: Desk) -> None:
    desk.expected += ["status of 422", "status of 403"]
    page = desk.open("mediator", "/matters/?kind=outreach.dispute&state=mediating", PHONE)
    page.goto(page.locator("a[href^='/matters/JF-']").first.get_attribute("href") or "")
    address = page.url.partition("?")[0]
    page.goto(f"{address}?step=answer")
    page.locator("#task button[type=submit]").click()
    expect(page.get_by_text("“答复内容”必须填写").first).to_be_visible()
    told = {"调解日期": "2026-11-27", "调解经过": "听取甲方、乙方意见，各让一步", "调解结果": "达成书面协议"}
    step(page, address, "answer", **told, 答复内容="双方认可", 答复日期="2026-11-28")
    expect(page.locator("[aria-current=step]")).to_have_text("已答复待回访")
    assert not (found := grave_findings(page)), found
    lead = desk.open("lead-sujiazuo-1", f"{address}?step=settle")
    lead.locator("#task button[type=submit]").click()
    expect(lead.locator("[aria-current=step]")).to_have_text("已化解")


def test_a_village_is_visited_by_headcounts_alone(desk: Desk) -> None:
    page = desk.open("lead-sujiazuo-1", f"/sheets/start?place={VILLAGE}&checklist=outreach.village_visit", PHONE)
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(re.compile(r"/sheets/[0-9a-f-]{36}/"))
    expect(page.get_by_text("走访户数").first).to_be_visible()
    expect(page.get_by_text("只记户数，不记是哪几户").first).to_be_visible()
    assert not (found := grave_findings(page)), found
