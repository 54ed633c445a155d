"""Photos: one blob per content, and attachments that say of what each is evidence."""

from __future__ import annotations

from typing import ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, Scope, Scoped, ScopedQuerySet
from huoshui.kernel.models import Record
from huoshui.places.models import Place


class Blob(models.Model):
    """One stored photo, named by the SHA-256 of its stored bytes; the file lies in Django's default storage."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content_type = models.CharField(max_length=40, default="image/jpeg")
    size = models.PositiveIntegerField()
    """Bytes."""
    width = models.PositiveIntegerField()
    """Pixels, upright."""
    height = models.PositiveIntegerField()
    """Pixels, upright."""
    has_thumbnail = models.BooleanField(default=False)
    used_at = models.DateTimeField(default=clock.now)
    """When it was last attached; a blob that nothing shows is swept a day later."""

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def path(self) -> str:
        """Name in the storage: photos/ab/cd/<sha256>.jpg."""
        return f"photos/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}.jpg"

    @property
    def thumbnail_path(self) -> str:
        """Name of its thumbnail in the storage."""
        return f"{self.path[:-4]}.thumb.webp"


def attachment_subjects() -> list[type[models.Model]]:
    """The models that photos can be attached to: those that say which slots are open."""
    return [model for model in apps.get_models() if hasattr(model, "slots_open_to")]


class AttachmentQuerySet(ScopedQuerySet["Attachment"]):
    """A photo shows to exactly those who may see its subject, wherever it was taken."""

    def visibility(self, actor: Actor) -> Q:
        condition = Q(pk__in=[])
        for model in attachment_subjects():
            seen = model._default_manager.visible_to(actor)  # type: ignore[attr-defined]
            condition |= Q(subject_kind=model._meta.label_lower, subject_id__in=seen.values("pk"))
        return condition


class Attachment(Scoped, Record):
    """A photo as evidence of one subject, in one of its slots (such as "before" or a checklist item's code)."""

    scope: ClassVar[Scope] = Scope(permission="place.view", path="place__path")

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="attachments")
    subject_kind = models.CharField(max_length=60)
    """The subject's model, as label_lower."""
    subject_id = models.UUIDField()
    slot = models.CharField(max_length=80, blank=True)
    caption = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=120, blank=True)
    """The file's name as it was sent."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    position_kept = models.BooleanField(default=False)
    """True: the stored file still holds where it was taken, because the pack asks for it."""

    objects: ClassVar = AttachmentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_kind", "subject_id", "slot"], name="attachment_subject")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "slot", "blob"], name="attachment_once")
        ]

    def __str__(self) -> str:
        return self.caption or self.name or str(self.blob_id)[:12]
