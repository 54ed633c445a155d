"""The browser's complaints are heard; the keyboard works, and so do cards on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import PHONE, Desk
from tests.browser.stops import VILLAGE

pytestmark = pytest.mark.browser


def test_a_violation_of_the_content_policy_would_be_heard(desk: Desk) -> None:
    page = desk.open("auditor", "/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.wait_for_timeout(200)
    assert any("CSP style-src" in problem for problem in desk.problems)
    desk.expected += ["CSP style-src", "Content Security Policy"]


def test_the_command_bar_goes_to_a_place_by_its_initials(desk: Desk) -> None:
    page = desk.open("office", "/people/")
    page.keyboard.press("Control+k")
    page.keyboard.type("zbc")
    expect(page.locator("#command-list [aria-selected=true]")).to_contain_text("寨卜昌村")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{VILLAGE}")
    expect(page.get_by_role("heading", name="寨卜昌村")).to_be_visible()


def test_the_ledger_by_keyboard(desk: Desk) -> None:
    page = desk.open("office", "/matters/")
    rows, active = page.locator("table[data-ledger] tbody tr"), page.locator("tr[data-active]")
    numbers = [text.strip() for text in rows.locator("a[data-drawer]").all_inner_texts()[:2]]
    page.keyboard.press("j")
    expect(active).to_contain_text(numbers[0])
    page.keyboard.press("j")
    expect(active).to_contain_text(numbers[1])
    page.keyboard.press("k")
    expect(active).to_contain_text(numbers[0])
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_contain_text(numbers[0])
    page.keyboard.press("j")
    expect(page.locator("#drawer")).to_contain_text(numbers[1])
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_empty()


def test_the_whole_card_opens_it_and_its_button_is_its_own(desk: Desk) -> None:
    page = desk.open("secretary", "/matters/?state=to_claim", PHONE)
    card = page.locator("tbody tr").first
    step = card.locator(".ledger__step a").get_attribute("href")
    card.click(position={"x": 160, "y": 60})  # nothing but text stands here
    expect(page.locator("#drawer")).to_contain_text("打开全页")
    page.keyboard.press("Escape")
    card.locator(".ledger__step a").click()
    expect(page).to_have_url(re.compile(re.escape(str(step))))
