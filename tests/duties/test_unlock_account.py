"""duties.unlock_account; that the account may sign in afterwards is held by test_signing_in."""

from __future__ import annotations

from types import SimpleNamespace

from axes.models import AccessAttempt

from huoshui.duties.actions import unlock_account
from huoshui.duties.queries import system_account
from huoshui.kernel.models import Entry
from tests.places.helpers import last_entry, refused


def test_forgets_the_failed_sign_ins_of_one_account(cast: SimpleNamespace) -> None:
    for username in ("secretary", "secretary2"):
        AccessAttempt.objects.create(username=username, failures_since_start=5)
    assert unlock_account(by=cast.administrator, account=cast.secretary) == 1
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["secretary2"]
    assert last_entry()[0] == "duties.unlock_account"
    before = Entry.objects.count()
    assert unlock_account(by=cast.administrator, account=cast.secretary) == 0
    assert Entry.objects.count() == before


def test_refusals(cast: SimpleNamespace) -> None:
    with refused("access.denied"):
        unlock_account(by=cast.town_office, account=cast.secretary)
    with refused("account.system"):
        unlock_account(by=cast.administrator, account=system_account())
