"""duties.set_password"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.duties.actions import grant_duty, set_password
from huoshui.duties.delegating import delegate, end_delegation
from huoshui.duties.queries import system_account
from huoshui.kernel.models import Entry
from tests.places.helpers import last_entry, refused

PASSWORD = "清风明月-739215"


def test_one_that_an_administrator_set_has_to_be_changed(cast: SimpleNamespace) -> None:
    account = set_password(by=cast.administrator, account=cast.secretary, password=PASSWORD)
    assert account.check_password(PASSWORD)
    assert account.must_change_password
    own = set_password(by=account, account=account, password=PASSWORD + "x", seen_version=2)
    assert not own.must_change_password
    assert last_entry() == ("duties.set_password", {"after": {"must_change_password": False}})


def test_no_password_enters_the_journal(cast: SimpleNamespace) -> None:
    account = set_password(by=cast.administrator, account=cast.secretary, password=PASSWORD)
    written = "".join(Entry.objects.values_list("data", flat=True))
    assert PASSWORD not in written
    assert account.password not in written


def test_refusals(cast: SimpleNamespace) -> None:
    with refused("password.too_common"):
        set_password(by=cast.administrator, account=cast.secretary, password="password123")
    with refused("access.denied"):
        set_password(by=cast.town_office, account=cast.secretary, password=PASSWORD)
    with refused("account.system"):
        set_password(by=cast.administrator, account=system_account(), password=PASSWORD)
    with refused("record.stale"):
        set_password(by=cast.administrator, account=cast.secretary, password=PASSWORD, seen_version=3)


def test_who_manages_a_town_does_not_take_over_wider_duties(cast: SimpleNamespace) -> None:
    grant_duty(by=system_account(), account=cast.stranger, role="administrator", place=cast.land.town)
    assert set_password(by=cast.stranger, account=cast.town_office, password=PASSWORD)
    grant_duty(by=system_account(), account=cast.town_office, role="leader", place=cast.land.district)
    with refused("access.denied"):
        set_password(by=cast.stranger, account=cast.town_office, password=PASSWORD + "x")


def test_nor_the_duties_of_whom_the_account_stands_in_for(cast: SimpleNamespace) -> None:
    """Whoever could set the password of a deputy would hold the duty of the principal: from the first day on."""
    grant_duty(by=system_account(), account=cast.stranger, role="administrator", place=cast.land.town)
    days = {"since": dt.date(2018, 4, 9), "until": dt.date(2018, 4, 12)}
    duties = list(cast.district_office.duties.all())
    (row,) = delegate(by=cast.district_office, duties=duties, to=cast.secretary2, **days)
    with refused("access.denied"):
        set_password(by=cast.stranger, account=cast.secretary2, password=PASSWORD)
    end_delegation(by=cast.secretary2, delegation=row)
    assert set_password(by=cast.stranger, account=cast.secretary2, password=PASSWORD)
