"""duties.turn_on_two_steps, turn_off_two_steps and make_recovery_codes: journalled as the pages do them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import transaction
from django.test import Client

from huoshui.duties import sign_in
from huoshui.duties.actions import set_password
from huoshui.kernel.models import Entry

PASSWORD = "清风明月-739215"


@pytest.fixture
def own(cast: SimpleNamespace, client: Client) -> Client:
    """The browser of somebody who signed in and has shown again who they are."""
    set_password(by=cast.administrator, account=cast.secretary, password=PASSWORD, must_change=False)
    client.post("/accounts/login/", {"login": "secretary", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def turn_on(client: Client) -> None:
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert Authenticator.objects.count() == 2, "the app and the recovery codes"
    data = "".join(Entry.objects.values_list("data", flat=True))
    assert not any(kept in data for kept in (secret, code)), "no secret enters the journal"


def told(cast: SimpleNamespace) -> list[tuple[str, str]]:
    entries = Entry.objects.filter(subject_id=cast.secretary.pk, actor_id=cast.secretary.pk, channel="web")
    entries = entries.exclude(action="duties.sign_in")
    assert set(entries.values_list("place_id", flat=True)) <= {cast.land.village.pk}
    return list(entries.order_by("seq").values_list("action", "data"))


def test_on_new_codes_and_off(cast: SimpleNamespace, own: Client) -> None:
    turn_on(own)
    on = [("duties.turn_on_two_steps", '{"after":{"method":"totp"}}'), ("duties.make_recovery_codes", "{}")]
    assert told(cast) == on
    own.post("/accounts/2fa/recovery-codes/generate/")
    assert told(cast) == [*on, ("duties.make_recovery_codes", "{}")]
    own.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert told(cast)[3:] == [("duties.turn_off_two_steps", '{"before":{"method":"totp"}}')]


def test_without_its_entry_nothing_is_switched(
    cast: SimpleNamespace, own: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_more: object) -> None:
        raise RuntimeError("the journal cannot be written")

    with monkeypatch.context() as failing:
        failing.setattr(sign_in, "record_of", fail)
        with pytest.raises(RuntimeError, match="cannot be written"):
            turn_on(own)
    assert not Authenticator.objects.exists()
    turn_on(own)
    monkeypatch.setattr(sign_in, "record_of", fail)
    with pytest.raises(RuntimeError, match="cannot be written"), transaction.atomic():
        own.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.count() == 2
