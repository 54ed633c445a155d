"""Signed-in clients for page tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from huoshui.duties.models import Account

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def signed_in() -> Callable[[Account], Client]:
    """A browser session of an account."""

    def sign_in(account: Account) -> Client:
        client = Client()
        client.force_login(account, backend=BACKEND)
        return client

    return sign_in
