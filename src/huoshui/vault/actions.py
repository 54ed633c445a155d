"""Keeping, showing and erasing personal values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from cryptography.fernet import Fernet
from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.vault import erasures
from huoshui.vault.crypto import keyed_digest, new_wrapped_key, unwrap
from huoshui.vault.models import PersonalValue, RecordKey
from huoshui.vault.queries import key_of, plain_values

REASON_LENGTH = 500


def keep(record: models.Model, values: dict[str, str], *, delete_on: dt.date | None = None) -> dict[str, str]:
    """Encrypt a record's personal values, inside the action that writes the record.

    Returns their keyed digests, which is what that action journals. An empty value removes the kept one, and one
    that is kept already is left as it is. ``delete_on`` counts for a record that had no personal values before.
    """
    running_action()
    if not any(values.values()) and key_of(record) is None:
        return dict.fromkeys(values, "")
    key, _ = RecordKey.objects.get_or_create(
        record_kind=record._meta.label_lower,
        record_id=record.pk,
        defaults={"wrapped": new_wrapped_key(), "delete_on": delete_on},
    )
    plain_key, present = unwrap(key.wrapped), plain_values(key)
    for code, value in values.items():
        if value and value != present.get(code):
            ciphertext = Fernet(plain_key).encrypt(value.encode())
            PersonalValue.objects.update_or_create(key=key, code=code, defaults={"ciphertext": ciphertext})
        elif not value and code in present:
            PersonalValue.objects.filter(key=key, code=code).delete()
            erasures.note(key.record_kind, key.record_id, code)
    return {code: keyed_digest(plain_key, value) if value else "" for code, value in values.items()}


def schedule(record: models.Model, delete_on: dt.date | None) -> None:
    """Set the day on which a record's personal values are deleted (None: not yet), inside the action that ends it."""
    running_action()
    RecordKey.objects.filter(record_kind=record._meta.label_lower, record_id=record.pk).update(delete_on=delete_on)


@action("vault.reveal")
def reveal(*, by: Any, record: models.Model, place: Any, code: str, reason: str, pack: str | None = None) -> str:
    """One personal value in full; the look itself is journalled with its reason. Nothing keeps what is returned.

    ``pack``: that of the record, for duties that hold for one pack. Raises access.denied, value.required or
    value.too_long (reason), or vault.erased when there is no such value any more.
    """
    require(by, "personal.reveal", path=place.path, pack=pack)
    reason = reason.strip()
    if not reason:
        raise Refusal("value.required", field="reason", label=_("查看事由"))
    if len(reason) > REASON_LENGTH:
        raise Refusal("value.too_long", field="reason", label=_("查看事由"), length=len(reason), limit=REASON_LENGTH)
    key = key_of(record)
    value = plain_values(key).get(code) if key else None
    if value is None:
        raise Refusal("vault.erased", field=code)
    journal.record(by=by, subject=record, place=place, note=f"{code}：{reason}", restricted=True)
    return value


@action("vault.erase_due")
def erase_due(*, by: Any, today: dt.date | None = None) -> int:
    """Delete the keys (and so the values) of records whose day has come; returns how many records."""
    due = list(RecordKey.objects.select_for_update().filter(delete_on__lte=today or clock.today()))
    if not due:
        running_action().changed_nothing()
    for key in due:
        _erase(by, key)
    return len(due)


@action("vault.erase_again")
def erase_again(*, by: Any, erased: Iterable[erasures.Erasure], since: dt.datetime) -> int:
    """Erase once more what was erased ``since`` a backup was begun that has just been restored.

    What was erased before is not in the backup; what was given anew after an erasure is not touched. Returns how
    many records had anything left.
    """
    touched = set()
    for erasure in erased:
        if not erasure.is_since(since):
            continue
        key = (
            RecordKey.objects.select_for_update()
            .filter(record_kind=erasure.record_kind, record_id=erasure.record_id)
            .first()
        )
        if key is not None and _erase(by, key, erasure.code):
            touched.add((erasure.record_kind, erasure.record_id))
    if not touched:
        running_action().changed_nothing()
    return len(touched)


def _erase(by: Any, key: RecordKey, code: str = "") -> bool:
    """Delete a key with its values, or one value of it; journalled and listed. Returns whether there was anything."""
    before = key.values.count()
    gone = key.values.filter(code=code).delete()[0] if code else before
    if code and not gone:
        return False
    record = _record_of(key)
    place = getattr(record, "place", None)
    journal.record(by=by, subject=record, place=place, before={"personal": before}, after={"personal": before - gone})
    erasures.note(key.record_kind, key.record_id, code)
    if not code:
        key.delete()
    return True


def _record_of(key: RecordKey) -> models.Model:
    """The record of a key; one of its kind with its id alone, when it is there no more."""
    model: type[models.Model] = apps.get_model(key.record_kind)
    return model._base_manager.filter(pk=key.record_id).first() or model(pk=key.record_id)
