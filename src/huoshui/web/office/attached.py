"""Photos and documents as the office's pages show them, offer them again, and take them from a form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoshui.activities.models import Activity
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.matters.letters.models import Letter
from huoshui.matters.models import Matter, MoneyLine
from huoshui.media.actions import Prepared, attach_accepted, document_slots, prepared, reuse_attachment
from huoshui.media.models import Attachment
from huoshui.media.queries import get_visible_attachment, known_files, subject_of
from huoshui.places.models import Place
from huoshui.web.requests import SignedInRequest

NAMES = {"jpg": "", "pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
"""What a kind of document is called; a photo needs no name."""


def shown_attachment(attachment: Attachment) -> dict[str, Any]:
    """An attachment as the pages show it, with who put it there and when."""
    blob, day = attachment.blob, clock.local_date(attachment.created_at).isoformat()
    kind = NAMES[blob.kind]
    title = attachment.caption or (attachment.name if kind else "")
    return {
        "id": str(attachment.pk),
        "by": attachment.by_id,
        "slot": attachment.slot,
        "url": reverse("photo", args=[attachment.pk]),
        "thumb": reverse("photo_sized", args=[attachment.pk, "thumb"]) if blob.has_thumbnail else "",
        "page": reverse("attachment", args=[attachment.pk]),
        "caption": listed(part for part in (title, attachment.by.title, day) if part),
        "title": title,
        "kind": kind,
        "weight": weight_words(attachment) if kind else "",
        "at": attachment.created_at,
    }


def weight_words(attachment: Attachment) -> str:
    """How much a document is: its pages, where it has pages of its own, and its size."""
    blob = attachment.blob
    pages = [ngettext("%(n)s 页", "%(n)s 页", blob.pages) % {"n": blob.pages}] if blob.pages else []
    return listed([*pages, filesizeformat(blob.size).replace("\xa0", " ")])


def input_of(subject: models.Model | type[models.Model], slot: str) -> dict[str, Any]:
    """What an input of a slot accepts, what is said beside it, and the words on its button."""
    documents = slot in document_slots(subject)
    return {
        "documents": documents,
        "accept": "image/*,.pdf,.docx,.xlsx" if documents else "image/*",
        "formats": _("照片、PDF、Word、Excel") if documents else _("JPEG、PNG、WebP"),
        "button": _("拍照、选照片或文件") if documents else _("拍照或选照片"),
    }


def known_for(subject: models.Model, place: Place, slot: str, reader: Any) -> list[dict[str, Any]]:
    """The files of the same place that may be shown again in a slot; none where new photos are wanted."""
    if slot in getattr(subject, "fresh_slots", ()):
        return []
    kinds = [model._meta.label_lower for model in (Matter, MoneyLine, Letter, Place, Activity)]
    takes = slot in document_slots(subject)
    found = known_files(reader, place, kinds, besides=subject, slot=slot, documents=takes)
    return [shown_attachment(one) | {"where": where_of(one)[0]} for one in found]


def sent_files(request: SignedInRequest, slot: str, *, documents: bool) -> list[tuple[Prepared, str]]:
    """What a form sends for a slot, looked through and ready to be attached. A refusal stands beside its input."""
    with beside(slot):
        uploads = [(upload.read(), upload.name or "") for upload in request.FILES.getlist(upload_name(slot))]
        return [(prepared(data, name, documents=documents), name) for data, name in uploads]


def attach_sent_files(
    request: SignedInRequest,
    subject: models.Model,
    place: Place,
    slot: str,
    files: list[tuple[Prepared, str]],
    caption: str = "",
) -> int:
    """Attach what ``sent_files`` read, and show again what was ticked; returns how many."""
    parts: dict[str, Any] = {"by": request.user, "subject": subject, "place": place, "slot": slot, "caption": caption}
    ticked = request.POST.getlist(f"known_{slot}")
    with beside(slot):
        for file, name in files:
            attach_accepted(file=file, name=name, **parts)
        for key in ticked:
            reuse_attachment(attachment=get_visible_attachment(request.user, key), **parts)
    return len(files) + len(ticked)


def upload_name(slot: str) -> str:
    """The name of the input that files for a slot are chosen in: a field may have the slot's own (voucher, reply)."""
    return f"photo_{slot}"


@contextmanager
def beside(slot: str) -> Iterator[None]:
    """A refusal in this block stands beside the input of a slot, which has a name that no field has."""
    try:
        yield
    except Refusal as refusal:
        for problem in refusal.problems:
            problem.field = upload_name(slot)
        raise


def where_of(attachment: Attachment) -> tuple[str, str]:
    """What an attachment is evidence of, in words, and the address where it stands ("" where there is none)."""
    subject = subject_of(attachment)
    told = TOLD.get(attachment.subject_kind)
    return told(subject, attachment) if told else (_("评分表"), "")


def _of_matter(matter: Any, attachment: Attachment) -> tuple[str, str]:
    slot = matter.slot_name(attachment.slot)
    return f"{matter.number} {slot}", f"{reverse('matter', args=[matter.number])}#slot-{attachment.slot}"


def _of_line(line: Any, attachment: Attachment) -> tuple[str, str]:
    said = f"{line.matter.number} {line.type_name} {line.day} {line.slot_name(attachment.slot)}"
    return said, f"{reverse('matter_money', args=[line.matter.number])}#line-{line.pk}"


def _of_letter(letter: Any, attachment: Attachment) -> tuple[str, str]:
    return f"{letter.number} {letter.slot_name(attachment.slot)}", reverse("letter", args=[letter.pk])


def _of_activity(activity: Any, attachment: Attachment) -> tuple[str, str]:
    slot = activity.slot_name(attachment.slot)
    return f"{activity} {slot}", f"{reverse('activity', args=[activity.pk])}#slot-{attachment.slot}"


def _of_place(place: Any, attachment: Attachment) -> tuple[str, str]:
    return f"{place.short_name} {place.slot_name(attachment.slot)}", reverse("place", args=[place.code])


TOLD: dict[str, Callable[[Any, Attachment], tuple[str, str]]] = {
    "matters.matter": _of_matter,
    "matters.moneyline": _of_line,
    "matters.letter": _of_letter,
    "places.place": _of_place,
    "activities.activity": _of_activity,
}
