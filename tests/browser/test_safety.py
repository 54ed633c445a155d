"""Hazards from the inspection to the close-out on the screens of those who take part, refusals included."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk
from tests.browser.pictures import jpeg
from tests.browser.scoring import post

pytestmark = pytest.mark.browser

CSV = "原编号,地点,事项,登记日期,办结日期,台账类别\n{key},示范企业1号,{what},2016-03-01,2016-03-09,现场类\n"


def refused(page: Page, words: str) -> None:
    expect(page.locator(".notice--refused").first).to_contain_text(words)
    assert not (found := grave_findings(page)), found


def inspect(desk: Desk, username: str, checklist: str, failing: str) -> Page:
    """A whole inspection of 示范企业1号 on a phone; one item fails, with a photo."""
    page = desk.open(username, f"/sheets/start?checklist=safety.{checklist}", PHONE)
    page.locator("#place").select_option(label="示范企业1号")
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(re.compile(r"/sheets/[0-9a-f-]{36}/"))
    sheet = page.url.partition("/sheets/")[2].partition("/")[0]
    api = desk.api(username)
    form = post(api, f"/sheets/{sheet}/form", method="GET")
    answers = {}
    for item in form["items"]:
        good = "no" if item["code"] in ("major_found", "has_chemicals") else "yes"
        answers[item["code"]] = {"yes": "no", "no": "yes"}[good] if item["code"] == failing else good
    for unasked in ("storage", "data_sheets"):
        answers.pop(unasked, None)
    post(api, f"/sheets/{sheet}", {"answers": answers, "seen_version": form["version"]}, "PATCH")
    sent = api.post(f"/api/v1/sheets/{sheet}/photos", multipart={"item": failing, "photo": jpeg()})
    assert sent.ok, sent.text()
    post(api, f"/sheets/{sheet}/submit")
    page.goto(f"/sheets/{sheet}/")
    expect(page.locator(".answers__item.is-failing")).to_have_count(1)
    expect(page.get_by_role("button", name="收回修改")).to_have_count(0)
    assert not (found := grave_findings(page)), found
    return page


def hazard_of(desk: Desk, username: str, kind: str, title: str) -> str:
    """The address of the newest matter with a title."""
    page = desk.open(username, f"/matters/?kind={kind}&state=reported")
    row = page.locator("table[data-ledger] tbody tr", has_text=title).first
    return row.locator("a[data-drawer]").first.get_attribute("href") or ""


def test_a_hazard_from_the_inspection_to_the_close_out(desk: Desk) -> None:
    desk.expected += ["status of 422", "status of 403"]
    inspect(desk, "safety", "enterprise_check", "panels")
    address = hazard_of(desk, "safety", "safety.hazard", "配电箱完好")

    page = desk.open("enterprise", f"{address}?step=fix_five")
    page.get_by_label("整改措施").fill("补标识，清理箱内杂物")
    page.locator("#task button[type=submit]").click()
    for words in ("整改资金", "整改时限", "应急预案"):
        expect(page.locator("#task .field--wrong", has_text=words)).to_be_visible()
    page.get_by_label("整改责任人").select_option("enterprise")
    page.get_by_label("整改资金").fill("300")
    limit = page.get_by_label("整改时限").get_attribute("max") or ""
    page.get_by_label("整改时限").fill(limit)
    page.get_by_label("应急预案").fill("整改前停用该回路")
    page.locator("#task button[type=submit]").click()
    expect(page.locator("[aria-current=step]")).to_have_text("整改中")
    expect(page.get_by_text("由检查登记")).to_be_visible()

    page.goto(f"{address}?step=submit")
    expect(page.get_by_label("逾期说明")).to_have_count(0)
    page.get_by_label("整改情况").fill("标识已补，杂物已清")
    page.locator("#task input[type=file]").first.set_input_files(jpeg())
    page.locator("#task button[type=submit]").click()
    expect(page.locator("[aria-current=step]")).to_have_text("待核验")
    refused(desk.open("enterprise", f"{address}?step=verify"), "“核验销号”不能由您办理")
    refused(desk.open("third-party", f"{address}?step=verify"), "“核验销号”不能由您办理")

    office = desk.open("safety", f"{address}?step=verify")
    office.locator("#task button[type=submit]").click()
    expect(office.locator("[aria-current=step]")).to_have_text("已销号")
    assert not (found := grave_findings(office)), found


def test_what_is_late_waits_for_its_explanation(desk: Desk) -> None:
    desk.expected += ["status of 422"]
    page = desk.open("safety", "/matters/?kind=safety.hazard&light=red&state=rectifying&hazard_ledger_is=site")
    address = page.locator("table[data-ledger] a[data-drawer]").first.get_attribute("href") or ""
    office = desk.open("safety", address)
    expect(office.locator("body")).to_contain_text("逾期")
    office.goto("/packs/safety/matters/hazard/")
    expect(office.get_by_role("row", name="申请销号 主步骤")).to_contain_text("逾期的还须填 逾期说明")
    assert not (found := grave_findings(office)), found


def test_a_major_hazard_is_judged_and_the_two_ledgers_are_at_hand(desk: Desk) -> None:
    desk.expected += ["status of 422"]
    inspect(desk, "third-party", "third_party_check", "major_found")
    address = hazard_of(desk, "safety", "safety.major_hazard", "存在重大隐患")
    page = desk.open("safety", f"{address}?step=judge")
    page.get_by_label("隐患类别").select_option(label="消防")
    page.get_by_label("影响范围").fill("一车间")
    page.locator("#task button[type=submit]").click()
    expect(page.locator("#task .field--wrong", has_text="应急措施")).to_be_visible()
    page.get_by_label("挂牌督办级别").select_option(label="区级")
    page.get_by_label("应急措施").fill("一车间停产，撤出人员")
    page.locator("#task button[type=submit]").click()
    expect(page.locator("[aria-current=step]")).to_have_text("待落实五项")
    page.goto("/matters/")
    page.locator(".toolbar__tools summary").first.click()
    expect(page.get_by_role("link", name="现场类隐患台账")).to_be_visible()
    expect(page.get_by_role("link", name="基础管理类隐患台账")).to_be_visible()


def test_an_older_ledger_is_tried_and_taken_over(desk: Desk) -> None:
    desk.expected += ["status of 422"]
    page = desk.open("safety", "/matters/older?kind=safety.hazard")
    wrong = {"name": "2016.csv", "mimeType": "text/csv", "buffer": CSV.format(key="", what="灯不亮").encode()}
    page.locator("#file").set_input_files(wrong)
    page.get_by_role("button", name="试算").click()
    expect(page.locator("section[role=status]")).to_contain_text("有错误，没有写入")
    good = {"name": "2016.csv", "mimeType": "text/csv", "buffer": CSV.format(key="W-1", what="灯不亮").encode()}
    page.locator("#file").set_input_files(good)
    page.get_by_role("button", name="试算").click()
    assert not (found := grave_findings(page)), found
    page.get_by_role("button", name="写入这 1 行").click()
    expect(page.locator("table[data-ledger]")).to_contain_text("灯不亮")
    other = desk.open("enterprise", "/matters/")
    expect(other.get_by_role("link", name="补录旧台账")).to_have_count(0)
