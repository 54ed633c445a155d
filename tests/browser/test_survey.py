"""A survey from an Excel question list, on the screens of those who make it, answer it without signal, and read it."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from huoshui.kernel.spreadsheets import XLSX
from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk
from tests.browser.scoring import current_item, expect_all_sent, item
from tests.visits.test_xlsform_questions import TOILETS

pytestmark = pytest.mark.browser


def published(desk: Desk) -> str:
    """Import the questions as a checklist; the address of its page."""
    page = desk.open("review", "/packs/hubs/xlsform")
    page.get_by_label("文件").set_input_files({"name": "公厕问卷.xlsx", "mimeType": XLSX, "buffer": TOILETS})
    page.get_by_label("行政村", exact=True).check()
    page.get_by_role("button", name="试算").click()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("link", name="看回答")).to_be_visible()
    return page.url


def onward(page: Page) -> str:
    """Turn to the next question; its code."""
    page.get_by_role("button", name="下一项").click()
    return current_item(page)


def test_a_survey_is_made_answered_without_signal_and_read(desk: Desk) -> None:
    address = published(desk)
    phone = desk.open("judge1", f"/sheets/start?checklist=hubs.{address.rstrip('/').rpartition('/')[2]}", PHONE)
    phone.locator("#place").select_option(label="刘路村")
    phone.get_by_role("button", name="开始").click()
    expect(item(phone, "has")).to_be_visible()
    assert grave_findings(phone) == []
    item(phone, "has").get_by_text("否", exact=True).click()
    assert onward(phone) == "why"
    phone.get_by_role("button", name="上一项").click()
    item(phone, "has").get_by_text("是", exact=True).click()
    desk.expected.append("ERR_INTERNET_DISCONNECTED")  # what is answered slowly tries to send in between
    phone.context.set_offline(True)
    assert onward(phone) == "kit"
    item(phone, "kit").get_by_label("洗手液").check()
    item(phone, "kit").get_by_label("暖气").check()
    assert onward(phone) == "built"
    item(phone, "built").locator("input[type=date]").fill("2016-05-04")
    assert onward(phone) == "seats"
    item(phone, "seats").locator("input[type=number]").fill("6")
    # The form asks for the temperature where there is no heating: "kit" says that there is.
    assert onward(phone) == "odd"
    item(phone, "odd").locator("input[type=text]").fill("G12")
    phone.context.set_offline(False)
    expect_all_sent(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.goto(phone.url.partition("#")[0] + "#i-end")
    phone.reload()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("评分表已提交")).to_be_visible()

    office = desk.open("review", f"{address}answers/")
    expect(office.get_by_role("row", name="刘路村")).to_contain_text("洗手液、暖气")
    assert grave_findings(office) == []
    with office.expect_download() as download:
        office.get_by_role("link", name="导出 Excel").click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert sheet is not None
    assert "洗手液、暖气" in [cell.value for cell in sheet[3]]
