"""media.reuse: one photo as evidence in two places, stored once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.media.actions import attach_file, remove_attachment, reuse_attachment
from huoshui.media.models import Attachment, Blob
from huoshui.media.queries import known_files, open_file, other_uses
from huoshui.media.store import sweep
from huoshui.places.models import Place
from tests.media import papers
from tests.media.conftest import MakePhoto, make_photo
from tests.media.test_attach_document import Attach


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


def test_one_use_taken_off_the_other_stays(cast: SimpleNamespace, attach: Attach, files: Path) -> None:
    first = attach(papers.pdf(), caption="合同")
    other = reuse_attachment(
        by=cast.secretary, attachment=first, subject=cast.land.village, place=cast.land.village, slot="after"
    )
    assert Blob.objects.get().attachments.count() == 2
    remove_attachment(by=cast.secretary, attachment=first)
    Blob.objects.update(used_at=clock.now() - dt.timedelta(days=30))
    assert sweep() == 0
    with open_file(other)[0] as file:
        assert file.read() == papers.pdf()
    remove_attachment(by=cast.secretary, attachment=other)
    assert (sweep(), Blob.objects.count()) == (1, 0)
    assert not any(path.is_file() for path in files.rglob("*"))


def test_a_document_is_not_shown_where_only_photos_count(
    cast: SimpleNamespace, attach: Attach, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, village = attach(papers.pdf()), cast.land.village
    monkeypatch.setattr(Place, "document_slots", {"before"}, raising=False)
    with pytest.raises(Refusal, match=r"file\.photos_only"):
        reuse_attachment(by=cast.secretary, attachment=first, subject=village, place=village, slot="after")


def test_what_is_known_proves_no_new_work(
    cast: SimpleNamespace, attached: Attachment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Place, "fresh_slots", {"after"}, raising=False)
    village = cast.land.village
    with pytest.raises(Refusal, match=r"file\.wants_new"):
        reuse_attachment(by=cast.secretary, attachment=attached, subject=village, place=village, slot="after")


def test_offered_is_each_content_once_as_far_as_one_sees_it(cast: SimpleNamespace, attach: Attach) -> None:
    village, kinds = cast.land.village, ["places.place"]
    paper, picture = attach(papers.pdf()), attach(make_photo())
    attach(papers.pdf(), slot="after")

    def offered(by: Any, slot: str, documents: bool = True) -> list[Any]:
        return [one.blob_id for one in known_files(by, village, kinds, besides=village, slot=slot, documents=documents)]

    assert offered(cast.secretary, "before") == []  # all of it stands there
    assert offered(cast.secretary, "after") == [picture.blob_id]
    assert offered(cast.secretary, "third") == [paper.blob_id, picture.blob_id]
    assert offered(cast.secretary, "third", documents=False) == [picture.blob_id]
    assert offered(cast.other_secretary, "third") == []


def test_where_else_it_stands_is_told_to_who_sees_it(cast: SimpleNamespace, attached: Attachment) -> None:
    town = cast.land.town
    copy = reuse_attachment(by=cast.town_office, attachment=attached, subject=town, place=town, slot="after")
    assert other_uses(cast.town_office, attached) == [copy]
    assert other_uses(cast.other_secretary, attached) == []
