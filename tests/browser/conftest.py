"""One demo server and one browser for the whole folder, a desk for every test.

Left out with HUOSHUI_TEST_SKIP_BROWSER=1. Under xdist all of it runs in one worker (tests/conftest.py), so that
the demo is loaded once. A failing test leaves screenshots of its open pages in test-results/.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.desk import Desk, Signed
from tests.browser.server import serving
from tests.browser.stops import find_records

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
RESULTS = ROOT / "test-results"
LAUNCH = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
collect_ignore_glob = ["test_*.py"] if os.environ.get("HUOSHUI_TEST_SKIP_BROWSER") else []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the demo server."""
    if connection.vendor == "sqlite":
        request.getfixturevalue("django_db_setup")  # so that tables are migrated once for both
    with serving(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="package")
def playwright_here(server: str) -> Iterator[Playwright]:
    """Begun when the server stands: Django touches no database where Playwright's loop runs."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium() -> str:
    """Where the system's Chromium is."""
    found = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "ensure_browser.py")], capture_output=True, text=True, check=False
    )
    if found.returncode:
        pytest.fail(found.stderr.strip(), pytrace=False)
    return found.stdout.strip()


@pytest.fixture(scope="package")
def browser(playwright_here: Playwright, chromium: str) -> Iterator[Browser]:
    """The system's Chromium, headless."""
    with playwright_here.chromium.launch(executable_path=chromium, args=LAUNCH) as browser:
        yield browser


@pytest.fixture(scope="package")
def signed() -> Signed:
    return Signed()


@pytest.fixture(scope="package")
def records(browser: Browser, playwright_here: Playwright, server: str, signed: Signed) -> dict[str, str]:
    """What the placeholders in the addresses of ``stops.STOPS`` stand for."""
    desk = Desk(browser, playwright_here, server, signed)
    found = find_records(desk)
    desk.close()
    return found


@pytest.fixture
def desk(
    browser: Browser, playwright_here: Playwright, server: str, signed: Signed, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    """Pages for this test; it fails when any of them complained unexpectedly."""
    desk = Desk(browser, playwright_here, server, signed)
    yield desk
    unexpected = desk.unexpected()
    if request.node.stash.get(FAILED, True) or unexpected:
        desk.photograph(RESULTS, re.sub(r"\W+", "-", request.node.name))
    desk.close()
    assert not unexpected, "\n".join(unexpected)
