"""Signing in: a lock after five wrong passwords; two steps with an authenticator."""

from __future__ import annotations

import base64
import hmac
import struct
import time

import pytest
from playwright.sync_api import expect

from huoshui.demo.accounts import DEMO_PASSWORD
from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, SCREEN, Desk, sign_in

pytestmark = pytest.mark.browser

LOCKED, NEWCOMER = "assessor-liwan-1", "assessor-liwan-2"
TWO_STEPS = {PHONE: "assessor-wenyuan-1", SCREEN: "assessor-wenchang-1"}
"""Accounts that no other test signs in with."""
PERIOD = 30


def code_of(secret: str, at: float) -> str:
    """The six digits of RFC 6238 (SHA-1, 30 seconds) at a moment."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at) // PERIOD), "sha1")
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def code_now(secret: str) -> str:
    """The digits that the authenticator shows; one that is about to change is waited out."""
    left = PERIOD - time.time() % PERIOD
    if left < 4:
        time.sleep(left)
    return code_of(secret, time.time())


def test_the_code_is_that_of_the_standard() -> None:
    """RFC 6238, appendix B, the last six of its eight digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert [code_of(secret, at) for at in (59, 1111111109, 2000000000)] == ["287082", "081804", "279037"]


def test_five_wrong_passwords_lock_the_account(desk: Desk) -> None:
    desk.expected.append("status of 429")
    page = desk.window(PHONE).new_page()
    for _ in range(4):
        sign_in(page, LOCKED, "not-the-password")
        expect(page.get_by_text("账号或密码不对。")).to_be_visible()
    sign_in(page, LOCKED, "not-the-password")
    expect(page.get_by_text("多次登录失败，账号已锁定 30 分钟。")).to_be_visible()
    expect(page.get_by_text("请稍后再试，或请管理员解锁。")).to_be_visible()
    sign_in(page, LOCKED)
    expect(page.get_by_text("账号已锁定")).to_be_visible()
    other = desk.window(PHONE).new_page()
    sign_in(other, "auditor")
    expect(other.get_by_role("heading", name="今日")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_two_steps(desk: Desk, width: int) -> None:
    username = TWO_STEPS[width]
    page = desk.window(width).new_page()
    sign_in(page, username)
    page.get_by_label("我的账号").click()
    page.get_by_role("link", name="登录与安全").click()
    page.get_by_role("link", name="开启").click()
    if page.get_by_role("heading", name="确认是本人").count():
        page.get_by_label("密码").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="确认").click()
    secret = page.locator(".secret").inner_text()
    page.get_by_label("六位数字").fill(code_now(secret))
    page.get_by_role("button", name="开启").click()
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("已退出登录。")).to_be_visible()
    sign_in(page, username)
    expect(page.get_by_role("heading", name="两步验证")).to_be_visible()
    page.get_by_label("验证码").fill("000000")
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".field__error")).to_be_visible()
    page.get_by_label("验证码").fill(code_now(secret))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="今日")).to_be_visible()


def test_a_first_login_link(desk: Desk) -> None:
    """Issued by the administrator; its code is typed on a phone, and the password set there lets in."""
    admin = desk.open("admin", f"/people/{NEWCOMER}/")
    admin.get_by_role("button", name="签发首次登录链接").click()
    code = admin.locator("code.code.strong").inner_text()
    page = desk.window(PHONE).new_page()
    page.goto("/accounts/login/")
    page.get_by_role("link", name="首次登录").click()
    page.get_by_label("登录码").fill(code)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("新密码", exact=True).fill("quiet river of words")
    page.get_by_label("再输一次新密码").fill("quiet river of words")
    findings = grave_findings(page)
    page.get_by_role("button", name="设好并登录").click()
    expect(page.get_by_role("heading", name="今日")).to_be_visible()
    assert not findings, "\n".join(findings)
