"""The ledger without a mouse: down, change a cell in its place, leave it, save it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import SCREEN, Desk

pytestmark = pytest.mark.browser


def test_a_cell_is_changed_from_the_keyboard(desk: Desk) -> None:
    page = desk.open("office", "/matters/?state=to_claim&sort=number&columns=title", SCREEN)
    row = page.locator("table[data-ledger] tbody tr").first
    stored = (row.locator(".ledger__text").first.text_content() or "").strip()
    page.keyboard.press("j")
    expect(row).to_be_focused()
    page.keyboard.press("e")
    field = row.get_by_role("textbox", name="问题")
    expect(field).to_be_focused()
    field.fill("不要这一句")
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(row).to_be_focused()
    expect(row.locator(".ledger__text").first).to_have_text(stored)
    page.keyboard.press("e")
    expect(field).to_be_focused()
    field.fill("门锁坏了，示范记录")
    row.get_by_role("button", name="保存").press("Enter")
    expect(row.locator(".ledger__text").first).to_have_text("门锁坏了，示范记录")


def test_rows_are_ticked_and_dealt_with_from_the_keyboard(desk: Desk) -> None:
    page = desk.open("office", "/matters/?phase=open&sort=number", SCREEN)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="台账的按键")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    bar = page.locator("form#bulk")
    expect(bar).to_be_hidden()
    boxes = page.locator("tbody .ledger__pick input")
    for at in (0, 1):
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(boxes.nth(at)).to_be_checked()
    expect(bar).to_contain_text("已选 2 条")
    page.keyboard.press("x")
    expect(boxes.nth(1)).not_to_be_checked()
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="办什么")).to_be_visible()
    expect(page.get_by_text("已选 1 件")).to_be_visible()
