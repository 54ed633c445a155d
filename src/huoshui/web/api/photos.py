"""Photos and documents over the API: sent to what they are evidence of, listed, read, told of, taken off."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Literal
from uuid import UUID

from django.db import models
from django.http import FileResponse
from django.urls import reverse
from ninja import Field, File, Form, Query, Schema
from ninja.files import UploadedFile

from huoshui.activities.models import Activity
from huoshui.kernel.idempotency import answered, once
from huoshui.matters.evidence import earlier_photos, photos_counted
from huoshui.matters.letters.models import REPLY, Letter
from huoshui.matters.models import Matter, MoneyLine
from huoshui.matters.money.models import VOUCHER
from huoshui.media.actions import (
    LONGEST_CAPTION,
    accept_file,
    attach_accepted,
    remove_attachment,
    reuse_attachment,
    set_caption,
)
from huoshui.media.models import KINDS, Attachment
from huoshui.media.queries import attachments_of, get_visible_attachment
from huoshui.places.models import FILES, Place
from huoshui.visits.models import Visit
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import asked, idempotent
from huoshui.web.attachment_files import Size, attachment_file
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("photos")
PICTURE = {"schema": {"type": "string", "format": "binary"}}
PICTURES = {
    "description": "The picture, or the document.",
    "content": dict.fromkeys((*KINDS, "image/webp"), PICTURE),
}


class PhotoOut(Schema):
    """A photo or document in a slot; ``full``, ``thumbnail`` and ``page`` are its addresses in this API."""

    id: UUID
    slot: str
    caption: str
    name: str
    at: dt.datetime
    width: int = Field(description="Pixels of a photo; 0 of a document.")
    height: int = Field(description="Pixels of a photo; 0 of a document.")
    content_type: str
    size: int = Field(description="Bytes.")
    sha256: str = Field(description="Of the stored bytes: the same file in several places has the same one.")
    pages: int | None = Field(description="Pages of a PDF.")
    preview: Literal["waiting", "made", "none"] = Field(
        description="Of a document: waiting until the worker has made it; none where nothing can be shown."
    )
    full: str
    thumbnail: str = Field(description='"" where there is none.')
    page: str = Field(description='The first page of a PDF as a picture; "" where there is none.')


class MatterPhotoOut(PhotoOut):
    """A photo of a matter. ``matter``: where it was sent to, another one where that was merged into or split from."""

    matter: str
    counts: bool = Field(description="False: it served an earlier submission, and proves no new one.")


class MatterPhotoPage(PageOut):
    """A page of a matter's photos."""

    items: list[MatterPhotoOut]


class PhotoPage(PageOut):
    """A page of photos."""

    items: list[PhotoOut]


class CaptionIn(Schema):
    """What a photo or document shows, in words."""

    caption: str = Field(max_length=LONGEST_CAPTION)


class KnownVoucherIn(Schema):
    """A photo or document that stands elsewhere; ``caption`` "": as it says there."""

    photo: UUID
    caption: str = Field(default="", max_length=LONGEST_CAPTION)


class KnownIn(KnownVoucherIn):
    """The same, and the slot in which it is shown too."""

    slot: str


class RemovedOut(Schema):
    """Which photo is gone."""

    removed: UUID


def photo_out(photo: Attachment) -> dict[str, Any]:
    """A photo or document with its addresses. Who sent it stays unsaid: before others, a judge is a number."""
    blob = photo.blob
    return {
        "id": photo.pk,
        "slot": photo.slot,
        "caption": photo.caption,
        "name": photo.name,
        "at": photo.created_at,
        "width": blob.width,
        "height": blob.height,
        "content_type": blob.content_type,
        "size": blob.size,
        "sha256": blob.pk,
        "pages": blob.pages,
        "preview": blob.preview,
        "full": reverse("api:read_photo", args=[photo.pk, "full"]),
        "thumbnail": reverse("api:read_photo", args=[photo.pk, "thumbnail"]) if blob.has_thumbnail else "",
        "page": reverse("api:read_photo", args=[photo.pk, "page"]) if blob.is_document and blob.has_thumbnail else "",
    }


def _send(
    request: SignedInRequest, subject: models.Model, place: Place, slot: str, upload: UploadedFile, caption: str
) -> Any:
    """Attach what was sent; sent again under its Idempotency-Key it is answered alike without being decoded anew."""
    data, name = upload.read(), upload.name or ""
    sent = {"slot": slot, "caption": caption, "name": name, "sha256": hashlib.sha256(data).hexdigest()}
    writing = asked(request, "media.attach", sent)
    known = answered(**writing)
    if known is not None:
        return known
    user = request.user
    file = accept_file(by=user, subject=subject, slot=slot, data=data, name=name)

    def write() -> dict[str, Any]:
        attached = attach_accepted(
            by=user, subject=subject, place=place, slot=slot, file=file, name=name, caption=caption
        )
        return PhotoOut(**photo_out(attached)).model_dump(mode="json")

    return once(**writing, write=write)


