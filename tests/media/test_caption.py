"""media.caption: one's own words, as long as the record takes files there."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.media.actions import set_caption
from huoshui.media.models import Attachment
from tests.media import papers
from tests.media.test_attach_document import Attach


@pytest.fixture
def attached(attach: Attach) -> Attachment:
    return attach(papers.pdf(), caption="水泥发票")


def test_changed_and_journalled_with_what_it_was(cast: SimpleNamespace, attached: Attachment) -> None:
    changed = set_caption(by=cast.secretary, attachment=attached, caption=" 水泥、黄沙发票 ")
    assert (changed.caption, changed.version) == ("水泥、黄沙发票", 2)
    entry = Entry.objects.latest("seq")
    assert (entry.action, entry.subject_id, entry.restricted) == ("media.caption", cast.land.village.pk, True)
    assert ("水泥发票" in entry.data, "水泥、黄沙发票" in entry.data) == (True, True)


def test_the_same_words_change_nothing(cast: SimpleNamespace, attached: Attachment) -> None:
    entries = Entry.objects.count()
    set_caption(by=cast.secretary, attachment=attached, caption="水泥发票 ")
    assert (Entry.objects.count(), Attachment.objects.get().version) == (entries, 1)


def test_nobody_says_what_anothers_evidence_shows(cast: SimpleNamespace, attached: Attachment) -> None:
    with pytest.raises(Refusal, match=r"photo\.not_own"):
        set_caption(by=cast.town_office, attachment=attached, caption="假的")
    with pytest.raises(Refusal, match=r"access\.not_found"):
        set_caption(by=cast.other_secretary, attachment=attached, caption="假的")
    assert Attachment.objects.get().caption == "水泥发票"


def test_once_the_record_is_closed_the_words_stand(
    cast: SimpleNamespace, attached: Attachment, open_slots: set[str]
) -> None:
    open_slots.clear()
    with pytest.raises(Refusal, match=r"photo\.slot_closed"):
        set_caption(by=cast.secretary, attachment=attached, caption="晚了")


def test_too_long_is_told_not_cut(cast: SimpleNamespace, attached: Attachment) -> None:
    with pytest.raises(Refusal, match=r"value\.too_long"):
        set_caption(by=cast.secretary, attachment=attached, caption="字" * 201)
