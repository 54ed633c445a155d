"""Attaching photos to what they are evidence of. The subject itself says who may, and where."""

from __future__ import annotations

from typing import Any

from django.db import models

from huoshui.kernel import journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.media import images, store
from huoshui.media.models import Attachment
from huoshui.media.queries import get_visible_attachment, subject_of
from huoshui.places.models import Place


def attach_file(
    *,
    by: Any,
    subject: models.Model,
    place: Place,
    slot: str,
    data: bytes,
    name: str,
    caption: str = "",
    keep_location: bool = False,
) -> Attachment:
    """Attach a photo to a slot of a subject; the same photo sent twice is attached once.

    Raises what ``accept_file`` raises.
    """
    photo = accept_file(by=by, subject=subject, slot=slot, data=data, name=name, keep_location=keep_location)
    return attach_accepted(by=by, subject=subject, place=place, slot=slot, photo=photo, name=name, caption=caption)


def accept_file(
    *, by: Any, subject: models.Model, slot: str, data: bytes, name: str, keep_location: bool = False
) -> images.Photo:
    """What was sent as a photo ready to be attached; decoded before a transaction begins, so that nobody waits for it.

    Raises access.not_found when ``by`` does not see the subject, photo.slot_closed when the subject does not
    open the slot to ``by``, and what ``images.prepare`` raises.
    """
    _require_open(by, subject, slot)
    return images.prepare(data, name, keep_location=keep_location)


@action("media.attach")
def attach_accepted(
    *,
    by: Any,
    subject: models.Model,
    place: Place,
    slot: str,
    photo: images.Photo,
    name: str,
    caption: str = "",
) -> Attachment:
    """Attach a photo that ``accept_file`` made ready. Raises access.not_found or photo.slot_closed."""
    subject = _locked(by, subject, slot)
    blob = store.keep(photo)
    known = _same(subject, slot, blob.pk)
    if known:
        running_action().changed_nothing()
        return known
    attachment = Attachment.objects.create(
        blob=blob,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        slot=slot,
        caption=caption.strip()[:200],
        name=name[-120:],
        by=by,
        place=place,
        position_kept=photo.position_kept,
    )
    journal.record(by=by, subject=subject, place=place, restricted=True, after=_values(attachment))
    return attachment


@action("media.remove")
def remove_attachment(*, by: Any, attachment: Attachment) -> None:
    """Take one's own photo off its subject.

    Raises access.not_found, photo.not_own (somebody else's evidence), photo.slot_closed (already in use) or
    photo.handed_in (the subject says that it has served: it decided something, or was handed in before).
    """
    attachment = get_visible_attachment(by, attachment.pk)
    subject = _locked(by, subject_of(attachment), attachment.slot)
    if attachment.by_id != by.pk:
        raise Refusal("photo.not_own", who=attachment.by.title)
    keeps = getattr(subject, "keeps_attachment", None)
    if keeps and keeps(attachment):
        raise Refusal("photo.handed_in")
    before = _values(attachment)
    attachment.delete()
    journal.record(by=by, subject=subject, place=attachment.place, restricted=True, before=before)


@action("media.reuse")
def reuse_attachment(
    *, by: Any, attachment: Attachment, subject: models.Model, place: Place, slot: str, caption: str = ""
) -> Attachment:
    """Show the same photo as evidence of another subject, without copying it.

    Raises access.not_found unless ``by`` sees both, and photo.slot_closed.
    """
    source = get_visible_attachment(by, attachment.pk)
    subject = _locked(by, subject, slot)
    known = _same(subject, slot, source.blob_id)
    if known:
        running_action().changed_nothing()
        return known
    copy = Attachment.objects.create(
        blob_id=source.blob_id,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        slot=slot,
        caption=caption.strip()[:200] or source.caption,
        name=source.name,
        by=by,
        place=place,
        position_kept=source.position_kept,
    )
    journal.record(by=by, subject=subject, place=place, restricted=True, after=_values(copy))
    return copy


def _require_open(by: Any, subject: models.Model, slot: str) -> None:
    manager = type(subject)._default_manager
    if not manager.visible_to(by).filter(pk=subject.pk).exists():  # type: ignore[attr-defined]
        raise Refusal("access.not_found")
    opens = getattr(subject, "slots_open_to", None)
    if opens is None or slot not in opens(by):
        name = subject.slot_name(slot) if opens else "—"  # type: ignore[attr-defined]
        raise Refusal("photo.slot_closed", field="slot", slot=name)


def _locked(by: Any, subject: models.Model, slot: str) -> models.Model:
    """The subject as it stands now, locked, with the slot still open to ``by``."""
    fresh = type(subject)._default_manager.select_for_update().filter(pk=subject.pk).first()
    if fresh is None:
        raise Refusal("access.not_found")
    _require_open(by, fresh, slot)
    return fresh


def _same(subject: models.Model, slot: str, sha256: str) -> Attachment | None:
    return Attachment.objects.filter(
        subject_kind=subject._meta.label_lower, subject_id=subject.pk, slot=slot, blob_id=sha256
    ).first()


def _values(attachment: Attachment) -> dict[str, str]:
    """What the journal keeps. Entries stand with the subject, restricted as the photo itself is."""
    return {"photo": attachment.blob_id, "slot": attachment.slot, "caption": attachment.caption}
