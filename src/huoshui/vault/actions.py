"""Keeping, showing and erasing personal values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cryptography.fernet import Fernet
from django.apps import apps
from django.db import models

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.vault.crypto import keyed_digest, masked, new_wrapped_key, unwrap
from huoshui.vault.models import PersonalValue, RecordKey


def keep(record: models.Model, values: dict[str, str], *, delete_on: dt.date | None = None) -> dict[str, str]:
    """Encrypt a record's personal values, inside the action that writes the record.

    Returns their keyed digests, which is what that action journals. An empty value removes the kept one.
    """
    running_action()
    key, _ = RecordKey.objects.get_or_create(
        record_kind=record._meta.label_lower,
        record_id=record.pk,
        defaults={"wrapped": new_wrapped_key(), "delete_on": delete_on},
    )
    plain_key = unwrap(key.wrapped)
    for code, value in values.items():
        if value:
            ciphertext = Fernet(plain_key).encrypt(value.encode())
            PersonalValue.objects.update_or_create(key=key, code=code, defaults={"ciphertext": ciphertext})
        else:
            PersonalValue.objects.filter(key=key, code=code).delete()
    return {code: keyed_digest(plain_key, value) if value else "" for code, value in values.items()}


def masked_values(record: models.Model) -> dict[str, str]:
    """A record's personal values as they are shown by default. The caller has shown that the record may be seen."""
    return {code: masked(value) for code, value in _plain(record).items()}


@action("vault.reveal")
def reveal(*, by: Any, record: models.Model, place: Any, code: str, reason: str) -> str:
    """One personal value in full; the look itself is journalled with its reason.

    Raises access.denied, value.required (reason), or vault.erased when there is no such value any more.
    """
    require(by, "personal.reveal", path=place.path)
    if not reason.strip():
        raise Refusal("value.required", field="reason", label="查看事由")
    value = _plain(record).get(code)
    if value is None:
        raise Refusal("vault.erased", field=code)
    journal.record(by=by, subject=record, place=place, note=f"{code}：{reason.strip()}", restricted=True)
    return value


@action("vault.erase_due")
def erase_due(*, by: Any, today: dt.date | None = None) -> int:
    """Delete the keys (and so the values) of records whose day has come; returns how many records."""
    due = list(RecordKey.objects.select_for_update().filter(delete_on__lte=today or clock.today()))
    if not due:
        running_action().changed_nothing()
    for key in due:
        record = apps.get_model(key.record_kind)(pk=key.record_id)
        journal.record(by=by, subject=record, before={"personal": key.values.count()}, after={"personal": 0})
        key.delete()
    return len(due)


def _plain(record: models.Model) -> dict[str, str]:
    key = RecordKey.objects.filter(record_kind=record._meta.label_lower, record_id=record.pk).first()
    if key is None:
        return {}
    cipher = Fernet(unwrap(key.wrapped))
    return {row.code: cipher.decrypt(bytes(row.ciphertext)).decode() for row in key.values.all()}
