"""An accreditation and a spot check on the screens of those who take part, refusals included."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk
from tests.browser.pictures import jpeg
from tests.browser.scoring import post

pytestmark = pytest.mark.browser

VILLAGE, TOWN = "410871203201", "410871203"


def hand_in(desk: Desk, username: str, page: Page, **worse: str) -> None:
    """Begin the checklist that the matter's page asks for, with what it fills in, and hand it in."""
    page.locator("#wanted a.btn").click()
    expect(page.locator("#place")).not_to_have_value("")
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(re.compile(r"/sheets/[0-9a-f-]{36}/"))
    sheet = page.url.partition("/sheets/")[2].partition("/")[0]
    api = desk.api(username)
    form = post(api, f"/sheets/{sheet}/form", method="GET")
    answers = {item["code"]: worse.get(item["code"], best(item["scoring"]["type"])) for item in form["items"]}
    post(api, f"/sheets/{sheet}", {"answers": answers, "seen_version": form["version"]}, "PATCH")
    post(api, f"/sheets/{sheet}/submit")


def best(scoring: str) -> str:
    """The best answer to an item, by its scoring."""
    return {"yes_no": "yes", "deduction": "0"}.get(scoring, "good")


def refused(page: Page, words: str) -> None:
    expect(page.locator(".notice--refused").first).to_contain_text(words)
    assert not (found := grave_findings(page)), found


def applied(desk: Desk) -> Page:
    page = desk.open("secretary", f"/matters/new?place={VILLAGE}&kind=honours.civilised_place")
    expect(page.get_by_label("创建项目（一句话）")).to_have_value("寨卜昌村文明村镇创建")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("[id^='f-level'][id$='-error'], .field__error").first).to_be_visible()
    page.get_by_label("申报级别").select_option(label="区级")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("heading", name="办理前要先做的")).to_be_visible()
    return page


def test_an_accreditation_from_the_application_to_the_notice(desk: Desk) -> None:
    desk.expected += ["status of 422", "status of 409", "status of 403"]
    page = applied(desk)
    address = page.url
    page.goto(f"{address}?step=submit")
    page.get_by_label("创建情况").fill("街道硬化亮化，红白理事会有章程")
    page.locator("#task button[type=submit]").click()
    refused(page, "还没有交过“文明村镇创建自查表”")
    page.goto(address)
    hand_in(desk, "secretary", page)
    page.goto(f"{address}?step=submit")
    page.get_by_label("创建情况").fill("街道硬化亮化，红白理事会有章程")
    page.locator("#task button[type=submit]").click()
    expect(page.locator("[aria-current=step]")).to_have_text("待考评")

    phone = desk.open("accreditation-review", address, PHONE)
    assert grave_findings(phone) == []
    hand_in(desk, "accreditation-review", phone)

    office = desk.open("accreditation", f"{address}?step=publicise")
    office.locator("#task button[type=submit]").click()
    expect(office.locator("#task")).to_contain_text("“公示材料”至少要有 1 张")
    office.locator("#task input[type=file]").first.set_input_files(jpeg())
    office.locator("#task button[type=submit]").click()
    expect(office.locator("[aria-current=step]")).to_have_text("公示中")
    expect(office.locator(".next__who")).to_contain_text("期满")
    office.goto(f"{address}?step=award")
    office.get_by_label("命名文号").fill("示范创〔2026〕9号")
    office.locator("#task button[type=submit]").click()
    refused(office, "“公示期”到")
    own = desk.open("secretary", f"{address}?step=award")
    refused(own, "“命名”不能由您办理")

    town = desk.open("town-sujiazuo", f"{address}?step=record_objection")
    town.get_by_label("异议内容").fill("红白理事会的章程没有公开")
    town.locator("#task button[type=submit]").click()
    leader = desk.open("leader", f"{address}?step=dismiss_objection")
    leader.get_by_label("异议核查结论").fill("已在村务公开栏公开，有照片")
    leader.locator("#task button[type=submit]").click()
    expect(leader.locator("[aria-current=step]")).to_have_text("公示中")


def test_what_was_awarded_stands_on_the_matter_and_on_its_kind(desk: Desk) -> None:
    page = desk.open("accreditation", "/matters/?kind=honours.liveable_village&state=awarded")
    page.goto(page.locator("table[data-ledger] a[data-drawer]").first.get_attribute("href") or "")
    expect(page.locator("#honours")).to_contain_text("2017　市级宜居乡村")
    assert not (found := grave_findings(page)), found
    page.goto("/packs/honours/matters/beautiful_village/")
    expect(page.get_by_role("row", name="命名 主步骤")).to_contain_text("“公示期”满后")
    assert not (found := grave_findings(page)), found


def test_a_spot_check_from_its_order_to_the_unit_s_year(desk: Desk) -> None:
    desk.expected += ["status of 422", "status of 403"]
    page = desk.open("supervision", f"/matters/new?place={TOWN}&kind=supervision.spot_check")
    page.get_by_label("抽查事项（一句话）").fill("报表重复填报督查")
    page.get_by_label("被查单位责任人").select_option("town-sujiazuo")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url(re.compile(r"/matters/DC-"))
    address = page.url
    inspector = desk.open("inspector", f"{address}?step=record_findings", PHONE)
    inspector.get_by_label("发现的问题").fill("同一张统计表一个月要了两次")
    inspector.locator("#task button[type=submit]").click()
    refused(inspector, "还没有交过“单位督查抽查表”")
    inspector.goto(address)
    hand_in(desk, "inspector", inspector, reports="no")
    inspector.goto(f"{address}?step=record_findings")
    inspector.get_by_label("发现的问题").fill("同一张统计表一个月要了两次")
    inspector.locator("#task button[type=submit]").click()

    unit = desk.open("town-sujiazuo", f"{address}?step=submit")
    unit.get_by_label("整改措施").fill("停用重复的表")
    unit.get_by_label("整改情况").fill("已通知各村停报")
    unit.locator("#task button[type=submit]").click()
    expect(unit.locator("#task")).to_contain_text("“整改后照片”至少要有 1 张")
    unit.locator("#task input[type=file]").first.set_input_files(jpeg())
    unit.locator("#task button[type=submit]").click()
    own = desk.open("town-sujiazuo", f"{address}?step=verify")
    refused(own, "“核验通过”不能由您办理")
    inspector.goto(f"{address}?step=verify")
    inspector.locator("#task button[type=submit]").click()
    page.goto(address)
    expect(page.locator("[aria-current=step]")).to_have_text("整改到位")
    page.locator("dl.facts a[href^='/units/']").first.click()
    expect(page.get_by_role("row", name="督查抽查")).to_contain_text("整改到位")
    assert not (found := grave_findings(page)), found