@router.get("/sheets/{sheet_id}/photos", response={200: PhotoPage, **REFUSED})
def list_sheet_photos(request: SignedInRequest, sheet_id: UUID, query: Query[Paged]) -> Any:
    """The photos of a visible sheet, oldest first; ``slot`` is the item's code, "" the sheet as a whole."""
    return page_of(attachments_of(Visit.objects.get_visible(request.user, pk=sheet_id)), query, photo_out)


@router.post("/sheets/{sheet_id}/photos", response={200: PhotoOut, **REFUSED_WRITE})
def send_sheet_photo(
    request: SignedInRequest, sheet_id: UUID, photo: File[UploadedFile], item: Form[str], caption: Form[str] = ""
) -> Any:
    """Send a photo (JPEG, PNG or WebP) to an item of one's own draft; the same one sent twice is there once."""
    visit = Visit.objects.get_visible(request.user, pk=sheet_id, judge=request.user.pk)
    return _send(request, visit, visit.place, item, photo, caption)


@router.get("/matters/{number}/photos", response={200: MatterPhotoPage, **REFUSED})
def list_matter_photos(request: SignedInRequest, number: str, query: Query[Paged]) -> Any:
    """The photos of a visible matter, oldest first, as on its page.

    With those of matters that were merged into it and of the one it was split from, where the reader sees these.
    """
    matter = Matter.objects.get_visible(request.user, number=number)
    found = photos_counted(matter)
    others = {photo.subject_id for photo in found if photo.subject_id != matter.pk}
    seen = dict(Matter.objects.visible_to(request.user).filter(pk__in=others).values_list("pk", "number"))
    numbers, earlier = {**seen, matter.pk: matter.number}, earlier_photos(matter)

    def row(photo: Attachment) -> dict[str, Any]:
        return {**photo_out(photo), "matter": numbers[photo.subject_id], "counts": photo.pk not in earlier}

    return page_of([photo for photo in found if photo.subject_id in numbers], query, row)


@router.post("/matters/{number}/photos", response={200: PhotoOut, **REFUSED_WRITE})
def send_matter_photo(
    request: SignedInRequest, number: str, photo: File[UploadedFile], slot: Form[str], caption: Form[str] = ""
) -> Any:
    """Send a photo (JPEG, PNG or WebP), or a document (PDF, .docx, .xlsx) where the slot takes these.

    The present state says which slots are open to one; the steps name them.
    """
    matter = Matter.objects.get_visible(request.user, number=number)
    return _send(request, matter, matter.place, slot, photo, caption)


@router.get("/money/lines/{line_id}/photos", response={200: PhotoPage, **REFUSED})
def list_voucher_photos(request: SignedInRequest, line_id: UUID, query: Query[Paged]) -> Any:
    """The photos and documents of a visible money line's voucher, oldest first."""
    return page_of(attachments_of(MoneyLine.objects.get_visible(request.user, pk=line_id)), query, photo_out)


@router.post("/money/lines/{line_id}/photos", response={200: PhotoOut, **REFUSED_WRITE})
def send_voucher_photo(
    request: SignedInRequest, line_id: UUID, photo: File[UploadedFile], caption: Form[str] = ""
) -> Any:
    """Send a money line's voucher: a photo (JPEG, PNG or WebP), PDF, .docx or .xlsx; it stays with the line."""
    line = MoneyLine.objects.get_visible(request.user, pk=line_id)
    return _send(request, line, line.matter.place, VOUCHER, photo, caption)


@router.get("/letters/{letter_id}/photos", response={200: PhotoPage, **REFUSED})
def list_reply_photos(request: SignedInRequest, letter_id: UUID, query: Query[Paged]) -> Any:
    """The photos and documents that go with the reply to a visible letter, oldest first."""
    return page_of(attachments_of(Letter.objects.get_visible(request.user, pk=letter_id)), query, photo_out)


@router.post("/letters/{letter_id}/photos", response={200: PhotoOut, **REFUSED_WRITE})
def send_reply_photo(
    request: SignedInRequest, letter_id: UUID, photo: File[UploadedFile], caption: Form[str] = ""
) -> Any:
    """Send what goes with the reply to a letter, before it is given: a photo, PDF, .docx or .xlsx."""
    letter = Letter.objects.get_visible(request.user, pk=letter_id)
    return _send(request, letter, letter.place, REPLY, photo, caption)


