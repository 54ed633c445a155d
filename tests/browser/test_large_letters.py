"""Pages hold in a browser whose letters its reader made twice as large, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.conftest import LAUNCH
from tests.browser.desk import PHONE, SCREEN, Desk, Signed, widen
from tests.browser.test_axe import WIDE

pytestmark = pytest.mark.browser

LARGE = "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26"
PAGES = [
    ("secretary", "/matters/{matter}/"),
    ("secretary", "/activities/new?place=410871203201"),
    ("town-sujiazuo", "/calendar/"),
    ("town-sujiazuo", "/cadence/"),
    ("services", "/services/offers/?view=list"),
    ("agent", "/services/take?offer={offer}"),
    ("agent", "/s/{hub}/"),
    ("agent", "/s/{hub}/services.startup_loan/"),
]


@pytest.fixture(scope="module")
def large(playwright_here: Playwright, chromium: str) -> Iterator[Browser]:
    """The same browser as for all tests, with larger letters."""
    with playwright_here.chromium.launch(executable_path=chromium, args=[*LAUNCH, LARGE]) as opened:
        yield opened


def test_nothing_runs_out_of_the_window(
    large: Browser, playwright_here: Playwright, server: str, signed: Signed, records: dict[str, str]
) -> None:
    desk = Desk(large, playwright_here, server, signed)
    wide: list[str] = []
    for username, path in PAGES:
        page = desk.open(username, path.format(**records), PHONE)
        wide += [f"{path} at {PHONE}: {found}" for found in [page.evaluate(WIDE)] if found]
        widen(page, SCREEN)
        wide += [f"{path} at {SCREEN}: {found}" for found in [page.evaluate(WIDE)] if found]
        desk.leave(page.context)
    assert not wide, "\n".join(wide)
