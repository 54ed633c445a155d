"""A review lead adds an item that opens a matter; the next round asks for it, the running one does not."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.rounds import open_small_round
from tests.browser.scoring import post

pytestmark = pytest.mark.browser

SURVEY = "hubs.three_withouts"
"""No other browser test uses it: the whole folder shares one server."""


def test_an_item_is_added_and_the_next_round_asks_for_it(desk: Desk) -> None:
    before = open_small_round(desk, "浏览器测试：改细则之前", SURVEY)
    page = desk.open("review", "/packs/hubs/checklists/three_withouts/edit")
    page.get_by_role("button", name="添加一项：有无情况").click()
    card = page.locator("details[id='card-items.new-1']")
    expect(card).to_have_attribute("open", "")
    card.get_by_label("名称", exact=True).fill("公厕整洁")
    card.get_by_label("分值", exact=True).fill("2")
    for number, (name, points) in enumerate((("干净", "2"), ("脏乱", "0"))):
        grade = card.locator(".edit-option").nth(number)
        grade.get_by_label("档次", exact=True).fill(name)
        grade.get_by_label("得分").fill(points)
    card.get_by_label("得分低于分值的百分之几算不合格").fill("60")
    card.get_by_label("不合格立什么事项").select_option(label="整改事项（一般）")
    page.get_by_label("总分").fill("3")
    expect(page.locator(".editor__sum")).to_contain_text("比写明的 3 分少 1 分")
    page.get_by_role("button", name="写明的分值改成合计").click()
    expect(page.locator("[id='points']")).to_have_value("2")
    expect(card.get_by_label("名称", exact=True)).to_have_value("公厕整洁")
    page.get_by_role("button", name="核对改动").click()
    expect(page.locator(".change--added")).to_contain_text("公厕整洁")
    expect(page.locator(".change--added")).to_contain_text("整改事项（一般）")
    page.get_by_role("button", name="发布").click()
    expect(page.locator(".alerts")).to_contain_text("浏览器测试：改细则之前")
    after = open_small_round(desk, "浏览器测试：改细则之后", SURVEY)
    judge = desk.api("judge1")
    statuses = []
    for small in (before, after):
        sheet = post(judge, f"/rounds/{small.id}/places/{small.villages[0]}/sheet")
        body = {"answers": {"gczj": "干净"}, "seen_version": sheet["version"]}
        statuses.append(judge.patch(f"/api/v1/sheets/{sheet['id']}", data=body).status)
    assert statuses == [422, 200]
