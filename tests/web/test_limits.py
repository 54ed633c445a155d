"""Forms of the sign-in pages are counted by address or account, whichever web process answers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from huoshui.kernel.models import LimitUse
from huoshui.web.limits import SIGN_IN_LIMITS

WRONG = {"login": "nobody", "password": "wrong-password"}


def test_every_limited_page_is_one_of_ours() -> None:
    assert all(reverse(name) for name in SIGN_IN_LIMITS)


def test_sign_in_forms_of_one_address_are_counted_for_all_processes(cast: SimpleNamespace) -> None:
    address, limit = reverse("account_login"), SIGN_IN_LIMITS["account_login"].times
    client = Client()
    assert client.post(address, WRONG).status_code == 200
    cache.clear()  # what one process remembers does not matter
    LimitUse.objects.update(times=limit)
    refused = client.post(address, WRONG)
    assert refused.status_code == 429
    assert "操作太密" in refused.content.decode()
    assert client.get(address).status_code == 200
    assert Client(REMOTE_ADDR="198.51.100.9").post(address, WRONG).status_code == 200


@pytest.mark.parametrize("page", ["account_change_password", "account_reauthenticate"])
def test_pages_behind_the_sign_in_are_counted_by_account(cast: SimpleNamespace, page: str) -> None:
    address, limit = reverse(page), SIGN_IN_LIMITS[page].times
    client = Client()
    client.force_login(cast.secretary, backend="huoshui.web.backends.SignedInBackend")
    answers = [client.post(address, {}).status_code for _ in range(limit + 1)]
    assert 429 not in answers[:limit]
    assert answers[limit] == 429
    client.force_login(cast.secretary2, backend="huoshui.web.backends.SignedInBackend")
    assert client.post(address, {}).status_code != 429
