"""duties.deactivate_account"""

from __future__ import annotations

from types import SimpleNamespace

from django.test import Client

from huoshui.duties.actions import deactivate_account
from huoshui.duties.queries import system_account
from huoshui.kernel.models import Entry
from tests.places.helpers import last_entry, refused


def test_shuts_out_and_keeps_the_duties(cast: SimpleNamespace) -> None:
    account = deactivate_account(by=cast.administrator, account=cast.secretary)
    assert not account.is_active
    assert account.duties.exists()
    assert last_entry() == (
        "duties.deactivate_account",
        {"before": {"is_active": True}, "after": {"is_active": False}},
    )
    before = Entry.objects.count()
    deactivate_account(by=cast.administrator, account=account)
    assert Entry.objects.count() == before


def test_an_open_session_ends(cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.secretary, backend="huoshui.web.backends.SignedInBackend")
    deactivate_account(by=cast.administrator, account=cast.secretary)
    answer = client.get("/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_refusals(cast: SimpleNamespace) -> None:
    with refused("account.own"):
        deactivate_account(by=cast.administrator, account=cast.administrator)
    with refused("account.system"):
        deactivate_account(by=cast.administrator, account=system_account())
    with refused("record.stale"):
        deactivate_account(by=cast.administrator, account=cast.secretary, seen_version=2)
    with refused("access.denied"):
        deactivate_account(by=cast.leader, account=cast.secretary)
