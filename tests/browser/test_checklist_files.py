"""A workbook goes down and up again, and a form is tried: both outcomes can be read by everybody."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from huoshui.kernel.spreadsheets import XLSX
from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk
from tests.browser.stops import CHECKLIST

pytestmark = pytest.mark.browser

FORM = Path(__file__).parents[1] / "visits" / "xlsforms" / "widgets.xls"


def test_an_edited_workbook_is_tried(desk: Desk) -> None:
    page = desk.open("review", f"{CHECKLIST}/")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    book["条目"]["C2"] = "三会一课（会议记录）"
    stream = io.BytesIO()
    book.save(stream)
    page.get_by_role("link", name="从 Excel 更新").click()
    page.get_by_label("文件").set_input_files({"name": "细则.xlsx", "mimeType": XLSX, "buffer": stream.getvalue()})
    page.get_by_role("button", name="试算").click()
    expect(page.locator(".change--changed ins")).to_have_text("三会一课（会议记录）")
    expect(page.get_by_role("button", name="发布")).to_be_visible()
    assert grave_findings(page) == []


def test_a_form_is_tried_on_a_phone(desk: Desk) -> None:
    page = desk.open("review", "/packs/review/xlsform", PHONE)
    page.get_by_label("文件").set_input_files(FORM)
    page.get_by_label("行政村", exact=True).check()
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_role("heading", name="没有导入")).to_be_visible()
    expect(page.get_by_role("button", name="发布")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert grave_findings(page) == []
