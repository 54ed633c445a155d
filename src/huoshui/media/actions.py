"""Attaching photos and documents to what they are evidence of. The subject itself says who may, and where."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from huoshui.kernel import journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.media import images, store
from huoshui.media.documents import Document, is_picture
from huoshui.media.documents import prepare as prepare_document
from huoshui.media.models import Attachment
from huoshui.media.queries import get_visible_attachment, is_bound, subject_of
from huoshui.places.models import Place

LONGEST_CAPTION = 200
Prepared = images.Photo | Document


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
    """Attach a file to a slot of a subject; the same file sent twice is attached once.

    Raises what ``accept_file`` raises.
    """
    file = accept_file(by=by, subject=subject, slot=slot, data=data, name=name, keep_location=keep_location)
    return attach_accepted(by=by, subject=subject, place=place, slot=slot, file=file, name=name, caption=caption)


def accept_file(
    *, by: Any, subject: models.Model, slot: str, data: bytes, name: str, keep_location: bool = False
) -> Prepared:
    """What was sent ready to be attached; looked through before a transaction begins, so that nobody waits for it.

    Raises access.not_found when ``by`` does not see the subject, photo.slot_closed when the subject does not
    open the slot to ``by``, and what ``prepared`` raises.
    """
    _require_open(by, subject, slot)
    return prepared(data, name, documents=slot in document_slots(subject), keep_location=keep_location)


def prepared(data: bytes, name: str, *, documents: bool, keep_location: bool = False) -> Prepared:
    """A photo, or a document where these are taken. Raises what ``images.prepare`` and ``documents.prepare`` do."""
    if documents and not is_picture(data):
        return prepare_document(data, name)
    return images.prepare(data, name, keep_location=keep_location)


def document_slots(subject: models.Model | type[models.Model]) -> Collection[str]:
    """The slots of a subject that take documents beside photos."""
    found: Collection[str] = getattr(subject, "document_slots", ())
    return found


@action("media.attach")
def attach_accepted(
    *,
    by: Any,
    subject: models.Model,
    place: Place,
    slot: str,
    file: Prepared,
    name: str,
    caption: str = "",
) -> Attachment:
    """Attach what ``accept_file`` made ready.

    Raises access.not_found, photo.slot_closed, file.photos_only or file.storage_unreachable.
    """
    subject = _locked(by, subject, slot)
    _require_kind(subject, slot, isinstance(file, Document), name)
    blob = store.keep(file)
    known = _same(subject, slot, blob.pk)
    if known:
        running_action().changed_nothing()
        return known
    attachment = Attachment.objects.create(
        blob=blob,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        slot=slot,
        caption=caption.strip()[:LONGEST_CAPTION],
        name=name[-120:],
        by=by,
        place=place,
        position_kept=isinstance(file, images.Photo) and file.position_kept,
    )
    journal.record(by=by, subject=subject, place=place, restricted=True, after=_values(attachment))
    return attachment


@action("media.remove")
def remove_attachment(*, by: Any, attachment: Attachment) -> None:
    """Take one's own file off its subject; what else it is evidence of keeps it.

    Raises access.not_found, photo.not_own (somebody else's evidence), photo.slot_closed (already in use) or
    photo.handed_in (the subject says that it has served: it decided something, or was handed in before).
    """
    attachment, subject = _own(by, attachment)
    keeps = getattr(subject, "keeps_attachment", None)
    if keeps and keeps(attachment):
        raise Refusal("photo.handed_in")
    before = _values(attachment)
    attachment.delete()
    journal.record(by=by, subject=subject, place=attachment.place, restricted=True, before=before)


@action("media.caption")
def set_caption(*, by: Any, attachment: Attachment, caption: str) -> Attachment:
    """Say anew what one's own file shows, as long as its subject takes files there.

    Raises access.not_found, photo.not_own, photo.slot_closed or value.too_long.
    """
    attachment, subject = _own(by, attachment)
    text = caption.strip()
    if len(text) > LONGEST_CAPTION:
        params: dict[str, Any] = {"label": _("说明"), "length": len(text), "limit": LONGEST_CAPTION}
        raise Refusal("value.too_long", field="caption", **params)
    if text == attachment.caption:
        running_action().changed_nothing()
        return attachment
    before = {"caption": attachment.caption}
    attachment.caption = text
    attachment.save_next_version("caption")
    journal.record(
        by=by, subject=subject, place=attachment.place, restricted=True, before=before, after=_values(attachment)
    )
    return attachment


@action("media.reuse")
def reuse_attachment(
    *, by: Any, attachment: Attachment, subject: models.Model, place: Place, slot: str, caption: str = ""
) -> Attachment:
    """Show the same file as evidence of another subject, without copying it.

    Raises access.not_found unless ``by`` sees both, file.bound, photo.slot_closed, file.photos_only or file.wants_new.
    """
    source = get_visible_attachment(by, attachment.pk)
    if is_bound(source):
        raise Refusal("file.bound", field="slot", name=source.name)
    subject = _locked(by, subject, slot)
    _require_kind(subject, slot, source.blob.is_document, source.name)
    if slot in getattr(subject, "fresh_slots", ()):
        raise Refusal("file.wants_new", field="slot", slot=subject.slot_name(slot))  # type: ignore[attr-defined]
    known = _same(subject, slot, source.blob_id)
    if known:
        running_action().changed_nothing()
        return known
    copy = Attachment.objects.create(
        blob_id=source.blob_id,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        slot=slot,
        caption=caption.strip()[:LONGEST_CAPTION] or source.caption,
        name=source.name,
        by=by,
        place=place,
        position_kept=source.position_kept,
    )
    journal.record(by=by, subject=subject, place=place, restricted=True, after=_values(copy))
    return copy


def take_off(*, subject: models.Model, slots: Collection[str]) -> int:
    """Take every file off some slots of a subject, inside the action that says why; returns how many."""
    running_action()
    kind, pk = subject._meta.label_lower, subject.pk
    taken, _rows = Attachment.objects.filter(subject_kind=kind, subject_id=pk, slot__in=slots).delete()
    return taken


def _own(by: Any, attachment: Attachment) -> tuple[Attachment, models.Model]:
    """An attachment of one's own, and its subject, locked, where the slot is still open."""
    found = get_visible_attachment(by, attachment.pk)
    subject = _locked(by, subject_of(found), found.slot)
    if found.by_id != by.pk:
        raise Refusal("photo.not_own", who=found.by.title)
    return Attachment.objects.select_for_update(of=("self",)).select_related("place").get(pk=found.pk), subject


def _require_kind(subject: models.Model, slot: str, document: bool, name: str) -> None:
    if document and slot not in document_slots(subject):
        label = subject.slot_name(slot)  # type: ignore[attr-defined]
        raise Refusal("file.photos_only", field="slot", slot=label, name=name)


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
    """What the journal keeps. Entries stand with the subject, restricted as the file itself is."""
    return {"photo": attachment.blob_id, "slot": attachment.slot, "caption": attachment.caption}
