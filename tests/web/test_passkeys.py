"""Passkeys over HTTP: whom a signature lets in, and which signatures let nobody in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from huoshui.duties.actions import deactivate_account, set_password
from huoshui.duties.models import Account
from tests.places.helpers import last_entry
from tests.web.soft_key import PRESENT, VERIFIED, SoftKey
from tests.web.sso_helpers import signed_in_as

PASSWORD = "清风明月-739215"
LOGIN = "/accounts/2fa/webauthn/login/"
WRONG = "通行密钥没有通过核验"


def browser() -> Client:
    return Client(HTTP_HOST="localhost")


def options(client: Client) -> dict[str, Any]:
    wanted: dict[str, Any] = client.get(LOGIN, HTTP_ACCEPT="application/json").json()["request_options"]
    return wanted


def use(client: Client, key: SoftKey) -> Any:
    return client.post(LOGIN, {"credential": key.signed(options(client))}, follow=True)


@pytest.fixture
def owner(cast: SimpleNamespace) -> Account:
    set_password(by=cast.administrator, account=cast.secretary, password=PASSWORD, must_change=False)
    account: Account = cast.secretary
    return account


@pytest.fixture
def key(owner: Account) -> SoftKey:
    """A passkey of the secretary, added on the pages."""
    client, key = browser(), SoftKey()
    client.post("/accounts/login/", {"login": owner.username, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/webauthn/add/")
    given = {"name": "我的手机", "credential": key.made(page.context["js_data"]["creation_options"])}
    assert client.post("/accounts/2fa/webauthn/add/", given).status_code == 302
    return key


def test_in_by_the_key_alone(owner: Account, key: SoftKey) -> None:
    client = browser()
    assert use(client, key).status_code == 200
    assert signed_in_as(client) == str(owner.pk)
    assert last_entry() == ("duties.sign_in", {"after": {"shown": ["webauthn"]}})


def test_a_password_alone_is_no_longer_enough(owner: Account, key: SoftKey) -> None:
    client = browser()
    answer = client.post("/accounts/login/", {"login": owner.username, "password": PASSWORD})
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert signed_in_as(client) == ""


def test_an_answer_replayed(key: SoftKey) -> None:
    """Its challenge was used up by it; in another browser there never was one."""
    client = browser()
    answer = {"credential": key.signed(options(client))}
    assert client.post(LOGIN, answer).status_code == 302
    client.logout()
    for one in (client, browser()):
        assert WRONG in one.post(LOGIN, answer, follow=True).content.decode()
        options(one)
        assert WRONG in one.post(LOGIN, answer, follow=True).content.decode()
        assert signed_in_as(one) == ""


@pytest.mark.parametrize(
    "cheat",
    [
        {"origin": "https://localhost.example.cn"},
        {"origin": "http://10.0.0.5"},
        {"site": "other.example.cn"},
        {"flags": PRESENT},
        {"flags": 0},
        {"key": ec.generate_private_key(ec.SECP256R1())},
        {"number": b"another number.."},
        {"account": ""},
        {"account": "bm9ib2R5"},
    ],
    ids=["origin", "http", "site", "no pin", "nobody there", "key", "number", "no account", "unknown account"],
)
def test_signatures_that_let_nobody_in(key: SoftKey, cheat: dict[str, Any]) -> None:
    """For another site, without asking for PIN or finger, by another key, of nobody."""
    for name, value in cheat.items():
        setattr(key, name, value)
    client = browser()
    assert WRONG in use(client, key).content.decode()
    assert signed_in_as(client) == ""


def test_the_challenge_of_a_second_step_asks_for_no_less(owner: Account, key: SoftKey) -> None:
    """It is kept where that of signing in by the key alone is, so its answer may be sent there once the step, of which
    the password was the first, is over (allauth's ACCOUNT_LOGIN_TIMEOUT).
    """
    for flags, who in ((PRESENT, ""), (PRESENT | VERIFIED, str(owner.pk))):
        client, key.flags = browser(), flags
        client.post("/accounts/login/", {"login": owner.username, "password": PASSWORD})
        wanted = client.get("/accounts/2fa/authenticate/").context["js_data"]["request_options"]
        session = client.session
        del session["account_login"]
        session.save()
        client.post(LOGIN, {"credential": key.signed(wanted)})
        assert signed_in_as(client) == who


def test_anothers_account_is_not_named_by_ones_own_key(cast: SimpleNamespace, key: SoftKey) -> None:
    wanted = SoftKey(account=key.account)
    client = browser()
    assert WRONG in use(client, wanted).content.decode()
    assert signed_in_as(client) == ""


def test_removed_deactivated_locked(cast: SimpleNamespace, owner: Account, key: SoftKey) -> None:
    client = browser()
    for _attempt in range(5):
        client.post("/accounts/login/", {"login": owner.username, "password": "wrong"})
    locked = use(client, key)
    assert (locked.status_code, signed_in_as(client)) == (429, "")
    assert "账号已锁定" in locked.content.decode()
    deactivate_account(by=cast.administrator, account=owner)
    other = browser()
    assert "已停用" in use(other, key).content.decode()
    assert signed_in_as(other) == ""
    Authenticator.objects.filter(type="webauthn").delete()
    assert WRONG in use(browser(), key).content.decode()


def test_a_key_that_asks_for_nothing_is_not_taken(owner: Account) -> None:
    client, key = browser(), SoftKey(flags=PRESENT)
    client.post("/accounts/login/", {"login": owner.username, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/webauthn/add/")
    given = {"name": "卡片", "credential": key.made(page.context["js_data"]["creation_options"])}
    assert WRONG in client.post("/accounts/2fa/webauthn/add/", given).content.decode()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(("host", "offered"), [("localhost", True), ("127.0.0.1", False), ("testserver", False)])
def test_offered_only_where_browsers_keep_them(db: None, host: str, offered: bool) -> None:
    page = Client(HTTP_HOST=host).get("/accounts/login/").content.decode()
    assert ("用通行密钥登录" in page) == offered
