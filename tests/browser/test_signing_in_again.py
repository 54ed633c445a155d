"""A form that was sent after the session had ended: what was filled in comes back with its page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import SCREEN, Desk, fill_in_and_sign_in
from tests.browser.pictures import jpeg

pytestmark = pytest.mark.browser

NEW = "/matters/new?place=410871100201&kind=rectification.item"
KEPT = "sessionStorage.getItem('huoshui.unsent')"


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def write(desk: Desk, page: Page) -> None:
    """Fill the form in. What it looks up while one types may come after the session has ended."""
    desk.expected += ["status of 401", "Error Code 401"]
    page.get_by_label("问题（一句话）").fill("路灯不亮")
    page.get_by_label("详情").fill("村口第三盏\n晚上看不见路")
    page.get_by_text("较重").click()


def test_text_and_choices_are_back_and_can_be_sent(desk: Desk) -> None:
    page = desk.open("office", NEW, SCREEN)
    write(desk, page)
    end_session(page)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
    fill_in_and_sign_in(page, "office")
    expect(page.locator("#alerts")).to_contain_text("刚才填的没有送出")
    assert "#unsent" not in page.url
    expect(page.get_by_label("问题（一句话）")).to_have_value("路灯不亮")
    expect(page.get_by_label("详情")).to_have_value("村口第三盏\n晚上看不见路")
    expect(page.get_by_label("较重")).to_be_checked()
    assert page.evaluate(KEPT) is None
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("已登记 ZG-")).to_be_visible()
    assert page.evaluate(KEPT) is None
    page.goto(NEW)
    expect(page.get_by_label("问题（一句话）")).to_have_value("")


def test_nobody_else_finds_them(desk: Desk) -> None:
    page = desk.open("office", NEW, SCREEN)
    write(desk, page)
    end_session(page)
    page.get_by_role("button", name="登记", exact=True).click()
    fill_in_and_sign_in(page, "town-yangmiao")
    expect(page.get_by_label("问题（一句话）")).to_have_value("")
    assert page.evaluate(KEPT) is None


def test_photos_are_to_be_chosen_again(desk: Desk) -> None:
    page = desk.open("secretary", "/matters/?state=to_claim", SCREEN)
    page.goto(str(page.locator("tbody th a").first.get_attribute("href")) + "?step=claim")
    page.get_by_label("整改措施").fill("清运并设围挡")
    page.locator("input[name=photo_before]").set_input_files(jpeg())
    end_session(page)
    page.get_by_role("button", name="认领", exact=True).click()
    fill_in_and_sign_in(page, "secretary")
    expect(page.locator("#alerts")).to_contain_text("照片和文件没有留下，请重新选。")
    expect(page.get_by_label("整改措施")).to_have_value("清运并设围挡")


def test_a_checklist_that_grew_is_fetched_back(desk: Desk) -> None:
    desk.expected += ["status of 401", "Error Code 401"]
    page = desk.open("review", "/packs/review/checklists/hub_review/edit", SCREEN)
    sections = page.locator("[data-section]")
    before = sections.count()
    add = page.get_by_role("button", name="添加一个部分")
    add.click()
    expect(sections).to_have_count(before + 1)
    end_session(page)
    add.click()
    expect(page.locator("#alerts")).to_contain_text("登录已过期")
    expect(sections).to_have_count(before + 1)
    page.get_by_role("button", name="核对改动").click()
    fill_in_and_sign_in(page, "review")
    page.get_by_role("button", name="取回刚才填的").click()
    expect(sections).to_have_count(before + 1)
