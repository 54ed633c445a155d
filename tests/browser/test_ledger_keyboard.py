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
