"""Browsers of the demo's people: signed in once each, watched for errors, photographed when a test fails."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    APIRequestContext,
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    WebError,
    expect,
)

from huoshui.demo.accounts import DEMO_PASSWORD

PHONE, SCREEN = 390, 1440
HEIGHTS = {PHONE: 844, SCREEN: 900}
PATIENCE = 20_000
"""Milliseconds; the two processors may be busy with other tests."""
expect.set_options(timeout=PATIENCE)
CSP_WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Signed:
    """What outlives a single test: sessions, tokens and windows by username."""

    states: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    windows: dict[str, BrowserContext] = field(default_factory=dict)


@dataclass
class Desk:
    """Opens pages for people. ``problems`` collects what a browser complained of in any of them."""

    browser: Browser
    playwright: Playwright
    url: str
    signed: Signed
    contexts: list[BrowserContext] = field(default_factory=list)
    visited: list[BrowserContext] = field(default_factory=list)
    """Windows of ``signed``, in which this desk has pages."""
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Patterns of complaints that a test provokes on purpose."""

    def window(self, width: int = SCREEN, state: Any = None, **options: Any) -> BrowserContext:
        """A browser of its own, Chinese, of the given width; ``state`` signs it in."""
        context = self._window(width, state, **options)
        self.contexts.append(context)
        self._listen(context)
        return context

    def _window(self, width: int, state: Any, **options: Any) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": HEIGHTS[width]},
            has_touch=width == PHONE,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            storage_state=state,
            **options,
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(CSP_WATCH)
        return context

    def _listen(self, context: BrowserContext) -> None:
        context.on("console", self._heard)
        context.on("weberror", self._failed)

    def _failed(self, error: WebError) -> None:
        self.problems.append(f"{error.page and error.page.url}: {error.error}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.page.url if message.page else ""
            self.problems.append(f"{where}: {message.text}")

    def open(self, username: str, path: str = "/", width: int = SCREEN, **options: Any) -> Page:
        """A page of somebody's, signed in, in a browser of its own."""
        page = self.window(width, self._state(username), **options).new_page()
        page.goto(path)
        return page

    def visit(self, username: str, path: str) -> Page:
        """A page of somebody's that is only looked at, on a phone: in a browser that all tests share, as are the
        scripts and typefaces that it has fetched."""
        if username not in self.signed.windows:
            self.signed.windows[username] = self._window(PHONE, self._state(username))
        context = self.signed.windows[username]
        if context not in self.visited:
            self.visited.append(context)
            self._listen(context)
        page = context.new_page()
        page.goto(path)
        return page

    def _state(self, username: str) -> Any:
        """The session of somebody, who signs in the first time."""
        if username not in self.signed.states:
            context = self.window()
            sign_in(context.new_page(), username)
            self.signed.states[username] = context.storage_state()
            self.leave(context)
        return self.signed.states[username]

    def leave(self, context: BrowserContext) -> None:
        context.close()
        self.contexts.remove(context)

    def api(self, username: str) -> APIRequestContext:
        """The API as this person, with a token issued on the page of tokens."""
        if username not in self.signed.tokens:
            page = self.open(username, "/people/tokens")
            page.get_by_label("用途").fill("浏览器测试")
            for area in page.locator("select[name^='scope-']").all():
                area.select_option(index=area.locator("option").count() - 1)
            page.get_by_role("button", name="签发").click()
            self.signed.tokens[username] = page.locator("#fresh-token").inner_text()
            self.leave(page.context)
        headers = {"Authorization": f"Bearer {self.signed.tokens[username]}"}
        return self.playwright.request.new_context(base_url=self.url, extra_http_headers=headers)

    def unexpected(self) -> list[str]:
        return [text for text in self.problems if not any(re.search(pattern, text) for pattern in self.expected)]

    def photograph(self, folder: Path, name: str) -> None:
        """Every open page, for looking at a failure."""
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in [*self.contexts, *self.visited] for page in context.pages]
        for number, page in enumerate(pages, start=1):
            page.screenshot(path=folder / f"{name}-{number}.png", full_page=True)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        for context in self.visited:
            context.remove_listener("console", self._heard)
            context.remove_listener("weberror", self._failed)
            for page in context.pages:
                page.close()


def widen(page: Page, width: int) -> None:
    """Give the window of a page another width, and the page the time to lay itself out again."""
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def sign_in(page: Page, username: str, password: str = DEMO_PASSWORD) -> None:
    """Through the page, as everybody does."""
    page.goto("/accounts/login/")
    fill_in_and_sign_in(page, username, password)


def fill_in_and_sign_in(page: Page, username: str, password: str = DEMO_PASSWORD) -> None:
    """On the page of signing in that is open, which knows where to go on."""
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
