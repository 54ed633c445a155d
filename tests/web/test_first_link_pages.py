"""A first-login link in a browser: its form is taken, and signing in by it keeps every rule of signing in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.first_links import issue_link
from huoshui.duties.models import Account

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
