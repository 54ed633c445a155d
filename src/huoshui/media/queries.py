"""Reading attachments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO
from uuid import UUID

from django.apps import apps
from django.db import models

from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal
from huoshui.media import store
from huoshui.media.models import JPEG, Attachment, subjects_seen
from huoshui.places.models import Place

WEBP = "image/webp"
MOST_KNOWN = 60
"""Files that are offered to be shown again."""


def attachments_of(subject: models.Model, slot: str | None = None) -> models.QuerySet[Attachment]:
    """The attachments of a subject (of one slot), oldest first. The caller has shown that it may be seen."""
    return attachments_of_all(subject._meta.label_lower, [subject.pk], slot)


def attachments_of_all(
    subject_kind: str, subject_ids: Iterable[UUID], slot: str | None = None
) -> models.QuerySet[Attachment]:
    """The attachments of many subjects of one kind, for a list page: one query, oldest first."""
    found = Attachment.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids))
    if slot is not None:
        found = found.filter(slot=slot)
    return found.select_related("blob", "by").order_by("id")


def count_attachments(subject: models.Model, slot: str | None = None) -> int:
    """How many attachments a subject has (in one slot)."""
    return attachments_of(subject, slot).count()


def subject_of(attachment: Attachment) -> models.Model:
    """What the file is attached to. Raises access.not_found when it is gone."""
    model = apps.get_model(attachment.subject_kind)
    subject: models.Model | None = model._default_manager.filter(pk=attachment.subject_id).first()
    if subject is None:
        raise Refusal("access.not_found")
    return subject


def get_visible_attachment(actor: Actor, attachment_id: UUID | str) -> Attachment:
    """One attachment, if the actor may see its subject. Raises access.not_found, hidden or absent alike."""
    found = Attachment.objects.select_related("blob", "place").filter(pk=attachment_id).first()
    if found is None:
        raise Refusal("access.not_found")
    if not subjects_seen(apps.get_model(found.subject_kind), actor).filter(pk=found.subject_id).exists():
        raise Refusal("access.not_found")
    return found


def open_file(attachment: Attachment, *, thumbnail: bool = False) -> tuple[IO[bytes], str]:
    """The stored file, open for reading, and its content type.

    Raises photo.file_missing or file.storage_unreachable.
    """
    blob = attachment.blob
    small = thumbnail and blob.has_thumbnail
    return store.open_blob(blob, thumbnail=small), WEBP if small else blob.content_type


def open_preview(attachment: Attachment, *, thumbnail: bool) -> tuple[IO[bytes], str]:
    """The picture of a document's first page, or that small, and its content type.

    Raises file.no_preview, photo.file_missing or file.storage_unreachable.
    """
    if not attachment.blob.has_thumbnail:
        raise Refusal("file.no_preview", name=attachment.name)
    return store.open_preview(attachment.blob, thumbnail=thumbnail), WEBP


def known_files(
    actor: Actor, place: Place, kinds: Iterable[str], *, besides: models.Model, slot: str, documents: bool
) -> list[Attachment]:
    """Files that stand at a place already and may be shown again in a slot of ``besides``: each content once, the
    newest first, as far as the actor sees them. ``kinds``: of which models' records; ``documents``: whether the slot
    takes documents."""
    there = models.Q(subject_kind=besides._meta.label_lower, subject_id=besides.pk, slot=slot)
    held = Attachment.objects.filter(there).values("blob_id")
    found = Attachment.objects.visible_to(actor).filter(place=place, subject_kind__in=list(kinds))
    found = found.exclude(blob_id__in=held).select_related("blob", "by").order_by("-id")
    if not documents:
        found = found.filter(blob__content_type=JPEG)
    first: dict[str, Attachment] = {}
    for attachment in found[: 4 * MOST_KNOWN]:
        if attachment.blob_id not in first and not is_bound(attachment):
            first[attachment.blob_id] = attachment
    return list(first.values())[:MOST_KNOWN]


def is_bound(attachment: Attachment) -> bool:
    """Whether its subject keeps the file to itself: a consent to pictures is given for one occasion."""
    return attachment.slot in getattr(subject_of(attachment), "bound_slots", ())


def other_uses(actor: Actor, attachment: Attachment) -> list[Attachment]:
    """Where else the same file is evidence, as far as the actor sees it; the oldest first."""
    same = Attachment.objects.visible_to(actor).filter(blob_id=attachment.blob_id).exclude(pk=attachment.pk)
    return list(same.select_related("place").order_by("id")[:MOST_KNOWN])
