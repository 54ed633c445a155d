"""State of the kernel: the journal, its seals, idempotency keys; and the base of all records."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id


class Record(models.Model):
    """Base of every business record: UUIDv7 key, time of making, and a version against stale edits."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def require_version(self, seen: int | None) -> None:
        """Raise record.stale when ``seen`` (the version that the editor had open) is not the present one.

        None means that the caller edits nothing that another may have changed (a fresh record).
        """
        if seen is not None and seen != self.version:
            refusal = Refusal("record.stale", field="version")
            refusal.extra = {"seen_version": seen, "version": self.version}
            raise refusal

    def save_next_version(self, *fields: str) -> None:
        """Write the named fields and count the version up."""
        self.version += 1
        self.save(update_fields=[*fields, "version"])


class LimitUse(models.Model):
    """How often something was done in one stretch of time (``kernel.limits``); forgotten when it is over."""

    key = models.CharField(max_length=120, primary_key=True)
    times = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key} {self.times}"


class ReferenceStamp(models.Model):
    """One row, with another value whenever places, units, accounts, duties or packs were changed.

    What was read of these stays good as long as the value is the same (``kernel.reading.read_until_changed``).
    """

    value = models.UUIDField()

    def __str__(self) -> str:
        return str(self.value)


class Entry(models.Model):
    """One journal entry. Triggers refuse UPDATE and DELETE; ``seq`` comes from the writing transaction."""

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=120)
    action = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=200)
    place_id = models.UUIDField(null=True)
    place_path = models.CharField(max_length=200, blank=True)
    restricted = models.BooleanField(default=False)
    """True: what was written shows only on the subject's own page, to those who may see the subject."""
    channel = models.CharField(max_length=12)
    data = models.TextField()
    """Canonical JSON: before, after, note."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_kind", "subject_id", "seq"], name="entry_subject"),
            models.Index(fields=["place_id", "seq"], name="entry_place"),
            models.Index(fields=["actor_id", "seq"], name="entry_actor"),
            models.Index(fields=["at"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class Seal(models.Model):
    """The place of one entry in the chain: hash over the previous hash and the entry's columns."""

    position = models.BigIntegerField(primary_key=True)
    entry_seq = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"


class IdempotencyKey(models.Model):
    """The answer given to a write, kept so that the same request sent twice counts once."""

    actor_id = models.UUIDField()
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    answer = models.JSONField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["actor_id", "key"], name="idempotency_key_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="idempotency_at")]

    def __str__(self) -> str:
        return self.key


JsonObject = dict[str, Any]
