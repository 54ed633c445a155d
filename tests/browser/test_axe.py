"""No page has a serious or critical failing of accessibility, in either width, light or dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.desk import PHONE, SCREEN, Desk
from tests.browser.stops import STOPS, Stop

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
WIDTHS = [PHONE, SCREEN]


COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
"""All that differs between light and dark."""


def grave_findings(page: Page) -> list[str]:
    """What axe finds serious or critical, light and dark, with the elements that it names."""
    page.emulate_media(color_scheme="light")
    found = [("light", violation) for violation in Axe().run(page).response["violations"]]
    page.emulate_media(color_scheme="dark")
    found += [("dark", violation) for violation in Axe().run(page, options=COLOURS).response["violations"]]
    return [
        f"{scheme}: {violation['id']} ({violation['impact']}) {node['target']} {node['html'][:160]}"
        for scheme, violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"][:5]
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_pages(desk: Desk, records: dict[str, str], stop: Stop, width: int) -> None:
    page = desk.open(stop.username, stop.path.format(**records), width)
    findings = grave_findings(page)
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize("width", WIDTHS)
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
