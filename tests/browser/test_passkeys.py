"""A passkey from its first day to its last, with Chromium's virtual authenticator; and what does not open the door."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from huoshui.demo.accounts import DEMO_PASSWORD
from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk, fill_in_and_sign_in

pytestmark = pytest.mark.browser

SOMEBODY = "assessor-sujiazuo-1"
"""No other test signs in with this account."""
WRONG = "通行密钥没有通过核验，没有办成。"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Walk:
    """One person's phone, at the site's name: browsers keep no passkeys for IP addresses."""

    def __init__(self, desk: Desk) -> None:
        self.base = desk.url.replace("127.0.0.1", "localhost")
        self.page: Page = desk.window(PHONE).new_page()
        self.cdp = self.page.context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        self.device = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
        self.sent: list[str] = []
        self.page.on("request", self._note)

    def _note(self, request: Any) -> None:
        if request.method == "POST" and request.url.endswith("/webauthn/login/"):
            self.sent.append(request.post_data or "")

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def out(self) -> Page:
        self.go("/accounts/logout/").get_by_role("button", name="退出").click()
        expect(self.page.get_by_text("已退出登录。")).to_be_visible()
        return self.page

    def use_passkey(self) -> Page:
        self.go("/accounts/login/").get_by_role("button", name="用通行密钥登录").click()
        return self.page

    def show_again(self) -> None:
        """Who changes the ways in shows again who they are; here by the passkey."""
        self.page.get_by_role("link", name="改用通行密钥").click()
        self.page.get_by_role("button", name="用通行密钥确认").click()


def _in(page: Page) -> None:
    expect(page.get_by_role("heading", name="今日")).to_be_visible()


def _another_challenge(route: Route) -> None:
    """As if the device had been asked by somebody else."""
    if route.request.method != "GET":
        return route.continue_()
    options = route.fetch().json()
    options["request_options"]["publicKey"]["challenge"] = base64.urlsafe_b64encode(b"\x07" * 32).decode().rstrip("=")
    return route.fulfill(body=json.dumps(options), content_type="application/json")


def test_added_used_and_removed(desk: Desk) -> None:
    walk = Walk(desk)
    page = walk.go("/accounts/login/")
    fill_in_and_sign_in(page, SOMEBODY)
    _in(page)
    walk.go("/accounts/2fa/").get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="确认").click()
    findings = grave_findings(page)
    page.get_by_label("名称").fill("我的手机")
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    walk.go("/accounts/2fa/")
    expect(page.get_by_text("我的手机")).to_be_visible()
    page.get_by_role("link", name="改名 我的手机").click()
    page.get_by_label("名称").fill("值班手机")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("值班手机")).to_be_visible()
    findings += grave_findings(page)
    assert not findings, "\n".join(findings)
    walk.out()

    _in(walk.use_passkey())
    walk.out()
    fill_in_and_sign_in(walk.go("/accounts/login/"), SOMEBODY)
    expect(page.get_by_role("heading", name="两步验证")).to_be_visible()
    page.get_by_role("button", name="用通行密钥确认").click()
    _in(page)

    walk.go("/accounts/2fa/").get_by_role("link", name="移除 值班手机").click()
    walk.show_again()
    page.get_by_role("button", name="移除").click()
    expect(page.get_by_text("已移除通行密钥。")).to_be_visible()
    expect(page.get_by_text("值班手机")).to_have_count(0)
    walk.out()
    expect(walk.use_passkey().get_by_text(WRONG)).to_be_visible()


def test_what_does_not_open(desk: Desk) -> None:
    """Another's challenge, an answer used twice, a device that refuses, an answer that no device gives."""
    walk = Walk(desk)
    page = walk.go("/accounts/login/")
    fill_in_and_sign_in(page, "assessor-ningguo-1")
    walk.go("/accounts/2fa/webauthn/add/")
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="确认").click()
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    walk.out()
    _in(walk.use_passkey())
    walk.out()
    for answer in (walk.sent[-1].split("credential=")[1], "%7B%7D", "%5B1%5D", "nonsense"):
        page.evaluate(
            """(answer) => { const form = document.querySelector("#passkey-credential").form;
               form.credential.value = decodeURIComponent(answer.replaceAll("+", " ")); form.submit(); }""",
            answer,
        )
        expect(page.get_by_text(WRONG)).to_be_visible()
        walk.go("/accounts/login/")
        expect(page.get_by_text(WRONG)).to_have_count(0)
    page.route("**/webauthn/login/", _another_challenge)
    expect(walk.use_passkey().get_by_text(WRONG)).to_be_visible()
    page.unroute("**/webauthn/login/")
    walk.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": walk.device, "isUserVerified": False})
    expect(walk.use_passkey().get_by_text("没有用上通行密钥")).to_be_visible()
    page.goto(walk.base + "/accounts/2fa/")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
