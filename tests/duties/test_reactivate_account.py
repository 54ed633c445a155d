"""duties.reactivate_account"""

from __future__ import annotations

from types import SimpleNamespace

from huoshui.duties.actions import deactivate_account, reactivate_account
from huoshui.duties.queries import system_account
from tests.places.helpers import last_entry, refused


def test_lets_in_again(cast: SimpleNamespace) -> None:
    account = deactivate_account(by=cast.administrator, account=cast.secretary)
    assert reactivate_account(by=cast.administrator, account=account, seen_version=2).is_active
    assert last_entry()[0] == "duties.reactivate_account"


def test_refusals(cast: SimpleNamespace) -> None:
    with refused("account.system"):
        reactivate_account(by=cast.administrator, account=system_account())
    with refused("record.stale"):
        reactivate_account(by=cast.administrator, account=cast.secretary, seen_version=2)
    with refused("access.denied"):
        reactivate_account(by=cast.leader, account=cast.secretary)
