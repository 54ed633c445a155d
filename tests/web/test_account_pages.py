"""Pages of one's own account: our words in both languages, one lock for passwords and codes, nothing of allauth's."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from huoshui.duties.actions import deactivate_account, set_password, unlock_account
from huoshui.duties.models import Account
from tests.web.test_english import CHINESE, chinese_on, in_english, recorded

SignIn = Callable[[Account], Client]
PASSWORD = "清风明月-739215"
SECRET = "JBSWY3DPEHPK3PXP"
LATIN = re.compile(r"[A-Za-z]{3,}")
LATIN_THAT_STAYS = {"English", "Huoshui", "svg", "Esc", "Ctrl", "Enter", "Excel", "HTTPS"}


def texts(answer: object) -> str:
    """What a page says, without its markup."""
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)  # type: ignore[attr-defined]
    shown = re.findall(r'(?:placeholder|aria-label|title|alt)="([^"]*)"', page)
    return " ".join([re.sub(r"<[^>]*>", " ", page), *shown])


def foreign_words(answer: object, *names: str) -> list[str]:
    """English words on a Chinese page, besides names."""
    return [word for word in LATIN.findall(texts(answer)) if word not in LATIN_THAT_STAYS | set(names)]


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


def wrong_code() -> str:
    return f"{(int(code_now()) + 500_000) % 1_000_000:06}"


@pytest.fixture
def person(cast: SimpleNamespace) -> Account:
    """Somebody who may sign in with PASSWORD."""
    set_password(by=cast.administrator, account=cast.secretary, password=PASSWORD, must_change=False)
    cast.secretary.refresh_from_db()
    account: Account = cast.secretary
    return account


@pytest.mark.parametrize(
    ("new", "code", "words"),
    [
        ("春江花月夜-739215", "", ""),
        ("tooshort", "password.too_short", "密码只有 8 位，至少要 10 位。"),
        ("1234567890", "password.too_common", "这个密码太常见，容易被猜中。"),
        ("8301749265538", "password.only_digits", "密码不能全是数字。"),
        ("secretary-1", "password.like_account", "密码与账号或职务太相近。"),
    ],
)
def test_rules_of_a_password_in_our_words(person: Account, signed_in: SignIn, new: str, code: str, words: str) -> None:
    client = signed_in(person)
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    answer = client.post(reverse("account_change_password"), given)
    if not code:
        assert answer.status_code == 302
        return
    assert words in texts(answer)
    assert foreign_words(answer) == []
    english = in_english(client).post(reverse("account_change_password"), given)
    assert chinese_on(english.content.decode(), recorded()) == []
    assert "password" in texts(english)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_the_present_password_wrong_and_the_new_ones_different(person: Account, signed_in: SignIn) -> None:
    client = signed_in(person)
    given = {"oldpassword": "something else", "password1": "春江花月夜-73921", "password2": "春江花月夜-73922"}
    answer = client.post(reverse("account_change_password"), given)
    assert "密码不对。请重输现在的密码。" in texts(answer)
    assert "两次输入的新密码不一样。" in texts(answer)
    empty = client.post(reverse("account_change_password"), {})
    assert "“现在的密码”必须填写。" in texts(empty)
    assert foreign_words(answer) == foreign_words(empty) == []


def test_signing_in_and_out_in_our_words(person: Account, client: Client) -> None:
    assert foreign_words(client.get(reverse("account_login"))) == []
    wrong = client.post(reverse("account_login"), {"login": person.username, "password": "wrong"})
    assert "账号或密码不对。请核对后重输；连续 5 次不对，账号锁定 30 分钟。" in texts(wrong)
    assert foreign_words(wrong) == []
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert foreign_words(client.get(reverse("account_logout"))) == []
    out = client.post(reverse("account_logout"), follow=True)
    assert "已退出登录。" in texts(out)


def test_a_deactivated_account_is_told_so(cast: SimpleNamespace, person: Account, client: Client) -> None:
    deactivate_account(by=cast.administrator, account=person)
    answer = client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD}, follow=True)
    assert foreign_words(answer) == []
    page = client.get(reverse("account_inactive"))
    assert "账号已停用" in texts(page)
    assert foreign_words(page) == []


def first_step(client: Client, person: Account) -> str:
    """Signs in with the password; the address of the second step."""
    answer = client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_wrong_code_in_our_words_and_a_recovery_code_works_once(person: Account, client: Client) -> None:
    TOTP.activate(person, SECRET)
    codes = RecoveryCodes.activate(person).get_unused_codes()
    address = first_step(client, person)
    assert foreign_words(client.get(address)) == []
    wrong = client.post(address, {"code": wrong_code()})
    assert "验证码不对。请输入验证器现在显示的六位数字" in texts(wrong)
    assert foreign_words(wrong) == []
    assert client.post(address, {"code": codes[0]}).status_code == 302
    client.logout()
    again = client.post(first_step(client, person), {"code": codes[0]})
    assert "恢复码每个只能用一次" in texts(again)


def test_five_wrong_codes_lock_the_account_like_wrong_passwords(
    cast: SimpleNamespace, person: Account, client: Client
) -> None:
    TOTP.activate(person, SECRET)
    address = first_step(client, person)
    statuses = [client.post(address, {"code": wrong_code()}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    locked = client.post(address, {"code": code_now()})
    assert locked.status_code == 429
    assert "账号已锁定 30 分钟" in texts(locked)
    assert "_auth_user_id" not in client.session
    other = Client().post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert other.status_code == 429
    assert unlock_account(by=cast.administrator, account=person) >= 1
    assert client.post(first_step(client, person), {"code": code_now()}).status_code == 302
    assert "_auth_user_id" in client.session


def test_two_step_verification_from_on_to_off(person: Account, client: Client) -> None:
    """Every page on the way, in Chinese without English and in English without Chinese."""
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    asked = client.get(reverse("mfa_activate_totp"), follow=True)  # who turns it on shows again who they are
    assert "确认是本人" in texts(asked)
    refused = client.post(reverse("account_reauthenticate"), {"password": "wrong"})
    assert "密码不对。" in texts(refused)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    pages = [asked, refused, client.get(reverse("mfa_index")), client.get(reverse("mfa_activate_totp"))]
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "12"})
    assert "验证码不对。" in texts(wrong)
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    names = ("index", "view_recovery_codes", "generate_recovery_codes", "deactivate_totp")
    pages += [wrong, *(client.get(reverse(f"mfa_{name}")) for name in names)]
    pages += [client.get(reverse("mfa_reauthenticate")), client.get(reverse("account_reauthenticate"))]
    secret = re.compile(r'<(p|pre) class="secret">.*?</\1>', re.DOTALL)
    for page in pages:
        assert page.status_code == 200
        page.content = secret.sub("", page.content.decode()).encode()
        assert foreign_words(page) == []
        assert "两步" in texts(page) or "恢复码" in texts(page) or "确认是本人" in texts(page)
        assert "二次" not in texts(page)
        assert "双因素" not in texts(page)
    assert "改用密码" in texts(pages[-2])
    assert "改用验证码" in texts(pages[-1])
    english = in_english(client)
    for name in (*names, "reauthenticate"):
        assert chinese_on(english.get(reverse(f"mfa_{name}")).content.decode(), recorded()) == []
    off = client.post(reverse("mfa_deactivate_totp"), follow=True)
    assert "Two-step verification is off." in texts(off)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("account/messages/logged_in.txt", ""),
        ("account/messages/logged_out.txt", "已退出登录。"),
        ("account/messages/password_changed.txt", "密码已改，下次用新密码登录。"),
        ("mfa/messages/totp_activated.txt", "已开启两步验证。"),
        ("mfa/messages/totp_deactivated.txt", "已关闭两步验证。"),
        ("mfa/messages/recovery_codes_generated.txt", "已生成恢复码，请抄下或下载后放好；以前的恢复码不再有效。"),
    ],
)
def test_what_is_told_when_done(message: str, words: str) -> None:
    """Allauth takes these by their names; some are told only once the transaction is through."""
    assert render_to_string(message).strip() == words
    with override("en"):
        assert not CHINESE.search(render_to_string(message))


@pytest.mark.parametrize(
    "address",
    [
        "signup/", "email/", "confirm-email/", "confirm-email/abc/", "password/set/", "password/reset/",
        "password/reset/done/", "password/reset/key/1-abc/", "password/reset/key/done/", "login/code/",
        "login/code/confirm/", "3rdparty/", "social/connections/", "sessions/", "2fa/webauthn/signup/", "2fa/trust/",
        "phone/change/",
    ],
)  # fmt: skip
def test_what_we_do_not_offer_is_not_there(cast: SimpleNamespace, signed_in: SignIn, address: str) -> None:
    for client in (Client(), signed_in(cast.secretary)):
        for answer in (client.get(f"/accounts/{address}"), client.post(f"/accounts/{address}", {})):
            assert answer.status_code == 404
            assert foreign_words(answer) == []


def test_the_mark_is_found_without_a_page(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 301
    assert "mark" in answer.headers["Location"]
