"""Notices inside the product: one row for each person who is told something."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from huoshui.kernel.access import Actor, Scope, Scoped, ScopedQuerySet
from huoshui.kernel.models import Record
from huoshui.notices.texts import rendered
from huoshui.places.models import Place


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    """Everybody sees their own notices, and nobody another's."""

    def visibility(self, actor: Actor) -> Q:
        return Q(account_id=actor.pk)


class Notice(Scoped, Record):
    """Something that one account is told, about a subject at a place. Written with what it tells of."""

    scope: ClassVar[Scope] = Scope(permission="notice.view", path="")

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    code = models.CharField(max_length=60)
    """Code of its text in ``notice_texts.yaml``."""
    params = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=60, blank=True)
    """The subject's model, as label_lower."""
    subject_id = models.UUIDField(null=True)
    subject_label = models.CharField(max_length=200, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)

    objects: ClassVar = NoticeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "read_at", "id"], name="notice_unread")
        ]

    def __str__(self) -> str:
        return self.subject_label or self.code

    @property
    def text(self) -> str:
        """The sentence, in the reader's language."""
        return rendered(self.code, self.params)
