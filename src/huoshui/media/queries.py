"""Reading photos."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO
from uuid import UUID

from django.apps import apps
from django.db import models

from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal
from huoshui.media import store
from huoshui.media.models import Attachment


def attachments_of(subject: models.Model, slot: str | None = None) -> models.QuerySet[Attachment]:
    """The photos of a subject (of one slot), oldest first. The caller has shown that it may be seen."""
    return attachments_of_all(subject._meta.label_lower, [subject.pk], slot)


def attachments_of_all(
    subject_kind: str, subject_ids: Iterable[UUID], slot: str | None = None
) -> models.QuerySet[Attachment]:
    """The photos of many subjects of one kind, for a list page: one query, oldest first."""
    found = Attachment.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids))
    if slot is not None:
        found = found.filter(slot=slot)
    return found.select_related("blob", "by").order_by("id")


def count_attachments(subject: models.Model, slot: str | None = None) -> int:
    """How many photos a subject has (in one slot)."""
    return attachments_of(subject, slot).count()


def subject_of(attachment: Attachment) -> models.Model:
    """What the photo is attached to. Raises access.not_found when it is gone."""
    model = apps.get_model(attachment.subject_kind)
    subject: models.Model | None = model._default_manager.filter(pk=attachment.subject_id).first()
    if subject is None:
        raise Refusal("access.not_found")
    return subject


def get_visible_attachment(actor: Actor, attachment_id: UUID | str) -> Attachment:
    """One photo, if the actor may see its subject. Raises access.not_found, hidden or absent alike."""
    found = Attachment.objects.select_related("blob", "place").filter(pk=attachment_id).first()
    if found is None:
        raise Refusal("access.not_found")
    subjects = apps.get_model(found.subject_kind)._default_manager
    if not subjects.visible_to(actor).filter(pk=found.subject_id).exists():
        raise Refusal("access.not_found")
    return found


def open_file(attachment: Attachment, *, thumbnail: bool = False) -> tuple[IO[bytes], str]:
    """The stored file, open for reading, and its content type. Raises photo.file_missing."""
    blob = attachment.blob
    small = thumbnail and blob.has_thumbnail
    return store.open_blob(blob, thumbnail=small), "image/webp" if small else blob.content_type
