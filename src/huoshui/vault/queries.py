"""Reading personal values: masked, with the digest by which equal ones are known. In full only by ``reveal``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cryptography.fernet import Fernet
from django.db import models

from huoshui.kernel.reading import read_once
from huoshui.vault.crypto import keyed_digest, masked, unwrap
from huoshui.vault.models import RecordKey


@dataclass(frozen=True)
class Kept:
    """A personal value as it may leave the vault. Two of one record are equal when their values are."""

    masked: str
    digest: str

    def __str__(self) -> str:
        return self.masked


@read_once
def key_of(record: models.Model) -> RecordKey | None:
    """The key of a record's personal values, if it has any."""
    return RecordKey.objects.filter(record_kind=record._meta.label_lower, record_id=record.pk).first()


def plain_values(key: RecordKey) -> dict[str, str]:
    """The values under a key, in full: for the vault's own actions alone."""
    cipher = Fernet(unwrap(key.wrapped))
    return {row.code: cipher.decrypt(bytes(row.ciphertext)).decode() for row in key.values.all()}


@read_once
def kept_values(record: models.Model) -> dict[str, Kept]:
    """A record's personal values by code. The caller has shown that the record may be seen."""
    key = key_of(record)
    return _kept(key) if key else {}


def kept_values_of_all(record_kind: str, ids: Iterable[UUID]) -> dict[UUID, dict[str, Kept]]:
    """The same for many records of a kind ("matters.matter"), by id, in two queries."""
    keys = RecordKey.objects.filter(record_kind=record_kind, record_id__in=list(ids)).prefetch_related("values")
    return {key.record_id: _kept(key) for key in keys}


def masked_values(record: models.Model) -> dict[str, str]:
    """A record's personal values as they are shown by default. The caller has shown that the record may be seen."""
    return {code: kept.masked for code, kept in kept_values(record).items()}


def deleted_on(record: models.Model) -> dt.date | None:
    """The day on which a record's personal values will be deleted; None: not set, or none are kept."""
    key = key_of(record)
    return key.delete_on if key else None


def _kept(key: RecordKey) -> dict[str, Kept]:
    plain_key = unwrap(key.wrapped)
    return {code: Kept(masked(value), keyed_digest(plain_key, value)) for code, value in plain_values(key).items()}
