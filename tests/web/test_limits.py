"""Forms of the sign-in pages are counted by address or account, whichever web process answers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huoshui.kernel.limits import READINGS_AT_ONCE
from huoshui.kernel.models import LimitUse
from huoshui.web.limits import SIGN_IN_LIMITS
from huoshui.web.portal.guides import PAGES_A_MINUTE

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


@pytest.mark.parametrize("page", ["portal", "portal_notices"])
def test_reading_a_public_page_writes_nothing_and_a_flood_is_refused(cast: SimpleNamespace, page: str) -> None:
    client, address = Client(), reverse(page)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    assert not [query["sql"] for query in asked if query["sql"].lstrip().split()[0] in ("INSERT", "UPDATE", "DELETE")]
    for _ in range(READINGS_AT_ONCE - 1):
        client.get(address)
    LimitUse.objects.update(times=PAGES_A_MINUTE)  # what all processes told
    answers = [client.get(address).status_code for _ in range(READINGS_AT_ONCE)]
    assert answers == [200] * (READINGS_AT_ONCE - 1) + [429]
    assert client.get(address).status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.9").get(address).status_code == 200


def test_a_code_is_counted_at_every_use(cast: SimpleNamespace) -> None:
    Client().get(reverse("portal_follow", args=["AAAA-AAAA-AAA"]))
    assert LimitUse.objects.get().times == 1


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
