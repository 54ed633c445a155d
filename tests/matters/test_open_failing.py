"""Matters of a sealed round: one for each village and item, in the sealing transaction."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import transaction

from huoshui.kernel.actions import ACTIONS
from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import FailingItem, RoundSealed, publish
from huoshui.kernel.ids import new_id
from huoshui.matters.actions import advance
from huoshui.matters.models import Matter
from huoshui.media.actions import attach_file
from huoshui.media.queries import count_attachments
from tests.matters.conftest import Opener, close, photo

ROUND = new_id()


def sealed(cast: SimpleNamespace, *failing: FailingItem) -> RoundSealed:
    return RoundSealed(
        by=cast.review_lead, round_id=ROUND, round_name="2018年第一次观摩", pack="review", failing=failing
    )


def failing(place_id: object, item: str = "record_book", **options: object) -> FailingItem:
    facts = {
        "checklist": "hub_review",
        "title": "支部记录本不全",
        "detail": "缺二月、三月记录",
        "matter_kind": "rectification.item",
        "severity": "serious",
    }
    return FailingItem(place_id=place_id, item=item, **(facts | options))  # type: ignore[arg-type]


def test_opens_one_for_each_place_and_item(cast: SimpleNamespace) -> None:
    land = cast.land
    publish(sealed(cast, failing(land.village.pk), failing(land.village.pk, "plaza"), failing(land.village2.pk)))
    matters = list(Matter.objects.order_by("number"))
    assert [(m.place.short_name, m.source_item) for m in matters] == [
        ("寨卜昌村", "hub_review/record_book"),
        ("寨卜昌村", "hub_review/plaza"),
        ("苏家作村", "hub_review/record_book"),
    ]
    first = matters[0]
    assert (first.owner, first.opened_by, first.severity) == (cast.secretary, cast.review_lead, "serious")
    assert (first.source_kind, first.source_id, first.source_label) == ("round", ROUND, "2018年第一次观摩")


def test_sealing_again_opens_none_twice(cast: SimpleNamespace) -> None:
    event = sealed(cast, failing(cast.land.village.pk))
    publish(event)
    close(Matter.objects.get(), cast.secretary, cast.verifier)
    publish(event)
    assert Matter.objects.count() == 1


def test_a_failing_that_cannot_be_opened_stops_the_sealing(cast: SimpleNamespace) -> None:
    good, bad = failing(cast.land.village.pk), failing(cast.land.village2.pk, severity="none")
    with pytest.raises(Refusal) as refused, transaction.atomic():
        publish(sealed(cast, good, bad))
    assert refused.value.code == "matter.severity"
    assert not Matter.objects.exists()


def test_photos_of_the_finding_become_before_photos(open_item: Opener, cast: SimpleNamespace) -> None:
    found = open_item()
    taken = attach_file(
        by=cast.district_office, subject=found, place=found.place, slot="before", data=photo(), name="f.jpg", caption=""
    )
    publish(sealed(cast, failing(cast.land.village.pk, photo_ids=(taken.pk,))))
    matter = Matter.objects.get(source_id=ROUND)
    assert count_attachments(matter, "before") == 1
    advance(by=cast.town_office, matter=matter, transition="declare_not_resolvable", note="等待立项")
    assert count_attachments(matter, "before") == 1


def test_is_declared_as_an_action() -> None:
    assert "matters.open_failing" in ACTIONS
