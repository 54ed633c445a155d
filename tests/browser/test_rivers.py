"""A reach from the patrol to the close-out of what it found, on the screens of its chiefs, refusals included."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk
from tests.browser.pictures import jpeg
from tests.browser.scoring import post

pytestmark = pytest.mark.browser

REACH = "示范河1段"
WALK = {"minutes": "30", "people": "2", "started_at": "1号桥", "ended_at": "2号桥"}


def refused(page: Page, words: str) -> None:
    expect(page.locator(".notice--refused").first).to_contain_text(words)
    assert not (found := grave_findings(page)), found


def patrolled(desk: Desk, failing: str) -> None:
    """The village chief's walk on a phone; one of the four withouts fails, first without its photo."""
    page = desk.open("secretary", "/sheets/start?checklist=rivers.village_patrol", PHONE)
    page.locator("#place").select_option(label=REACH)
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(re.compile(r"/sheets/[0-9a-f-]{36}/"))
    sheet = page.url.partition("/sheets/")[2].partition("/")[0]
    api = desk.api("secretary")
    form = post(api, f"/sheets/{sheet}/form", method="GET")
    withouts = {code: "no" if code == failing else "yes" for code in ("surface", "bed", "banks", "channel")}
    post(api, f"/sheets/{sheet}", {"answers": WALK | withouts, "seen_version": form["version"]}, "PATCH")
    bare = api.post(f"/api/v1/sheets/{sheet}/submit")
    assert bare.status == 422, bare.text()
    sent = api.post(f"/api/v1/sheets/{sheet}/photos", multipart={"item": failing, "photo": jpeg()})
    assert sent.ok, sent.text()
    post(api, f"/sheets/{sheet}/submit")
    page.goto(f"/sheets/{sheet}/")
    expect(page.locator(".answers__item.is-failing")).to_have_count(1)
    assert not (found := grave_findings(page)), found


def test_a_reach_from_the_patrol_to_the_close_out(desk: Desk) -> None:
    desk.expected += ["status of 422", "status of 403"]
    patrolled(desk, "bed")
    page = desk.open("secretary", "/matters/?kind=rivers.litter&state=reported")
    row = page.locator("table[data-ledger] tbody tr", has_text="淤泥").first
    address = row.locator("a[data-drawer]").first.get_attribute("href") or ""
    chief = desk.open("secretary", f"{address}?step=begin", PHONE)
    chief.get_by_label("清理办法").fill("机械清淤，淤泥运到指定地点")
    chief.get_by_label("清理时限").fill(chief.get_by_label("清理时限").get_attribute("max") or "")
    chief.locator("#task button[type=submit]").click()
    expect(chief.locator("[aria-current=step]")).to_have_text("清理中")
    chief.goto(f"{address}?step=submit")
    expect(chief.get_by_label("逾期说明")).to_have_count(0)
    chief.get_by_label("清理情况").fill("已清淤 200 米")
    chief.locator("#task button[type=submit]").click()
    expect(chief.locator("#task")).to_contain_text("“清理后照片”至少要有 1 张")
    chief.locator("#task input[type=file]").first.set_input_files(jpeg())
    chief.locator("#task button[type=submit]").click()
    expect(chief.locator("[aria-current=step]")).to_have_text("待核验")
    refused(desk.open("secretary", f"{address}?step=verify"), "“核验销号”不能由您办理")

    town = desk.open("town-sujiazuo", f"{address}?step=verify")
    town.locator("#task button[type=submit]").click()
    expect(town.locator("[aria-current=step]")).to_have_text("已销号")
    assert not (found := grave_findings(town)), found


def test_the_reach_tells_its_chiefs_and_its_record(desk: Desk) -> None:
    page = desk.open("rivers", "/places/410871203201-hd1/")
    for words in ("区级河长", "乡级河长", "村级河长", "示范河"):
        expect(page.locator("main")).to_contain_text(words)
    page.locator("nav.tabs").get_by_role("link", name="活动").click()
    expect(page.locator("main")).to_contain_text("河道清理日")
    assert not (found := grave_findings(page)), found
    plans = desk.open("rivers", "/cadence/plans/")
    for words in ("村级巡河（汛期每周）", "村级巡河（平时每月两次）"):
        expect(plans.locator("main")).to_contain_text(words)
