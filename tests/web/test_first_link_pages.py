"""A first-login link in a browser: its form is taken, and signing in by it keeps every rule of signing in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.first_links import issue_link
from huoshui.duties.models import Account
from tests.places.helpers import last_entry
from tests.web.sso_helpers import signed_in_as

PASSWORD = "quiet river of words"
SITE = "http://testserver"


@pytest.fixture
def address(cast: SimpleNamespace) -> str:
    """The page of a link of the secretary's."""
    return address_for(cast, cast.secretary)


def address_for(cast: SimpleNamespace, account: Account) -> str:
    _row, code = issue_link(by=cast.administrator, account=account)
    return reverse("first_password", args=[code])


def test_a_browser_may_send_its_form(address: str) -> None:
    """By the Fetch standard, a form on a page with "no-referrer" is sent with "Origin: null"."""
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(address)
    assert page["Referrer-Policy"] == "same-origin"
    given = {"password": PASSWORD, "again": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    assert browser.post(address, given, headers={"origin": "null"}).status_code == 403
    assert browser.post(address, given, headers={"origin": SITE}).status_code == 302


def test_a_locked_account_stays_shut(cast: SimpleNamespace, address: str) -> None:
    browser = Client()
    for _attempt in range(5):
        browser.post(reverse("account_login"), {"login": cast.secretary.username, "password": "wrong"})
    answer = browser.post(address, {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, signed_in_as(browser)) == (429, "")
    assert "账号已锁定" in answer.content.decode()


def test_the_sign_in_is_journalled(cast: SimpleNamespace, address: str) -> None:
    browser = Client()
    answer = browser.post(address, {"password": PASSWORD, "again": PASSWORD})
    assert (answer["Location"], signed_in_as(browser)) == (reverse("today"), str(cast.secretary.pk))
    assert last_entry() == ("duties.sign_in", {"after": {"shown": ["password"]}})


def test_the_page_of_signing_in_leads_to_it(db: None) -> None:
    assert f'href="{reverse("first_code")}"' in Client().get(reverse("account_login")).content.decode()
