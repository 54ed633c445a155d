"""duties.deactivate_account and duties.reactivate_account"""

from __future__ import annotations

from types import SimpleNamespace

from django.test import Client

from huoshui.duties.actions import deactivate_account, reactivate_account
from huoshui.duties.queries import system_account
from huoshui.kernel.models import Entry
from tests.places.helpers import last_entry, refused


def test_shuts_out_at_once_and_lets_in_again(cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.secretary, backend="allauth.account.auth_backends.AuthenticationBackend")
    account = deactivate_account(by=cast.administrator, account=cast.secretary)
    assert not account.is_active
    assert last_entry()[0] == "duties.deactivate_account"
    assert account.duties.exists()
    before = Entry.objects.count()
    deactivate_account(by=cast.administrator, account=account)
    assert Entry.objects.count() == before
    assert reactivate_account(by=cast.administrator, account=account, seen_version=2).is_active
    assert last_entry()[0] == "duties.reactivate_account"


def test_refusals(cast: SimpleNamespace) -> None:
    with refused("account.own"):
        deactivate_account(by=cast.administrator, account=cast.administrator)
    with refused("account.system"):
        reactivate_account(by=cast.administrator, account=system_account())
    with refused("record.stale"):
        deactivate_account(by=cast.administrator, account=cast.secretary, seen_version=2)
    for act in (deactivate_account, reactivate_account):
        with refused("access.denied"):
            act(by=cast.leader, account=cast.secretary)
