"""media.reuse: one photo as evidence in two places, stored once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.media.actions import attach_file, reuse_attachment
from huoshui.media.models import Attachment, Blob
from tests.media.conftest import MakePhoto


@pytest.fixture
def attached(cast: SimpleNamespace, photo: MakePhoto, open_slots: set[str]) -> Attachment:
    village = cast.land.village
    return attach_file(
        by=cast.secretary, subject=village, place=village, slot="before", data=photo(), name="x.jpg", caption="井"
    )


def test_the_blob_is_shared(cast: SimpleNamespace, attached: Attachment) -> None:
    town = cast.land.town
    copy = reuse_attachment(by=cast.town_office, attachment=attached, subject=town, place=town, slot="after")
    assert (copy.blob_id, copy.caption, copy.by) == (attached.blob_id, "井", cast.town_office)
    assert Blob.objects.count() == 1
    entries = Entry.objects.count()
    again = reuse_attachment(by=cast.town_office, attachment=attached, subject=town, place=town, slot="after")
    assert (again.pk, Entry.objects.count()) == (copy.pk, entries)


def test_both_must_be_visible(cast: SimpleNamespace, attached: Attachment) -> None:
    elsewhere, own = cast.land.other_village, cast.land.other_village
    with pytest.raises(Refusal, match=r"access\.not_found"):
        reuse_attachment(by=cast.other_secretary, attachment=attached, subject=own, place=own, slot="after")
    with pytest.raises(Refusal, match=r"access\.not_found"):
        reuse_attachment(by=cast.secretary, attachment=attached, subject=elsewhere, place=elsewhere, slot="after")


def test_the_slot_must_be_open(cast: SimpleNamespace, attached: Attachment) -> None:
    town = cast.land.town
    with pytest.raises(Refusal, match=r"photo\.slot_closed"):
        reuse_attachment(by=cast.town_office, attachment=attached, subject=town, place=town, slot="file")
