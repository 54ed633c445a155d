"""No page has a serious or critical failing of accessibility, in either width, light or dark."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.desk import PHONE, SCREEN, Desk
from tests.browser.stops import STOPS, Stop

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
WIDTHS = [PHONE, SCREEN]


def grave_findings(page: Page, scheme: Any) -> list[str]:
    """What axe finds serious or critical, with the elements that it names."""
    page.emulate_media(color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    return [
        f"{scheme}: {violation['id']} ({violation['impact']}) {node['target']} {node['html'][:160]}"
        for violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"][:5]
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_pages(desk: Desk, records: dict[str, str], stop: Stop, width: int) -> None:
    page = desk.open(stop.username, stop.path.format(**records), width)
    findings = grave_findings(page, "light") + grave_findings(page, "dark")
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize("width", WIDTHS)
def test_signing_in(desk: Desk, width: int) -> None:
    page = desk.window(width).new_page()
    page.goto("/accounts/login/")
    findings = grave_findings(page, "light") + grave_findings(page, "dark")
    assert not findings, "\n".join(findings)


def test_a_drawer_and_the_command_bar(desk: Desk) -> None:
    page = desk.open("office", "/matters/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#drawer .timeline").wait_for()
    findings = grave_findings(page, "light") + grave_findings(page, "dark")
    page.keyboard.press("Control+k")
    page.keyboard.type("zbc")
    page.locator("#command-list [role=option]").first.wait_for()
    findings += grave_findings(page, "light") + grave_findings(page, "dark")
    assert not findings, "\n".join(findings)
