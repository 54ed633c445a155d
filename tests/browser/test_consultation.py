"""A topic of consultation on the screens of those who raise, talk over and evaluate it, refusals included."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk
from tests.browser.test_accreditation import refused
from tests.browser.test_services import code_on_the_slip

pytestmark = pytest.mark.browser

NAME, TOPIC = "浏览器居民", "儿童游乐沙坑要不要保留"


def taken_on_a_phone(desk: Desk) -> tuple[Page, str]:
    """The convenor registers what a resident raises; the page, and the code of the slip."""
    page = desk.open("convenor", "/services/take?place=410871061001-ly1", PHONE)
    page.get_by_role("link", name="提出协商议题").click()
    page.get_by_label("本人办理").check()
    page.get_by_label("议题（一句话，会公告）").fill(TOPIC)
    page.get_by_label("提议题人姓名").fill(NAME)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert grave_findings(page) == []
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_text("“议题内容”必须填写").first).to_be_visible()
    page.get_by_label("议题内容").fill("沙坑常有碎玻璃，有人要留，有人要改")
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_text("已受理，请打印受理单")).to_be_visible()
    assert NAME not in page.content()
    return page, code_on_the_slip(page)


def step(page: Page, address: str, code: str, **given: str) -> None:
    """One step of a topic, its fields by label."""
    page.goto(f"{address}?step={code}")
    for label, value in given.items():
        field = page.locator("#task").get_by_label(label).first
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    page.locator("#task button[type=submit]").click()


def test_raised_by_a_resident_announced_and_followed_by_the_slip(desk: Desk) -> None:
    desk.expected += ["status of 422", "status of 409", "status of 403"]
    page, code = taken_on_a_phone(desk)
    page.get_by_role("link", name="去办理").click()
    address = page.url.partition("?")[0]
    expect(page.get_by_role("heading", name=TOPIC)).to_be_visible()
    step(page, address, "accept", 类别="环境卫生和绿化", 协商层级="楼院")
    step(page, address, "announce", 牵头方="居民议事会", 参加的各方="居民议事会、物业企业", 拟开会日期="2026-12-31")
    expect(page.locator("[aria-current=step]")).to_have_text("公告中")
    step(page, address, "begin")
    refused(page, "“公示期”到")
    public = desk.window(PHONE).new_page()
    public.goto("/s/notices/")
    expect(public.get_by_text(TOPIC)).to_be_visible()
    assert NAME not in public.content()
    assert grave_findings(public) == []
    public.goto(f"/s/track/{code}/")
    for state in ("待筛选", "筹备中", "公告中"):
        expect(public.get_by_text(state).first).to_be_visible()
    assert NAME not in public.content()


def test_talked_over_again_with_a_session_of_its_own(desk: Desk) -> None:
    desk.expected += ["status of 422"]
    page = desk.open("convenor", "/matters/?kind=consultation.topic&state=consulting", PHONE)
    page.goto(page.locator("a[href^='/matters/XS-']").first.get_attribute("href") or "")
    address = page.url.partition("?")[0]
    resolution = {
        "各种方案": "保留绿地；改停车位",
        "决议": "保留绿地，沿路划线停车",
        "公示的决议": "保留绿地，沿路划线",
    }
    step(page, address, "resolve", **resolution)
    refused(page, "“协商会议”")
    page.goto(address)
    expect(page.get_by_role("heading", name="协商会议")).to_be_visible()
    page.locator("#wanted a.btn").click()
    expect(page.get_by_label("议题编号")).to_have_value(re.compile(r"XS-\d{4}-\d{4}"))
    page.get_by_label("参加人数").fill("15")
    page.get_by_label("其中居民").fill("11")
    page.get_by_label("成效").or_(page.locator("[name=outcome]")).first.fill("多数同意保留绿地")
    assert grave_findings(page) == []
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/activities/[0-9a-f-]{36}/"))
    step(page, address, "resolve", **resolution)
    expect(page.locator("[aria-current=step]")).to_have_text("决议公示中")
    expect(page.get_by_text("共 2 次")).to_be_visible()
    assert not (found := grave_findings(page)), found


def test_evaluated_by_another_unit_and_exported_without_a_name(desk: Desk) -> None:
    desk.expected += ["status of 403"]
    page = desk.open("council", "/matters/?kind=consultation.topic&state=evaluating")
    page.goto(page.locator("table[data-ledger] a[data-drawer]").first.get_attribute("href") or "")
    address = page.url.partition("?")[0]
    own = desk.open("convenor", f"{address}?step=evaluate")
    refused(own, "“评议通过，办结”不能由您办理")
    step(page, address, "evaluate", 议事会评议="满意", 参加评议的人数="9")
    expect(page.locator("[aria-current=step]")).to_have_text("已办结")
    office = desk.open("consultation", "/matters/?kind=consultation.topic")
    answer = office.request.get("/matters/export.xlsx?kind=consultation.topic")
    cells = [str(cell) for row in load_workbook(io.BytesIO(answer.body())).active for cell in (c.value for c in row)]
    assert TOPIC in " ".join(cells) or "楼道堆物清理公约" in " ".join(cells)
    assert not [cell for cell in cells if NAME in cell or "示范居民" in cell]
    office.goto("/packs/consultation/matters/topic/")
    expect(office.get_by_role("row", name="形成决议并公示")).to_contain_text("先登记写明编号的“协商会议”")
    assert not (found := grave_findings(office)), found
