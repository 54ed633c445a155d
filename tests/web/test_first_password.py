"""A password that somebody else set is changed before anything else."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from django.test import Client
from django.urls import reverse

from huoshui.duties.actions import set_password
from huoshui.duties.models import Account
from huoshui.kernel.models import Entry


def test_sent_to_change_it_and_then_let_in(cast: SimpleNamespace, signed_in: Callable[[Account], Client]) -> None:
    account = cast.secretary
    set_password(by=cast.administrator, account=account, password="first of many words")
    account.refresh_from_db()
    client = signed_in(account)
    assert client.get(reverse("places"))["Location"] == reverse("account_change_password")
    words = {"oldpassword": "first of many words", "password1": "second of many words"}
    client.post(reverse("account_change_password"), {**words, "password2": words["password1"]})
    account.refresh_from_db()
    assert not account.must_change_password
    assert account.check_password("second of many words")
    entry = Entry.objects.filter(action="duties.set_password").latest("seq")
    assert (entry.actor_id, entry.channel) == (account.pk, "web")
    assert client.get(reverse("places")).status_code == 200