@router.get("/places/{code}/photos", response={200: PhotoPage, **REFUSED})
def list_place_photos(request: SignedInRequest, code: str, query: Query[Paged]) -> Any:
    """The photos and documents of a visible place, oldest first."""
    place = Place.objects.get_visible(request.user, code=code)
    seen = Attachment.objects.visible_to(request.user).filter(pk__in=attachments_of(place).values("pk"))
    return page_of(seen.select_related("blob").order_by("id"), query, photo_out)


@router.post("/places/{code}/photos", response={200: PhotoOut, **REFUSED_WRITE})
def send_place_photo(request: SignedInRequest, code: str, photo: File[UploadedFile], caption: Form[str] = "") -> Any:
    """Send a photo, PDF, .docx or .xlsx to a place whose register one keeps."""
    place = Place.objects.get_visible(request.user, code=code)
    return _send(request, place, place, FILES, photo, caption)


@router.get("/activities/{uuid:activity_id}/photos", response={200: PhotoPage, **REFUSED})
def list_activity_photos(request: SignedInRequest, activity_id: UUID, query: Query[Paged]) -> Any:
    """The photos and documents of a visible activity, oldest first."""
    activity = Activity.objects.get_visible(request.user, pk=activity_id)
    return page_of(attachments_of(activity), query, photo_out)


@router.post("/activities/{uuid:activity_id}/photos", response={200: PhotoOut, **REFUSED_WRITE})
def send_activity_photo(
    request: SignedInRequest, activity_id: UUID, photo: File[UploadedFile], slot: Form[str], caption: Form[str] = ""
) -> Any:
    """Send a photo (JPEG, PNG or WebP), or a document where the slot takes these, to an activity.

    A slot with children is open only while a consent stands.
    """
    activity = Activity.objects.select_related("place").get_visible(request.user, pk=activity_id)
    return _send(request, activity, activity.place, slot, photo, caption)


@router.get("/photos/{photo_id}/{size}", response=REFUSED, openapi_extra={"responses": {200: PICTURES}})
def read_photo(request: SignedInRequest, photo_id: UUID, size: Size) -> FileResponse:
    """The picture (JPEG, without its metadata) or its thumbnail (WebP) of a record that one may see.

    Of a document: the file as it was sent, as a download; its first page, or that small (WebP).
    """
    return attachment_file(request, photo_id, size)


@router.patch("/photos/{photo_id}", response={200: PhotoOut, **REFUSED_WRITE})
def tell_of_photo(request: SignedInRequest, photo_id: UUID, body: CaptionIn) -> Any:
    """Say anew what one's own photo or document shows, as long as its record takes any there."""

    def write() -> dict[str, Any]:
        found = get_visible_attachment(request.user, photo_id)
        told = set_caption(by=request.user, attachment=found, caption=body.caption)
        return PhotoOut(**photo_out(told)).model_dump(mode="json")

    return idempotent(request, "media.caption", body, write)


@router.post("/matters/{number}/photos/known", response={200: PhotoOut, **REFUSED_WRITE})
def reuse_for_matter(request: SignedInRequest, number: str, body: KnownIn) -> Any:
    """Show a photo or document that stands elsewhere in a slot of a matter too; it is not stored again."""
    matter = Matter.objects.get_visible(request.user, number=number)
    return _reuse(request, matter, matter.place, body.slot, body)


@router.post("/money/lines/{line_id}/photos/known", response={200: PhotoOut, **REFUSED_WRITE})
def reuse_for_voucher(request: SignedInRequest, line_id: UUID, body: KnownVoucherIn) -> Any:
    """Show a photo or document that stands elsewhere as the voucher of a money line; it is not stored again."""
    line = MoneyLine.objects.get_visible(request.user, pk=line_id)
    return _reuse(request, line, line.matter.place, VOUCHER, body)


def _reuse(request: SignedInRequest, subject: models.Model, place: Place, slot: str, body: KnownVoucherIn) -> Any:
    def write() -> dict[str, Any]:
        known = get_visible_attachment(request.user, body.photo)
        shown = reuse_attachment(
            by=request.user, attachment=known, subject=subject, place=place, slot=slot, caption=body.caption
        )
        return PhotoOut(**photo_out(shown)).model_dump(mode="json")

    return idempotent(request, "media.reuse", body, write)


@router.delete("/photos/{photo_id}", response={200: RemovedOut, **REFUSED_WRITE})
def take_photo_off(request: SignedInRequest, photo_id: UUID) -> Any:
    """Take one's own photo off a draft, or off a matter that has not used it yet."""

    def write() -> dict[str, Any]:
        remove_attachment(by=request.user, attachment=get_visible_attachment(request.user, photo_id))
        return {"removed": str(photo_id)}

    return idempotent(request, "media.remove", None, write)
