"""Signing in at /accounts/login/: success, lock, unlock, second factor, no sign-up, a new session each time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.contrib.auth import get_user
from django.test import Client

from huoshui.duties.actions import deactivate_account, set_password, unlock_account
from huoshui.duties.models import Account
from tests.places.helpers import last_entry, refused

PASSWORD = "清风明月-739215"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any) -> None:
    """Pages are rendered without a collected set of static files."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def secretary(cast: SimpleNamespace) -> str:
    """A username that may sign in with PASSWORD."""
    set_password(by=cast.administrator, account=cast.secretary, password=PASSWORD, must_change=False)
    return str(cast.secretary.username)


def sign_in(client: Client, username: str, password: str = PASSWORD) -> int:
    """The status of a sign-in: 302 went in, 200 the form again, 429 locked."""
    return client.post(LOGIN, {"login": username, "password": password}).status_code


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_success_and_wrong_password(secretary: str, client: Client) -> None:
    assert sign_in(client, secretary, "wrong") == 200
    assert not signed_in(client)
    assert sign_in(client, secretary) == 302
    assert signed_in(client)


def test_the_session_key_changes_at_sign_in(secretary: str, client: Client) -> None:
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key
    assert sign_in(client, secretary) == 302
    assert client.session.session_key != planted


def test_an_inactive_account_stays_outside(cast: SimpleNamespace, secretary: str, client: Client) -> None:
    deactivate_account(by=cast.administrator, account=cast.secretary)
    sign_in(client, secretary)
    assert not signed_in(client)


def test_an_unknown_name_is_answered_like_a_wrong_password(secretary: str, client: Client) -> None:
    assert sign_in(client, "nobody-of-that-name", "wrong") == sign_in(client, secretary, "wrong") == 200


def test_five_wrong_passwords_lock_and_an_administrator_unlocks(
    cast: SimpleNamespace, secretary: str, client: Client
) -> None:
    statuses = [sign_in(client, secretary, f"wrong{n}") for n in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    answer = client.post(LOGIN, {"login": secretary, "password": PASSWORD})
    assert answer.status_code == 429
    assert "账号已锁定 30 分钟" in answer.content.decode()
    assert not signed_in(client)
    with refused("access.denied"):
        unlock_account(by=cast.town_office, account=cast.secretary)
    assert unlock_account(by=cast.administrator, account=cast.secretary) >= 1
    assert last_entry()[0] == "duties.unlock_account"
    assert unlock_account(by=cast.administrator, account=cast.secretary) == 0
    assert sign_in(client, secretary) == 302


def test_a_lock_is_on_the_account_not_on_the_office(cast: SimpleNamespace, secretary: str, client: Client) -> None:
    for n in range(5):
        sign_in(client, "secretary2", f"wrong{n}")
    assert sign_in(client, secretary) == 302


def test_a_second_factor_is_asked_for(cast: SimpleNamespace, secretary: str, client: Client) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(cast.secretary, secret)
    answer = client.post(LOGIN, {"login": secretary, "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert not signed_in(client)
    client.post(answer["Location"], {"code": "000000"})
    assert not signed_in(client)
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    assert client.post(answer["Location"], {"code": code}).status_code == 302
    assert signed_in(client)


def test_a_password_that_somebody_else_set_has_to_be_changed_first(
    cast: SimpleNamespace, secretary: str, client: Client
) -> None:
    set_password(by=cast.administrator, account=cast.secretary, password=PASSWORD + "1")
    assert sign_in(client, secretary, PASSWORD + "1") == 302
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/change/")
    new = {"oldpassword": PASSWORD + "1", "password1": PASSWORD + "2", "password2": PASSWORD + "2"}
    assert client.post("/accounts/password/change/", new).status_code == 302
    cast.secretary.refresh_from_db()
    assert not cast.secretary.must_change_password
    assert last_entry()[0] == "duties.set_password"
    assert client.get("/").status_code == 200


def test_nobody_signs_up(db: None, client: Client) -> None:
    answer = client.post("/accounts/signup/", {"username": "intruder", "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code in (200, 302, 403, 404)
    assert not Account.objects.filter(username="intruder").exists()


def test_a_new_password_ends_other_sessions(cast: SimpleNamespace, secretary: str, client: Client) -> None:
    sign_in(client, secretary)
    set_password(by=cast.administrator, account=cast.secretary, password=PASSWORD + "x")
    request = SimpleNamespace(session=client.session)
    assert not get_user(request).is_authenticated  # type: ignore[arg-type]
