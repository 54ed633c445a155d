"""media.remove, and the sweeping of blobs that nothing shows any more."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.media.actions import attach_file, remove_attachment
from huoshui.media.models import Attachment, Blob
from huoshui.media.queries import count_attachments
from huoshui.media.store import sweep
from tests.media.conftest import MakePhoto


@pytest.fixture
def attached(cast: SimpleNamespace, photo: MakePhoto, open_slots: set[str]) -> Attachment:
    village = cast.land.village
    return attach_file(by=cast.secretary, subject=village, place=village, slot="before", data=photo(), name="x.jpg")


def test_removed_and_journalled(cast: SimpleNamespace, attached: Attachment) -> None:
    remove_attachment(by=cast.secretary, attachment=attached)
    entry = Entry.objects.latest("seq")
    assert (entry.action, entry.subject_id) == ("media.remove", cast.land.village.pk)
    assert attached.blob_id in entry.data
    assert count_attachments(cast.land.village) == 0


def test_evidence_in_use_stays(cast: SimpleNamespace, attached: Attachment, open_slots: set[str]) -> None:
    open_slots.discard("before")
    with pytest.raises(Refusal, match=r"photo\.slot_closed"):
        remove_attachment(by=cast.secretary, attachment=attached)
    assert count_attachments(cast.land.village) == 1


def test_a_hidden_photo_is_not_found(cast: SimpleNamespace, attached: Attachment) -> None:
    with pytest.raises(Refusal, match=r"access\.not_found"):
        remove_attachment(by=cast.other_secretary, attachment=attached)


def test_the_sweep_takes_only_what_was_unused_for_a_day(
    cast: SimpleNamespace, attached: Attachment, photo: MakePhoto, files: Path
) -> None:
    village, path = cast.land.village, files / attached.blob.path
    with clock.set_to(clock.now() + dt.timedelta(days=30)):
        assert sweep() == 0  # shown by an attachment, however old
        remove_attachment(by=cast.secretary, attachment=attached)
        attach_file(by=cast.secretary, subject=village, place=village, slot="after", data=photo(), name="x.jpg")
        remove_attachment(by=cast.secretary, attachment=Attachment.objects.get())
        assert sweep() == 0  # unused for no more than a moment
        assert path.is_file()
        clock.advance(dt.timedelta(days=2))
        assert sweep() == 1
    assert not path.exists()
    assert not Blob.objects.exists()


def test_somebody_elses_evidence_stays(cast: SimpleNamespace, attached: Attachment) -> None:
    with pytest.raises(Refusal, match=r"photo\.not_own"):
        remove_attachment(by=cast.town_office, attachment=attached)
    assert count_attachments(cast.land.village) == 1
