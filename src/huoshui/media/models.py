"""Photos and documents: one blob per content, and attachments that say of what each is evidence.

A model that takes attachments says, as methods of its own: ``slots_open_to(actor)``, the codes of the slots that the
actor may add to now, and ``slot_name(code)``. It may say more: ``document_slots``, the slots that take documents beside
photos (none otherwise); ``fresh_slots``, those that want pictures made for them, so that nothing known is shown there
again; ``keeps_attachment(attachment)``, whether one has served and can no longer be taken off. Its queryset may say
``files_visible_to(actor)``, where fewer people see its attachments than see the record.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, Scope, Scoped, ScopedQuerySet
from huoshui.kernel.models import Record
from huoshui.places.models import Place

JPEG = "image/jpeg"
KINDS = {
    JPEG: "jpg",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
"""What is kept, by its media type (IANA), with the ending of its name."""
TYPES = {kind: content_type for content_type, kind in KINDS.items()}


class Blob(models.Model):
    """One stored file, named by the SHA-256 of its stored bytes; it lies in Django's default storage."""

    class Preview(models.TextChoices):
        """What there is to look at without opening the file."""

        WAITING = "waiting"
        """The worker will make it."""
        MADE = "made"
        NONE = "none"
        """Nothing can be shown: the file is broken inside, or empty."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content_type = models.CharField(max_length=100, default=JPEG)
    size = models.PositiveIntegerField()
    """Bytes."""
    width = models.PositiveIntegerField(default=0)
    """Pixels of a photo, upright; 0 of a document."""
    height = models.PositiveIntegerField(default=0)
    """Pixels of a photo, upright; 0 of a document."""
    pages = models.PositiveIntegerField(null=True)
    """Pages of a PDF; null for what has none of its own."""
    has_thumbnail = models.BooleanField(default=False)
    preview = models.CharField(max_length=10, choices=Preview.choices, default=Preview.MADE)
    outline = models.JSONField(default=list)
    """The beginning of a Word document or workbook, as ``previews.outline_of`` reads it."""
    used_at = models.DateTimeField(default=clock.now)
    """When it was last attached; a blob that nothing shows is swept a day later."""

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def path(self) -> str:
        """Name in the storage: photos/ab/cd/<sha256>.jpg, or documents/ab/cd/<sha256>.pdf and the like."""
        folder = "documents" if self.is_document else "photos"
        return f"{folder}/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}.{self.kind}"

    @property
    def kind(self) -> str:
        """jpg, pdf, docx or xlsx."""
        return KINDS[self.content_type]

    @property
    def is_document(self) -> bool:
        """Whether it is no photo."""
        return self.content_type != JPEG

    @property
    def thumbnail_path(self) -> str:
        """Name of its thumbnail in the storage."""
        return f"{self.path.rpartition('.')[0]}.thumb.webp"

    @property
    def page_path(self) -> str:
        """Name of the picture of a PDF's first page in the storage."""
        return f"{self.path.rpartition('.')[0]}.page.webp"

    @property
    def paths(self) -> tuple[str, ...]:
        """Every name under which something of it may lie in the storage."""
        return (self.path, self.thumbnail_path, self.page_path)


def attachment_subjects() -> list[type[models.Model]]:
    """The models that files can be attached to: those that say which slots are open."""
    return [model for model in apps.get_models() if hasattr(model, "slots_open_to")]


def subjects_seen(model: type[models.Model], actor: Actor) -> models.QuerySet[Any]:
    """The records of a model whose attachments the actor sees."""
    records: Any = model._default_manager
    seen: models.QuerySet[Any] = getattr(records, "files_visible_to", records.visible_to)(actor)
    return seen


class AttachmentQuerySet(ScopedQuerySet["Attachment"]):
    """An attachment shows to exactly those who may see its subject, wherever it was made."""

    def visibility(self, actor: Actor) -> Q:
        condition = Q(pk__in=[])
        for model in attachment_subjects():
            seen = subjects_seen(model, actor)
            condition |= Q(subject_kind=model._meta.label_lower, subject_id__in=seen.values("pk"))
        return condition


class Attachment(Scoped, Record):
    """A file as evidence of one subject, in one of its slots (such as "before" or a checklist item's code)."""

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
