"""Personal values: encrypted, masked, each look journalled, erased on schedule."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from huoshui.duties.queries import system_account
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.vault.actions import erase_due, keep, reveal
from huoshui.vault.crypto import masked
from huoshui.vault.models import PersonalValue, RecordKey
from huoshui.vault.queries import masked_values

PHONE = "13800138000"


@action("tests.keep_personal")
def keep_personal(*, by: Any, record: Any, values: dict[str, str], delete_on: dt.date | None = None) -> dict[str, str]:
    digests = keep(record, values, delete_on=delete_on)
    journal.record(by=by, subject=record, after=digests)
    return digests


@pytest.fixture
def record(cast: SimpleNamespace) -> Any:
    keep_personal(by=cast.secretary, record=cast.land.village, values={"phone": PHONE}, delete_on=dt.date(2018, 5, 1))
    return cast.land.village


def test_stored_encrypted_and_journalled_as_keyed_digest(record: Any) -> None:
    assert PHONE.encode() not in bytes(PersonalValue.objects.get().ciphertext)
    data = json.loads(Entry.objects.filter(action="tests.keep_personal").get().data)
    assert data["after"]["phone"].startswith("keyed:")
    assert not Entry.objects.filter(data__contains=PHONE).exists()


def test_same_value_of_another_record_has_another_digest(cast: SimpleNamespace) -> None:
    first = keep_personal(by=cast.secretary, record=cast.land.village, values={"phone": PHONE})
    again = keep_personal(by=cast.secretary, record=cast.land.village, values={"phone": PHONE})
    other = keep_personal(by=cast.secretary, record=cast.land.village2, values={"phone": PHONE})
    assert first == again != other


def test_masked_by_default(record: Any) -> None:
    assert masked_values(record) == {"phone": "1*********0"}


def test_reveal_needs_the_permission_and_a_reason_and_is_journalled(record: Any, cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        reveal(by=cast.secretary, record=record, place=record, code="phone", reason="回访")
    assert refused.value.code == "access.denied"
    with pytest.raises(Refusal) as refused:
        reveal(by=system_account(), record=record, place=record, code="phone", reason=" ")
    assert refused.value.code == "value.required"
    assert reveal(by=system_account(), record=record, place=record, code="phone", reason="回访") == PHONE
    look = Entry.objects.get(action="vault.reveal")
    assert look.restricted
    assert json.loads(look.data)["note"] == "phone：回访"


def test_erased_on_its_day_and_not_before(record: Any) -> None:
    assert erase_due(by=system_account(), today=dt.date(2018, 4, 30)) == 0
    assert erase_due(by=system_account(), today=dt.date(2018, 5, 1)) == 1
    assert not RecordKey.objects.exists()
    assert masked_values(record) == {}
    with clock.set_to(clock.local_moment(dt.date(2018, 5, 2))), pytest.raises(Refusal) as refused:
        reveal(by=system_account(), record=record, place=record, code="phone", reason="回访")
    assert refused.value.code == "vault.erased"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a setting of SQLite")
def test_what_is_deleted_is_overwritten_in_the_file(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)


def test_keeping_again_leaves_an_equal_value_and_an_empty_one_makes_no_key(cast: SimpleNamespace) -> None:
    keep_personal(by=cast.secretary, record=cast.land.village, values={"phone": ""})
    assert not RecordKey.objects.exists()
    keep_personal(by=cast.secretary, record=cast.land.village, values={"phone": PHONE})
    kept = bytes(PersonalValue.objects.get().ciphertext)
    keep_personal(by=cast.secretary, record=cast.land.village, values={"phone": PHONE})
    assert bytes(PersonalValue.objects.get().ciphertext) == kept


def test_a_mask_tells_no_length_of_a_long_text() -> None:
    assert masked("县" * 30 + "村") == masked("县" * 300 + "村") == "县" + "*" * 16 + "村"
    assert masked("张三丰") == "***"
