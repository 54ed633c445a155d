"""No page is wider than a phone, or has a serious or critical failing of accessibility, in either width, light or dark.

Nor does the browser complain of any: ``desk`` sees to it. By its name this file comes first in its folder: it looks
at the demo as it was loaded.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, SCREEN, Desk, widen
from tests.browser.stops import STOPS, Stop

pytestmark = pytest.mark.browser

WIDE = """() => {
  const wide = document.scrollingElement.scrollWidth;
  const beyond = [...document.querySelectorAll("main *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => `${element.tagName}.${element.className}`);
  return wide <= innerWidth ? "" : `${wide} px: ${beyond.slice(0, 8).join(", ")}`;
}"""
"""How much wider than the window the page is, and by what; nothing when it fits."""


def too_wide(page: Page) -> list[str]:
    """What is wrong with the width of a page, with letters of the usual size and with large ones."""
    usual = page.evaluate(WIDE)
    page.evaluate("document.documentElement.dataset.size = 'large'")
    large = page.evaluate(WIDE)
    page.evaluate("document.documentElement.dataset.size = 'normal'")
    return [f"{letters}: {wide}" for letters, wide in (("usual letters", usual), ("large letters", large)) if wide]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_pages(desk: Desk, records: dict[str, str], stop: Stop) -> None:
    page = desk.visit(stop.username, stop.path.format(**records))
    problems = too_wide(page)
    problems += [f"phone, {finding}" for finding in grave_findings(page)]
    widen(page, SCREEN)
    problems += [f"screen, {finding}" for finding in grave_findings(page, seen=True)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_signing_in(desk: Desk, width: int) -> None:
    page = desk.window(width).new_page()
    page.goto("/accounts/login/")
    findings = grave_findings(page)
    assert not findings, "\n".join(findings)


def test_a_drawer_and_the_command_bar(desk: Desk) -> None:
    page = desk.open("office", "/matters/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#drawer .timeline").wait_for()
    findings = grave_findings(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("zbc")
    expect(page.locator("#command-list [aria-selected=true]")).to_contain_text("寨卜昌村")
    findings += grave_findings(page)
    assert not findings, "\n".join(findings)
