"""duties.delegate, duties.end_delegation and duties.note_delegation_end: standing in during a leave."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoshui.duties.actions import deactivate_account, end_duty, grant_duty
from huoshui.duties.delegating import delegate, end_delegation
from huoshui.duties.models import Account, Delegation, Duty, duties_held
from huoshui.duties.terms import tick
from huoshui.kernel import clock
from huoshui.kernel.access import PERMISSIONS, UNDELEGABLE, allows
from huoshui.kernel.models import Entry
from huoshui.notices.models import Notice
from tests.places.helpers import refused

TODAY = dt.date(2018, 4, 2)
LATER = dt.date(2018, 4, 12)


def stand_in(cast: SimpleNamespace, **how: Any) -> Delegation:
    """The secretary of village 2 stands in for that of village 1, for ten days."""
    usual = {"by": cast.secretary, "duties": list(cast.secretary.duties.all()), "to": cast.secretary2}
    return delegate(**usual | {"since": TODAY, "until": LATER, "reason": "外出培训"} | how)[0]


def may(account: Account, path: str, day: dt.date = TODAY, permission: str = "matter.view") -> bool:
    with clock.set_to(clock.local_moment(day)):
        return allows(Account.objects.get(pk=account.pk), permission, path=path)


def test_the_deputy_has_the_duty_within_its_days_and_its_place(cast: SimpleNamespace) -> None:
    village = cast.land.village.path
    assert not may(cast.secretary2, village)
    stand_in(cast, since=dt.date(2018, 4, 4))
    found = [may(cast.secretary2, village, TODAY + dt.timedelta(days=n)) for n in range(12)]
    assert found == [False] * 2 + [True] * 8 + [False] * 2
    assert not may(cast.secretary2, cast.land.town.path, dt.date(2018, 4, 5))


def test_both_are_told_and_the_journal_names_both(cast: SimpleNamespace) -> None:
    stand_in(cast)
    (told,) = Notice.objects.all()
    assert told.account == cast.secretary2
    assert "由苏家作村支书代寨卜昌村支书办理：寨卜昌村党支部书记" in told.text
    entry = Entry.objects.get(action="duties.delegate")
    assert json.loads(entry.data)["after"]["principal"] == "secretary"
    assert json.loads(entry.data)["note"] == "外出培训"


def test_an_administrator_arranges_it_and_both_are_told(cast: SimpleNamespace) -> None:
    stand_in(cast, by=cast.administrator)
    assert {notice.account for notice in Notice.objects.all()} == {cast.secretary, cast.secretary2}


def test_it_ends_early_at_once(cast: SimpleNamespace) -> None:
    row = stand_in(cast)
    end_delegation(by=cast.secretary2, delegation=row)
    row.refresh_from_db()
    assert row.until == dt.date(2018, 4, 3)  # what was done today still counts as the principal's
    assert not may(cast.secretary2, cast.land.village.path)
    assert Notice.objects.filter(code="delegation.ended", account=cast.secretary).exists()
    with refused("delegation.ended"):
        end_delegation(by=cast.secretary, delegation=row)


def test_one_that_has_not_begun_is_withdrawn(cast: SimpleNamespace) -> None:
    row = end_delegation(by=cast.secretary, delegation=stand_in(cast, since=dt.date(2018, 4, 6)))
    assert row.until == row.since
    assert stand_in(cast, since=dt.date(2018, 4, 6))


def test_it_ends_with_its_duty_and_both_are_told_once(cast: SimpleNamespace) -> None:
    stand_in(cast)
    end_duty(by=cast.administrator, duty=cast.secretary.duties.get())
    Notice.objects.all().delete()
    with clock.set_to(clock.local_moment(dt.date(2018, 4, 3))):
        assert not may(cast.secretary2, cast.land.village.path, dt.date(2018, 4, 3))
        assert [tick()["delegations"], tick()["delegations"]] == [1, 0]
    assert {notice.account for notice in Notice.objects.all()} == {cast.secretary, cast.secretary2}


def test_a_closed_account_is_stood_in_for_no_more(cast: SimpleNamespace) -> None:
    stand_in(cast)
    deactivate_account(by=cast.administrator, account=cast.secretary)
    assert not may(cast.secretary2, cast.land.village.path)


def test_refusals(cast: SimpleNamespace) -> None:
    own = list(cast.secretary.duties.all())
    refusals: list[tuple[str, dict[str, Any]]] = [
        ("delegation.none", {"duties": []}),
        ("delegation.several", {"duties": [*own, cast.secretary2.duties.get()], "by": cast.administrator}),
        ("delegation.self", {"to": cast.secretary}),
        ("duty.dates", {"until": TODAY}),
        ("delegation.past", {"since": dt.date(2018, 4, 1)}),
        ("access.denied", {"by": cast.secretary2}),
        ("access.denied", {"by": cast.town_office}),
        ("value.too_long", {"reason": "长" * 201}),
        ("delegation.never", {"by": cast.judges[0], "duties": list(cast.judges[0].duties.all())}),
        ("delegation.never", {"by": cast.administrator, "duties": list(cast.administrator.duties.all())}),
    ]
    for code, how in refusals:
        with refused(code):
            stand_in(cast, **how)
    deactivate_account(by=cast.administrator, account=cast.secretary2)
    with refused("delegation.inactive"):
        stand_in(cast)
    assert not Delegation.objects.exists()


def test_not_beyond_the_duty_and_not_to_two(cast: SimpleNamespace) -> None:
    duty = cast.secretary.duties.get()
    end_duty(by=cast.administrator, duty=duty, until=dt.date(2018, 4, 6))
    with refused("delegation.beyond"):
        stand_in(cast)
    stand_in(cast, until=dt.date(2018, 4, 6))
    with refused("delegation.twice"):
        stand_in(cast, to=cast.stranger, since=dt.date(2018, 4, 5), until=dt.date(2018, 4, 6))


def test_all_duties_or_none(cast: SimpleNamespace) -> None:
    """One of the two cannot be stood in for: neither is."""
    for role in ("scrutineer", "town_office"):
        place = cast.land.town if role == "town_office" else cast.land.district
        grant_duty(by=cast.administrator, account=cast.secretary, role=role, place=place)
    with refused("delegation.never"):
        stand_in(cast)
    assert not Delegation.objects.exists()


def test_it_is_not_passed_on(cast: SimpleNamespace) -> None:
    stand_in(cast)
    with refused("access.denied"):
        stand_in(cast, by=cast.secretary2, to=cast.stranger, since=dt.date(2018, 4, 3), until=dt.date(2018, 4, 4))
    delegate(by=cast.secretary2, duties=list(cast.secretary2.duties.all()), to=cast.stranger, since=TODAY, until=LATER)
    assert may(cast.stranger, cast.land.village2.path)
    assert not may(cast.stranger, cast.land.village.path)


def test_a_leaders_signature_stays_with_the_leader(cast: SimpleNamespace) -> None:
    delegate(by=cast.leader, duties=list(cast.leader.duties.all()), to=cast.stranger, since=TODAY, until=LATER)
    district = cast.land.district.path
    assert may(cast.stranger, district, permission="letter.issue")
    assert may(cast.leader, district, permission="round.sign_leader")
    assert not may(cast.stranger, district, permission="round.sign_leader")


DAYS = st.integers(0, 12)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=DAYS, length=st.integers(1, 8), duty_length=st.integers(1, 14), ended=st.none() | DAYS)
def test_never_more_than_the_principal_has_and_never_outside_the_term(
    cast: SimpleNamespace, first: int, length: int, duty_length: int, ended: int | None
) -> None:
    """On every day what the deputy may do beyond their own is what the principal may do then, within the term."""
    Delegation.objects.all().delete()
    Duty.objects.filter(account=cast.leader).update(until=TODAY + dt.timedelta(days=duty_length))
    duty, since = cast.leader.duties.get(), TODAY + dt.timedelta(days=first)
    until = since + dt.timedelta(days=length)
    if until > duty.until:
        with refused("delegation.beyond"):
            delegate(by=cast.leader, duties=[duty], to=cast.stranger, since=since, until=until)
        return
    (row,) = delegate(by=cast.leader, duties=[duty], to=cast.stranger, since=since, until=until)
    if ended is not None:
        with clock.set_to(clock.local_moment(TODAY + dt.timedelta(days=ended))):
            if clock.today() < row.until:
                end_delegation(by=cast.leader, delegation=row)
    row.refresh_from_db()
    for day in (TODAY + dt.timedelta(days=n) for n in range(24)):
        with clock.set_to(clock.local_moment(day)):
            deputy, leader = (Account.objects.get(pk=account.pk) for account in (cast.stranger, cast.leader))
            given_to = {name for name in PERMISSIONS if deputy.grants(name)}
            assert given_to <= {name for name in PERMISSIONS if leader.grants(name)} - UNDELEGABLE
            assert {held.pk for held in duties_held(deputy.pk, day)} <= {
                held.pk for held in duties_held(leader.pk, day)
            }
            if row.ended_at is None:
                assert bool(given_to) == (row.since <= day < row.until)
            assert not given_to or row.since <= day < row.until
