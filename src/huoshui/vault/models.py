"""Personal values: encrypted under a key of their record, with the day on which they are deleted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huoshui.kernel import clock


class RecordKey(models.Model):
    """The wrapped key of one record's personal values; deleting it erases them."""

    record_kind = models.CharField(max_length=60)
    record_id = models.UUIDField()
    wrapped = models.BinaryField()
    delete_on = models.DateField(null=True, db_index=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["record_kind", "record_id"], name="vault_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_id}"


class PersonalValue(models.Model):
    """One encrypted value of a record."""

    key = models.ForeignKey(RecordKey, on_delete=models.CASCADE, related_name="values")
    code = models.CharField(max_length=40)
    ciphertext = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "code"], name="vault_value_once")
        ]

    def __str__(self) -> str:
        return self.code
