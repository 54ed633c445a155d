"""Publishing what is offered: once at a place, with days and hours that can be read; changed and ended."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.places.actions import close_place
from huoshui.services import actions
from huoshui.services.hours import read_hours, read_weekdays, told_weekdays
from huoshui.services.models import Offer
from huoshui.services.queries import offers, public_offers
from huoshui.services.tracking import LENGTH, LETTERS, check_letter, plain
from tests.matters.conftest import at
from tests.services.conftest import LOAN, PENSION, offered


def test_it_is_published_once_and_tells_when(desk: SimpleNamespace) -> None:
    offer = offered(desk)
    assert (offer.hours, offer.hours_told, offer.weekdays_told) == (
        "08:30-12:00,14:30-18:00", "08:30–12:00，14:30–18:00", "周一至周五",
    )  # fmt: skip
    with pytest.raises(Refusal) as refused:
        offered(desk)
    assert refused.value.code == "service.offered_already"
    assert Entry.objects.filter(action="services.publish_offer", subject_id=offer.pk).count() == 1


def test_it_is_changed_by_the_version_that_was_seen(desk: SimpleNamespace) -> None:
    offer = offered(desk)
    changed = actions.change_offer(by=desk.window, offer=offer, weekdays="135", hours="9:00-11:30", seen_version=1)
    assert (changed.weekdays_told, changed.window, changed.version) == ("周一、周三、周五", "", 2)
    with pytest.raises(Refusal) as refused:
        actions.change_offer(by=desk.window, offer=offer, weekdays="1", hours="9:00-10:00", seen_version=1)
    assert refused.value.code == "record.stale"


def test_it_ends_and_can_be_published_anew(desk: SimpleNamespace) -> None:
    offer = actions.end_offer(by=desk.window, offer=offered(desk), reason="合并到镇上办")
    assert list(public_offers()) == [offer]  # today still
    with at("2018-04-03"):
        assert list(public_offers()) == list(offers(desk.window)) == []
        again = offered(desk)
    assert again.since == dt.date(2018, 4, 3)
    with pytest.raises(Refusal) as refused:
        actions.change_offer(by=desk.window, offer=offer, weekdays="1", hours="9:00-10:00")
    assert refused.value.code == "service.offer_ended"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"reason": " "}, "value.required", "reason"),
        ({"reason": "x" * 501}, "value.too_long", "reason"),
        ({"reason": "x", "until": dt.date(2018, 4, 1)}, "service.offer_ends_early", "until"),
    ],
)
def test_an_end_says_when_and_why(desk: SimpleNamespace, given: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.end_offer(by=desk.window, offer=offered(desk), **given)
    assert (refused.value.code, refused.value.problems[0].field) == (code, field)


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"hours": ""}, "value.required", "hours"),
        ({"hours": "上午"}, "service.hours", "hours"),
        ({"hours": "9:00-9:00"}, "service.hours", "hours"),
        ({"hours": "9:00-12:00，11:00-13:00"}, "service.hours", "hours"),
        ({"weekdays": ""}, "value.required", "weekdays"),
        ({"weekdays": "8"}, "service.weekdays", "weekdays"),
        ({"window": "x" * 61}, "value.too_long", "window"),
        ({"phone": "1" * 41}, "value.too_long", "phone"),
        ({"item": "services.none"}, "service.item_unknown", "item"),
    ],
)
def test_what_does_not_fit(desk: SimpleNamespace, given: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        offered(desk, **given)
    assert (refused.value.code, refused.value.problems[0].field) == (code, field)
    assert not Offer.objects.exists()


def test_who_may_publish(desk: SimpleNamespace) -> None:
    for account, place in ((desk.agent, desk.hub), (desk.window, desk.land.other_village), (desk.secretary, desk.hub)):
        with pytest.raises(Refusal) as refused:
            actions.publish_offer(by=account, item=PENSION, place=place, weekdays="1", hours="9:00-10:00")
        assert refused.value.code == "access.denied"


def test_not_at_a_place_that_was_closed(desk: SimpleNamespace) -> None:
    close_place(by=desk.administrator, place=desk.hub)
    with pytest.raises(Refusal) as refused:
        offered(desk)
    assert refused.value.code == "place.closed"


def test_a_place_where_something_is_offered_is_not_closed(desk: SimpleNamespace) -> None:
    offered(desk, LOAN)
    with pytest.raises(Refusal) as refused:
        close_place(by=desk.administrator, place=desk.hub)
    assert refused.value.code == "place.in_use"


@given(st.sets(st.sampled_from("1234567"), min_size=1))
def test_weekdays_read_as_they_are_kept(days: set[str]) -> None:
    kept = read_weekdays(days)
    assert set(kept) == days
    assert list(kept) == sorted(kept)
    assert told_weekdays(kept)


@given(st.lists(st.integers(0, 24 * 60), min_size=2, max_size=8, unique=True).filter(lambda t: len(t) % 2 == 0))
def test_hours_read_as_they_are_kept(minutes: list[int]) -> None:
    times = [f"{at // 60:02d}:{at % 60:02d}" for at in sorted(minutes)]
    text = ",".join(f"{begin}-{end}" for begin, end in zip(times[::2], times[1::2], strict=True))
    assert read_hours(text) == text
    assert read_hours(text.replace(",", "，").replace("-", "至")) == text


@given(st.text(LETTERS, min_size=LENGTH, max_size=LENGTH), st.integers(0, LENGTH), st.sampled_from(LETTERS))
def test_one_wrong_letter_of_a_code_is_always_found(letters: str, at: int, other: str) -> None:
    code = letters + check_letter(letters)
    wrong = code[:at] + other + code[at + 1 :]
    assert plain(code) == code
    assert (plain(wrong) == "") == (wrong != code)
