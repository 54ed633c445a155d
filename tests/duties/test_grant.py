"""duties.grant"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.duties.actions import end_duty, grant_duty
from huoshui.duties.models import Account, Duty
from huoshui.duties.queries import answerable, responsible_people, system_account, who_can
from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.places.actions import close_place
from huoshui.places.models import Place
from tests.places.helpers import last_entry, refused, relieved


def fresh(account: Account) -> Account:
    """The account as the next request reads it."""
    return Account.objects.get(pk=account.pk)


def test_gives_permissions_within_its_place_from_today(cast: SimpleNamespace) -> None:
    by, land = cast.administrator, cast.land
    duty = grant_duty(by=by, account=cast.stranger, role="town_office", place=land.town)
    assert (duty.since, duty.until) == (clock.today(), None)
    reader = fresh(cast.stranger)
    assert allows(reader, "place.view", path=land.village.path)
    assert not allows(reader, "place.view", path=land.other_village.path)
    assert not allows(reader, "place.edit", path=land.village.path)
    assert "town_office" in reader.roles_over(land.village.path, "review")
    assert last_entry()[0] == "duties.grant"


def test_holds_from_its_first_day_until_before_its_last(cast: SimpleNamespace) -> None:
    grant_duty(
        by=cast.administrator,
        account=cast.stranger,
        role="town_office",
        place=cast.land.town,
        since=dt.date(2018, 4, 10),
        until=dt.date(2018, 4, 20),
    )
    for day, holds in ((2, False), (9, False), (10, True), (19, True), (20, False)):
        with clock.set_to(clock.local_moment(dt.date(2018, 4, day))):
            assert allows(fresh(cast.stranger), "place.view") is holds, day


def test_a_duty_begins_at_midnight_of_the_place(cast: SimpleNamespace) -> None:
    account = cast.stranger
    grant_duty(
        by=cast.administrator, account=account, role="town_office", place=cast.land.town, since=dt.date(2018, 4, 3)
    )
    for hour, holds in ((23, False), (24, True)):
        with clock.set_to(clock.local_moment(dt.date(2018, 4, 2), 0) + dt.timedelta(hours=hour)):
            assert allows(account, "place.view") is holds


def test_a_duty_for_one_pack_reaches_that_pack_alone(cast: SimpleNamespace) -> None:
    by, land = cast.administrator, cast.land
    grant_duty(by=by, account=cast.stranger, role="leader", place=land.town, pack="review")
    reader = fresh(cast.stranger)
    assert allows(reader, "round.view", path=land.village.path, pack="review")
    assert not allows(reader, "round.view", path=land.village.path, pack="hubs")
    assert "leader" not in reader.roles_over(land.town.path, "hubs")
    assert Place.objects.visible_to(reader).filter(pk=land.village.pk).exists()
    assert [duty.account for duty in who_can("round.view", land.village, "hubs")].count(cast.stranger) == 0
    assert [duty.account for duty in who_can("round.view", land.village, "review")].count(cast.stranger) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": "king"}, "duty.role"),
        ({"role": "village_lead"}, "duty.place_kind"),
        ({"pack": "castles"}, "duty.pack"),
        ({"until": dt.date(2018, 4, 2)}, "duty.dates"),
        ({"since": dt.date(2018, 5, 1), "until": dt.date(2018, 4, 30)}, "duty.dates"),
    ],
)
def test_refusals(cast: SimpleNamespace, changes: dict[str, object], code: str) -> None:
    given = {"account": cast.stranger, "role": "town_office", "place": cast.land.town} | changes
    with refused(code):
        grant_duty(by=cast.administrator, **given)


def test_not_the_same_duty_twice_at_a_time(cast: SimpleNamespace) -> None:
    given = {"by": cast.administrator, "account": cast.stranger, "role": "town_office", "place": cast.land.town}
    first = grant_duty(**given, since=dt.date(2018, 5, 1), until=dt.date(2018, 6, 1))
    with refused("duty.twice"):
        grant_duty(**given, since=dt.date(2018, 4, 1))
    grant_duty(**given, since=dt.date(2018, 4, 1), until=dt.date(2018, 5, 1))
    grant_duty(**given, since=dt.date(2018, 6, 1))
    grant_duty(**given, pack="review")
    end_duty(by=cast.administrator, duty=first)  # withdrawn before it began: it stands in nobody's way
    assert grant_duty(**given, since=dt.date(2018, 5, 2), until=dt.date(2018, 5, 3))


def test_needs_the_permission_over_the_place(cast: SimpleNamespace) -> None:
    clerk = grant_duty(by=system_account(), account=cast.stranger, role="administrator", place=cast.land.town).account
    with refused("access.denied"):
        grant_duty(by=clerk, account=cast.secretary, role="leader", place=cast.land.district)
    with refused("access.denied"):
        grant_duty(by=cast.district_office, account=cast.secretary, role="leader", place=cast.land.district)
    assert grant_duty(by=clerk, account=cast.secretary, role="leader", place=cast.land.village)


def test_who_grants_for_one_pack_cannot_grant_for_all(cast: SimpleNamespace) -> None:
    given = {"account": cast.secretary, "role": "leader", "place": cast.land.village}
    own = grant_duty(
        by=system_account(), account=cast.stranger, role="administrator", place=cast.land.town, pack="review"
    )
    clerk = fresh(cast.stranger)
    with refused("access.denied"):
        grant_duty(by=clerk, **given)
    with refused("access.denied"):
        grant_duty(by=clerk, pack="hubs", **given)
    assert grant_duty(by=clerk, pack="review", **given).pack == own.pack


def test_who_can_names_the_nearest_first_and_no_inactive_account(cast: SimpleNamespace) -> None:
    holders = [duty.account for duty in who_can("visit.view", cast.land.village)]
    assert holders[0] == cast.village_lead
    assert cast.other_assessor not in holders
    Account.objects.filter(pk=cast.village_lead.pk).update(is_active=False)
    assert cast.village_lead not in [duty.account for duty in who_can("visit.view", cast.land.village)]


def test_who_answers_for_a_place(cast: SimpleNamespace) -> None:
    village = cast.land.village
    assert answerable(village, role="village_lead") == [cast.village_lead]
    assert answerable(village, role="town_office", pack="review") == [cast.town_office]
    assert answerable(cast.land.other_village, role="village_lead") == []
    assert {duty.account for duty in responsible_people(village)} == {cast.village_lead, cast.secretary}


def test_everybody_sees_their_own_duties(cast: SimpleNamespace) -> None:
    assert [duty.role for duty in Duty.objects.visible_to(cast.judges[0])] == ["judge"]
    assert list(Account.objects.visible_to(cast.stranger)) == [cast.stranger]


def test_a_closed_place_gets_none(cast: SimpleNamespace) -> None:
    by, village = cast.administrator, cast.land.village3
    given = {"by": by, "account": cast.stranger, "role": "village_secretary"}
    village = close_place(by=cast.district_office, place=relieved(village), closed_on=clock.today())
    with refused("place.closed"):
        grant_duty(place=village, **given)
    before = clock.today() - dt.timedelta(days=30)
    with refused("place.closed"):
        grant_duty(place=village, since=before, until=clock.today() + dt.timedelta(days=1), **given)
    assert grant_duty(place=village, since=before, until=clock.today(), **given).until == village.closed_on
