"""A promise of the year from the meeting to its public result, and a kindergarten that the register counts."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk
from tests.browser.pictures import jpeg
from tests.browser.server import today

pytestmark = pytest.mark.browser

VILLAGE = "410871101200"
TITLE = "浏览器走查：村级文化活动中心添置设备"


def test_a_kindergarten_is_registered_and_counted(desk: Desk) -> None:
    sheet = "/figures/livelihood.kindergartens/?place=410871101"
    before = counted(desk.open("livelihood", sheet))
    page = desk.open("livelihood", f"/places/{VILLAGE}/?tab=sites")
    page.get_by_role("link", name="登记场所").first.click()
    page.get_by_role("link", name="幼儿园", exact=True).click()
    page.get_by_label("名称").fill("走查幼儿园")
    page.get_by_label("设立日期").fill("2020-09-01")
    page.get_by_label("办园性质").select_option(label="民办")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("走查幼儿园").first).to_be_visible()
    assert grave_findings(page) == []
    page.goto(sheet)
    assert counted(page) == before + 1


def counted(page: Page) -> int:
    """The number that a figure's sheet shows large."""
    found = re.search(r"\d+", page.locator(".figure-value").first.inner_text())
    return int(found[0]) if found else 0


def step(page: Page, verb: str) -> None:
    """Open a step's form."""
    page.get_by_role("link", name=verb, exact=True).click()


def take(page: Page, verb: str, state: str) -> None:
    """Send it; the matter is in ``state`` then."""
    page.locator("#task-form").get_by_role("button", name=verb).click()
    expect(page.locator(".states [aria-current=step]")).to_have_text(state)


def test_a_promise_is_kept_and_told(desk: Desk) -> None:
    number = proposed(desk)
    page = desk.open("leader", f"/matters/{number}/")
    step(page, "批准")
    take(page, "批准", "待启动")
    bureau = desk.open("culture", f"/matters/{number}/", PHONE)
    step(bureau, "启动")
    bureau.get_by_label("办理措施").fill("统一采购，逐村安装。")
    take(bureau, "启动", "办理中")
    step(bureau, "申请核验")
    for label, text in (("完成数", "6"), ("受益人数", "3200"), ("受益村（社区）", "全区各村")):
        bureau.get_by_label(label).fill(text)
    desk.expected.append("status of 422")
    bureau.locator("#task-form").get_by_role("button", name="申请核验").click()
    expect(bureau.locator("#task .field__error")).to_contain_text("完成照片")
    bureau.locator("input[name=photo_after]").set_input_files([jpeg("after.jpg")])
    take(bureau, "申请核验", "待核验")
    assert bureau.get_by_role("link", name="核验通过").count() == 0
    assert bureau.evaluate("document.documentElement.scrollWidth <= innerWidth")
    verifier = desk.open("verifier", f"/matters/{number}/")
    step(verifier, "核验通过")
    take(verifier, "核验通过", "待公布")
    office = desk.open("livelihood", f"/matters/{number}/")
    step(office, "公布结果")
    office.get_by_label("公布的结果").fill("6 个村级文化活动中心的设备已全部到位。")
    take(office, "公布结果", "已兑现")
    assert grave_findings(office) == []
    office.goto("/matters/?kind=livelihood.promise&state=kept")
    expect(office.get_by_text(TITLE).first).to_be_visible()


def proposed(desk: Desk) -> str:
    """The number of the promise that the livelihood office proposes."""
    page = desk.open("livelihood", "/matters/new?kind=livelihood.promise&place=410871")
    page.get_by_label("实事（一句话）").fill(TITLE)
    page.get_by_label("类别").select_option(label="年度民生实事")
    page.locator("[name=target]").fill("6")
    page.locator("[name=target_unit]").fill("个")
    page.get_by_label("承诺期限").fill((today() + dt.timedelta(days=60)).isoformat())
    page.get_by_label("责任人").select_option("culture")
    page.locator("form.sheet-form").get_by_role("button", name="登记").click()
    expect(page.locator(".states [aria-current=step]")).to_have_text("待批准")
    found = re.search(r"MS-\d{4}-\d+", page.url)
    assert found, page.url
    return found[0]
