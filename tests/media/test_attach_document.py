"""media.attach with documents: where a slot takes them, and where only photos count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.media.actions import attach_file
from huoshui.media.models import Attachment, Blob
from huoshui.media.queries import open_file
from huoshui.places.models import Place
from tests.media import papers
from tests.media.conftest import MakePhoto

Attach = Callable[..., Attachment]


def test_stored_as_sent_under_its_hash(attach: Attach, files: Path) -> None:
    attachment = attach(papers.pdf(), name="发票.pdf")
    blob = attachment.blob
    stored = files / "documents" / blob.pk[:2] / blob.pk[2:4] / f"{blob.pk}.pdf"
    assert stored.read_bytes() == papers.pdf()
    assert (blob.size, blob.pages, blob.width, attachment.name) == (len(papers.pdf()), 2, 0, "发票.pdf")
    file, content_type = open_file(attachment)
    with file:
        assert (file.read(), content_type) == (papers.pdf(), "application/pdf")
    entry = Entry.objects.latest("seq")
    assert (entry.action, entry.restricted, blob.pk in entry.data) == ("media.attach", True, True)


def test_sent_twice_it_is_there_once(attach: Attach) -> None:
    assert attach(papers.word()).pk == attach(papers.word()).pk
    assert (Attachment.objects.count(), Blob.objects.count()) == (1, 1)


def test_a_photo_is_taken_there_as_well(attach: Attach, photo: MakePhoto) -> None:
    assert attach(photo()).blob.content_type == "image/jpeg"


@pytest.mark.usefixtures("attach")
def test_where_only_photos_count_a_document_is_no_photo(
    cast: SimpleNamespace, open_slots: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Place, "document_slots", {"after"}, raising=False)
    village = cast.land.village
    sent = {"by": cast.secretary, "subject": village, "place": village, "data": papers.pdf(), "name": "发票.pdf"}
    with pytest.raises(Refusal, match=r"photo\.not_an_image"):
        attach_file(slot="before", **sent)
    assert not Blob.objects.exists()
    assert attach_file(slot="after", **sent).slot == "after"


def test_refused_it_leaves_nothing(attach: Attach, files: Path) -> None:
    entries = Entry.objects.count()
    with pytest.raises(Refusal, match=r"file\.active"):
        attach(papers.rewritten("script"))
    assert (Entry.objects.count(), Blob.objects.count(), files.exists()) == (entries, 0, False)
