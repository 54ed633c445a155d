"""What is refused, and how the pages say so; and what a judge fills in without a network."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Page, Route, expect

from tests.browser.desk import PHONE, SCREEN, Desk
from tests.browser.pictures import jpeg, text_called_jpeg
from tests.browser.rounds import SmallRound, open_small_round
from tests.browser.scoring import GOOD, answer, expect_all_sent, go_to, item, photograph, post

pytestmark = pytest.mark.browser


@pytest.fixture
def small(desk: Desk, request: pytest.FixtureRequest) -> SmallRound:
    """A running round of this test alone."""
    return open_small_round(desk, f"浏览器测试：{request.node.name}")


@pytest.fixture
def judge(desk: Desk) -> APIRequestContext:
    """The API as judge1, to see what the server holds."""
    return desk.api("judge1")


def begin_sheet(judge: APIRequestContext, small: SmallRound) -> str:
    return str(post(judge, f"/rounds/{small.id}/places/{small.villages[0]}/sheet")["id"])


def held(judge: APIRequestContext, sheet: str) -> Any:
    """The sheet as the server holds it."""
    return post(judge, f"/sheets/{sheet}", method="GET")


@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_another_judges_sheet_is_not_found(desk: Desk, small: SmallRound, judge: APIRequestContext, width: int) -> None:
    sheet = begin_sheet(judge, small)
    desk.expected.append("status of 404")
    page = desk.open("judge2", f"/sheets/{sheet}/", width)
    expect(page.get_by_role("heading", name="没有找到，或不在您的职责范围内。")).to_be_visible()
    absent = desk.open("judge2", "/sheets/00000000-0000-7000-8000-000000000000/", width)
    assert page.locator("main").inner_text() == absent.locator("main").inner_text()


def test_a_score_outside_its_range_is_said_at_the_item(desk: Desk, small: SmallRound, judge: APIRequestContext) -> None:
    sheet = begin_sheet(judge, small)
    desk.expected.append("status of 422")
    page = desk.open("judge1", f"/sheets/{sheet}/", PHONE)
    shown = go_to(page, "cadre_test")
    answer(shown, "150")
    expect(shown.locator(".field__state")).to_contain_text("超出范围（0 至 100 分）")
    expect(page.locator("[data-unsent]")).to_have_text("1 项需要处理")
    assert held(judge, sheet)["answers"].get("cadre_test", {}).get("value") is None
    answer(shown, "86")
    expect(shown.locator(".field__state")).to_have_text("已保存")
    expect_all_sent(page)
    assert held(judge, sheet)["answers"]["cadre_test"]["value"] == 860


def test_a_sheet_open_twice_shows_both_answers(desk: Desk, small: SmallRound, judge: APIRequestContext) -> None:
    sheet = begin_sheet(judge, small)
    desk.expected.append("status of 409")
    first = desk.open("judge1", f"/sheets/{sheet}/", PHONE)
    second = first.context.new_page()
    second.goto(f"/sheets/{sheet}/")
    shown = go_to(first, "cadre_test")
    answer(shown, "80")
    expect(shown.locator(".field__state")).to_have_text("已保存")
    shown = go_to(second, "cadre_test")
    answer(shown, "90")
    conflict = shown.locator(".conflict")
    expect(conflict).to_contain_text("还没有覆盖任何一份")
    expect(conflict.locator(".conflict__value")).to_have_text(["80", "90"])
    assert held(judge, sheet)["answers"]["cadre_test"]["value"] == 800
    conflict.get_by_role("button", name="用我的").click()
    expect(shown.locator(".field__state")).to_have_text("已保存")
    assert held(judge, sheet)["answers"]["cadre_test"]["value"] == 900


TYPING = """async (box) => {
  for (let typed = 0; typed < 24; typed++) {
    box.value += "好";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((next) => setTimeout(next, 300));
  }
}"""


def test_a_judge_who_never_pauses_is_saved_on_the_way(desk: Desk, small: SmallRound, judge: APIRequestContext) -> None:
    sheet = begin_sheet(judge, small)
    page = desk.open("judge1", f"/sheets/{sheet}/#i-end", PHONE)
    with page.expect_request("**/save", timeout=15_000) as sent:
        page.locator("[name=strengths]").evaluate(TYPING)
    on_the_way = len(re.findall("好", sent.value.post_data or ""))
    assert 10 <= on_the_way < 24, "sent after about five seconds of seven, and not with every letter"
    expect_all_sent(page)
    assert held(judge, sheet)["strengths"] == "好" * 24


@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_a_matter_open_twice_shows_both_versions(desk: Desk, width: int) -> None:
    desk.expected.append("status of 409")
    office = desk.api("office")
    body = {"kind": "rectification.item", "place": "410871100201", "title": "浏览器测试", "severity": "ordinary"}
    number = post(office, "/matters", body)["number"]
    first = desk.open("office", f"/matters/{number}/?do=edit", width)
    second = first.context.new_page()
    second.goto(f"/matters/{number}/?do=edit")
    for page, words in ((first, "先存的详情"), (second, "后填的详情")):
        page.get_by_label("详情").fill(words)
        page.get_by_role("button", name="保存更正").click()
    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("什么都没有写入")
    expect(conflict).to_contain_text("先存的详情")
    expect(conflict).to_contain_text("后填的详情")
    expect(second.get_by_label("详情")).to_have_value("后填的详情")
    assert post(office, f"/matters/{number}", method="GET")["detail"] == "先存的详情"


def test_a_text_called_jpeg_is_refused(desk: Desk, small: SmallRound, judge: APIRequestContext) -> None:
    sheet = begin_sheet(judge, small)
    desk.expected.append("status of 422")
    page = desk.open("judge1", f"/sheets/{sheet}/", PHONE)
    shown = go_to(page, "facilities")
    photograph(shown, text_called_jpeg("假照片.jpg"))
    expect(shown.locator(".shoot__state")).to_contain_text("“假照片.jpg”的内容不是照片。")
    expect(shown.locator(".shoot__state")).to_contain_text("改文件名不能改变文件类型")
    page.evaluate("window.location.hash = '#i-end'")
    page.reload()
    expect(page.locator("[data-refusals]")).to_contain_text("没有收下的照片")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#alerts")).to_contain_text("1 项需要处理")
    page.locator("[data-refusals] a:visible").click()
    shown = item(page, "facilities")
    expect(shown.locator(".shoot__state")).to_contain_text("“假照片.jpg”的内容不是照片。")
    shown.locator(".shoot__again input").set_input_files(text_called_jpeg("又一张.jpg"))
    second = shown.locator(".shoot__state").filter(has_text="“又一张.jpg”的内容不是照片。")
    expect(second).to_have_count(1)
    expect(shown.locator(".shoot__state")).to_have_count(1)  # the first one has left: the second was kept
    shown.get_by_role("button", name="删除").click()
    expect_all_sent(page)
    expect(page.locator("[data-refusals]")).to_have_attribute("hidden", "")
    photograph(shown, jpeg())
    expect_all_sent(page)
    page.reload()
    expect(item(page, "facilities").locator("img")).to_have_count(1)


def test_a_wanted_photo_is_listed_on_the_last_page(desk: Desk, small: SmallRound, judge: APIRequestContext) -> None:
    sheet = begin_sheet(judge, small)
    stored = post(judge, f"/sheets/{sheet}", method="GET")
    body = {"answers": GOOD, "seen_version": stored["version"]}
    post(judge, f"/sheets/{sheet}", body, "PATCH")
    page = desk.open("judge1", f"/sheets/{sheet}/#i-end", PHONE)
    ready = page.locator("[data-missing-none]")
    expect(ready).to_be_visible()
    answer(go_to(page, "service_guide"), "no")
    expect_all_sent(page)
    page.evaluate("window.location.hash = '#i-end'")
    expect(ready).to_be_hidden()
    lacking = page.locator("[data-lacking]")
    expect(lacking).to_contain_text("不合格时须拍 1 张")
    lacking.locator("a:visible").click()
    photograph(item(page, "service_guide"), jpeg())
    expect_all_sent(page)
    page.evaluate("window.location.hash = '#i-end'")
    expect(lacking).to_be_hidden()
    expect(ready).to_be_visible()


def test_what_is_scored_offline_is_saved_once(desk: Desk, small: SmallRound, judge: APIRequestContext) -> None:
    desk.expected.append("ERR_INTERNET_DISCONNECTED")
    sheet = begin_sheet(judge, small)
    before = held(judge, sheet)["version"]
    page = desk.open("judge1", f"/sheets/{sheet}/", PHONE)
    page.context.set_offline(True)
    given = {"theme_day": "fair", "cadre_test": "77", "record_book": "1"}
    for code, value in given.items():
        answer(go_to(page, code), value)
    photograph(go_to(page, "facilities"), jpeg())
    expect(page.locator("[data-unsent]")).to_have_text("4 项待上传")
    assert held(judge, sheet)["version"] == before
    page.context.set_offline(False)
    expect_all_sent(page)
    _holds_once(page, judge, sheet, before)


def _holds_once(page: Page, judge: APIRequestContext, sheet: str, before: int) -> None:
    stored = held(judge, sheet)
    assert stored["version"] == before + 3
    assert stored["answers"]["theme_day"]["choice"] == "fair"
    assert stored["answers"]["cadre_test"]["value"] == 770
    assert stored["answers"]["record_book"]["findings"] == 1
    page.reload()
    expect_all_sent(page)
    expect(go_to(page, "theme_day").locator("input:checked")).to_have_value("fair")
    expect(go_to(page, "cadre_test").locator("input[type=number]")).to_have_value(re.compile(r"^77(\.0)?$"))
    expect(go_to(page, "facilities").locator(".shoot__item")).to_have_count(1)


def test_an_answer_whose_receipt_was_lost_counts_once(desk: Desk, small: SmallRound, judge: APIRequestContext) -> None:
    desk.expected.append("ERR_FAILED")
    sheet = begin_sheet(judge, small)
    before = held(judge, sheet)["version"]
    page = desk.open("judge1", f"/sheets/{sheet}/", PHONE)
    keys: list[str] = []

    def lose_the_first_receipt(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        answered = route.fetch()
        if len(keys) == 1:
            route.abort()
        else:
            route.fulfill(response=answered)

    page.route("**/save", lose_the_first_receipt)
    answer(go_to(page, "theme_day"), "fair")
    expect(item(page, "theme_day").locator(".field__state")).to_have_text("已保存")
    expect_all_sent(page)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert held(judge, sheet)["version"] == before + 1


@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_a_refused_form_opens_at_what_is_wrong(desk: Desk, width: int) -> None:
    """Also for whoever came by the link to the content, whose fragment stays in the address."""
    desk.expected.append("status of 422")
    page = desk.open("supervision", "/matters/new?place=410871203&kind=supervision.criticism#main", width)
    page.get_by_label("通报（一句话）").fill("报表迟报")
    page.locator("form.sheet-form button[type=submit]").click()
    wrong = page.get_by_label("被通报单位责任人")
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport()
