"""media.attach: who may attach a photo, what is stored, and that twice is once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.media.actions import attach_file
from huoshui.media.models import Attachment, Blob
from huoshui.media.queries import (
    attachments_of,
    attachments_of_all,
    count_attachments,
    get_visible_attachment,
    open_file,
)
from tests.media.conftest import MakePhoto


def attach(cast: SimpleNamespace, data: bytes, slot: str = "before", caption: str = "") -> Attachment:
    village = cast.land.village
    return attach_file(
        by=cast.secretary, subject=village, place=village, slot=slot, data=data, name="门前.jpg", caption=caption
    )


@pytest.mark.usefixtures("open_slots")
def test_the_file_lies_under_its_hash(cast: SimpleNamespace, photo: MakePhoto, files: Path) -> None:
    attachment = attach(cast, photo(), caption=" 路面破损 ")
    blob = attachment.blob
    stored = files / "photos" / blob.pk[:2] / blob.pk[2:4] / f"{blob.pk}.jpg"
    assert stored.stat().st_size == blob.size
    assert stored.with_name(f"{blob.pk}.thumb.webp").is_file()
    assert (blob.width, blob.height, blob.content_type) == (640, 400, "image/jpeg")
    assert (attachment.caption, attachment.name, attachment.position_kept) == ("路面破损", "门前.jpg", False)


@pytest.mark.usefixtures("open_slots")
def test_the_entry_stands_with_the_subject_and_is_restricted(cast: SimpleNamespace, photo: MakePhoto) -> None:
    attachment = attach(cast, photo())
    entry = Entry.objects.latest("seq")
    assert (entry.action, entry.subject_id, entry.restricted) == ("media.attach", cast.land.village.pk, True)
    assert attachment.blob_id in entry.data


@pytest.mark.usefixtures("open_slots")
def test_sent_twice_is_attached_once(cast: SimpleNamespace, photo: MakePhoto) -> None:
    first = attach(cast, photo())
    entries = Entry.objects.count()
    assert attach(cast, photo()).pk == first.pk
    assert Entry.objects.count() == entries
    assert attach(cast, photo(), slot="after").blob_id == first.blob_id
    assert Blob.objects.count() == 1
    assert (count_attachments(cast.land.village), count_attachments(cast.land.village, "after")) == (2, 1)


@pytest.mark.usefixtures("open_slots")
def test_a_half_written_file_is_made_good(cast: SimpleNamespace, photo: MakePhoto, files: Path) -> None:
    blob = attach(cast, photo()).blob
    (files / blob.path).write_bytes(b"half")
    attach(cast, photo(), slot="after")
    assert (files / blob.path).stat().st_size == blob.size


@pytest.mark.usefixtures("open_slots")
def test_a_hidden_subject_is_not_found(cast: SimpleNamespace, photo: MakePhoto) -> None:
    village = cast.land.village
    with pytest.raises(Refusal, match=r"access\.not_found"):
        attach_file(by=cast.other_secretary, subject=village, place=village, slot="before", data=photo(), name="x.jpg")
    assert not Blob.objects.exists()


def test_a_closed_slot_is_refused_before_the_photo_is_read(cast: SimpleNamespace, open_slots: set[str]) -> None:
    open_slots.clear()
    with pytest.raises(Refusal, match=r"photo\.slot_closed.*整改前"):
        attach(cast, b"never looked at")


def test_a_subject_that_opens_no_slots_takes_no_photos(cast: SimpleNamespace, photo: MakePhoto) -> None:
    with pytest.raises(Refusal, match=r"photo\.slot_closed"):
        attach(cast, photo())


@pytest.mark.usefixtures("open_slots")
def test_a_refused_photo_leaves_nothing(cast: SimpleNamespace, files: Path) -> None:
    entries = Entry.objects.count()
    with pytest.raises(Refusal, match=r"photo\.not_an_image"):
        attach(cast, b"no photo")
    assert (Entry.objects.count(), Blob.objects.count(), files.exists()) == (entries, 0, False)


@pytest.mark.usefixtures("open_slots")
def test_photos_show_to_who_sees_the_subject(cast: SimpleNamespace, photo: MakePhoto) -> None:
    attachment = attach(cast, photo())
    file, content_type = open_file(get_visible_attachment(cast.town_office, attachment.pk), thumbnail=True)
    with file:
        assert (file.read(4), content_type) == (b"RIFF", "image/webp")
    assert attachment in Attachment.objects.visible_to(cast.town_office)
    assert list(attachments_of_all("places.place", [cast.land.village.pk])) == [attachment]
    for stranger in (cast.other_secretary, cast.stranger):
        assert not Attachment.objects.visible_to(stranger).exists()
        with pytest.raises(Refusal, match=r"access\.not_found"):
            get_visible_attachment(stranger, attachment.pk)


@pytest.mark.usefixtures("open_slots")
def test_a_lost_file_is_named(cast: SimpleNamespace, photo: MakePhoto) -> None:
    attachment = attach(cast, photo())
    default_storage.delete(attachment.blob.path)
    with pytest.raises(Refusal, match=r"photo\.file_missing"):
        open_file(attachment)
    assert attachments_of(cast.land.village).get() == attachment
